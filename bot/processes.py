"""Child processes: starting, watching and ending them so that none is ever left behind.

What a reader must not break: every child leads its own process group, which is ended as a whole; on Linux it is told by
the kernel when its parent dies; and a process from an earlier run is touched only when process id, start time and
command line are all the recorded ones, never because of its name.
"""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, TypeVar

import psutil

from bot.settings import ROOT

LOG_LIMIT: Final = 5_000_000  # bytes of one log file; the one before it is kept as .1
SAME_START: Final = 2.0  # seconds by which the start time may be read differently after the clock was set
PR_SET_PDEATHSIG: Final = 1
BEHIND: Final = 5  # niceness of what answers and trains: what takes in messages and shows pages does not wait for it
REFUSAL: Final = "desk: "  # how each of our commands begins the sentence with which it refuses

Say = Callable[[str], None]
T = TypeVar("T")


class StartError(Exception):
    """The desk cannot start; the message is one sentence for the person who typed the command."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The system user that a program runs as when we are root."""

    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run and how to end it."""

    name: str
    argv: tuple[str, ...]
    environ: Mapping[str, str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    kill_signal: signal.Signals = signal.SIGKILL
    owner: Owner | None = None
    niceness: int = 0  # added to ours; when the cores are full, a program with less of it is served first


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Which process it was: enough to know it again, and never to take another one for it."""

    pid: int
    started: float  # seconds since the epoch
    command: tuple[str, ...]
    stop_signal: int = signal.SIGTERM
    kill_signal: int = signal.SIGKILL


async def spawn(program: Program) -> asyncio.subprocess.Process:
    """Start the program in its own process group, with all it says in its log file."""
    with open_log(program.log) as output:
        return await asyncio.create_subprocess_exec(*program.argv, stdout=output, stderr=output, **options(program))


def options(program: Program) -> dict[str, Any]:
    """Give the keyword arguments with which ``subprocess`` starts this program as one of our children."""
    as_user = {"user": program.owner.uid, "group": program.owner.gid, "extra_groups": []} if program.owner else {}
    return as_user | {
        "stdin": subprocess.DEVNULL,
        "env": dict(program.environ),
        "cwd": ROOT,
        "start_new_session": True,
        "preexec_fn": _as_child(program),
    }


async def run_to_end(program: Program) -> int:
    """Run a program that ends by itself and give its exit code; when we are cancelled it is ended first."""
    process = await spawn(program)
    try:
        return await process.wait()
    finally:
        await stop(process, program, grace=3.0)


async def stop(process: asyncio.subprocess.Process, program: Program, *, grace: float) -> None:
    """End the process and its whole group: asked first, after the grace time not asked any more."""
    if process.returncode is None:
        _signal_group(process.pid, program.stop_signal)
        try:
            await asyncio.wait_for(asyncio.shield(process.wait()), grace)
        except TimeoutError:
            _signal_group(process.pid, program.kill_signal)
            await process.wait()
    if program.kill_signal == signal.SIGKILL:
        _signal_group(process.pid, signal.SIGKILL)  # what the leader left behind in its group


def identify(process: asyncio.subprocess.Process, program: Program) -> Identity:
    """Take down what is needed to know this process again after a crash of ours."""
    try:
        started = psutil.Process(process.pid).create_time()
    except psutil.Error:
        started = time.time()
    return Identity(
        pid=process.pid,
        started=started,
        command=program.argv,
        stop_signal=program.stop_signal,
        kill_signal=program.kill_signal,
    )


def find(identity: Identity) -> psutil.Process | None:
    """Find the very process that was recorded, if it still runs."""
    with suppress(psutil.Error):
        process = psutil.Process(identity.pid)
        same = (
            abs(process.create_time() - identity.started) <= SAME_START
            and tuple(process.cmdline()) == identity.command
            and process.status() != psutil.STATUS_ZOMBIE
        )
        return process if same else None
    return None


def end_leftover(identity: Identity, *, grace: float = 8.0) -> bool:
    """End a process that an earlier run left, with its group; tell whether there was one."""
    process = find(identity)
    if process is None:
        return False
    _signal_group(identity.pid, identity.stop_signal)
    if not wait_gone(process, grace):
        _signal_group(identity.pid, identity.kill_signal)
        wait_gone(process, grace)
    return True


def wait_gone(process: psutil.Process, seconds: float) -> bool:
    """Wait for a process that is not our child; one that is dead but not yet buried by its parent counts as gone."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def open_log(path: Path) -> IO[bytes]:
    """Open a log file to append to; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0)


def bound_log(path: Path, limit: int = LOG_LIMIT) -> None:
    """Keep a log from growing without end: past the limit its text moves to ``.1`` and it goes on empty.

    The program keeps its file open in append mode, so the file is emptied in place, not renamed.
    """
    with suppress(FileNotFoundError):
        if path.stat().st_size > limit:
            previous = path.with_name(f"{path.name}.1")
            previous.write_bytes(path.read_bytes())
            previous.chmod(0o600)
            os.truncate(path, 0)


async def tell_while(say: Say, title: str, work: Awaitable[T], *, every: float = 15.0) -> T:
    """Do a long piece of work, saying now and then that it is still going on, and how long it took."""
    started = time.monotonic()
    say(f"{title} …")
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=every))[0]:
            say(f"  still at it ({time.monotonic() - started:.0f} s)")
        result = task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    say(f"  done ({time.monotonic() - started:.1f} s)")
    return result


def until_signalled(work: Callable[[], Coroutine[Any, Any, int]], *, when_stopped: int = 0) -> int:
    """Run the work; the first SIGTERM, SIGINT or SIGHUP cancels it, later ones do not disturb its tidying up."""

    async def guarded() -> int:
        task = asyncio.create_task(work())
        asked = asyncio.Event()

        def ask() -> None:
            if not asked.is_set():
                asked.set()
                task.cancel()

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, ask)
        with suppress(asyncio.CancelledError):
            return await task
        return when_stopped

    return asyncio.run(guarded())


def how_it_ended(returncode: int) -> str:
    """Say an exit code in words."""
    if returncode >= 0:
        return f"exit code {returncode}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-returncode).name}"
    return f"killed by signal {-returncode}"


def _signal_group(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _as_child(program: Program) -> Callable[[], None]:
    """Give the child its niceness, and have the kernel end it when its parent dies (Linux only).

    It runs between fork and exec, after the user was changed, which would have cleared it.
    """
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform.startswith("linux") else None

    def prepare() -> None:
        os.nice(program.niceness)
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, int(program.stop_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare
