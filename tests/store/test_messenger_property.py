"""Whatever happens on Messenger, in whatever order and with whatever faults: nothing is lost, nothing shown twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import strategies as st

from bot.domain.conversation import Author, Delivery, Message
from tests.fakes import messenger_faults as faults
from tests.fakes.messenger_faults import Fault, graph_error
from tests.store.life import (
    CUSTOMER_STEPS,
    DESK_STEPS,
    LINES,
    OFTEN,
    Stage,
    Step,
    badly_sent,
    every_event_was_handled_once,
    opened,
    whatever_happens,
)
from tests.store.messenger_story import Life, staged

FAULTS = [
    faults.RESET_BEFORE, faults.RESET_AFTER, faults.STALL, faults.html(502), faults.html(502, accepts=True),
    faults.html(429), faults.odd_success(b"{}"), Fault(accepts=True, reply=graph_error(1, 1357046)),
    *[Fault(reply=graph_error(*codes)) for codes in (
        (190,), (368,), (613,), (2,), (4,), (551, 1545041), (10, 2018278), (10, 2018300), (2018321,), (100,), (200,),
    )],
]  # fmt: skip
MINE = f"(ก) {LINES}"  # an officer's words as the customer sees them


async def _sends_badly(life: Life, fault: Fault) -> None:
    life.platform.spoil_next(fault)
    await life.fares_badly()


_CUSTOMER: list[tuple[str, Step]] = [
    ("taps what is offered", lambda life: life.tap_offered()),
    ("gets started", lambda life: life.tap("v1:get_started")),
    ("in both lists", lambda life: life.in_both_lists()),
    ("takes back first", lambda life: life.take_back_before_it_came()),
    ("reacts", lambda life: life.react()),
    ("reads", lambda life: life.read()),
    ("follows a link", lambda life: life.follow_link()),
    ("says unheard", lambda life: life.say_unheard()),
    ("unblocks", lambda life: life.unblock()),
]
_OTHERS: list[tuple[str, Step]] = [
    ("staff answers", lambda life: life.staff_answers(takes_over=False)),
    ("staff takes over", lambda life: life.staff_answers(takes_over=True)),
    ("staff hands back", lambda life: life.staff_hands_back()),
    ("what was missed is found", lambda life: life.what_was_missed_is_found()),
    ("echoes arrive", lambda life: life.listen()),
]
# Any step, with a name that tells it in a failing example.
STEPS = (CUSTOMER_STEPS, _CUSTOMER, DESK_STEPS, OFTEN, _OTHERS, badly_sent(_sends_badly, FAULTS))


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
    await life.what_was_missed_is_found()  # from here on everything that is said is the desk's to find
    for _, step in story:
        await step(life)
    await life.rest()
    said = {event["message"]["mid"] for event in life.sent}
    await every_event_was_handled_once(life, said=said, unsent=life.unsent)
    await _every_message_ended_as_the_phone_saw_it(life)
    assert life.platform.violations == []


async def _every_message_ended_as_the_phone_saw_it(life: Life) -> None:
    """A text is sent as often as it was seen, unless nobody can know; once its echo is here, everybody does."""
    ours = [m for m in await life.messages() if m.author is not Author.CUSTOMER and m.retry_key is not None]
    shown = Counter(_words(seen.text) for seen in life.user.seen if seen.by == "app")
    for text in {message.text for message in ours}:
        ends = Counter(message.delivery for message in ours if message.text == text)
        assert ends[Delivery.PENDING] == 0
        assert shown[text] == ends[Delivery.SENT], (text, ends)
    assert set(shown) <= {message.text for message in ours}
    _came_in_order(life, ours)


def _came_in_order(life: Life, ours: list[Message]) -> None:
    places = {message.text: message.seq for message in ours if message.author is Author.AGENT}
    seen = [places[_words(seen.text)] for seen in life.user.seen if seen.text.startswith(MINE)]
    assert seen == sorted(set(seen)), seen


def _words(shown: str) -> str:
    return shown.removeprefix("(ก) ") if shown.startswith(MINE) else shown
