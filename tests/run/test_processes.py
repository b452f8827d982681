"""Single processes: they end as whole groups, with their parent, and are never taken for another."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.processes import (
    BEHIND,
    LOG_LIMIT,
    StartError,
    bound_log,
    end_leftover,
    find,
    how_it_ended,
    identify,
    run_to_end,
    spawn,
    stop,
    tell_while,
)
from bot.settings import ROOT
from tests.run.standin import MORTAL, PATIENT, STUBBORN, WITH_CHILD, eventually, gone, group, program


async def test_a_process_is_asked_to_end(tmp_path: Path) -> None:
    patient = program(tmp_path, PATIENT)
    process = await spawn(patient)

    await stop(process, patient, grace=10)

    assert process.returncode == -signal.SIGTERM


async def test_a_process_that_may_wait_stands_behind_the_others(tmp_path: Path) -> None:
    patient = replace(program(tmp_path, PATIENT), niceness=BEHIND)
    process = await spawn(patient)

    behind = os.getpriority(os.PRIO_PROCESS, process.pid) - os.getpriority(os.PRIO_PROCESS, 0)
    await stop(process, patient, grace=10)

    assert behind == BEHIND


async def test_a_process_that_does_not_listen_is_ended_after_the_grace_time(tmp_path: Path) -> None:
    stubborn = program(tmp_path, STUBBORN)
    process = await spawn(stubborn)
    await eventually(lambda: "up" in stubborn.log.read_text(encoding="utf-8"))

    await stop(process, stubborn, grace=0.1)

    assert process.returncode == -signal.SIGKILL


async def test_what_a_process_started_ends_with_it(tmp_path: Path) -> None:
    parent = program(tmp_path, WITH_CHILD)
    process = await spawn(parent)
    await eventually(lambda: len(group(process.pid)) == 2)

    await stop(process, parent, grace=10)

    await eventually(lambda: group(process.pid) == [])


async def test_cancelling_a_step_ends_its_process(tmp_path: Path) -> None:
    patient = program(tmp_path, f"import os; print(os.getpid(), flush=True); {PATIENT}")
    step = asyncio.create_task(run_to_end(patient))
    await eventually(lambda: patient.log.exists() and patient.log.read_text(encoding="utf-8").strip() != "")

    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step

    assert gone(int(patient.log.read_text(encoding="utf-8")))


async def test_a_step_gives_its_exit_code(tmp_path: Path) -> None:
    assert await run_to_end(program(tmp_path, MORTAL)) == 3


async def test_a_process_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = f"""
import asyncio, pathlib, sys
from bot.processes import spawn
from tests.run.standin import PATIENT, program
async def main():
    child = await spawn(program(pathlib.Path({str(tmp_path)!r}), PATIENT))
    print(child.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()

    await eventually(lambda: gone(child))


async def test_a_recorded_process_is_found_and_ended(tmp_path: Path) -> None:
    patient = program(tmp_path, PATIENT)
    process = await spawn(patient)
    identity = identify(process, patient)

    assert find(identity) is not None
    assert await asyncio.to_thread(end_leftover, identity)

    assert await process.wait() == -signal.SIGTERM
    assert find(identity) is None
    assert not end_leftover(identity)


async def test_another_process_with_the_same_number_is_left_alone(tmp_path: Path) -> None:
    patient = program(tmp_path, PATIENT)
    process = await spawn(patient)
    identity = identify(process, patient)

    assert not end_leftover(replace(identity, started=identity.started - 60))
    assert not end_leftover(replace(identity, command=("something", "else")))

    assert process.returncode is None
    await stop(process, patient, grace=10)


def test_a_log_goes_on_empty_past_its_limit(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("old " * 10, encoding="utf-8")
    with log.open("a", encoding="utf-8") as writer:
        bound_log(log, limit=10)
        writer.write("new")

    assert log.read_text(encoding="utf-8") == "new"
    assert (tmp_path / "web.log.1").read_text(encoding="utf-8").startswith("old old")
    bound_log(tmp_path / "none.log", LOG_LIMIT)


async def test_only_the_owner_may_read_a_log(tmp_path: Path) -> None:
    quick = program(tmp_path / "log", "print('x')")
    await run_to_end(quick)

    assert quick.log.stat().st_mode & 0o077 == 0


async def test_long_work_tells_that_it_goes_on(tmp_path: Path) -> None:
    said: list[str] = []
    enough = asyncio.Event()

    def say(sentence: str) -> None:
        said.append(sentence)
        if len(said) >= 3:
            enough.set()

    await tell_while(say, "Training", enough.wait(), every=0.01)

    assert said[0] == "Training …"
    assert said[1].startswith("  still at it (")
    assert said[-1].startswith("  done (")


async def test_failed_work_is_not_said_to_be_done() -> None:
    said: list[str] = []

    async def fail() -> None:
        raise StartError("No.")

    with pytest.raises(StartError):
        await tell_while(said.append, "Training", fail())

    assert said == ["Training …"]


@pytest.mark.parametrize(
    ("code", "words"), [(0, "exit code 0"), (3, "exit code 3"), (-9, "killed by SIGKILL"), (-99, "killed by signal 99")]
)
def test_an_end_is_said_in_words(code: int, words: str) -> None:
    assert how_it_ended(code) == words
