"""The life of a whole desk with its real processes: started, used, killed, started again, ended."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.run.desk import PROCESSES, STOP_LIMIT, Desk, alive

pytestmark = [pytest.mark.run, pytest.mark.timeout(600)]

SECOND_START_LIMIT = 180.0  # nothing is trained anew; how quick it is, `make bench` says


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "var")
    yield desk
    desk.end()


def _command_line(desk: Desk, name: str) -> str:
    return " ".join(psutil.Process(desk.pid(name)).cmdline())


def _ready(desk: Desk) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{desk.port}/readyz", timeout=5).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def test_make_run_and_sigterm_to_make(desk: Desk) -> None:
    """``make run`` prints how to go on, keeps its processes alive, and ends all of them on SIGTERM."""
    desk.start(["make", "run"])

    assert f"http://127.0.0.1:{desk.port}/chat" in desk.said()
    assert f"http://127.0.0.1:{desk.port}/desk" in desk.said()
    assert "(shown only this once)" in desk.said()
    assert set(desk.record()["children"]) == PROCESSES
    for name in ("web", "worker", "actions"):
        assert f"-m bot {name}" in _command_line(desk, name)
    assert "rasa run" in _command_line(desk, "rasa")

    for name in ("worker", "actions"):
        _kill_and_see_it_return(desk, name)
    _another_shell_finds_the_database(desk)
    _a_second_start_is_refused(desk)

    processes = desk.processes()
    _, seconds = desk.stop(signal.SIGTERM)
    assert alive(processes) == []
    assert seconds < STOP_LIMIT
    assert "nothing of it runs any more" in desk.said()
    assert not (desk.var / "run.json").exists()


def test_a_killed_supervisor_and_the_start_after_it(desk: Desk) -> None:
    """``kill -9`` of the supervisor: the next start takes the data over and is quick; Ctrl-C then ends it with 0."""
    desk.start()
    first = desk.processes()
    desk.stop(signal.SIGKILL)

    seconds = desk.start()
    assert seconds < SECOND_START_LIMIT
    assert "as before" in desk.said()
    assert alive(first) == []

    _kill_and_see_it_return(desk, "postgres")
    _kill_and_see_it_return(desk, "rasa")
    desk.until(lambda: _ready(desk), 180)

    second = desk.processes()
    code, seconds = desk.stop(signal.SIGINT)
    assert code == 0
    assert seconds < STOP_LIMIT
    assert alive(second) == []


def test_sigterm_while_it_starts(desk: Desk) -> None:
    """A start that is cut short leaves nothing either."""
    desk.begin()
    desk.until(lambda: (desk.var / "run.json").exists() and "rasa" in desk.record()["children"], 300)
    processes = desk.processes()

    code, _ = desk.stop(signal.SIGTERM)

    assert code == 0
    assert alive(processes) == []


def _kill_and_see_it_return(desk: Desk, name: str) -> None:
    before = desk.pid(name)
    psutil.Process(before).kill()
    desk.until(lambda: f"{name} has ended (killed by SIGKILL)" in desk.said(), 60)
    desk.until(
        lambda: f"{name} runs again (process {desk.record()['children'].get(name, {}).get('pid')})" in desk.said(), 60
    )
    assert desk.pid(name) != before


def _another_shell_finds_the_database(desk: Desk) -> None:
    arguments = ("agent", "create", "--email", "officer@example.com", "--name", "สมหญิง", "--role", "verifier")
    made = desk.command(*arguments, text="a long password\n")
    again = desk.command(*arguments, text="a long password\n")

    assert made.stdout == "officer@example.com can sign in as verifier.\n"
    assert again.returncode == 1
    assert again.stderr == "desk: There is an agent with this e-mail.\n"


def _a_second_start_is_refused(desk: Desk) -> None:
    done = desk.command("run")

    assert done.returncode == 1
    assert f"The desk is already running here (http://127.0.0.1:{desk.port}, process " in done.stderr
