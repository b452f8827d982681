"""``make fakes``: one command starts the fakes, their page and a desk of its own, and ends all of it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.settings import ROOT
from bot.supervisor import free_port
from tests.fakes.http_thread import HttpThread, Reply
from tests.run.desk import Desk, alive
from tests.scenarios.platforms import until

pytestmark = [pytest.mark.run, pytest.mark.timeout(240)]
FAKES = (sys.executable, "-m", "tests.fakes")
SITE = "https://www.example.go.th"
QUERY = {"name": "นภา"}


@dataclass(frozen=True)
class Trial:
    """A trial beside real data, in a shell with a real account's settings."""

    desk: Desk
    page: str

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = httpx.get(f"{self.page}/state", params=QUERY).json()
        return state

    def act(self, channel: str, act: str) -> None:
        done = httpx.post(f"{self.page}/act", params={**QUERY, "channel": channel}, json={"act": act}, timeout=30)
        assert done.status_code == 200, done.text

    def greeted(self) -> dict[str, Any] | None:
        """Give the state in which both phones show the greeting."""
        state = self.state()
        shown = [" ".join(item["text"] for item in state[channel]["items"]) for channel in ("line", "messenger")]
        return state if all("ผู้ช่วยอัตโนมัติ" in text for text in shown) else None


@pytest.fixture(name="trial")
def _trial(tmp_path: Path) -> Iterator[Trial]:
    var = tmp_path / "var"
    (var / "fakes" / "files").mkdir(parents=True)
    (var / "real").write_text("real data")
    rasa = HttpThread(lambda _: Reply(body=b'{"status": "ok"}', headers={"Content-Type": "application/json"}))
    rasa.start()
    port = free_port()
    real = {"DESK_LINE_CHANNEL_SECRET": "real", "DESK_DATABASE_URL": "postgresql://127.0.0.1:9/real"}
    real |= {"DESK_WIDGET_ORIGINS": SITE}
    desk = Desk(var, environ={**real, "DESK_RASA_URL": rasa.address, "FAKES_PORT": str(port)})
    try:
        yield Trial(desk, f"http://127.0.0.1:{port}")
    finally:
        desk.end()
        rasa.stop()


def test_both_channels_are_set_up_and_greet_and_nothing_real_is_touched(trial: Trial) -> None:
    desk = trial.desk
    desk.begin(FAKES)
    desk.until(lambda: "Ctrl-C" in desk.said(), 200)

    addresses = desk.said().partition("The desk is ready")[2]
    assert addresses.index("Web chat") < addresses.index(f"Two phones     {trial.page}/") < addresses.index("Ctrl-C")
    assert "Left out here: DESK_DATABASE_URL, DESK_LINE_CHANNEL_SECRET." in desk.said()
    assert SITE in httpx.get(f"{desk.address}/chat").headers["Content-Security-Policy"]
    assert {path.name for path in desk.var.iterdir()} == {"real", "fakes"}
    assert not (desk.var / "fakes" / "files").exists()
    state = trial.state()
    assert len(state["line"]["menu"]["areas"]) == 9
    assert state["messenger"]["can_start"]
    trial.act("line", "follow")
    trial.act("messenger", "start")
    shown = until(trial.greeted)
    assert shown["violations"] == []
    assert {item["how"] for item in shown["line"]["items"]} == {"reply"}

    desk.var /= "fakes"
    processes = desk.processes()
    code, _ = desk.stop()
    assert code == 0
    assert alive(processes) == []
    with pytest.raises(httpx.ConnectError):
        trial.state()


def test_a_wrong_port_is_one_sentence_and_forgets_nothing(trial: Trial) -> None:
    trial.desk.settings["FAKES_PORT"] = "80x"
    done = subprocess.run(FAKES, cwd=ROOT, env=trial.desk.environ, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (1, "desk: FAKES_PORT must be a port, not '80x'.\n")
    assert (trial.desk.var / "fakes" / "files").exists()
