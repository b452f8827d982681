"""LINE's webhook events in the desk's words, read leniently: LINE adds types, fields and values without notice.

A member that is missing or of another type than LINE documents (line-openapi, webhook.yml) never fails the event, nor
the batch: what can't be understood is EventKind.OTHER with everything in ``raw``.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connectors import json_body
from connectors.contract import EventKind, InboundEvent, MediaKind

CHANNEL: Final = "line"

_MEDIA: Final = {kind.value: kind for kind in MediaKind if kind not in (MediaKind.LINK, MediaKind.UNSUPPORTED)}
_LONGEST_ID: Final = 255  # LINE's are 26 to 64 characters; an index of the database ends at some thousands
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLAUSIBLE_MS: Final = range(946_684_800_000, 4_102_444_800_000)  # the years 2000 to 2099


def events_of(body: bytes, now: Callable[[], datetime]) -> list[InboundEvent]:
    """Translate every event of a webhook body; one that can't be read, or has another shape, has none.

    ``now`` dates an event whose ``timestamp`` makes no sense.
    """
    try:
        events = _mapping(json_body.load(body)).get("events")
    except ValueError:
        return []
    return [_event(event, now) for event in events if isinstance(event, dict)] if isinstance(events, list) else []


def _event(event: dict[str, Any], now: Callable[[], datetime]) -> InboundEvent:
    source = _mapping(event.get("source"))
    user = _id(source.get("userId"))
    alone = source.get("type") == "user" and user is not None
    return InboundEvent(
        channel=CHANNEL,
        event_id=_event_id(event),
        external_id=user or "",
        occurred_at=_time(event.get("timestamp")) or now(),
        standby=event.get("mode") == "standby",
        # An answer to a group's token would be read by the whole group.
        reply_token=_id(event.get("replyToken")) if alone else None,
        raw=event,
        **(_meaning(event) if alone else {"kind": EventKind.OTHER}),
    )


def _meaning(event: Mapping[str, Any]) -> dict[str, Any]:
    """Say what the event of one person means, as fields of InboundEvent."""
    match event.get("type"):
        case "message":
            return _message(_mapping(event.get("message")))
        case "postback" if (data := _text(_mapping(event.get("postback")).get("data"))) is not None:
            return {"kind": EventKind.TAPPED, "payload": data}
        case "follow":
            return {"kind": EventKind.OPENED}
        case "unfollow":
            return {"kind": EventKind.LEFT}
        case "unsend" if target := _id(_mapping(event.get("unsend")).get("messageId")):
            return {"kind": EventKind.UNSENT, "target_message_id": target}
    return {"kind": EventKind.OTHER}


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    message_id = _id(message.get("id"))
    kind = message.get("type")
    if kind == "text" and (text := _text(message.get("text"))) is not None:
        return {"kind": EventKind.TEXT, "text": text, "message_id": message_id}
    if isinstance(kind, str) and kind in _MEDIA:
        words = _words(message)
        return {"kind": EventKind.MEDIA, "media": _MEDIA[kind], "text": words or None, "message_id": message_id}
    return {"kind": EventKind.OTHER, "message_id": message_id}


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


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_ID else None
