"""A conversation is everything said on one identity, for ever; its messages carry a ``seq`` without gaps.

``seq`` is given under the conversation's row lock, so a reader who asks for "after N" never misses a message that
commits later with a smaller number. Messages to the customer are the outgoing rows themselves: ``delivery`` and
``next_attempt_at`` say what the lane ``out`` still has to do. Where customers read the stored rows themselves
(``PULLED``), what the bot says is delivered by being there.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.domain.base import Base, enum_column

PULLED = frozenset({"webchat"})  # the channels whose connector says ``pulled``
# How long after the customer's last own act the bot may write, by channel, as the connector says (``open_for``); where
# a channel is not listed, always. What people write may have longer (``Limits.windows``).
BOT_WINDOWS: Mapping[str, timedelta] = MappingProxyType({"messenger": timedelta(hours=24)})


class Author(StrEnum):
    """Who said a message."""

    CUSTOMER = "customer"  # the customer
    BOT = "bot"  # the automatic assistant, by script or article
    AGENT = "agent"  # an officer
    SYSTEM = "system"  # the desk itself: notices about the case


class Delivery(StrEnum):
    """How the sending of a message stands."""

    PENDING = "pending"  # to be sent, or being tried again
    SENT = "sent"  # the platform accepted it (or, for a customer's message: it is here)
    FAILED = "failed"  # the platform refused it; the reason is beside it
    UNKNOWN = "unknown"  # the platform may or may not have shown it


class Reached(StrEnum):
    """How far a message that was sent has come, where the platform tells."""

    DELIVERED = "delivered"  # on the customer's device
    READ = "read"  # seen


class Conversation(Base):
    """Everything said on one identity.

    ``delivered_up_to`` and ``read_up_to`` are times of the platform's clock that only go forward.
    """

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    identity_id: Mapped[int] = mapped_column(ForeignKey("identities.id"), unique=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    channel: Mapped[str]
    external_id: Mapped[str]
    last_seq: Mapped[int] = mapped_column(default=0)
    answered_elsewhere_at: Mapped[datetime | None]  # a person answered outside the desk, in the platform's own inbox
    delivered_up_to: Mapped[datetime | None]
    read_up_to: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def lane(self) -> str:
        """The name under which workers take turns on this conversation."""
        return lane_of(self.channel, self.external_id)

    @property
    def pulled(self) -> bool:
        """Whether customers read the stored messages themselves."""
        return self.channel in PULLED

    def reached(self, message: "Message") -> Reached | None:
        """Tell how far a message of ours came; None where it was not sent, or where the platform does not tell."""
        at = message.shown_at or message.claimed_at
        if at is None or message.author is Author.CUSTOMER or message.delivery is not Delivery.SENT:
            return None
        if self.read_up_to is not None and at <= self.read_up_to:
            return Reached.READ
        return Reached.DELIVERED if self.delivered_up_to is not None and at <= self.delivered_up_to else None

    def next_seq(self) -> int:
        """Give the next number; call it only while holding this row's lock."""
        self.last_seq += 1
        return self.last_seq


def lane_of(channel: str, external_id: str) -> str:
    """Name the lane of an identity, also before its conversation exists."""
    return f"{channel}:{external_id}"


class Message(Base):
    """One message of a conversation, in the case in which it was said."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        Index("messages_to_send", "lane", "seq", postgresql_where="delivery = 'pending'"),
        Index("messages_of_case", "case_id", "seq"),
        Index("messages_failed", "case_id", postgresql_where="delivery = 'failed'"),
        Index("messages_pushed_with", "push_leader_id", postgresql_where="push_leader_id is not null"),
        Index(
            "messages_by_platform_id",
            "conversation_id",
            "external_message_id",
            postgresql_where="external_message_id is not null",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    lane: Mapped[str]
    seq: Mapped[int]
    author: Mapped[Author] = mapped_column(enum_column(Author))
    name: Mapped[str | None]
    text: Mapped[str]
    language: Mapped[str]
    at: Mapped[datetime]
    client_id: Mapped[str | None]
    script: Mapped[str | None]
    script_version: Mapped[int | None]
    article_id: Mapped[str | None]
    article_version: Mapped[int | None]
    article_source: Mapped[str | None]
    article_reviewed_on: Mapped[str | None]
    delivery: Mapped[Delivery] = mapped_column(enum_column(Delivery))
    delivery_reason: Mapped[str | None]
    external_message_id: Mapped[str | None]
    more_external_ids: Mapped[list[str]] = mapped_column(default=list)  # of its other parts, e.g. cards
    retry_key: Mapped[UUID | None]
    reply_event_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_events.id"))  # whose reply token it used
    push_leader_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))  # under whose key it was pushed
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]  # when the platform says that it showed our message, by its own clock
    quoted_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))  # the earlier message that it answers
    quote_token: Mapped[str | None]  # with which the platform lets us answer this very message
    reaction: Mapped[str | None]  # the customer's sign under it
    edited_at: Mapped[datetime | None]  # the customer changed it then; the versions are in the inbound events
    erased_at: Mapped[datetime | None]  # the customer took it back: ``text`` says only that
    offers: Mapped[list["Button"]] = relationship(lazy="raise")  # of a new message only; who reads asks ``buttons_of``


class Button(Base):
    """A button once offered in a conversation: an opaque id, and the intent that a tap stands for."""

    __tablename__ = "buttons"
    __table_args__ = (
        Index("buttons_of_message", "message_id", "position"),
        Index("buttons_of_conversation", "conversation_id", "message_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    position: Mapped[int]
    title: Mapped[str]
    intent: Mapped[str]
    entities: Mapped[dict[str, Any]]


def new_button_id() -> str:
    """Make an opaque id that tells nothing and can't be guessed."""
    return secrets.token_urlsafe(12)
