"""One whole desk with its real processes for all scenarios; each scenario is a customer of its own."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from tests.browser.conftest import _browser as _browser  # noqa: PLC0414 - the same Chromium
from tests.fakes.line import LinePlatform
from tests.fakes.messenger import MessengerPlatform
from tests.run.desk import Desk
from tests.scenarios.talk import Officer, Talk


@pytest.fixture(name="line_platform", scope="session")
def _line_platform() -> Iterator[LinePlatform]:
    """LINE, as far as the desk can tell."""
    with LinePlatform(secret=uuid.uuid4().hex, token=uuid.uuid4().hex) as platform:
        yield platform


@pytest.fixture(name="messenger_platform", scope="session")
def _messenger_platform() -> Iterator[MessengerPlatform]:
    """Messenger, as far as the desk can tell."""
    secrets = {name: uuid.uuid4().hex for name in ("app_secret", "page_token", "verify_token")}
    with MessengerPlatform(**secrets, app_id="1093", page_id="2047") as platform:
        yield platform


@pytest.fixture(name="running", scope="session")
def _running(
    tmp_path_factory: pytest.TempPathFactory, line_platform: LinePlatform, messenger_platform: MessengerPlatform
) -> Iterator[Desk]:
    """A desk as ``make run`` starts it, with all channels and with the test clock allowed."""
    environ = {
        "DESK_TEST_CLOCK": "1",
        "DESK_LINE_CHANNEL_SECRET": line_platform.secret,
        "DESK_LINE_CHANNEL_ACCESS_TOKEN": line_platform.token,
        "DESK_LINE_API_BASE": line_platform.address,
        "DESK_MESSENGER_APP_SECRET": messenger_platform.app_secret,
        "DESK_MESSENGER_PAGE_ACCESS_TOKEN": messenger_platform.page_token,
        "DESK_MESSENGER_VERIFY_TOKEN": messenger_platform.verify_token,
        "DESK_MESSENGER_APP_ID": messenger_platform.app_id,
        "DESK_MESSENGER_PAGE_ID": messenger_platform.page_id,
        "DESK_MESSENGER_GRAPH_BASE": messenger_platform.address,
    }
    desk = Desk(tmp_path_factory.mktemp("scenarios") / "var", environ=environ)
    line_platform.webhook = f"{desk.address}/webhooks/line"
    messenger_platform.webhook = f"{desk.address}/webhooks/messenger"
    try:
        desk.train()
        desk.start()
        yield desk
    finally:
        desk.end()


@pytest.fixture(name="talk")
def _talk(running: Desk) -> Iterator[Callable[..., Talk]]:
    """Open chats: ``talk()`` is a new customer. What another scenario has killed is waited for."""
    with httpx.Client(base_url=running.address, timeout=30) as http:
        running.until(lambda: _serves(http), 120)

        def open_chat(**body: str) -> Talk:
            return Talk.open(http, **body)

        yield open_chat


@pytest.fixture(name="line")
def _line(line_platform: LinePlatform, talk: Callable[..., Talk]) -> LinePlatform:
    """LINE with the desk's time, which other scenarios have moved."""
    line_platform.clock.moved = _time_of_the_desk(talk) - datetime.now(UTC)
    return line_platform


@pytest.fixture(name="messenger")
def _messenger(messenger_platform: MessengerPlatform, talk: Callable[..., Talk]) -> MessengerPlatform:
    """Messenger with the desk's time."""
    messenger_platform.clock.moved = _time_of_the_desk(talk) - datetime.now(UTC)
    return messenger_platform


@pytest.fixture(name="sign_in")
def _sign_in(running: Desk) -> Iterator[Callable[[], Officer]]:
    """Sign in as the administrator of the first start; a session ends when the clock is moved by a day."""
    said = running.said()
    found = re.search(r"(\S+@\S+)\D+?password\s+(\S+)", said)
    assert found, said
    with httpx.Client(base_url=running.address, timeout=30) as http:
        yield lambda: Officer.sign_in(http, found[1], found[2])


@pytest.fixture(name="officer")
def _officer(sign_in: Callable[[], Officer]) -> Officer:
    """The administrator, signed in to the API."""
    return sign_in()


def _serves(http: httpx.Client) -> bool:
    try:
        return http.get("/healthz").is_success
    except httpx.TransportError:
        return False


def _time_of_the_desk(talk: Callable[..., Talk]) -> datetime:
    return datetime.fromisoformat(talk().messages[-1]["at"])
