"""Every answer of LINE and what it means to the desk, for push and for reply."""

import asyncio
import logging
import uuid
from datetime import timedelta

import pytest

from connectors.contract import (
    ChannelError,
    ChannelHalted,
    DeliveryFailed,
    DeliveryUnknown,
)
from connectors.line import LineChannel
from tests.connectors.line_account import BOTH, PUSHED, REPLIED, SHORT, Connect, Way, failure, to
from tests.fakes import line_faults as faults
from tests.fakes.line import PUSH, LinePlatform
from tests.fakes.line_faults import Fault, json_reply, refusal
from tests.fakes.line_user import LineUser

Told = tuple[type[ChannelError], str | None, float | None]
HALTED = (ChannelHalted, "no_access", 60)
DOWN = (DeliveryFailed, "platform_down", 2)
REFUSED = (DeliveryFailed, "refused", None)
UNKNOWN = (DeliveryUnknown, None, None)


@pytest.mark.parametrize(
    ("fault", "on_push", "on_reply"),
    [
        (refusal(400, "The request body has 1 error(s)"), REFUSED, REFUSED),
        (faults.UNAUTHORISED, HALTED, HALTED),
        (refusal(403, "Access to this API is not available"), *[(DeliveryFailed, "not_permitted", None)] * 2),
        (refusal(404), REFUSED, REFUSED),
        (refusal(410), REFUSED, REFUSED),
        (refusal(413), REFUSED, REFUSED),
        (refusal(415), REFUSED, REFUSED),
        (faults.USED_UP, *[(DeliveryFailed, "quota_used", None)] * 2),
        (faults.TOO_FAST, *[(DeliveryFailed, "rate_limited", 5)] * 2),
        (faults.BROKEN, DOWN, UNKNOWN),
        (faults.BROKEN_AFTER, DOWN, UNKNOWN),
        (faults.GARBLED, DOWN, UNKNOWN),
        (faults.RESET_BEFORE, DOWN, UNKNOWN),
        (faults.RESET_AFTER, DOWN, UNKNOWN),
        (faults.STALL, DOWN, UNKNOWN),
    ],
)
@BOTH
async def test_each_answer_has_its_meaning(
    connect: Connect, platform: LinePlatform, somchai: LineUser, way: Way, fault: Fault, on_push: Told, on_reply: Told
) -> None:
    platform.fail_next(fault)
    error = await failure(way(connect(request_timeout=SHORT if fault.stall else 10.0), somchai))

    pause = getattr(error, "retry_after", None)
    told = (type(error), getattr(error, "reason", None), pause and pause.total_seconds())
    assert told == (on_push if way is PUSHED else on_reply)
    assert len(somchai.seen) == fault.accepts
    assert platform.violations == []


async def test_409_on_a_reply_is_a_refusal(line: LineChannel, platform: LinePlatform, somchai: LineUser) -> None:
    platform.fail_next(refusal(409))

    assert isinstance(await failure(REPLIED(line, somchai)), DeliveryFailed)


@BOTH
async def test_a_platform_that_cannot_be_reached_has_shown_nothing(
    line: LineChannel, platform: LinePlatform, somchai: LineUser, way: Way
) -> None:
    platform.stop()

    error = await failure(way(line, somchai))
    assert isinstance(error, DeliveryFailed)
    assert (error.reason, error.retry_after) == ("platform_down", timedelta(seconds=2))


async def test_it_goes_on_when_the_platform_is_back(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    await line.send(to(somchai, "ก่อน"))
    platform.stop()
    await failure(line.send(to(somchai)))
    platform.start()
    await line.send(to(somchai, "หลัง"))

    assert somchai.texts == ["ก่อน", "หลัง"]


async def test_the_quota_is_spent_by_pushes_and_leaves_replies(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    platform.quota = 1
    await line.send(to(somchai))

    error = await failure(line.send(to(somchai)))
    assert isinstance(error, DeliveryFailed)
    assert error.reason == "quota_used"
    await REPLIED(line, somchai)


async def test_the_rate_is_a_limit_of_the_second(line: LineChannel, platform: LinePlatform, somchai: LineUser) -> None:
    platform.rate = 2
    results = await asyncio.gather(*[line.send(to(somchai)) for _ in range(3)], return_exceptions=True)

    assert [getattr(result, "reason", None) for result in results].count("rate_limited") == 1
    platform.clock.move(1)
    await line.send(to(somchai))


async def test_each_call_is_logged_without_token_or_text(
    line: LineChannel, platform: LinePlatform, somchai: LineUser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="connectors")
    await line.send(to(somchai, "ความลับทางการค้า"))
    platform.fail_next(refusal(400))
    await failure(line.send(to(somchai, "ความลับทางการค้า")))
    platform.fail_next(faults.RESET_BEFORE)
    await failure(REPLIED(line, somchai))

    records = [record for record in caplog.records if record.name == "connectors.line_calls"]
    told = [(record.path, getattr(record, "status", None)) for record in records]
    assert told == [(PUSH, 200), (PUSH, 400), ("/v2/bot/message/reply", None)]
    assert all(uuid.UUID(record.request_id) for record in records[:2])
    assert not [record for record in records if platform.token in str(vars(record)) or "ความลับ" in str(vars(record))]


@BOTH
async def test_what_line_finds_wrong_is_logged_without_its_text(
    line: LineChannel, platform: LinePlatform, somchai: LineUser, caplog: pytest.LogCaptureFixture, way: Way
) -> None:
    details = [{"message": "ความลับ", "property": "messages[0].text"}, {"property": "to"}, "?"]
    platform.fail_next(Fault(reply=json_reply(400, {"message": "The request body has 2 error(s)", "details": details})))
    await failure(way(line, somchai))

    [refused] = [record for record in caplog.records if record.message == "messages refused"]
    assert refused.code == "messages[0].text, to"  # type: ignore[attr-defined]
    assert "ความลับ" not in str(vars(refused))
