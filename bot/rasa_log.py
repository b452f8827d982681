"""What Rasa may write into its log: what happened and where, never what somebody wrote.

Rasa's REST channel logs the customer's text when a turn fails or its caller has gone, tracebacks bring the values of
local variables, and SQLAlchemy puts the parameters of a failed statement below its first line. Nothing of it would be
found when a customer takes words back, so one line is kept of each: the event or the first line of a message, and of
an error its class and its place.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import rasa.__main__
import structlog
from sanic.log import LOGGING_CONFIG_DEFAULTS

SAID = ("event", "level")  # of an event of Rasa's; everything beside them may hold what somebody wrote


def in_short(error: BaseException | None, trace: TracebackType | None) -> str:
    """Give an error's class, and the file and line that raised it."""
    frames = traceback.extract_tb(trace)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def withhold(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Leave an event of Rasa's its name and level, and the error that is being handled in short."""
    _, error, trace = sys.exc_info()
    kept = {name: event[name] for name in SAID if name in event}
    return kept | ({"error": in_short(error, trace)} if error else {})


class FirstLine(logging.Formatter):
    """One line for a record: of its message the first, of an error class and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Format without stack, values of variables and parameters."""
        first = record.getMessage().partition("\n")[0]
        error = f" ({in_short(*record.exc_info[1:])})" if record.exc_info else ""
        return f"{record.levelname} {record.name}: {first}{error}"


def configure(level: int | None = None) -> None:
    """Set Rasa's logging up as Rasa does, and let it tell less."""
    _configure(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.add_log_level,
            withhold,
            structlog.processors.JSONRenderer(),
        ]
    )
    for handler in logging.getLogger().handlers:
        handler.setFormatter(FirstLine())


_configure = rasa.__main__.configure_structlog


def install() -> None:
    """Have Rasa's command line set up its logging by ``configure``, and its server write as little."""
    rasa.__main__.configure_structlog = configure
    LOGGING_CONFIG_DEFAULTS["formatters"]["generic"] = {"()": FirstLine}
