"""What a customer or Meta does beside writing: edits, reactions, links, deliveries and reads, whose the talk is.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events
(message-edits, message-reactions, messaging-referrals, message-deliveries, message-reads, messaging-handovers).
"""

from dataclasses import replace
from typing import Any, Final

from connectors.contract import EventKind, InboundEvent
from connectors.messenger_alerts import judged
from connectors.messenger_values import Json, id_of, mid_of, object_of, text_of, time_of

LONGEST_SIGN: Final = 16  # characters of a reaction; an emoji of a family has 11
LONGEST_REFERRAL: Final = 200  # characters


def marked(event: InboundEvent, raw: Json, app_id: str | None) -> InboundEvent:
    """Read an event that is no message and no postback; what is not understood stays OTHER."""
    match raw:
        case {"message_edit": dict(edit)}:
            event = _edited(event, edit)
        case {"reaction": dict(reaction)}:
            event = _reacted(event, reaction)
        case {"referral": dict()}:
            event = replace(event, kind=EventKind.REFERRED, referral=referral_of(raw))
        case {"delivery": dict(delivery)}:
            event = _passed(event, EventKind.DELIVERED, delivery)
        case {"read": dict(read)}:
            event = _passed(event, EventKind.READ, read)
        case {"pass_thread_control": dict(handed)} | {"take_thread_control": dict(handed)}:
            event = _handed(event, handed, app_id)
        case {"response_feedback": dict(feedback)}:
            event = judged(event, feedback)
    return event


def referral_of(holder: Json) -> str | None:
    """Say by which link or advertisement somebody came, in one line; None if by none."""
    referral = object_of(holder, "referral")
    title = text_of(object_of(referral, "ads_context_data"), "ad_title")
    words = [text_of(referral, "ref"), title, text_of(referral, "ad_id"), text_of(referral, "source")]
    return " · ".join(" ".join(word.split()) for word in words if word)[:LONGEST_REFERRAL] or None


def _edited(event: InboundEvent, edit: Json) -> InboundEvent:
    mid, text = mid_of(edit), text_of(edit, "text")
    return replace(event, kind=EventKind.EDITED, message_id=mid, text=text) if mid and text else event


def _reacted(event: InboundEvent, reaction: Json) -> InboundEvent:
    """Read a sign under one of the messages; a new one stands in the old one's place, ``unreact`` takes it away."""
    mid = mid_of(reaction)
    sign = text_of(reaction, "emoji") or text_of(reaction, "reaction") or "👍"
    if mid is None:
        return event
    shown = None if reaction.get("action") == "unreact" else sign[:LONGEST_SIGN]
    return replace(event, kind=EventKind.REACTED, target_message_id=mid, text=shown)


def _passed(event: InboundEvent, kind: EventKind, told: Json) -> InboundEvent:
    watermark = time_of(told.get("watermark"))
    return replace(event, kind=kind, watermark=watermark) if watermark else event


def _handed(event: InboundEvent, handed: Json, app_id: str | None) -> InboundEvent:
    """Read to whom the talk went; without our app's id nobody can tell."""
    owner: Any = handed.get("new_owner_app_id")
    if app_id is None or (owner is None and "previous_owner_app_id" not in handed):
        return event
    return replace(event, kind=EventKind.HANDED, own=id_of({"id": owner}) == app_id)
