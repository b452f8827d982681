"""A clock is one running promise: a person answers inside the window, or answers the customer's next message.

Its due time is working time by the calendar. A clock that was missed stays missed; when the answer comes at last,
``stopped_at`` says when.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base, enum_column
from bot.domain.calendar import Calendar


class Measure(StrEnum):
    """What a clock promises."""

    HUMAN_WINDOW = "human_window"  # the first human reply after a handoff
    NEXT_REPLY = "next_reply"  # the officer's reply to the customer's first unanswered message


class ClockState(StrEnum):
    """How a promise stands."""

    RUNNING = "running"  # not due yet, not kept yet
    PAUSED = "paused"  # not counting
    MET = "met"  # kept in time
    MISSED = "missed"  # not kept in time
    CANCELLED = "cancelled"  # no longer promised: the customer withdrew, or the case ended otherwise


class Clock(Base):
    """One promise of a case."""

    __tablename__ = "clocks"
    __table_args__ = (
        Index("clocks_of_case", "case_id", "id"),
        Index("clocks_due", "due_at", postgresql_where="state = 'running'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    measure: Mapped[Measure] = mapped_column(enum_column(Measure))
    state: Mapped[ClockState] = mapped_column(enum_column(ClockState))
    minutes: Mapped[int]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]

    @classmethod
    def start(cls, case_id: int, measure: Measure, minutes: int, now: datetime, calendar: Calendar) -> "Clock":
        """Begin a promise of so many working minutes."""
        return cls(
            case_id=case_id,
            measure=measure,
            state=ClockState.RUNNING,
            minutes=minutes,
            started_at=now,
            due_at=calendar.due(now, minutes),
        )

    @property
    def unanswered(self) -> bool:
        """Tell whether the answer is still to come."""
        return self.stopped_at is None and self.state in (ClockState.RUNNING, ClockState.MISSED)

    def answer(self, at: datetime) -> None:
        """Note when the answer left; in time or not is decided by that moment."""
        if not self.unanswered:
            return
        if self.state is ClockState.RUNNING:
            self.state = ClockState.MET if at <= self.due_at else ClockState.MISSED
        self.stopped_at = at

    def fall_due(self, now: datetime) -> bool:
        """Note that the time is over; True when that was news."""
        if self.state is not ClockState.RUNNING or now <= self.due_at:
            return False
        self.state = ClockState.MISSED
        return True

    def cancel(self, now: datetime) -> None:
        """Take the promise back; one that was missed stays missed."""
        if self.state is ClockState.RUNNING:
            self.state = ClockState.CANCELLED
        self.stopped_at = self.stopped_at or now

    def recompute(self, calendar: Calendar) -> None:
        """Follow a changed calendar."""
        if self.state is ClockState.RUNNING:
            self.due_at = calendar.due(self.started_at, self.minutes)
