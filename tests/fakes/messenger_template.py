"""How a message of the Send API looks in the chat."""

from collections.abc import Iterator
from typing import Any


def postbacks(card: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    """Give title and payload of the buttons of a template that stay; several may have the same title."""
    for part in (card or {}).get("elements", [card or {}]):
        for button in part.get("buttons", []):
            if button["type"] == "postback":
                yield button["title"], button["payload"]


def shown(message: dict[str, Any]) -> dict[str, Any]:
    """Give the text, the lasting buttons, the links and the template of a message; its cards are lines of text."""
    if "text" in message:
        return {"text": message["text"]}
    payload = message["attachment"]["payload"]
    if message["attachment"]["type"] != "template":
        return {"text": "", "file": payload.get("attachment_id") or payload.get("url")}
    cards = payload.get("elements", [payload])
    buttons = [button for card in cards for button in card.get("buttons", [])]
    lines = [line for card in cards for line in (card.get("title"), card.get("subtitle"), card.get("text")) if line]
    return {
        "text": "\n".join(lines),
        "card": payload,
        "lasting": dict(postbacks(payload)),
        "links": {button["title"]: button["url"] for button in buttons if button["type"] == "web_url"},
    }
