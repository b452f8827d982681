"""Working time: when the service is open, when a promise made now falls due, how long something really took.

All arithmetic is in the department's time zone over half-open periods ``[start, end)``. Where ``due(start, m)`` lies
before the horizon ``elapsed(start, due(start, m)) == m``. Times are aware datetimes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from bot.domain.case import BANGKOK
from bot.domain.errors import Invalid

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON_DAYS = 400  # a calendar that does not open within this is refused; an old one never stops the service
HORIZON = timedelta(days=HORIZON_DAYS)
FILE = Path(__file__).parents[1] / "data" / "calendar.yml"
NEVER_OPENS = "The calendar never opens."
Period = tuple[time, time]


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Periods by weekday, and days off with their names."""

    version: int
    periods: Mapping[str, Sequence[Period]]
    holidays: Mapping[date, str] = field(default_factory=dict)

    def is_open(self, at: datetime) -> bool:
        """Tell whether the service is open at a moment."""
        return any(start <= at < end for start, end in self._stretches(at))

    def next_opening(self, at: datetime) -> datetime:
        """Give the moment itself when open, else the next opening; the horizon where there is none before it."""
        for start, _ in self._stretches(at):
            return max(start, at)
        return at + HORIZON

    def due(self, start: datetime, minutes: float) -> datetime:
        """Give the moment at which so many working minutes after ``start`` are over, at the latest the horizon."""
        left = timedelta(minutes=minutes)
        for opens, closes in self._stretches(start):
            begin = max(opens, start)
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
        return start + HORIZON

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Count the working minutes between two moments; 0 when they are the wrong way round."""
        total = timedelta()
        if end <= start:
            return 0.0
        for opens, closes in self._stretches(start):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, start), timedelta())
        return total.total_seconds() / 60

    def _stretches(self, after: datetime) -> Iterator[tuple[datetime, datetime]]:
        """List the open stretches that end after a moment, in order, up to the horizon."""
        day = after.astimezone(BANGKOK).date()
        for offset in range(HORIZON_DAYS):
            current = day + timedelta(days=offset)
            if current in self.holidays:
                continue
            for start, end in self.periods.get(WEEKDAYS[current.weekday()], ()):
                opens = datetime.combine(current, start, BANGKOK)
                closes = datetime.combine(current, end, BANGKOK)
                if closes > after:
                    yield opens, closes


def read_calendar(data: Mapping[str, Any]) -> Calendar:
    """Read a calendar from plain data; raise Invalid for unknown days, overlaps, or one that never opens."""
    try:
        periods = {day: tuple(_period(pair) for pair in data["periods"].get(day, ())) for day in WEEKDAYS}
        unknown = set(data["periods"]) - set(WEEKDAYS)
        holidays = {_date(entry["date"]): str(entry["name"]) for entry in data.get("holidays", ())}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(f"The calendar can't be read: {error}") from error
    if unknown:
        raise Invalid(f"Unknown weekdays: {', '.join(sorted(unknown))}.")
    for day, stretches in periods.items():
        for (_, ends), (starts, _) in pairwise(stretches):
            if starts < ends:
                raise Invalid(f"The periods of {day} overlap or are out of order.")
    if not any(periods.values()):
        raise Invalid(NEVER_OPENS)
    return Calendar(version=int(data.get("version", 1)), periods=periods, holidays=holidays)


def load_calendar(path: Path = FILE) -> dict[str, Any]:
    """Load the first start's calendar as plain data."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    loaded["holidays"] = [{"date": str(entry["date"]), "name": entry["name"]} for entry in loaded["holidays"]]
    return loaded


def _period(pair: Sequence[str]) -> Period:
    start, end = (time.fromisoformat(text) for text in pair)
    if not start < end:
        raise ValueError(f"a period ends after it starts, not {pair}")
    return start, end


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
