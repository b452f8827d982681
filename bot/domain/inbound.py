"""An inbound event as stored: first the row, then the thinking.

``state`` tells how far the event came. ASKING means that Rasa may have been asked: a worker that finds it (after a
crash or a time-out) asks again in a fresh tracker, and the answer is written once because the row is locked and
checked when the answer is applied.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base, enum_column
from connectors.contract import EventKind


class Progress(StrEnum):
    """How far an inbound event has come."""

    NEW = "new"  # stored, nothing done
    ASKING = "asking"  # its message is in the transcript, Rasa is being asked
    HANDLED = "handled"  # done
    DEAD = "dead"  # set aside after repeated failure; the reason is beside it


class StoredEvent(Base):
    """One inbound event of a channel; (channel, event_id) is unique, so a redelivery is the same row."""

    __tablename__ = "inbound_events"
    __table_args__ = (
        UniqueConstraint("channel", "event_id"),
        Index("inbound_events_due", "lane", "occurred_at", "id", postgresql_where="state in ('new', 'asking')"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    event_id: Mapped[str]
    external_id: Mapped[str]
    lane: Mapped[str]
    kind: Mapped[EventKind] = mapped_column(enum_column(EventKind))
    text: Mapped[str | None]
    payload: Mapped[str | None]
    client_id: Mapped[str | None]
    language: Mapped[str | None]
    raw: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[Progress] = mapped_column(enum_column(Progress))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    greeted: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    error: Mapped[str | None]
    handled_at: Mapped[datetime | None]
