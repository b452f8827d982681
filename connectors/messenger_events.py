"""A webhook body of the Messenger Platform, read into events.

    {"object": "page", "entry": [{"id": PAGE, "messaging": [event…], "standby": [event…], "changes": […]}]}

One body mixes kinds, and any list may be missing. The reading is lenient: what isn't understood becomes OTHER or is
passed over, and never takes the rest of the batch with it. ``standby`` holds what another owner of the talk is to
answer; the same message may come in both lists, so its event id is made from the message and not from the list.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events (messages,
message-echoes, messaging-postbacks) and …/conversation-routing.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from connectors import json_body
from connectors.contract import EventKind, InboundEvent, MediaKind

GET_STARTED: Final = "v1:get_started"  # the payload of the Get Started button in the page's profile
OURS: Final = "desk:"  # how the metadata of our own sends begins; the correlation id follows
ONE_PART: Final = OURS + "part"  # of a long message, but not its last part
BUTTON: Final = "v1:button:"  # how the payload of an offered button begins; its opaque id follows

_LONGEST_ID: Final = 512  # characters; Meta's mids have about 100, a database index takes some 2,700 bytes
_SECONDS_BELOW: Final = 1e11  # timestamps are milliseconds, but referrals with seconds were seen
_PLAUSIBLE: Final = (946_684_800, 4_102_444_800)  # seconds: the years 2000 to 2099
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_MEDIA: Final[Mapping[str, MediaKind]] = {
    "sticker": MediaKind.STICKER,
    "image": MediaKind.IMAGE,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "file": MediaKind.FILE,
    "location": MediaKind.LOCATION,
    "post": MediaKind.LINK,
    "reel": MediaKind.LINK,
    "ig_post": MediaKind.LINK,
    "ig_reel": MediaKind.LINK,
    "fallback": MediaKind.LINK,
}
_LINKED: Final = (MediaKind.LINK, MediaKind.LOCATION)  # their url leads somewhere; a picture's is a secret that expires

_Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads bodies for one page and one app; without a ``page_id`` every page is ours."""

    app_id: str | None
    page_id: str | None
    now: Callable[[], datetime]

    def events(self, body: bytes) -> list[InboundEvent]:
        """Give every event of the batch in the order it came, none for a body that isn't about our page."""
        try:
            batch = json_body.load(body)
        except ValueError:
            return []
        if not isinstance(batch, dict) or batch.get("object") != "page":
            return []
        return [event for entry in _objects(batch.get("entry")) for event in self._entry(entry)]

    def _entry(self, entry: _Json) -> Iterator[InboundEvent]:
        page = _id(entry)
        if self.page_id and page != self.page_id:
            return
        for name in ("messaging", "standby"):
            for raw in _objects(entry.get(name)):
                yield self._event(raw, page, standby=name == "standby")

    def _event(self, raw: _Json, page: str, *, standby: bool) -> InboundEvent:
        customer = _customer(raw, page)
        event = InboundEvent(
            channel="messenger",
            event_id=_event_id(raw, customer),
            external_id=customer,
            kind=EventKind.OTHER,
            occurred_at=_time(raw.get("timestamp")) or self.now(),
            standby=standby,
            raw=raw,
        )
        if not customer:
            return event
        if message := _object(raw, "message"):
            return self._message(event, message)
        if postback := _object(raw, "postback"):
            return _postback(event, postback)
        return event

    def _message(self, event: InboundEvent, message: _Json) -> InboundEvent:
        mid = _mid(message)
        if message.get("is_deleted") is True:
            return replace(event, kind=EventKind.UNSENT, target_message_id=mid) if mid else event
        event = replace(event, message_id=mid)
        if message.get("is_echo") is True:
            return self._echo(event, message)
        if payload := _text(_object(message, "quick_reply"), "payload"):
            return replace(event, kind=EventKind.TAPPED, payload=payload.removeprefix(BUTTON))
        return _said(event, message)

    def _echo(self, event: InboundEvent, message: _Json) -> InboundEvent:
        """Read words of our side. Meta repeats our metadata; the app id alone is in some echoes missing."""
        metadata = _text(message, "metadata")
        correlation = _correlation(metadata)
        ours = metadata == ONE_PART or (self.app_id is not None and str(message.get("app_id")) == self.app_id)
        return replace(
            _said(event, message), kind=EventKind.ECHO, own=ours or correlation is not None, correlation_id=correlation
        )


