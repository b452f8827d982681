"""Access tokens: kept while good, renewed once, and a channel that halts without one."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest

from connectors.contract import (
    ChannelHalted,
    DeliveryFailed,
)
from connectors.line import LineChannel
from tests.connectors.line_account import BOTH, REPLIED, Connect, Way, failure, to
from tests.fakes import line_faults as faults
from tests.fakes.line import PUSH, TOKEN, LinePlatform
from tests.fakes.line_faults import Fault
from tests.fakes.line_user import LineUser


@dataclass
class Seconds:
    """A monotonic clock that a test moves."""

    passed: float = 1000.0

    def __call__(self) -> float:
        return self.passed


def tokens_asked(platform: LinePlatform) -> int:
    return sum(call.path == TOKEN for call in platform.calls)


@pytest.fixture(name="seconds")
def _seconds() -> Seconds:
    return Seconds()


@pytest.fixture(name="stateless")
def _stateless(connect: Connect, platform: LinePlatform, seconds: Seconds) -> LineChannel:
    return connect(access_token=None, channel_id=platform.channel_id, monotonic=seconds)


async def test_one_stateless_token_serves_14_minutes(
    stateless: LineChannel, platform: LinePlatform, seconds: Seconds, somchai: LineUser
) -> None:
    await asyncio.gather(*[stateless.send(to(somchai)) for _ in range(3)])
    seconds.passed += 14 * 60 - 1
    await REPLIED(stateless, somchai)
    assert tokens_asked(platform) == 1

    seconds.passed += 1
    await stateless.send(to(somchai))
    assert tokens_asked(platform) == 2


async def test_a_token_that_line_refuses_is_renewed_once_under_the_same_key(
    stateless: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    await stateless.send(to(somchai))
    platform.clock.move(15 * 60)
    message = to(somchai)
    await stateless.send(message)

    assert len(somchai.seen) == 2
    assert tokens_asked(platform) == 2
    keys = [call.headers["x-line-retry-key"] for call in platform.calls if call.path == PUSH]
    assert keys[1:] == [str(message.retry_key)] * 2


async def test_a_reply_is_repeated_with_the_new_token(
    stateless: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    await stateless.send(to(somchai))
    platform.revoke_tokens()
    await REPLIED(stateless, somchai)

    assert len(somchai.seen) == 2


async def test_calls_refused_together_renew_the_token_together(
    stateless: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    await stateless.send(to(somchai))
    platform.revoke_tokens()
    await asyncio.gather(*[stateless.send(to(somchai)) for _ in range(4)])

    assert len(somchai.seen) == 5
    assert tokens_asked(platform) == 2


async def test_two_refusals_halt_the_channel(stateless: LineChannel, platform: LinePlatform, somchai: LineUser) -> None:
    await stateless.send(to(somchai))
    platform.fail_next(faults.UNAUTHORISED)
    platform.fail_next(Fault(accepts=True))  # the token call between them
    platform.fail_next(faults.UNAUTHORISED)

    error = await failure(stateless.send(to(somchai)))
    assert isinstance(error, ChannelHalted)
    assert error.retry_after == timedelta(seconds=60)
    assert tokens_asked(platform) == 2


async def test_a_long_lived_token_is_not_tried_twice(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    platform.revoke_tokens()

    assert isinstance(await failure(line.send(to(somchai))), ChannelHalted)
    assert len(platform.calls) == 1


async def test_a_wrong_secret_halts_the_channel(connect: Connect, platform: LinePlatform, somchai: LineUser) -> None:
    line = connect(secret="wrong", access_token=None, channel_id=platform.channel_id)

    assert isinstance(await failure(line.send(to(somchai))), ChannelHalted)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.BROKEN, "platform_down"),
        (faults.GARBLED, "platform_down"),
        (faults.RESET_BEFORE, "platform_down"),
        (faults.TOO_FAST, "platform_down"),
        (faults.odd_success(b"{}"), "platform_down"),
    ],
)
@BOTH
async def test_without_a_token_nothing_was_sent(
    stateless: LineChannel, platform: LinePlatform, somchai: LineUser, way: Way, fault: Fault, reason: str
) -> None:
    platform.fail_next(fault)

    error = await failure(way(stateless, somchai))
    assert isinstance(error, DeliveryFailed)
    assert (error.reason, error.retry_after) == (reason, timedelta(seconds=2))
    assert [call.path for call in platform.calls] == [TOKEN]


def test_a_channel_without_any_credential_is_refused() -> None:
    with pytest.raises(ValueError, match="access token or a channel id"):
        LineChannel(secret="s")
