"""Fixtures of the LINE tests: a platform at noon, a user of it, and channels to it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from connectors.line import LineChannel
from tests.connectors.line_account import NOON, Connect
from tests.fakes.line import LinePlatform
from tests.fakes.line_user import LineUser
from tests.fakes.platform_clock import PlatformClock


@pytest.fixture(name="platform")
def _platform() -> Iterator[LinePlatform]:
    with LinePlatform(clock=PlatformClock(at=NOON)) as platform:
        yield platform


@pytest.fixture(name="somchai")
def _somchai(platform: LinePlatform) -> LineUser:
    return platform.user("สมชาย")


@pytest_asyncio.fixture(name="connect")
async def _connect(platform: LinePlatform) -> AsyncIterator[Connect]:
    """Make channels to the platform, with a long-lived token unless told otherwise."""
    made = []

    def connect(**changes: object) -> LineChannel:
        bases = {"api_base": platform.address, "data_base": platform.address}
        options = {"secret": platform.secret, "access_token": platform.token, **bases}
        made.append(LineChannel(**{**options, **changes}))  # type: ignore[arg-type]
        return made[-1]

    yield connect
    for channel in made:
        await channel.close()


@pytest.fixture(name="line")
def _line(connect: Connect) -> LineChannel:
    return connect()
