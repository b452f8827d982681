"""One whole desk with its real processes for all scenarios; each scenario is a customer of its own."""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.browser.conftest import _browser as _browser  # noqa: PLC0414 - the same Chromium
from tests.run.desk import Desk
from tests.scenarios.talk import Officer, Talk


@pytest.fixture(name="running", scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk as ``make run`` starts it, with the test clock allowed."""
    desk = Desk(tmp_path_factory.mktemp("scenarios") / "var", environ={"DESK_TEST_CLOCK": "1"})
    try:
        desk.start()
        yield desk
    finally:
        desk.end()


@pytest.fixture(name="talk")
def _talk(running: Desk) -> Iterator[Callable[..., Talk]]:
    """Open chats: ``talk()`` is a new customer."""
    with httpx.Client(base_url=running.address, timeout=30) as http:

        def open_chat(**body: str) -> Talk:
            return Talk.open(http, **body)

        yield open_chat


@pytest.fixture(name="officer")
def _officer(running: Desk) -> Iterator[Officer]:
    """The administrator of the first start, signed in to the API."""
    said = running.said()
    found = re.search(r"(\S+@\S+)\D+?password\W+(\S+)", said)
    assert found, said
    with httpx.Client(base_url=running.address, timeout=30) as http:
        yield Officer.sign_in(http, found[1], found[2])
