"""Our messages as LINE's message objects, inside LINE's limits.

Limits: line-openapi messaging-api.yml, and https://developers.line.biz/en/docs/messaging-api/text-character-count/
(text in UTF-16 units, labels in grapheme clusters).
"""

from collections.abc import Sequence
from typing import Any, Final

from linebot.v3.messaging import PostbackAction, QuickReply, QuickReplyItem, Sender, TextMessage

from connectors.contract import OutboundButton, OutboundMessage
from connectors.line_cards import article_card, buttons_card, can_show, documents_card
from connectors.texts import shorten, split

LineObject = Any  # a TextMessage or FlexMessage; the SDK is not typed
MOST_OBJECTS: Final = 5  # in one call
LONGEST_TEXT: Final = 5000
MOST_QUICK_REPLIES: Final = 13
LONGEST_LABEL: Final = 20
LONGEST_DISPLAY_TEXT: Final = 300
LONGEST_SENDER: Final = 20


def objects_of(messages: Sequence[OutboundMessage], *, cards: bool = True) -> list[list[LineObject]]:
    """Give the objects of each message of one call.

    LINE shows only the quick replies of the last object, so the buttons of the newest message that has any go there.
    Cards of articles are added, newest answer first, as long as there is room: the texts say all that they do. Without
    ``cards`` everything is text that quotes nothing.
    """
    objects = [_needed(message) if cards else _texts(message) for message in messages]
    for of, message in reversed(list(zip(objects, messages, strict=True))):
        if cards and message.article is not None and sum(map(len, objects)) < MOST_OBJECTS:
            of.append(article_card(message.article, message.language))
    fleeting = [message.buttons for message in messages if message.buttons and not (cards and message.lasting)]
    offered = fleeting[-1] if fleeting else ()
    if objects and offered:
        objects[-1][-1].quick_reply = _quick_reply(offered)
    return objects


def count_fitting(messages: Sequence[OutboundMessage]) -> int:
    """Count how many of the first messages make no more objects than one call takes."""
    room = MOST_OBJECTS
    for count, message in enumerate(messages):
        room -= max(len(_needed(message)), len(_texts(message)))
        if room < 0:
            return count
    return len(messages)


def _needed(message: OutboundMessage) -> list[LineObject]:
    """Make the objects without which a message would not be whole."""
    if message.lasting and message.buttons:
        return [buttons_card(message.text, message.buttons)]
    if not can_show(message.documents):
        return _texts(message, quoting=True)
    card = documents_card(message.documents, message.language)
    card.sender = _sender(message)
    return [*_texts(message, linked=False, quoting=True), card]


def _texts(message: OutboundMessage, *, linked: bool = True, quoting: bool = False) -> list[LineObject]:
    text = message.linked_text if linked else message.text
    made = [TextMessage(text=part, sender=_sender(message)) for part in split(text, LONGEST_TEXT)]
    if quoting and message.quote_token is not None:
        made[0].quote_token = message.quote_token
    return made


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
