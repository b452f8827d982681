"""How Rasa is called: its Python, its environment and its command line, the same for the supervisor and by hand.

What a reader must not break: Rasa's stack is frozen and old, so it listens on loopback only, gets none of our settings
and secrets, writes no message text into its log, and uses one thread (more make it slower on a busy machine).
"""

import os
import sys
from pathlib import Path
from typing import Final, NoReturn

from bot.postgres import tracker_environ
from bot.settings import ROOT

PYTHON: Final = ROOT / ".build" / "rasa" / "bin" / "python"
RASA: Final = (str(PYTHON), "-m", "bot.rasa_speed", "rasa")  # Rasa's command line, in ps still a `rasa run`
LOOPBACK: Final = "127.0.0.1"
NOT_INHERITED: Final = ("DESK_", "PG", "POSTGRESQL_", "SANIC_", "PYTHON")


def base_environ() -> dict[str, str]:
    """Give the environment in which Rasa trains and serves."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)}
    return inherited | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",  # of libraries that will not change any more
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def server_environ(database_url: str, actions_port: int) -> dict[str, str]:
    """Give the server's environment: where its trackers and its actions are, for ``endpoints.yml``."""
    action_endpoint = {"ACTION_ENDPOINT_URL": f"http://{LOOPBACK}:{actions_port}/webhook"}
    return base_environ() | tracker_environ(database_url) | action_endpoint


def server_command(model: Path, port: int) -> tuple[str, ...]:
    """Give the server's command line: ``rasa run`` with our caches.

    The HTTP API is on for ``/status``, which tells whether a model is loaded.
    """
    files = ("--model", str(model), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml")
    return (*RASA, "run", *files, "--interface", LOOPBACK, "--port", str(port), "--enable-api")


def become_server(model: Path, port: int, database_url: str, actions_port: int) -> NoReturn:
    """Turn this process into a Rasa server."""
    os.chdir(ROOT)
    sys.stdout.flush()
    command = server_command(model, port)
    os.execve(command[0], command, server_environ(database_url, actions_port))  # noqa: S606 - our own command
