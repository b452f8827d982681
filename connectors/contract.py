"""The contract between a channel and the desk: what comes in, what goes out, and how a send may end.

A channel is one module beside this one plus one line in ``registry``. It translates a platform's words into these
and back, and decides nothing. It imports nothing of the desk's.

    ChannelError
     +- SignatureInvalid        the request is not from the platform: 401, nothing is stored
     |   +- SecretWrong         it surely is, but our secret is not the one that the platform signs with
     +- NotAllTold              asked what was said, the platform keeps more than could be read in one go
     +- DeliveryFailed          not delivered; ``retry_after`` says whether another try makes sense
     +- ChannelHalted           nothing is wrong with the message: the channel itself can't send for now
     +- RecipientUnreachable    blocked, unfollowed or gone: no try will help until the customer writes again
     +- ThreadTakenOver         another app or a person of the page owns the talk: the bot must be silent
     +- ReplyTokenInvalid       the reply token is used or too old; surely nothing was shown by this call
     +- DeliveryUnknown         the platform may or may not have shown the message
     +- MediaNotReady           a file can't be had now; ask again after ``retry_after``
     +- MediaGone               the platform no longer has the file
     +- MediaRefused            we do not take the file, by what the platform tells of it

Reasons are short codes; ``bot.web.console_words`` says each of them in Thai.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol, runtime_checkable
from uuid import UUID


class EventKind(StrEnum):
    """What happened on a channel."""

    OPENED = "opened"  # opened the chat, followed or unblocked the account; said nothing yet
    TEXT = "text"  # wrote a text
    TAPPED = "tapped"  # tapped a button; ``payload`` is the opaque id it carried
    MEDIA = "media"  # sent something that is no text; ``media`` says what
    EDITED = (
        "edited"  # changed the message ``message_id``; ``text`` is its new wording, the newest ``occurred_at`` holds
    )
    UNSENT = "unsent"  # took back the message ``target_message_id``: its content must be erased
    SUSPENDED = "suspended"  # the platform stopped our account: nothing can be sent
    RESUMED = "resumed"  # and lets it work again
    LEFT = "left"  # unfollowed or blocked the account
    INVITED = "invited"  # added to a group, or somebody came into one; groups are not served (see ``abilities``)
    REACTED = "reacted"  # put the sign ``text`` under the message ``target_message_id``, or took it away (None)
    REFERRED = "referred"  # came back by a link or an advertisement (``referral``), and said nothing
    DELIVERED = "delivered"  # everything up to ``watermark`` is on the customer's device
    READ = "read"  # everything up to ``watermark`` was seen
    HANDED = "handed"  # the platform gave the talk to us (``own``) or to somebody else
    WARNED = "warned"  # the platform says something of our account: ``payload`` is a code, ``text`` its own words
    CLEARED = "cleared"  # that is over: ``payload`` is the first part of the code
    JUDGED = "judged"  # says whether the message ``target_message_id`` helped (``own``: it did)
    ECHO = "echo"  # words that went out on our side; ``own`` when the platform says that this app sent them
    OTHER = "other"  # anything else: kept as it came, nothing follows


class MediaKind(StrEnum):
    """What a customer sent instead of text."""

    STICKER = "sticker"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"
    LOCATION = "location"
    LINK = "link"  # a shared post, product or page
    UNSUPPORTED = "unsupported"  # the platform itself could not hand it on


class Menu(StrEnum):
    """Which menu a customer has open."""

    BOT = "bot"  # the topics
    PERSON = "person"  # while a person has the case


@dataclass(frozen=True, kw_only=True)
class InboundAttachment:
    """A file that came with a message and has to be fetched, see ``MediaChannel``.

    ``reference`` is the platform's id or address of it, which means something to the channel alone. ``file_name`` and
    ``media_type`` are what the platform says, both untrusted; ``size`` is in bytes. What is no file (a sticker, a
    place, a shared page) is no attachment.
    """

    kind: MediaKind
    reference: str
    file_name: str | None = None
    media_type: str | None = None
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class InboundEvent:
    """One thing that happened on a channel, in the desk's words.

    ``event_id`` is the platform's, unique on the channel: a redelivered event carries the same one. ``occurred_at``
    is the platform's time of the event (timezone-aware). ``raw`` is what the platform sent, kept as it came.

    ``external_id`` is the customer's id on the channel (of an ECHO too: who was written to; of INVITED the group's),
    empty where the platform names nobody (OTHER, and what it tells of our account). ``message_id`` is the platform's
    name for the message itself, unique on the channel among messages. ``reply_token`` may be used once to answer for
    free (see ``ReplyChannel``). ``read_token`` marks the message as read (see ``abilities``). ``quoted_message_id`` is
    the platform's name for the earlier message that this one answers; with ``quote_token`` a message of ours can answer
    it. ``returning``: an OPENED of somebody who had left before. ``standby``: somebody else has this talk; it is kept
    and never answered. ``text`` of MEDIA is what the platform tells about it in words (a sticker's keywords, a file's
    name, a place), or None.
    ``correlation_id`` of an ECHO is the ``correlation_id`` of the Outbound message that it repeats, where the platform
    gives it back. ``attachments`` are the files of a TEXT or MEDIA message; those of an ECHO are left where they are.
    """

    channel: str
    event_id: str
    external_id: str
    kind: EventKind
    occurred_at: datetime
    text: str | None = None
    payload: str | None = None
    media: MediaKind | None = None
    message_id: str | None = None
    target_message_id: str | None = None
    correlation_id: str | None = None
    reply_token: str | None = None
    read_token: str | None = None
    quoted_message_id: str | None = None
    quote_token: str | None = None
    returning: bool = False
    standby: bool = False
    own: bool = False
    referral: str | None = None
    watermark: datetime | None = None
    client_id: str | None = None
    language: str | None = None
    attachments: Sequence[InboundAttachment] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OutboundButton:
    """A button under a message: what it says, and the opaque id a tap brings back."""

    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class OutboundDocument:
    """A file for the customer: ``url`` is a signed address of the desk that ends at ``expires_at``; size in bytes."""

    title: str
    url: str
    media_type: str
    size: int
    expires_at: datetime

    @property
    def about(self) -> str:
        """Say what it is and how large: "PDF · 120 KB"."""
        kind = self.media_type.partition("/")[2].rpartition(".")[2].upper()[:12]
        return f"{kind} · {max(1, round(self.size / 1000)):,} KB".removeprefix(" · ")


@dataclass(frozen=True, kw_only=True)
class OutboundArticle:
    """Where an answer comes from, for a card beside its text; ``reviewed`` is a date in words."""

    title: str
    source: str
    reviewed: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class OutboundMessage:
    """One message to one customer. ``retry_key`` stays the same over all tries of this message.

    A channel that has no better way to show ``documents`` sends ``linked_text`` in place of ``text``. ``by_person``:
    an officer wrote it, in the name ``sender_name``. ``silent_for`` is how long ago the customer last did something on
    this channel, None if never: some platforms close their window by it. ``article``: the text is its answer and names
    its source; a channel may show a card besides. ``lasting``: the buttons should stay in the chat when more is said.
    ``superseded``: a later message offers buttons of its own, and a typed number means one of those.
    ``language`` (th, en) is that of the talk, for the channel's own words in cards. ``quote_token`` is that of the
    customer's message that this one answers; a channel that can't show that sends it without.
    """

    external_id: str
    text: str
    retry_key: UUID
    sender_name: str | None = None
    by_person: bool = False
    silent_for: timedelta | None = None
    buttons: Sequence[OutboundButton] = ()
    documents: Sequence[OutboundDocument] = ()
    article: OutboundArticle | None = None
    lasting: bool = False
    superseded: bool = False
    language: str = "th"
    quote_token: str | None = None

    @property
    def linked_text(self) -> str:
        """Give the text with the documents' addresses under it, a line each."""
        return "\n".join([self.text, *(f"{document.title}\n{document.url}" for document in self.documents)])

    @property
    def correlation_id(self) -> str:
        """What a channel may send along to recognise the echo of this message."""
        return str(self.retry_key)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The platform accepted the message; ``external_message_id`` is its name for it, where it gives one.

    ``more_ids`` are its names for the other parts of a message that it shows as several.
    """

    external_message_id: str | None = None
    more_ids: Sequence[str] = ()


class ChannelError(Exception):
    """Root of everything a channel raises on purpose."""


# What a channel raises by mistake, over an answer that nobody expected. It must never end a worker.
FAULTS: Final = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError)


class SignatureInvalid(ChannelError):
    """The request's signature is missing or wrong."""


