"""How a message of the Send API looks in the chat."""

from typing import Any


def shown(message: dict[str, Any]) -> dict[str, Any]:
    """Give the text, the lasting buttons, the links and the template of a message; its cards are lines of text."""
    if "text" in message:
        return {"text": message["text"]}
    payload = message["attachment"]["payload"]
    cards = payload.get("elements", [payload])
    buttons = [button for card in cards for button in card.get("buttons", [])]
    lines = [line for card in cards for line in (card.get("title"), card.get("subtitle"), card.get("text")) if line]
    return {
        "text": "\n".join(lines),
        "card": payload,
        "lasting": {button["title"]: button["payload"] for button in buttons if button["type"] == "postback"},
        "links": {button["title"]: button["url"] for button in buttons if button["type"] == "web_url"},
    }
