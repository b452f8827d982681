"""LINE's flex messages: where an answer comes from, documents to open, and buttons that stay in the chat.

The answer itself is always a text before its card: LINE lets people copy and forward texts, and shows their addresses
as links, but nothing in a card. Fields and limits: line-openapi messaging-api.yml (FlexMessage, FlexBubble).
"""

from collections.abc import Sequence
from typing import Any, Final

from linebot.v3.messaging import FlexContainer, FlexMessage

from connectors.contract import OutboundArticle, OutboundButton, OutboundDocument
from connectors.texts import can_open, shorten

LONGEST_ALT_TEXT: Final = 400
LONGEST_LABEL: Final = 20
MOST_BUBBLES: Final = 12
INK: Final = "#0b3d66"
PALE: Final = "#5b6b7b"
Flex = dict[str, Any]


def article_card(article: OutboundArticle) -> FlexMessage:
    """Show title, source and review date of an answer, with a way to the source where it is on the web."""
    known = _text(f"แหล่งข้อมูล {article.source}", size="sm", color=PALE, wrap=True)
    reviewed = _text(f"ทบทวนเมื่อ {article.reviewed}", size="sm", color=PALE, wrap=True)
    checked = _text("จากคลังความรู้ของกรม", size="xs", color="#1f7a4d", weight="bold")
    title = _text(article.title, size="md", color=INK, weight="bold", wrap=True)
    actions = [_open("เปิดแหล่งที่มา", article.url)] if can_open(article.url) else []
    alternative = f"{article.title} · แหล่งข้อมูล {article.source} · ทบทวนเมื่อ {article.reviewed}"
    return _message(alternative, [_bubble([checked, title, known, reviewed], actions)])


def documents_card(documents: Sequence[OutboundDocument]) -> FlexMessage:
    """Show documents side by side, each with the button that opens it."""
    bubbles = [_document(document) for document in documents[:MOST_BUBBLES]]
    return _message("เอกสาร: " + ", ".join(document.title for document in documents), bubbles)


def buttons_card(text: str, buttons: Sequence[OutboundButton]) -> FlexMessage:
    """Show a text with buttons that can be tapped as long as the chat exists."""
    actions = [_tap(button) for button in buttons]
    return _message(text, [_bubble([_text(text, size="md", color=INK, wrap=True)], actions)])


def can_show(documents: Sequence[OutboundDocument]) -> bool:
    """Tell whether a card can carry these documents; otherwise their addresses stand in the text."""
    return 0 < len(documents) <= MOST_BUBBLES and all(can_open(document.url) for document in documents)


def _document(document: OutboundDocument) -> Flex:
    lines = [
        _text(document.title, size="md", color=INK, weight="bold", wrap=True),
        _text(document.about, size="sm", color=PALE),
        _text(document.until, size="sm", color=PALE),
    ]
    return _bubble(lines, [_open("เปิดเอกสาร", document.url)])


def _message(alternative: str, bubbles: list[Flex]) -> FlexMessage:
    contents = bubbles[0] if len(bubbles) == 1 else {"type": "carousel", "contents": bubbles}
    text = shorten(alternative, LONGEST_ALT_TEXT, by_units=True)
    return FlexMessage(alt_text=text, contents=FlexContainer.from_dict(contents))


def _bubble(lines: list[Flex], actions: list[Flex]) -> Flex:
    body = {"type": "box", "layout": "vertical", "spacing": "sm", "contents": lines}
    bubble: Flex = {"type": "bubble", "size": "kilo", "body": body}
    if actions:
        bubble["footer"] = {"type": "box", "layout": "vertical", "spacing": "sm", "contents": actions}
    return bubble


def _text(text: str, **style: Any) -> Flex:
    return {"type": "text", "text": text, **style}


def _open(label: str, uri: str | None) -> Flex:
    return {"type": "button", "style": "link", "height": "sm", "action": {"type": "uri", "label": label, "uri": uri}}


def _tap(button: OutboundButton) -> Flex:
    label = shorten(button.title, LONGEST_LABEL)
    action = {"type": "postback", "label": label, "data": button.id, "displayText": label}
    return {"type": "button", "style": "primary", "color": INK, "height": "sm", "action": action}
