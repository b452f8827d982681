"""An inbound event as stored: first the row, then the thinking.

A message of the customer is here once by the platform's event id and once by its own id, since some platforms give a
redelivered message a new event. A reply token is claimed here, in a committed row, before it is used.

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
from connectors.contract import EventKind, InboundAttachment, MediaKind

# What a customer does: these, and nothing else, show that somebody is there.
CUSTOMER_ACTS = (
    EventKind.OPENED, EventKind.TEXT, EventKind.TAPPED, EventKind.MEDIA, EventKind.REACTED, EventKind.REFERRED,
)  # fmt: skip


class Progress(StrEnum):
    """How far an inbound event has come."""

    NEW = "new"  # stored, nothing done
    ASKING = "asking"  # its message is in the transcript, Rasa is being asked
    HANDLED = "handled"  # done
    DEAD = "dead"  # set aside after repeated failure; the reason is beside it


OPEN = (Progress.NEW, Progress.ASKING)  # still to be handled


class StoredEvent(Base):
    """One inbound event of a channel; (channel, event_id) is unique, so a redelivery is the same row."""

    __tablename__ = "inbound_events"
    __table_args__ = (
        UniqueConstraint("channel", "event_id"),
        Index("inbound_events_due", "lane", "occurred_at", "id", postgresql_where="state in ('new', 'asking')"),
        Index("inbound_events_of_lane", "lane", "occurred_at"),
        Index(
            "inbound_events_messages",
            "channel",
            "message_id",
            unique=True,
            postgresql_where="kind in ('text', 'media')",
        ),
        Index("inbound_events_of_message", "channel", "message_id", postgresql_where="message_id is not null"),
        Index(
            "inbound_events_unsent", "channel", "target_message_id", postgresql_where="target_message_id is not null"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    event_id: Mapped[str]
    external_id: Mapped[str]
    lane: Mapped[str]
    kind: Mapped[EventKind] = mapped_column(enum_column(EventKind))
    text: Mapped[str | None]
    payload: Mapped[str | None]
    media: Mapped[MediaKind | None] = mapped_column(enum_column(MediaKind))
    message_id: Mapped[str | None]
    target_message_id: Mapped[str | None]
    correlation_id: Mapped[str | None]
    reply_token: Mapped[str | None]
    reply_token_used_at: Mapped[datetime | None]
    read_token: Mapped[str | None]
    quoted_message_id: Mapped[str | None]
    quote_token: Mapped[str | None]
    returning: Mapped[bool] = mapped_column(default=False)
    standby: Mapped[bool] = mapped_column(default=False)
    own: Mapped[bool] = mapped_column(default=False)
    referral: Mapped[str | None]
    watermark: Mapped[datetime | None]
    client_id: Mapped[str | None]
    language: Mapped[str | None]
    attachments: Mapped[list[dict[str, Any]]]
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

    def erase(self) -> None:
        """Forget what the customer said; that something was here stays known."""
        self.text = self.payload = None
        self.attachments, self.raw = [], {}

    @property
    def files(self) -> list[InboundAttachment]:
        """The files that came with it, as the channel named them."""
        return [InboundAttachment(**file | {"kind": MediaKind(file["kind"])}) for file in self.attachments]
