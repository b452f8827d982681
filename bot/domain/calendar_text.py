"""When the service is open, in words: Thai with weekday and Buddhist era, and English."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from bot.domain.articles_text import thai_date
from bot.domain.calendar import WEEKDAYS, Calendar, Period
from bot.domain.case import BANGKOK

THAI_WEEKDAYS = ("วันจันทร์", "วันอังคาร", "วันพุธ", "วันพฤหัสบดี", "วันศุกร์", "วันเสาร์", "วันอาทิตย์")
ENGLISH_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def opening_words(opening: datetime, *, english: bool) -> str:
    """Say when the service opens, to stand behind a verb: "ในวันจันทร์ที่ 23 พ.ย. 2569 เวลา 08.30 น. "."""
    local = opening.astimezone(BANGKOK)
    if english:
        return f"on {local:%A %d %B %Y} at {local:%H:%M}"
    return f"ใน{THAI_WEEKDAYS[local.weekday()]}ที่ {thai_date(local.date())} เวลา {local:%H.%M} น. "


def hours_words(calendar: Calendar, *, english: bool) -> str:
    """Say the weekly hours; weekdays in a row with the same hours are named together."""
    names = ENGLISH_WEEKDAYS if english else THAI_WEEKDAYS
    days = [(names[number], tuple(calendar.periods.get(day, ()))) for number, day in enumerate(WEEKDAYS)]
    groups = [(hours, [name for name, _ in group]) for hours, group in groupby(days, key=lambda day: day[1])]
    return ", ".join(f"{_span(names)} {_hours(hours, english=english)}" for hours, names in groups if hours)


def _span(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"


def _hours(periods: Sequence[Period], *, english: bool) -> str:
    if english:
        return " and ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in periods)
    return "เวลา " + " และ ".join(f"{start:%H.%M}–{end:%H.%M} น." for start, end in periods)
