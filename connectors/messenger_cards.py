"""Templates of the Send API: a text with buttons that stay, and cards with something to open.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/button and
…/template/generic.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.contract import OutboundArticle, OutboundButton, OutboundDocument
from connectors.texts import can_open, day, shorten, units

LONGEST_BUTTON_TEXT: Final = 640  # UTF-16 units, as all lengths here: the strictest reading of Meta's "characters"
MOST_BUTTONS: Final = 3
LONGEST_LABEL: Final = 20
MOST_CARDS: Final = 10
LONGEST_LINE: Final = 80  # of a card's title and subtitle
WORDS: Final = {
    "th": {
        "about": "ที่มา: {} · ทบทวนล่าสุด {}", "open_source": "เปิดแหล่งที่มา", "until": "เปิดได้ถึง {}",
        "open_document": "เปิดเอกสาร", "choose": "เลือกข้อนี้",
    },
    "en": {
        "about": "Source: {} · Last reviewed {}", "open_source": "Open the source", "until": "Can be opened until {}",
        "open_document": "Open", "choose": "Choose this",
    },
}  # fmt: skip
Template = dict[str, Any]


def text_with_buttons(text: str, buttons: Sequence[OutboundButton], *, prefix: str) -> Template | None:
    """Show a text with buttons that can be tapped as long as the chat exists; None if it does not fit."""
    if not 0 < len(buttons) <= MOST_BUTTONS or units(text) > LONGEST_BUTTON_TEXT:
        return None
    taps = [
        {
            "type": "postback",
            "title": shorten(button.title, LONGEST_LABEL, by_units=True),
            "payload": prefix + button.id,
        }
        for button in buttons
    ]
    return _template("button", text=text, buttons=taps)


def text_with_link(text: str, article: OutboundArticle | None, language: str = "th") -> Template | None:
    """Show a short answer with a button that opens its source; None if it is too long or there is nothing to open."""
    if article is None or not can_open(article.url) or units(text) > LONGEST_BUTTON_TEXT:
        return None
    return _template("button", text=text, buttons=[_open(_words(language)["open_source"], article.url)])


def article_card(article: OutboundArticle | None, language: str = "th") -> Template | None:
    """Show title, source and review date with a button that opens the source; None if there is nothing to open."""
    if article is None or not can_open(article.url):
        return None
    words = _words(language)
    about = words["about"].format(article.source, article.reviewed)
    return _template("generic", elements=[_card(article.title, about, _open(words["open_source"], article.url))])


def documents_card(documents: Sequence[OutboundDocument], language: str = "th") -> Template | None:
    """Show documents side by side, each with the button that opens it; None if the text must name their addresses."""
    if not 0 < len(documents) <= MOST_CARDS or not all(can_open(document.url) for document in documents):
        return None
    words = _words(language)
    cards = [
        _card(
            document.title,
            f"{document.about} · {words['until'].format(day(document.expires_at, language))}",
            _open(words["open_document"], document.url),
        )
        for document in documents
    ]
    return _template("generic", elements=cards)


def choices_card(buttons: Sequence[OutboundButton], language: str = "th", *, prefix: str) -> Template:
    """Show what may be chosen side by side, each with a button that stays, however much is said later."""
    cards = [
        _card(
            button.title, None, {"type": "postback", "title": _words(language)["choose"], "payload": prefix + button.id}
        )
        for button in buttons[:MOST_CARDS]
    ]
    return _template("generic", elements=cards)


def _words(language: str) -> dict[str, str]:
    return WORDS.get(language, WORDS["th"])


def _template(kind: str, **content: Any) -> Template:
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **content}}}


def _card(title: str, about: str | None, button: Mapping[str, str | None]) -> dict[str, Any]:
    subtitle = {"subtitle": shorten(about, LONGEST_LINE, by_units=True)} if about else {}
    return {"title": shorten(title, LONGEST_LINE, by_units=True), **subtitle, "buttons": [button]}


def _open(label: str, url: str | None) -> dict[str, str | None]:
    return {"type": "web_url", "title": label, "url": url}
