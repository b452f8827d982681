"""A child that is kept running: it comes back when it dies, says so, and stays away when it is ended."""

import os
import signal
from pathlib import Path

import pytest

from bot import children
from bot.children import Child
from bot.processes import Identity, Program, StartError
from tests.run.standin import MORTAL, PATIENT, eventually, gone, program


class Record:
    """What a child said and which processes it had."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.pids: list[int | None] = []

    def changed(self, _name: str, identity: Identity | None) -> None:
        self.pids.append(identity and identity.pid)


@pytest.fixture(name="record")
def _record(monkeypatch: pytest.MonkeyPatch) -> Record:
    monkeypatch.setattr(children, "FIRST_PAUSE", 0.01)
    return Record()


def _child(what: Program, record: Record) -> Child:
    return Child(what, _yes, say=record.said.append, on_change=record.changed)


async def _yes() -> bool:
    return True


async def _no() -> bool:
    return False


async def test_a_killed_process_is_started_again_and_that_is_said(tmp_path: Path, record: Record) -> None:
    child = _child(program(tmp_path, PATIENT, "worker"), record)
    child.start()
    await child.wait_ready(10)
    first = record.pids[0]
    assert first is not None

    os.kill(first, signal.SIGKILL)
    await eventually(lambda: len(record.pids) == 2 and len(record.said) == 2)

    assert record.said == [
        "worker has ended (killed by SIGKILL); starting it again in 0.01 s.",
        f"worker runs again (process {record.pids[1]}).",
    ]
    await child.stop(10)
    assert record.pids[-1] is None
    assert all(gone(pid) for pid in record.pids if pid)


async def test_a_process_that_keeps_dying_stops_the_start(tmp_path: Path, record: Record) -> None:
    child = Child(program(tmp_path, MORTAL, "web"), _no, say=record.said.append, on_change=record.changed)
    child.start()

    with pytest.raises(StartError, match=r"web does not start; the reason is at the end of .*web\.log"):
        await child.wait_ready(10)

    await child.stop(1)


async def test_a_process_that_is_never_ready_stops_the_start(tmp_path: Path, record: Record) -> None:
    child = Child(program(tmp_path, PATIENT, "web"), _no, say=record.said.append, on_change=record.changed)
    child.start()

    with pytest.raises(StartError, match="web was not ready within 0 s"):
        await child.wait_ready(0.1)

    await child.stop(10)
    assert all(gone(pid) for pid in record.pids if pid)


async def test_a_program_that_is_not_there_is_a_failed_start(tmp_path: Path, record: Record) -> None:
    missing = Program(name="rasa", argv=(str(tmp_path / "none"),), environ={}, log=tmp_path / "rasa.log")
    child = _child(missing, record)
    child.start()

    with pytest.raises(StartError):
        await child.wait_ready(10)

    assert (
        record.said[0]
        == "rasa has ended (it could not be started: No such file or directory); starting it again in 0.01 s."
    )
    await child.stop(1)


async def test_a_child_that_is_stopped_at_once_leaves_no_process(tmp_path: Path, record: Record) -> None:
    child = _child(program(tmp_path, PATIENT), record)
    child.start()
    await child.stop(10)
    assert record.pids == []

    child.start()
    await eventually(lambda: child._process is not None)
    await child.stop(10)

    assert all(gone(pid) for pid in record.pids if pid)
