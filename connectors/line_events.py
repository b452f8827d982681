"""LINE's webhook events in the desk's words, read leniently: LINE adds types, fields and values without notice.

A member that is missing or of another type than LINE documents (line-openapi, webhook.yml) never fails the event, nor
the batch: what can't be understood is EventKind.OTHER with everything in ``raw``.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connectors import json_body
from connectors.contract import EventKind, InboundAttachment, InboundEvent, MediaKind

CHANNEL: Final = "line"
FOREIGN: Final = "external:"  # before the id of a message whose file is on somebody else's server

_MEDIA: Final = {kind.value: kind for kind in MediaKind if kind not in (MediaKind.LINK, MediaKind.UNSUPPORTED)}
_FILES: Final = (MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO, MediaKind.FILE)
_USER_ID: Final = re.compile("U[0-9a-f]{32}")
ALERTS: Final = ("module", "activated", "deactivated", "botSuspended", "botResumed")  # somebody changed the account
_ACCOUNT: Final = {"botSuspended": EventKind.SUSPENDED, "botResumed": EventKind.RESUMED}
_INVITATIONS: Final = ("join", "memberJoined")
_LONGEST_ID: Final = 255  # LINE's are 26 to 64 characters; an index of the database ends at some thousands
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLAUSIBLE_MS: Final = range(946_684_800_000, 4_102_444_800_000)  # the years 2000 to 2099


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one webhook call carries; ``destination`` is the account's own user id, None where LINE names none."""

    destination: str | None = None
    events: list[InboundEvent] = field(default_factory=list)


def batch_of(body: bytes, now: Callable[[], datetime]) -> Batch:
    """Translate every event of a webhook body; one that can't be read, or has another shape, has none.

    ``now`` dates an event whose ``timestamp`` makes no sense.
    """
    try:
        read = _mapping(json_body.load(body))
    except ValueError:
        return Batch()
    events = read.get("events")
    listed = events if isinstance(events, list) else []
    return Batch(
        destination=_user_id(read.get("destination")),
        events=[_event(event, now) for event in listed if isinstance(event, dict)],
    )


def _event(event: dict[str, Any], now: Callable[[], datetime]) -> InboundEvent:
    source = _mapping(event.get("source"))
    user = _id(source.get("userId"))
    alone = source.get("type") == "user" and user is not None
    happened: dict[str, Any] = {
        "channel": CHANNEL,
        "event_id": _event_id(event),
        "occurred_at": _time(event.get("timestamp")) or now(),
        "standby": event.get("mode") == "standby",
        "raw": event,
    }
    kind = event.get("type")
    if isinstance(kind, str) and kind in _ACCOUNT:
        happened |= {"external_id": "", "kind": _ACCOUNT[kind]}
    elif alone:
        happened |= {"external_id": user, "reply_token": _id(event.get("replyToken")), **_meaning(event)}
    elif (group := _id(source.get("groupId")) or _id(source.get("roomId"))) and kind in _INVITATIONS:
        happened |= {"external_id": group, "reply_token": _id(event.get("replyToken")), "kind": EventKind.INVITED}
    else:  # an answer to a group's token would be read by the whole group
        happened |= {"external_id": user or "", "kind": EventKind.OTHER}
    return InboundEvent(**happened)


def _meaning(event: Mapping[str, Any]) -> dict[str, Any]:
    """Say what the event of one person means, as fields of InboundEvent."""
    match event.get("type"):
        case "message":
            return _message(_mapping(event.get("message")))
        case "messageEdited":
            return _edited(_mapping(event.get("message")) or _mapping(event.get("messageEdited")))
        case _:
            return _act(event)


def _act(event: Mapping[str, Any]) -> dict[str, Any]:
    match event.get("type"):
        case "postback" if (data := _text(_mapping(event.get("postback")).get("data"))) is not None:
            return {"kind": EventKind.TAPPED, "payload": data}
        case "follow":
            return {"kind": EventKind.OPENED, "returning": _mapping(event.get("follow")).get("isUnblocked") is True}
        case "unfollow":
            return {"kind": EventKind.LEFT}
        case "unsend" if target := _id(_mapping(event.get("unsend")).get("messageId")):
            return {"kind": EventKind.UNSENT, "target_message_id": target}
    return {"kind": EventKind.OTHER}


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    kind = message.get("type")
    known = {
        "message_id": _id(message.get("id")),
        "read_token": _text(message.get("markAsReadToken")),
        "quoted_message_id": _id(message.get("quotedMessageId")),
        "quote_token": _text(message.get("quoteToken")),
    }
    if kind == "text" and (text := _text(message.get("text"))) is not None:
        return {"kind": EventKind.TEXT, "text": text, **known}
    if isinstance(kind, str) and kind in _MEDIA:
        media = _MEDIA[kind]
        files = _files(media, message, known["message_id"])
        return {"kind": EventKind.MEDIA, "media": media, "text": _words(message) or None, "attachments": files, **known}
    return {"kind": EventKind.OTHER, **known}


def _files(media: MediaKind, message: Mapping[str, Any], message_id: str | None) -> list[InboundAttachment]:
    """Name the file of a message: by its id, which leads to LINE's server, unless it lies on somebody else's."""
    if media not in _FILES or message_id is None:
        return []
    provider = _mapping(message.get("contentProvider")).get("type", "line")
    size = message.get("fileSize")
    return [
        InboundAttachment(
            kind=media,
            reference=message_id if provider == "line" else f"{FOREIGN}{message_id}",
            file_name=_text(message.get("fileName")),
            size=size if isinstance(size, int) and not isinstance(size, bool) else None,
        )
    ]


def _edited(message: Mapping[str, Any]) -> dict[str, Any]:
    """Read the new wording of a message; under either name, as LINE's published schema does not have the event yet."""
    message_id = _id(message.get("id")) or _id(message.get("messageId"))
    text = _text(message.get("text"))
    if message_id is None or text is None:
        return {"kind": EventKind.OTHER, "message_id": message_id}
    return {"kind": EventKind.EDITED, "text": text, "message_id": message_id}


def _words(message: Mapping[str, Any]) -> str:
    """Collect what LINE tells in words about a sticker, a file or a place."""
    keywords = message.get("keywords")
    said = [*(keywords if isinstance(keywords, list) else ()), *map(message.get, ("fileName", "title", "address"))]
    return " ".join(word for word in said if isinstance(word, str) and word)


def _event_id(event: Mapping[str, Any]) -> str:
    """Name the event by LINE's id, else by its message, else by its content without what a redelivery changes."""
    if given := _id(event.get("webhookEventId")):
        return given
    if message_id := _id(_mapping(event.get("message")).get("id")):
        return f"msg:{message_id}"
    lasting = {key: value for key, value in event.items() if key != "deliveryContext"}
    return "sha256:" + hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()


def _time(timestamp: Any) -> datetime | None:
    if isinstance(timestamp, int) and timestamp in _PLAUSIBLE_MS:
        return _EPOCH + timedelta(milliseconds=timestamp)
    return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _user_id(value: Any) -> str | None:
    return value if isinstance(value, str) and _USER_ID.fullmatch(value) else None


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_ID else None
