"""A part dies under a customer: the apology, the case marked, and service again without anybody's help."""

import os
import signal
import time
from collections.abc import Callable

import httpx
import pytest

from tests.run.desk import Desk
from tests.scenarios.talk import Officer, Talk, article, texts

pytestmark = [pytest.mark.run, pytest.mark.timeout(600)]
QUESTION = "ขอ Form D ต้องไปขอที่ไหนคะ"


@pytest.mark.parametrize("part", ["actions", "rasa"])
def test_a_killed_part_gives_the_apology_and_comes_back(
    running: Desk, talk: Callable[..., Talk], officer: Officer, part: str
) -> None:
    chat = talk()
    pid = running.pid(part)
    os.kill(pid, signal.SIGKILL)
    said = chat.say(QUESTION)
    case = officer.newest_case()
    running.until(lambda: running.pid(part) != pid, 60)
    _until_ready(running)
    answered = _until_answered(talk)

    assert "1169" in texts(said), texts(said)
    assert article(said) is None
    assert case["handoff_reason"] == "bot_unavailable"
    assert article(answered) == "form-d", texts(answered)
    assert f"{part} has ended" in running.said()


def test_a_killed_web_server_loses_and_doubles_nothing(running: Desk, talk: Callable[..., Talk]) -> None:
    chat = talk()
    pid = running.pid("web")
    message = {"client_id": "across-the-restart", "text": QUESTION}
    chat.http.post("/webchat/messages", json=message, headers=chat.headers)
    os.kill(pid, signal.SIGKILL)
    running.until(lambda: running.pid("web") != pid, 60)
    _until_ready(running)
    again = chat.http.post("/webchat/messages", json=message, headers=chat.headers)
    said = chat.read(at_least=1)

    assert again.status_code == 202
    assert article(said) == "form-d"
    assert [m["text"] for m in chat.messages if m["author"] == "customer"] == [QUESTION]


def _until_answered(talk: Callable[..., Talk]) -> list[dict[str, object]]:
    """New customers ask until one is answered: the part is back when it says so itself."""
    deadline = time.monotonic() + 60
    while True:
        said = talk().say(QUESTION)
        if article(said) or time.monotonic() > deadline:
            return said
        time.sleep(0.1)  # the poll of real processes; no clock of ours can be moved instead


def _until_ready(running: Desk) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{running.address}/readyz", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)  # the poll of real processes; no clock of ours can be moved instead
    raise AssertionError(running.said() + running.logs())
