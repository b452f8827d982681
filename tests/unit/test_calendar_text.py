"""Opening hours in words."""

from bot.domain.calendar import read_calendar
from bot.domain.calendar_text import hours_words

DAY = [["08:30", "16:30"]]


def test_days_in_a_row_with_the_same_hours_are_named_together() -> None:
    calendar = read_calendar({"periods": {"mon": DAY, "tue": DAY, "wed": DAY, "thu": DAY, "fri": DAY}})

    assert hours_words(calendar, english=False) == "วันจันทร์–วันศุกร์ เวลา 08.30–16.30 น."
    assert hours_words(calendar, english=True) == "Monday–Friday 08:30–16:30"


def test_other_hours_and_gaps_stand_apart() -> None:
    noon = [["08:30", "12:00"], ["13:00", "16:30"]]
    calendar = read_calendar({"periods": {"mon": noon, "tue": noon, "thu": DAY, "sat": [["09:00", "12:00"]]}})

    assert hours_words(calendar, english=False) == (
        "วันจันทร์–วันอังคาร เวลา 08.30–12.00 น. และ 13.00–16.30 น., "
        "วันพฤหัสบดี เวลา 08.30–16.30 น., วันเสาร์ เวลา 09.00–12.00 น."
    )
