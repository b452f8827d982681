"""Whatever happens on LINE, in whatever order and with whatever faults: nothing is lost, nothing is shown twice."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.bootstrap import make_desk
from bot.domain.agent import Role
from bot.domain.conversation import Author, Delivery, Message
from bot.domain.inbound import Progress
from bot.domain.media import ERASED
from bot.services import agents
from bot.settings import load_settings
from tests.clocks import HandClock
from tests.fakes import line_faults as faults
from tests.store.line_story import NOON, Life, Stage, staged

Step = Callable[[Life], Coroutine[Any, Any, object]]
EXAMPLES = int(os.environ.get("LINE_LIVES", "12"))  # more for a night: LINE_LIVES=500
FAULTS = [
    faults.RESET_BEFORE, faults.RESET_AFTER, faults.STALL, faults.BROKEN, faults.BROKEN_AFTER, faults.GARBLED,
    faults.TOO_FAST, faults.USED_UP, faults.UNAUTHORISED, faults.EMPTY_SUCCESS, faults.BAD_JSON_SUCCESS,
]  # fmt: skip


async def _sends_badly(life: Life, fault: faults.Fault) -> None:
    """Something goes wrong with the next call, and some time passes."""
    life.quota_was_used |= fault is faults.USED_UP
    life.stage.platform.fail_next(fault)
    await life.send()
    await life.time_passes(5)


async def _is_answered(life: Life) -> None:
    await life.say("ขอ Form D")
    while await life.handle():
        pass


async def _comes_to_a_person(life: Life) -> None:
    await life.say("ขอคุยกับเจ้าหน้าที่")
    while await life.handle():
        pass
    await life.time_passes(3)
    await life.officer_accepts()


async def _is_spared(life: Life) -> None:
    async with life.desk.uow() as uow:
        await uow.channels.set_quota("line", 100, 95, uow.now)
        await uow.commit()


def steps() -> st.SearchStrategy[tuple[str, Step]]:
    """Any step, with a name that tells it in a failing example."""
    customer: list[tuple[str, Step]] = [
        ("asks", lambda life: life.say("ขอ Form D")),
        ("asks for the menu", lambda life: life.say("เมนู")),
        ("asks for a person", lambda life: life.say("ขอคุยกับเจ้าหน้าที่")),
        ("sticker", lambda life: life.sticker()),
        ("taps a topic", lambda life: life.tap("v1:topic:fairs")),
        ("taps for the answer", lambda life: life.tap("v1:see_answer")),
        ("taps nonsense", lambda life: life.tap("x" * 300)),
        ("two at once", lambda life: life.two_at_once_in_the_wrong_order()),
        ("redelivered", lambda life: life.again()),
        ("under another id", lambda life: life.under_another_id()),
        ("edits", lambda life: life.edit()),
        ("takes back", lambda life: life.take_back()),
        ("blocks", lambda life: life.block()),
        ("follows", lambda life: life.follow()),
        ("standby", lambda life: life.standby()),
        ("unknown", lambda life: life.unknown()),
    ]
    desk: list[tuple[str, Step]] = [
        ("handle", lambda life: life.handle()),
        ("send", lambda life: life.send()),
        ("die asking", lambda life: life.handle(die=True)),
        ("die before the call", lambda life: life.die_sending(called=False)),
        ("die after the call", lambda life: life.die_sending(called=True)),
        ("accept", lambda life: life.officer_accepts()),
        ("write", lambda life: life.officer_writes(1)),
        ("write three", lambda life: life.officer_writes(3)),
        ("give back", lambda life: life.officer_gives_back()),
        ("few left", _is_spared),
        *[(f"{seconds} s", lambda life, seconds=seconds: life.time_passes(seconds)) for seconds in (1, 5, 45, 130)],
    ]
    often: list[tuple[str, Step]] = [("is answered", _is_answered), ("comes to a person", _comes_to_a_person)]
    broken: list[tuple[str, Step]] = [
        (f"badly sent {number}", lambda life, fault=fault: _sends_badly(life, fault))
        for number, fault in enumerate(FAULTS)
    ]
    return st.sampled_from(customer) | st.sampled_from(desk) | st.sampled_from(often) | st.sampled_from(broken)


@pytest.fixture(name="stage")
def _stage(database_url: str) -> Iterator[tuple[asyncio.AbstractEventLoop, Stage]]:
    loop = asyncio.new_event_loop()
    desk = make_desk(load_settings({"DESK_DATABASE_URL": database_url}), clock=HandClock(NOON))

    async def officer() -> Any:
        async with desk.uow() as uow:
            made = await agents.create(
                uow, email="o@example.com", name="ก", role=Role.ADMIN, password="a long password"
            )
            await uow.commit()
        return made

    with staged(desk, loop.run_until_complete(officer())) as stage:
        yield loop, stage
        loop.run_until_complete(desk.close())
    loop.close()


@pytest.mark.timeout(600)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(story=st.lists(steps(), min_size=8, max_size=30))
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
    await _every_event_was_handled_once(life)
    await _every_message_ended_as_the_phone_saw_it(life)
    assert life.stage.platform.violations == []


async def _every_event_was_handled_once(life: Life) -> None:
    events = await life.events()
    assert {event.state for event in events} <= {Progress.HANDLED}
    assert max(Counter(event.event_id for event in events).values(), default=1) == 1
    said = Counter(m.external_message_id for m in await life.messages() if m.author is Author.CUSTOMER)
    texts = {event["message"]["id"] for event in life.sent if event["type"] == "message"}
    assert {message_id: said[message_id] for message_id in texts - life.unsent} == dict.fromkeys(texts - life.unsent, 1)
    for message in await life.messages():
        if message.external_message_id in life.unsent:
            assert message.text == ERASED


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
