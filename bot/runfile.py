"""What is running here: the lock that keeps a second supervisor out, and ``run.json`` that describes the first one.

``<var>/run.json`` (readable by its owner only) lets ``python -m bot worker`` in another shell find database and Rasa,
and lets the next start end what a killed supervisor left. What a reader must not break: the file is replaced in one
step, after every start of a process and before anything depends on it.
"""

import fcntl
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Self

from bot.processes import Identity, StartError, find


@dataclass(frozen=True, kw_only=True)
class Run:
    """One running desk."""

    supervisor: Identity
    address: str
    database_url: str | None = None
    rasa_url: str | None = None
    actions_port: int | None = None
    children: dict[str, Identity] = field(default_factory=dict)

    def with_child(self, name: str, identity: Identity | None) -> "Run":
        """Describe the run with this process of that name, or with none."""
        others = {key: value for key, value in self.children.items() if key != name}
        return replace(self, children=others if identity is None else others | {name: identity})


class Lock:
    """The lock of one ``var`` folder; it vanishes with its process, however that ends."""

    def __init__(self, var: Path) -> None:
        self._var = var
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        try:
            self._var.mkdir(parents=True, exist_ok=True)
            self._file = (self._var / "run.lock").open("a", encoding="utf-8")
        except OSError as error:
            raise StartError(f"The data folder {self._var} cannot be used: {error.strerror}.") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise StartError(_already(read(self._var))) from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()


def write(var: Path, run: Run) -> None:
    """Replace ``run.json`` in one step."""
    fresh = var / f".run.json.{os.getpid()}"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(run), file, indent=1)
    fresh.replace(var / "run.json")


def read(var: Path) -> Run | None:
    """Read what the last supervisor wrote; None when there is nothing, or nothing that makes sense."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        return _parse(json.loads((var / "run.json").read_text(encoding="utf-8")))
    return None


def running(var: Path) -> Run | None:
    """Give the run whose supervisor is alive now."""
    run = read(var)
    return run if run is not None and find(run.supervisor) is not None else None


def forget(var: Path) -> None:
    """Remove the description after an ordered stop."""
    (var / "run.json").unlink(missing_ok=True)


def _parse(data: dict[str, Any]) -> Run:
    children = {name: _identity(value) for name, value in data["children"].items()}
    return Run(**(data | {"supervisor": _identity(data["supervisor"]), "children": children}))


def _identity(data: dict[str, Any]) -> Identity:
    return Identity(**(data | {"command": tuple(data["command"])}))


def _already(run: Run | None) -> str:
    if run is None:
        return "The desk is already being started here; wait for it or stop that one first."
    return f"The desk is already running here ({run.address}, process {run.supervisor.pid}); stop that one first."
