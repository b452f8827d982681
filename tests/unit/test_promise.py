"""A promise is kept, missed or taken back, once."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import WEEKDAYS, read_calendar
from bot.domain.case import BANGKOK
from bot.domain.promise import Clock, ClockState, Measure

CALENDAR = read_calendar({"periods": {day: [["08:30", "16:30"]] for day in WEEKDAYS}})
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BANGKOK)


def clock() -> Clock:
    return Clock.start(1, Measure.HUMAN_WINDOW, 3, NOON, CALENDAR)


def test_an_answer_in_time_meets_and_a_late_one_misses() -> None:
    early, late = clock(), clock()
    early.answer(NOON + timedelta(minutes=3))
    late.answer(NOON + timedelta(minutes=3, seconds=1))

    assert (early.state, late.state) == (ClockState.MET, ClockState.MISSED)


def test_a_missed_promise_stays_missed_when_the_answer_comes_or_it_is_taken_back() -> None:
    answered, cancelled = clock(), clock()
    for missed in (answered, cancelled):
        assert missed.fall_due(NOON + timedelta(minutes=4))
        assert not missed.fall_due(NOON + timedelta(minutes=5))
    answered.answer(NOON + timedelta(minutes=6))
    cancelled.cancel(NOON + timedelta(minutes=6))

    assert (answered.state, cancelled.state) == (ClockState.MISSED, ClockState.MISSED)
    assert answered.stopped_at == NOON + timedelta(minutes=6)


@given(st.lists(st.tuples(st.sampled_from(["answer", "fall_due", "cancel"]), st.integers(0, 10)), max_size=12))
def test_the_first_end_of_a_promise_is_final(steps: list[tuple[str, int]]) -> None:
    promise = clock()
    ended: tuple[ClockState, datetime | None] | None = None
    minute = 0
    for name, forward in steps:
        minute += forward
        getattr(promise, name)(NOON + timedelta(minutes=minute))
        if promise.stopped_at is not None:
            ended = ended or (promise.state, promise.stopped_at)
            assert (promise.state, promise.stopped_at) == ended
