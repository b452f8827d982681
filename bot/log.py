"""Logging: one JSON object a line (coloured text on a terminal), and nothing personal in it, by construction.

What a reader must not break: text leaves only under a key of ``TEXT_KEYS``; text under any other key is withheld, so a
careless ``log.info("received", text=message)`` cannot leak. Numbers, booleans and ids pass. Exceptions are logged as
their types and places in the code, without their messages, which may quote what a customer wrote. Records of libraries
(Sanic, SQLAlchemy, asyncio) go the same way: their template is kept, the values filled into it are not.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Texts that our own code makes and that name no person: states, codes, types, addresses of our own routes.
# fmt: off
TEXT_KEYS: Final = frozenset({
    "event", "level", "timestamp", "process", "logger", "exception", "error_type",
    "method", "path", "route", "status", "origin",
    "channel", "lane", "kind", "event_kind", "handler", "state", "reason", "code", "outcome",
    "topic", "intent", "action", "script", "question", "measure", "step", "service", "version",
})
# fmt: on
ID_SUFFIX: Final = "_id"  # ids of rows: opaque and short
MADE_HERE: Final = ("timestamp", "exception")  # by the processors of this module, from nothing a customer wrote
TYPE_KEY: Final = "error"  # lets the name of a type through, no message
WITHHELD: Final = "[withheld]"
LONGEST: Final = 300
QUIET: Final = ("sanic.access", "httpx", "httpcore", "asyncio.slow", "alembic")  # nothing below a warning

# What connectors say about a platform's answer; platforms ask for their trace ids when something is reported.
_PLATFORM_FIELDS: Final = structlog.stdlib.ExtraAdder(
    allow=("channel", "path", "status", "ms", "request_id", "code", "subcode", "fbtrace_id")
)
_TYPE = re.compile(r"[A-Za-z_][\w.]*")
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+\S+")
_CREDENTIAL = re.compile(r"(?i)\b(token|secret|password|key|signature)\s*[=:]\s*\S+")
_QUERY = re.compile(r"\?\S+")
_DIGITS = re.compile(r"\+?\d[\d\- ]{7,}\d")  # telephone and tax numbers
_NOT_LATIN = re.compile(r"[^\x00-\x7f]+(?:\s+[^\x00-\x7f]+)*")


def configure(process_name: str, *, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Set up structlog and the standard logging of this process; call it once, before anything logs."""
    target = sys.stderr if stream is None else stream
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_process(process_name),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared, _PLATFORM_FIELDS, keep_template],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                describe_exception,
                withhold,
                _renderer(target),
            ],
        )
    )
    _route_standard_logging(handler, level)
    sys.excepthook = log_crash


def log_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log the exception that ends the process; Python's own report would quote its message."""
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().critical("process.crashed", exc_info=(kind, error, trace))


def keep_template(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take a library's record back to its template's first line, without the values filled into it."""
    record: logging.LogRecord = event["_record"]
    lines = str(record.msg).splitlines()
    event["event"] = lines[0] if lines else ""
    event.pop("positional_args", None)
    return event


def describe_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace ``exc_info`` by the exception's types and places in the code, never its message."""
    info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = describe(error)
        event.setdefault("error_type", type(error).__name__)
    return event


def describe(error: BaseException) -> list[str]:
    """Name the error and its causes, outermost first, each with the last places in the code that it went through."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(_headline(current))
        places = traceback.extract_tb(current.__traceback__)[-8:]
        lines.extend(f"  {place.filename}:{place.lineno} {place.name}" for place in places)
        if isinstance(current, BaseExceptionGroup):
            lines.extend(f"  {line}" for inner in current.exceptions for line in describe(inner))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


def withhold(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Let only known-harmless text through; this is the promise of the whole module."""
    return _withhold_mapping(event)


def scrub(text: str) -> str:
    """Take addresses, credentials, long numbers and everything not written in Latin letters out of a text."""
    for pattern in (_BEARER, _EMAIL, _CREDENTIAL, _QUERY, _DIGITS, _NOT_LATIN):
        text = pattern.sub(WITHHELD, text)
    return text[:LONGEST]


def _withhold_mapping(values: MutableMapping[str, Any]) -> dict[str, Any]:
    return {key: _pass(key, value) for key, value in values.items()}


def _pass(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if key in MADE_HERE:
        return value
    if isinstance(value, BaseException):
        return type(value).__name__
    if key == TYPE_KEY and isinstance(value, str) and _TYPE.fullmatch(value):
        return value
    return _pass_known(key, value) if key in TEXT_KEYS or key.endswith(ID_SUFFIX) else WITHHELD


def _pass_known(key: str, value: Any) -> Any:
    """Go into what a known key holds: the keys inside are asked again, texts are scrubbed."""
    if isinstance(value, dict):
        return _withhold_mapping(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_pass(key, item) for item in value]
    return scrub(str(value))


def _headline(error: BaseException) -> str:
    """An operating system's error tells only addresses and paths; of all others the message stays out."""
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {scrub(error.strerror)}"
    sqlstate = getattr(error, "sqlstate", None)
    return f"{name}: SQLSTATE {sqlstate}" if isinstance(sqlstate, str) else name


def _name_process(process_name: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("process", process_name)
        return event

    return add


def _renderer(stream: TextIO) -> Processor:
    if stream.isatty():
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _route_standard_logging(handler: logging.Handler, level: int) -> None:
    """Give the root the only handler, and let every library's logger, also an already made one, reach it."""
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
    for name in (*QUIET, "sanic", "sanic.root", "sanic.error", "sanic.server", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
