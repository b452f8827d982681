"""A page of Messenger and the desk connected with it; a story that needs another platform says so itself."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.bootstrap import Desk
from tests.conftest import NOON
from tests.connectors.messenger_page import platform_of
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.platform_clock import PlatformClock
from tests.store.messenger_desk import Page, connected


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    """Messenger at noon of the desk; no rule of it may be broken."""
    with platform_of(clock=PlatformClock(at=NOON), echoes="none") as platform:
        yield platform
        assert not platform.violations


@pytest_asyncio.fixture(name="page")
async def _page(desk: Desk, platform: MessengerPlatform) -> AsyncIterator[Page]:
    """The page, connected both ways."""
    async with connected(desk, platform) as page:
        yield page
