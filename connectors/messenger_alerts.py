"""What Meta says of the page itself: rules broken, what is restricted for it, and how customers judge its answers.

Two webhook fields warn of the page: ``messaging_policy_enforcement`` (warning, block, unblock) and
``business_integrity`` (violations and restrictions, as the page's status shows them). Meta lists no values of its
``status`` but "restricted", so only a status beside which nothing is listed ends that warning.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events
(messaging_policy_enforcement, response_feedback) and developers.facebook.com/documentation/pages-api/integrity-webhook.
"""

import logging
from dataclasses import replace
from typing import Final

from connectors.contract import EventKind, InboundEvent
from connectors.messenger_values import Json, mid_of, object_of, objects_of, text_of

POLICY: Final = "policy"
INTEGRITY: Final = "integrity"
RESTRICTED: Final = "restricted"
LONGEST_WORDS: Final = 500  # characters of what Meta says

_log = logging.getLogger(__name__)


def about_page(event: InboundEvent, raw: Json) -> InboundEvent | None:
    """Read what is told about the page and no customer; None if it is something else."""
    if enforcement := object_of(raw, "policy_enforcement"):
        read = _enforced(event, enforcement)
    elif text_of(raw, "status") and ("violations" in raw or "restrictions" in raw):
        read = _flagged(event, raw)
    else:
        return None
    level = logging.INFO if read.kind is EventKind.CLEARED else logging.ERROR
    _log.log(level, "messenger.about_page", extra={"code": read.payload, "told": read.text})
    return replace(read, external_id="")


def judged(event: InboundEvent, feedback: Json) -> InboundEvent:
    """Read how a customer judges a message of ours: with 👍 or 👎; without its name it stays OTHER."""
    words, mid = (text_of(feedback, "feedback") or "").casefold(), mid_of(feedback)
    if mid is None or not words.startswith(("good", "bad")):
        return event
    return replace(event, kind=EventKind.JUDGED, target_message_id=mid, own=words.startswith("good"))


def _enforced(event: InboundEvent, enforcement: Json) -> InboundEvent:
    match text_of(enforcement, "action"):
        case "warning" | "block" as action:
            said = _squeezed([text_of(enforcement, "reason")])
            return replace(event, kind=EventKind.WARNED, payload=f"{POLICY}_{action}", text=said)
        case "unblock":
            return replace(event, kind=EventKind.CLEARED, payload=POLICY)
    return event


def _flagged(event: InboundEvent, raw: Json) -> InboundEvent:
    listed = [*objects_of(raw.get("violations")), *objects_of(raw.get("restrictions"))]
    if not listed and raw["status"].casefold() != RESTRICTED:
        return replace(event, kind=EventKind.CLEARED, payload=INTEGRITY)
    names = [text_of(one, "description") or text_of(one, "type") or text_of(one, "feature") for one in listed]
    return replace(event, kind=EventKind.WARNED, payload=INTEGRITY, text=_squeezed(names))


def _squeezed(parts: list[str | None]) -> str | None:
    words = " · ".join(dict.fromkeys(" ".join(part.split()) for part in parts if part))
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"