def _said(event: InboundEvent, message: _Json) -> InboundEvent:
    """Read a text, or what came in its place; a message of neither stays OTHER."""
    if text := _text(message, "text"):
        return replace(event, kind=EventKind.TEXT, text=text)
    for attachment in _objects(message.get("attachments")):
        media, words = _attached(attachment)
        return replace(event, kind=EventKind.MEDIA, media=media, text=words)
    if message.get("is_unsupported") is True:
        return replace(event, kind=EventKind.MEDIA, media=MediaKind.UNSUPPORTED)
    return event


def _postback(event: InboundEvent, postback: _Json) -> InboundEvent:
    """Read a tapped button. Those of ``standby`` come without their payload: what is left is the title."""
    event = replace(event, message_id=_mid(postback))
    payload, title = _text(postback, "payload"), _text(postback, "title")
    if payload == GET_STARTED:
        return replace(event, kind=EventKind.OPENED)
    if payload:
        return replace(event, kind=EventKind.TAPPED, payload=payload.removeprefix(BUTTON))
    return replace(event, kind=EventKind.TEXT, text=title) if title else event


def _attached(attachment: _Json) -> tuple[MediaKind, str | None]:
    """Name an attachment's kind and what is told about it; of an unknown kind, a link if it leads somewhere."""
    content = _object(attachment, "payload")
    title = _text(attachment, "title") or _text(content, "title")
    url = _text(attachment, "url") or _text(content, "url")
    kind = MediaKind.STICKER if "sticker_id" in content else _MEDIA.get(_text(attachment, "type") or "")
    if kind is None:
        kind = MediaKind.LINK if title or url else MediaKind.UNSUPPORTED
    words = [title, url] if kind in _LINKED else [title]
    return kind, " ".join(word for word in words if word) or None


def _event_id(raw: _Json, customer: str) -> str:
    """Name the event so that a redelivery, also one in the other list, has the same name."""
    at = raw.get("timestamp")
    match raw:
        case {"message": {"mid": str(mid), "is_deleted": True}} if mid:
            key = f"del:{mid}"
        case {"message": {"mid": str(mid)}} if mid:
            key = f"msg:{mid}"
        case {"message_edit": {"mid": str(mid), "num_edit": number}} if mid:
            key = f"edit:{mid}:{number}"
        case {"postback": {"mid": str(mid)}} if mid:
            key = f"postback:{mid}"
        case {"postback": postback}:
            key = f"postback:{customer}:{at}:{_digest(postback)}"
        case {"reaction": {"mid": str(mid), "action": action}} if mid:
            key = f"react:{mid}:{customer}:{action}:{at}"
        case {"referral": {"ref": ref}}:
            key = f"ref:{customer}:{at}:{ref}"
        case _:
            key = f"event:{_digest(raw)}"
    return key if len(key) <= _LONGEST_ID else f"long:{_digest(key)}"


def _customer(raw: _Json, page: str) -> str:
    """Tell who the customer is: the one of the two who isn't the page. Samples of echoes have the two swapped."""
    parties = (_id(_object(raw, "sender")), _id(_object(raw, "recipient")))
    return next((party for party in parties if party and party != page), "")


def _correlation(metadata: str | None) -> str | None:
    if metadata is None or not metadata.startswith(OURS):
        return None
    try:
        return str(UUID(metadata.removeprefix(OURS)))
    except ValueError:
        return None


def _time(stamp: Any) -> datetime | None:
    if not isinstance(stamp, int | float):
        return None
    seconds = stamp if stamp < _SECONDS_BELOW else stamp / 1000
    earliest, latest = _PLAUSIBLE
    return _EPOCH + timedelta(seconds=seconds) if earliest <= seconds < latest else None


def _mid(holder: _Json) -> str | None:
    mid = _text(holder, "mid")
    return mid if mid and len(mid) <= _LONGEST_ID else None


def _id(holder: _Json) -> str:
    value = holder.get("id")
    name = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return name if len(name) <= _LONGEST_ID else ""


def _text(holder: _Json, name: str) -> str | None:
    value = holder.get(name)
    return value if isinstance(value, str) and value else None


def _object(holder: _Json, name: str) -> _Json:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[_Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
