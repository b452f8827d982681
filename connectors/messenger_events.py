"""A webhook body of the Messenger Platform, read into events.

    {"object": "page", "entry": [{"id": PAGE, "messaging": [event…], "standby": [event…], "changes": […]}]}

One body mixes kinds, and any list may be missing. The reading is lenient: what isn't understood becomes OTHER or is
passed over, and never takes the rest of the batch with it. ``standby`` holds what another owner of the talk is to
answer; the same message may come in both lists, so its event id is made from the message and not from the list.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events (messages,
message-echoes, messaging-postbacks) and …/conversation-routing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from connectors import json_body
from connectors.contract import EventKind, InboundAttachment, InboundEvent, MediaKind
from connectors.messenger_alerts import about_page
from connectors.messenger_files import name_in
from connectors.messenger_marks import marked, referral_of
from connectors.messenger_values import LONGEST_ID, Json, digest, id_of, mid_of, object_of, objects_of, text_of, time_of

GET_STARTED: Final = "v1:get_started"  # the payload of the Get Started button in the page's profile
OURS: Final = "desk:"  # how the metadata of our own sends begins; the correlation id follows
ONE_PART: Final = OURS + "part"  # of a long message, but not its last part
BUTTON: Final = "v1:button:"  # how the payload of an offered button begins; its opaque id follows

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
_FILES: Final = (MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO, MediaKind.FILE)
_LONGEST_ADDRESS: Final = 4_000  # characters; Meta's have some hundreds
_LINKED: Final = (MediaKind.LINK, MediaKind.LOCATION)  # their url leads somewhere; a picture's is a secret that expires


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
        return [event for entry in objects_of(batch.get("entry")) for event in self._entry(entry)]

    def _entry(self, entry: Json) -> Iterator[InboundEvent]:
        page = id_of(entry)
        if self.page_id and page != self.page_id:
            return
        for name in ("messaging", "standby"):
            for raw in objects_of(entry.get(name)):
                yield self.event(raw, page, standby=name == "standby")

    def event(self, raw: Json, page: str, *, standby: bool = False) -> InboundEvent:
        """Read one event of a page."""
        customer = _customer(raw, page)
        event = InboundEvent(
            channel="messenger",
            event_id=_event_id(raw, customer),
            external_id=customer,
            kind=EventKind.OTHER,
            occurred_at=time_of(raw.get("timestamp")) or self.now(),
            standby=standby,
            raw=raw,
        )
        if told := about_page(event, raw):
            return told
        if not customer:
            return event
        if message := object_of(raw, "message"):
            return self._message(event, message)
        if postback := object_of(raw, "postback"):
            return _postback(event, postback)
        return marked(event, raw, self.app_id)

    def _message(self, event: InboundEvent, message: Json) -> InboundEvent:
        mid = mid_of(message)
        if message.get("is_deleted") is True:
            return replace(event, kind=EventKind.UNSENT, target_message_id=mid) if mid else event
        event = replace(event, message_id=mid, referral=referral_of(message))
        if message.get("is_echo") is True:
            return self._echo(event, message)
        event = replace(
            event, read_token=mid, attachments=tuple(_files(message)), quote_token=mid,
            quoted_message_id=mid_of(object_of(message, "reply_to")),
        )  # fmt: skip
        if payload := text_of(object_of(message, "quick_reply"), "payload"):
            return replace(event, kind=EventKind.TAPPED, payload=payload.removeprefix(BUTTON))
        return _said(event, message)

    def _echo(self, event: InboundEvent, message: Json) -> InboundEvent:
        """Read words of our side. Meta repeats our metadata; the app id alone is in some echoes missing."""
        metadata = text_of(message, "metadata")
        correlation = _correlation(metadata)
        ours = metadata == ONE_PART or (self.app_id is not None and str(message.get("app_id")) == self.app_id)
        return replace(
            _said(event, message), kind=EventKind.ECHO, own=ours or correlation is not None, correlation_id=correlation
        )


def _said(event: InboundEvent, message: Json) -> InboundEvent:
    """Read a text, or what came in its place; a message of neither stays OTHER."""
    if text := text_of(message, "text"):
        return replace(event, kind=EventKind.TEXT, text=text)
    for attachment in objects_of(message.get("attachments")):
        media, words = _attached(attachment)
        return replace(event, kind=EventKind.MEDIA, media=media, text=words)
    if message.get("is_unsupported") is True:
        return replace(event, kind=EventKind.MEDIA, media=MediaKind.UNSUPPORTED)
    return event


def _postback(event: InboundEvent, postback: Json) -> InboundEvent:
    """Read a tapped button. Those of ``standby`` come without their payload: what is left is the title."""
    event = replace(event, message_id=mid_of(postback), referral=referral_of(postback))
    payload, title = text_of(postback, "payload"), text_of(postback, "title")
    if payload == GET_STARTED:
        return replace(event, kind=EventKind.OPENED)
    if payload:
        return replace(event, kind=EventKind.TAPPED, payload=payload.removeprefix(BUTTON))
    return replace(event, kind=EventKind.TEXT, text=title) if title else event


def _attached(attachment: Json) -> tuple[MediaKind, str | None]:
    """Name an attachment's kind and what is told about it; of an unknown kind, a link if it leads somewhere."""
    content = object_of(attachment, "payload")
    title = text_of(attachment, "title") or text_of(content, "title")
    url = text_of(attachment, "url") or text_of(content, "url")
    kind = MediaKind.STICKER if "sticker_id" in content else _MEDIA.get(text_of(attachment, "type") or "")
    if kind is None:
        kind = MediaKind.LINK if title or url else MediaKind.UNSUPPORTED
    words = [title, url] if kind in _LINKED else [title]
    return kind, " ".join(word for word in words if word) or None


def _files(message: Json) -> list[InboundAttachment]:
    """List what has to be fetched; a sticker is Meta's own picture and stays there."""
    found = []
    for attachment in objects_of(message.get("attachments")):
        kind, _ = _attached(attachment)
        address = text_of(object_of(attachment, "payload"), "url")
        if kind in _FILES and address and len(address) <= _LONGEST_ADDRESS:
            found.append(InboundAttachment(kind=kind, reference=address, file_name=name_in(address)))
    return found


def _event_id(raw: Json, customer: str) -> str:
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
            key = f"postback:{customer}:{at}:{digest(postback)}"
        case {"reaction": {"mid": str(mid), "action": action}} if mid:
            key = f"react:{mid}:{customer}:{action}:{at}"
        case {"referral": {"ref": ref}}:
            key = f"ref:{customer}:{at}:{ref}"
        case _:
            key = f"event:{digest(raw)}"
    return key if len(key) <= LONGEST_ID else f"long:{digest(key)}"


def _customer(raw: Json, page: str) -> str:
    """Tell who the customer is: the one of the two who isn't the page. Samples of echoes have the two swapped."""
    parties = (id_of(object_of(raw, "sender")), id_of(object_of(raw, "recipient")))
    return next((party for party in parties if party and party != page), "")


def _correlation(metadata: str | None) -> str | None:
    if metadata is None or not metadata.startswith(OURS):
        return None
    try:
        return str(UUID(metadata.removeprefix(OURS)))
    except ValueError:
        return None
