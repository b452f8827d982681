"""What the desk and the platforms said to each other: the lines of the panel beside the phones."""

import itertools
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

KEPT = 200
Direction = Literal["call", "webhook", "fault"]  # by the desk, by the platform, by the person at the page


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line; ``at`` is the platform's time in milliseconds, ``status`` 0 means that no answer came.

    ``violations`` are the platform's rules that the call broke.
    """

    number: int
    at: int
    channel: str
    direction: Direction
    what: str
    status: int | None = None
    note: str = ""
    violations: tuple[str, ...] = ()


@dataclass
class Journal:
    """The newest lines, oldest first."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))  # type: ignore[type-arg]

    def add(
        self,
        channel: str,
        direction: Direction,
        what: str,
        *,
        at: int,
        status: int | None = None,
        note: str = "",
        violations: Iterable[str] = (),
    ) -> None:
        """Write one line."""
        entry = Entry(
            number=next(self.numbers),
            at=at,
            channel=channel,
            direction=direction,
            what=what,
            status=status,
            note=note,
            violations=tuple(violations),
        )
        self.entries.append(entry)
