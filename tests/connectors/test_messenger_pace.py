"""How fast a page's messages go out: as Graph's usage header allows, and not at all while nothing can be sent."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import ChannelHalted, DeliveryFailed, RecipientUnreachable
from connectors.messenger import MessengerChannel
from connectors.messenger_usage import USAGE_HEADER, read_usage
from tests.connectors.messenger_page import channel_of, message_to, platform_of, writing_user
from tests.fakes.messenger import MessengerPlatform


@dataclass
class Seconds:
    """A clock of seconds that is moved by hand."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    with platform_of() as platform:
        yield platform


@pytest.fixture(name="seconds")
def _seconds() -> Seconds:
    return Seconds()


@pytest_asyncio.fixture(name="channel")
async def _channel(platform: MessengerPlatform, seconds: Seconds) -> AsyncIterator[MessengerChannel]:
    channel = channel_of(platform, monotonic=seconds)
    yield channel
    await channel.close()


async def send(channel: MessengerChannel, platform: MessengerPlatform, times: int = 1) -> None:
    for _ in range(times):
        await channel.send(message_to(writing_user(platform)))


@pytest.fixture(name="slept")
def _slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("connectors.messenger_graph.asyncio.sleep", sleep)
    return slept


async def test_below_eighty_percent_nothing_waits(
    platform: MessengerPlatform, channel: MessengerChannel, slept: list[float]
) -> None:
    platform.usage = 79

    await send(channel, platform, 5)

    assert slept == []


async def test_from_eighty_percent_on_calls_are_spaced_out(
    platform: MessengerPlatform, channel: MessengerChannel, seconds: Seconds, slept: list[float]
) -> None:
    platform.usage = 80

    await send(channel, platform, 12)

    assert slept == list(range(11)), "the first told it; each later one waits behind the one before"
    with pytest.raises(ChannelHalted, match="rate_limited") as caught:
        await send(channel, platform)
    assert caught.value.retry_after == timedelta(seconds=11)

    platform.usage = 10
    seconds.at += 61
    slept.clear()
    await send(channel, platform, 3)
    assert slept == []


async def test_used_up_it_waits_as_long_as_graph_says(
    platform: MessengerPlatform, channel: MessengerChannel, seconds: Seconds
) -> None:
    platform.usage, platform.regain_minutes = 100, 7
    await send(channel, platform)

    with pytest.raises(ChannelHalted, match="rate_limited") as caught:
        await send(channel, platform)

    assert caught.value.retry_after == timedelta(minutes=7)
    platform.usage = platform.regain_minutes = 0
    seconds.at += 7 * 60
    await send(channel, platform)
    assert len(platform.calls) == 2


@pytest.mark.parametrize(
    ("code", "reason", "pause"), [(190, "no_access", 60), (368, "page_restricted", 600)]
)  # fmt: skip
async def test_what_stands_against_every_message_is_asked_once(
    platform: MessengerPlatform, channel: MessengerChannel, seconds: Seconds, code: int, reason: str, pause: int
) -> None:
    platform.fail_next(code)

    for _ in range(3):
        with pytest.raises(ChannelHalted, match=reason):
            await send(channel, platform)

    assert len(platform.calls) == 1
    seconds.at += pause
    await send(channel, platform)
    assert platform.user("สมหญิง").texts == ["สวัสดีค่ะ"]


@pytest.mark.parametrize(
    ("code", "subcode", "error"), [(551, 1545041, RecipientUnreachable), (100, None, DeliveryFailed)]
)
async def test_one_customers_trouble_stops_nobody_else(
    platform: MessengerPlatform, channel: MessengerChannel, code: int, subcode: int | None, error: type[Exception]
) -> None:
    platform.fail_next(code, subcode)
    with pytest.raises(error):
        await send(channel, platform)

    await send(channel, platform)

    assert platform.user("สมหญิง").texts == ["สวัสดีค่ะ"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("call_count"), inner),
)


@given(st.text() | JSON.map(json.dumps))
def test_no_header_breaks_the_reading(header: str) -> None:
    usage = read_usage({USAGE_HEADER: header})

    assert usage.percent >= 0
    assert usage.regain is None or timedelta() < usage.regain <= timedelta(days=1)