class SecretWrong(SignatureInvalid):
    """What the platform itself tells us is refused: the secret is old, mistyped, or another account's."""


class NotAllTold(ChannelError):
    """The platform keeps more of what was said than is asked for in one go; what it told until then holds."""


class DeliveryFailed(ChannelError):
    """The platform did not take the message; ``retry_after`` is None when another try can't help.

    ``most_tries``: give up after so many tries of the message, this one included; None leaves it to the desk.
    """

    def __init__(self, reason: str, *, retry_after: timedelta | None = None, most_tries: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.most_tries = most_tries


class ChannelHalted(ChannelError):
    """Nothing can be sent on this channel for now (a dead token, a restricted page): the message waits uncounted."""

    def __init__(self, reason: str, *, retry_after: timedelta) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class RecipientUnreachable(ChannelError):
    """The customer can't be reached on this channel."""


class ThreadTakenOver(ChannelError):
    """Another app, or a person in the platform's own inbox, has this talk; nothing of ours was shown."""


class ReplyTokenInvalid(ChannelError):
    """The platform refused the reply token, and with it the whole call."""


class DeliveryUnknown(ChannelError):
    """The outcome of the send is not known: it may have been shown."""


class MediaNotReady(ChannelError):
    """The file can't be had now: the platform prepares it still, limits our calls, or is down."""

    def __init__(self, reason: str, *, retry_after: timedelta) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class MediaGone(ChannelError):
    """The platform no longer has the file."""


class MediaRefused(ChannelError):
    """The file is not taken: ``too_large``, or an address that the platform does not own (``foreign``)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class FetchedMedia:
    """A file as the platform handed it over; its name and type are what the platform says, untrusted."""

    data: bytes
    media_type: str | None = None
    file_name: str | None = None


class Channel(Protocol):
    """A way to reach customers.

    ``keyed``: sending the same ``retry_key`` twice shows the message once, so an interrupted send may be repeated.
    ``pulled``: customers read the stored messages themselves; nothing is called, so nothing can fail.
    """

    name: str
    keyed: bool
    pulled: bool

    async def send(self, message: OutboundMessage) -> Receipt:
        """Hand the message to the platform, or raise a ChannelError."""
        ...

    async def close(self) -> None:
        """Let go of connections; the channel is not used afterwards."""
        ...


@runtime_checkable
class ReplyChannel(Channel, Protocol):
    """A channel whose platform answers an event for free with a token that the event brought.

    A token is good for one call, up to ``reply_within`` after the event's ``occurred_at``.
    """

    reply_within: timedelta

    def fitting(self, messages: Sequence[OutboundMessage]) -> int:
        """Count how many of the first messages one call can carry; 0 when the first alone is too much."""
        ...

    async def reply(self, reply_token: str, messages: Sequence[OutboundMessage]) -> Sequence[Receipt]:
        """Send all messages in one call and give a receipt for each, or raise a ChannelError for all of them."""
        ...


@runtime_checkable
class BundleChannel(ReplyChannel, Protocol):
    """A keyed channel that can push several messages in one call; as many as ``fitting`` says."""

    async def send_all(self, messages: Sequence[OutboundMessage]) -> Sequence[Receipt]:
        """Push all in one call under the first one's retry key; a receipt for each, or a ChannelError for all."""
        ...


@runtime_checkable
class WebhookChannel(Channel, Protocol):
    """A channel whose platform calls us."""

    def parse(self, headers: Mapping[str, str], body: bytes) -> list[InboundEvent]:
        """Check the signature on the raw body, then translate every event of the batch.

        ``headers`` have lower-case names. Raises SignatureInvalid. A signed body that can't be read gives no events.
        """
        ...


@runtime_checkable
class VerifiedChannel(WebhookChannel, Protocol):
    """A channel whose platform asks once, by GET, whether the address is ours."""

    def verify(self, query: Mapping[str, str]) -> str:
        """Return the text to answer with, or raise SignatureInvalid."""
        ...


@runtime_checkable
class MediaChannel(Channel, Protocol):
    """A channel whose customers send files, which are fetched from the platform."""

    async def fetch(self, attachment: InboundAttachment, *, limit: int) -> FetchedMedia:
        """Download a file of at most ``limit`` bytes; stop reading as soon as there are more.

        Raises MediaNotReady, MediaGone, MediaRefused, or ChannelHalted for an access that is dead: the file waits.
        """
        ...
