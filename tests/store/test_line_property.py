"""Whatever happens on LINE, in whatever order and with whatever faults: nothing is lost, nothing is shown twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import strategies as st

from bot.domain.conversation import Author, Delivery, Message
from tests.fakes import line_faults as faults
from tests.store.life import (
    CUSTOMER_STEPS,
    DESK_STEPS,
    OFTEN,
    Stage,
    Step,
    badly_sent,
    every_event_was_handled_once,
    opened,
    whatever_happens,
)
from tests.store.line_story import Life, staged

FAULTS = [
    faults.RESET_BEFORE, faults.RESET_AFTER, faults.STALL, faults.BROKEN, faults.BROKEN_AFTER, faults.GARBLED,
    faults.TOO_FAST, faults.USED_UP, faults.UNAUTHORISED, faults.EMPTY_SUCCESS, faults.BAD_JSON_SUCCESS,
]  # fmt: skip


async def _sends_badly(life: Life, fault: faults.Fault) -> None:
    life.quota_was_used |= fault is faults.USED_UP
    life.platform.fail_next(fault)
    await life.fares_badly()


async def _is_spared(life: Life) -> None:
    async with life.desk.uow() as uow:
        await uow.channels.set_quota("line", 100, 95, uow.now)
        await uow.commit()


_CUSTOMER: list[tuple[str, Step]] = [
    ("taps for the answer", lambda life: life.tap("v1:see_answer")),
    ("under another id", lambda life: life.under_another_id()),
    ("follows", lambda life: life.follow()),
    ("quotes", lambda life: life.quotes()),
    ("standby", lambda life: life.standby()),
]
# Any step, with a name that tells it in a failing example.
STEPS = (CUSTOMER_STEPS, _CUSTOMER, [*DESK_STEPS, ("few left", _is_spared)], OFTEN, badly_sent(_sends_badly, FAULTS))


@pytest.fixture(name="stage")
def _stage(database_url: str) -> Iterator[tuple[asyncio.AbstractEventLoop, Stage]]:
    with opened(database_url) as (loop, desk, officer), staged(desk, officer) as stage:
        yield loop, stage


@pytest.mark.timeout(600)
@whatever_happens(st.one_of(*map(st.sampled_from, STEPS)))
def test_nothing_is_lost_and_nothing_is_doubled(
    stage: tuple[asyncio.AbstractEventLoop, Stage], story: list[tuple[str, Step]]
) -> None:
    loop, where = stage
    loop.run_until_complete(_lives(Life.begin(where), story))


async def _lives(life: Life, story: list[tuple[str, Step]]) -> None:
    async with life.desk.uow() as uow:
        await uow.channels.set_quota("line", None, 0, uow.now)
        await uow.channels.recover("line")
        await uow.commit()
    for _, step in story:
        await step(life)
    await life.rest()
    said = {event["message"]["id"] for event in life.sent if event["type"] == "message"}
    await every_event_was_handled_once(life, said=said, unsent=life.unsent)
    await _every_message_ended_as_the_phone_saw_it(life)
    assert life.platform.violations == []


async def _every_message_ended_as_the_phone_saw_it(life: Life) -> None:
    ours = [message for message in await life.messages() if message.author is not Author.CUSTOMER]
    shown = Counter(seen.text for seen in life.user.seen)
    for text in {message.text for message in ours}:
        ends = Counter(message.delivery for message in ours if message.text == text)
        assert ends[Delivery.PENDING] == 0
        assert shown[text] <= ends[Delivery.SENT] + ends[Delivery.UNKNOWN], (text, ends)
        if not life.was_blocked:
            assert shown[text] >= ends[Delivery.SENT], (text, ends)
    _came_in_order(life, ours)


def _came_in_order(life: Life, ours: list[Message]) -> None:
    """What officers wrote was seen in the order in which it was written, except for what had to wait for quota."""
    places = {message.text: message.seq for message in ours if message.author is Author.AGENT}
    seen = [places[seen.text] for seen in life.user.seen if seen.text in places]
    assert len(set(seen)) == len(seen)
    assert seen == sorted(seen) or life.quota_was_used, seen
