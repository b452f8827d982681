"""Small programs that stand in for the desk's processes, and the waiting that their tests need."""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot.processes import Program

PATIENT = "import signal; signal.pause()"
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()"
)
MORTAL = "raise SystemExit(3)"
WITH_CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import signal; signal.pause()'])"
LIMIT = 60.0


def program(folder: Path, code: str, name: str = "standin") -> Program:
    return Program(name=name, argv=(sys.executable, "-c", code), environ={}, log=folder / f"{name}.log")


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        await asyncio.sleep(0.02)


def gone(pid: int) -> bool:
    """Tell whether a process is no more; a dead one that its parent has not buried yet counts."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return True
    return status.rpartition(")")[2].split()[0] in "ZX"


def group(pid: int) -> list[int]:
    """List the living processes of a process group."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return [member for member in pids if _group_of(member) == pid and not gone(member)]


def _group_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[2])
    except (FileNotFoundError, ProcessLookupError):
        return None
