"""Our messages as LINE's message objects, inside LINE's limits.

Limits: line-openapi messaging-api.yml, and https://developers.line.biz/en/docs/messaging-api/text-character-count/
(text in UTF-16 units, labels in grapheme clusters).
"""

from collections.abc import Sequence
from typing import Final

from linebot.v3.messaging import PostbackAction, QuickReply, QuickReplyItem, Sender, TextMessage

from connectors.contract import OutboundButton, OutboundMessage
from connectors.texts import shorten, split

MOST_OBJECTS: Final = 5  # in one call
LONGEST_TEXT: Final = 5000
MOST_QUICK_REPLIES: Final = 13
LONGEST_LABEL: Final = 20
LONGEST_DISPLAY_TEXT: Final = 300
LONGEST_SENDER: Final = 20


def objects_of(messages: Sequence[OutboundMessage]) -> list[list[TextMessage]]:
    """Give the objects of each message of one call.

    LINE shows only the quick replies of the last object, so the buttons of the newest message that has any go there.
    """
    objects = [_texts(message) for message in messages]
    offered = next((message.buttons for message in reversed(messages) if message.buttons), ())
    if objects and offered:
        objects[-1][-1].quick_reply = _quick_reply(offered)
    return objects


def count_fitting(messages: Sequence[OutboundMessage]) -> int:
    """Count how many of the first messages make no more objects than one call takes."""
    room = MOST_OBJECTS
    for count, message in enumerate(messages):
        room -= len(split(message.linked_text, LONGEST_TEXT))
        if room < 0:
            return count
    return len(messages)


def _texts(message: OutboundMessage) -> list[TextMessage]:
    sender = _sender(message)
    return [TextMessage(text=part, sender=sender) for part in split(message.linked_text, LONGEST_TEXT)]


def _sender(message: OutboundMessage) -> Sender | None:
    """Show the officer's name; LINE refuses the whole call for a name with "LINE" in it."""
    name = (message.sender_name or "").strip()
    if not message.by_person or not name or "line" in name.casefold():
        return None
    return Sender(name=split(name, LONGEST_SENDER)[0])


def _quick_reply(buttons: Sequence[OutboundButton]) -> QuickReply:
    """Offer the first 13; a customer can still type the number of any other."""
    return QuickReply(items=[QuickReplyItem(action=_action(button)) for button in buttons[:MOST_QUICK_REPLIES]])


def _action(button: OutboundButton) -> PostbackAction:
    return PostbackAction(
        label=shorten(button.title, LONGEST_LABEL),
        data=button.id,
        display_text=shorten(button.title, LONGEST_DISPLAY_TEXT),
    )
