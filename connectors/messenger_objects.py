"""A message of the desk as the messages of the Send API, within its limits.

Sources: developers.facebook.com/docs/messenger-platform/reference/send-api (text, metadata), …/business-messaging/
messenger-platform/send-messages/quick-replies.
"""

from collections.abc import Sequence
from typing import Any, Final

from connectors.contract import OutboundButton, OutboundMessage
from connectors.messenger_cards import article_card, choices_card, documents_card, text_with_buttons, text_with_link
from connectors.messenger_events import BUTTON, ONE_PART, OURS
from connectors.texts import shorten, split, units

LONGEST_TEXT: Final = 1_900  # of less than 2,000; Meta does not say in which units, so UTF-16's, the most
MOST_QUICK_REPLIES: Final = 13
LONGEST_TITLE: Final = 20  # Meta cuts what is longer; in which units it does not say, so UTF-16's, the most
LONGEST_CUT: Final = 24  # so long a title still tells what it means when it is cut; a longer one is listed in the text


def parts_of(message: OutboundMessage, *, prefix: str = "") -> list[dict[str, Any]]:
    """Cut a message into the Send API's; the quick replies go with the last, as only the newest shows its own.

    An answer whose source is on the web has a way to it, below a short one or in a card behind a long one; documents
    are cards, too. Choices whose titles are too long are numbered in the text, but where the next question comes at
    once they are cards: its quick replies take the place of theirs, and a typed number means one of its own. ``prefix``
    stands before the text.
    """
    buttons = message.buttons[:MOST_QUICK_REPLIES]
    long = any(units(button.title) > LONGEST_CUT for button in buttons)
    listed, choices = long and not message.superseded, long and message.superseded
    documents = documents_card(message.documents, message.language)
    said = message.text if documents else message.linked_text
    text = prefix + said + (_list(buttons) if listed else "")
    lasting = None if documents or long or not message.lasting else text_with_buttons(text, buttons, prefix=BUTTON)
    whole = lasting or (None if documents else text_with_link(text, message.article, message.language))
    parts: list[dict[str, Any]] = [whole] if whole else [{"text": piece} for piece in split(text, LONGEST_TEXT)]
    parts += [card for card in (None if whole else article_card(message.article, message.language), documents) if card]
    parts += [choices_card(buttons, message.language, prefix=BUTTON)] if choices else []
    for part in parts:
        part["metadata"] = ONE_PART
    parts[-1]["metadata"] = OURS + message.correlation_id  # only the echo of the last tells that all was shown
    if buttons and not lasting and not choices:
        titles = [str(number) if listed else button.title for number, button in enumerate(buttons, 1)]
        parts[-1]["quick_replies"] = [_quick_reply(*pair) for pair in zip(titles, buttons, strict=True)]
    return parts


def _quick_reply(title: str, button: OutboundButton) -> dict[str, str]:
    shown = shorten(title, LONGEST_TITLE, by_units=True)
    return {"content_type": "text", "title": shown, "payload": BUTTON + button.id}


def _list(buttons: Sequence[OutboundButton]) -> str:
    """Number what may be chosen: the quick replies then say only the numbers, which may be typed, too."""
    return "\n\n" + "\n".join(f"{number}. {button.title}" for number, button in enumerate(buttons, 1))
