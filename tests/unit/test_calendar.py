"""Working time: due times and elapsed minutes agree, over lunch, nights, weekends and holidays."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.calendar import HORIZON, WEEKDAYS, Calendar, load_calendar, read_calendar
from bot.domain.case import BANGKOK
from bot.domain.errors import Invalid

OFFICE = read_calendar(
    {"periods": {day: [["08:30", "12:00"], ["13:00", "16:30"]] for day in WEEKDAYS[:5]}, "holidays": []}
)


def at(day: int, hour: int, minute: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (at(20, 16, 10), at(23, 9, 10)),
        (at(22, 10, 0), at(23, 9, 30)),
        (at(23, 11, 50), at(23, 13, 50)),
        (at(23, 15, 30), at(23, 16, 30)),
        (at(23, 23, 50), at(24, 9, 30)),
    ],
)
def test_an_hour_falls_due_in_working_time(start: datetime, due: datetime) -> None:
    assert OFFICE.due(start, 60) == due


def test_a_holiday_is_not_working_time() -> None:
    calendar = Calendar(version=1, periods=OFFICE.periods, holidays={date(2026, 11, 23): "วันหยุด"})

    assert calendar.due(at(20, 16, 10), 60) == at(24, 9, 10)
    assert calendar.next_opening(at(20, 16, 30)) == at(24, 8, 30)


def test_open_and_next_opening() -> None:
    assert OFFICE.is_open(at(23, 8, 30))
    assert not OFFICE.is_open(at(23, 12, 0))
    assert not OFFICE.is_open(at(23, 16, 30))
    assert OFFICE.next_opening(at(23, 10, 0)) == at(23, 10, 0)
    assert OFFICE.next_opening(at(23, 12, 0)) == at(23, 13, 0)


periods = st.lists(st.integers(0, 95), min_size=2, max_size=6, unique=True).map(sorted)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = {}
    for day in WEEKDAYS:
        marks = draw(periods) if draw(st.booleans()) or day == "wed" else []
        pairs = list(zip(marks[::2], marks[1::2], strict=False))
        week[day] = [(time(a // 4, a % 4 * 15), time(b // 4, b % 4 * 15)) for a, b in pairs]
    days_off = draw(st.sets(st.integers(0, 60), max_size=10))
    return Calendar(version=1, periods=week, holidays={date(2026, 11, 1) + timedelta(days=n): "off" for n in days_off})


@example(Calendar(version=1, periods={"wed": [(time(0), time(0, 15))]}), 0, 856)  # more than the horizon holds
@given(calendars(), st.integers(0, 60 * 24 * 30), st.integers(1, 3000))
def test_elapsed_until_due_is_the_promise(calendar: Calendar, offset: int, minutes: int) -> None:
    start = at(1, 0, 0) + timedelta(minutes=offset)
    due = calendar.due(start, minutes)

    assert due == start + HORIZON or calendar.elapsed(start, due) == minutes


@given(calendars(), st.integers(0, 60 * 24 * 30), st.integers(0, 60 * 24 * 9), st.integers(0, 60 * 24 * 9))
def test_elapsed_adds_up(calendar: Calendar, offset: int, first: int, second: int) -> None:
    a = at(1, 0, 0) + timedelta(minutes=offset)
    b, c = a + timedelta(minutes=first), a + timedelta(minutes=first + second)

    assert calendar.elapsed(a, b) + calendar.elapsed(b, c) == pytest.approx(calendar.elapsed(a, c))
    assert calendar.elapsed(b, a) == 0


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"periods": {}},
        {"periods": {"mon": [["16:30", "08:30"]]}},
        {"periods": {"mon": [["08:30", "12:00"], ["11:00", "13:00"]]}},
        {"periods": {"monday": [["08:30", "12:00"]], "tue": [["08:30", "12:00"]]}},
        {"periods": {"mon": [["08:30", "12:00"]]}, "holidays": [{"date": "2026-13-01", "name": "x"}]},
        {"periods": {"mon": "08:30"}},
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        read_calendar(data)


def test_the_first_calendar_knows_how_government_offices_differ() -> None:
    calendar = read_calendar(load_calendar())

    assert calendar.is_open(datetime(2026, 5, 1, 10, 0, tzinfo=BANGKOK))  # Labour Day: offices work
    assert not calendar.is_open(datetime(2026, 5, 13, 10, 0, tzinfo=BANGKOK))  # Royal Ploughing Ceremony
    assert not calendar.is_open(datetime(2026, 12, 7, 10, 0, tzinfo=BANGKOK))  # substitute of 5 December
    assert calendar.is_open(datetime(2026, 11, 23, 8, 30, tzinfo=BANGKOK))
