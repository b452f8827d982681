"""The contract between a channel and the desk: what comes in, what goes out, and how a send may end.

A channel is one module beside this one plus one line in ``registry``. It translates a platform's words into these
and back, and decides nothing. It imports nothing of the desk's.

    ChannelError
     +- SignatureInvalid        the request is not from the platform: 401, nothing is stored
     +- DeliveryFailed          not delivered; ``retry_after`` says whether another try makes sense
     +- RecipientUnreachable    blocked, unfollowed or gone: no try will help until the customer writes again
     +- DeliveryUnknown         the platform may or may not have shown the message
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID


class EventKind(StrEnum):
    """What a customer did."""

    OPENED = "opened"  # opened the chat, followed or unblocked the account; said nothing yet
    TEXT = "text"  # wrote a text
    TAPPED = "tapped"  # tapped a button; ``payload`` is the opaque id it carried


@dataclass(frozen=True, kw_only=True)
class InboundEvent:
    """One thing a customer did on a channel, in the desk's words.

    ``event_id`` is the platform's, unique on the channel: a redelivered event carries the same one. ``occurred_at``
    is the platform's time of the event (timezone-aware). ``raw`` is what the platform sent, kept as it came.
    """

    channel: str
    event_id: str
    external_id: str
    kind: EventKind
    occurred_at: datetime
    text: str | None = None
    payload: str | None = None
    client_id: str | None = None
    language: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OutboundButton:
    """A button under a message: what it says, and the opaque id a tap brings back."""

    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class OutboundMessage:
    """One message to one customer. ``retry_key`` stays the same over all tries of this message."""

    external_id: str
    text: str
    retry_key: UUID
    sender_name: str | None = None
    buttons: Sequence[OutboundButton] = ()


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The platform accepted the message; ``external_message_id`` is its name for it, where it gives one."""

    external_message_id: str | None = None


class ChannelError(Exception):
    """Root of everything a channel raises on purpose."""


class SignatureInvalid(ChannelError):
    """The request's signature is missing or wrong."""


class DeliveryFailed(ChannelError):
    """The platform did not take the message; ``retry_after`` is None when another try can't help."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class RecipientUnreachable(ChannelError):
    """The customer can't be reached on this channel."""


class DeliveryUnknown(ChannelError):
    """The outcome of the send is not known: it may have been shown."""


class Channel(Protocol):
    """A way to reach customers.

    ``keyed``: sending the same ``retry_key`` twice shows the message once, so an interrupted send may be repeated.
    """

    name: str
    keyed: bool

    async def send(self, message: OutboundMessage) -> Receipt:
        """Hand the message to the platform, or raise a ChannelError."""
        ...


class WebhookChannel(Channel, Protocol):
    """A channel whose platform calls us."""

    def parse(self, headers: Mapping[str, str], body: bytes) -> list[InboundEvent]:
        """Check the signature on the raw body, then translate every event of the batch."""
        ...
