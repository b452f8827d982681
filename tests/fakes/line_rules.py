"""What LINE accepts as the body of push and reply, with its own wording of what it refuses.

Written by hand from LINE's reference, apart from the connector's limits on purpose; unknown properties are refused.
"""

import unicodedata
from typing import Any

from tests.fakes.line_flex import flex_problems

Problem = dict[str, str]
JOINING = "\u200d\u0e33"


def problems_of(body: Any, target: str) -> list[Problem]:
    """List what is wrong with the body of a call that names its recipient in ``target`` (to, replyToken)."""
    if not isinstance(body, dict):
        return [_problem("", "must be an object")]
    known = {target, "messages", "notificationDisabled", "customAggregationUnits"}
    found = _unknown("", body, known) + _text(target, body.get(target), most=1000)
    messages = body.get("messages")
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
        return [*found, _problem("messages", "Size must be between 1 and 5")]
    for number, message in enumerate(messages):
        found += _message(f"messages[{number}]", message)
    return found


def _message(path: str, message: dict[str, Any]) -> list[Problem]:
    match message.get("type"):
        case "text":
            found = _unknown(path, message, {"type", "text", "quickReply", "sender", "quoteToken"})
            found += _text(f"{path}.text", message.get("text"), most=5000)
        case "flex":
            found = _unknown(path, message, {"type", "altText", "contents", "quickReply", "sender"})
            found += flex_problems(path, message)
        case kind:
            return [_problem(f"{path}.type", f"the desk sends no {kind}")]
    if "sender" in message:
        found += _sender(f"{path}.sender", message["sender"])
    if "quickReply" in message:
        found += _quick_reply(f"{path}.quickReply", message["quickReply"])
    return found


def _sender(path: str, sender: dict[str, Any]) -> list[Problem]:
    found = _unknown(path, sender, {"name", "iconUrl"}) + _text(f"{path}.name", sender.get("name"), most=20)
    if "LINE" in str(sender.get("name")).upper():
        found.append(_problem(f"{path}.name", "contains a word that may not be used"))
    return found


def _quick_reply(path: str, quick_reply: dict[str, Any]) -> list[Problem]:
    items = quick_reply.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= 13:
        return [_problem(f"{path}.items", "Size must be between 1 and 13")]
    found = _unknown(path, quick_reply, {"items"})
    for number, item in enumerate(items):
        here = f"{path}.items[{number}]"
        found += _unknown(here, item, {"type", "action", "imageUrl"}) + _action(f"{here}.action", item.get("action"))
        if item.get("type") != "action":
            found.append(_problem(f"{here}.type", "must be action"))
    return found


def _action(path: str, action: Any) -> list[Problem]:
    if not isinstance(action, dict) or action.get("type") != "postback":
        return [_problem(path, "the desk offers postbacks only")]
    found = _unknown(path, action, {"type", "label", "data", "displayText"})
    found += _text(f"{path}.data", action.get("data"), most=300)
    found += _clusters(f"{path}.label", action.get("label"), most=20)
    return found + _clusters(f"{path}.displayText", action.get("displayText"), most=300)


def _text(path: str, value: Any, *, most: int) -> list[Problem]:
    """Check a text that LINE counts in UTF-16 units."""
    if not isinstance(value, str) or not value.strip():
        return [_problem(path, "May not be empty")]
    if len(value.encode("utf-16-le")) // 2 > most:
        return [_problem(path, f"Length must be between 0 and {most}")]
    return []


def _clusters(path: str, value: Any, *, most: int) -> list[Problem]:
    """Check a text that LINE counts in grapheme clusters: for Thai, signs that stand on the line."""
    if not isinstance(value, str) or not value.strip():
        return [_problem(path, "May not be empty")]
    on_the_line = [sign for sign in value if unicodedata.category(sign) != "Mn" and sign not in JOINING]
    if len(on_the_line) > most:
        return [_problem(path, f"must not be longer than {most} characters")]
    return []


def _unknown(path: str, value: dict[str, Any], known: set[str]) -> list[Problem]:
    return [_problem(f"{path}.{name}".lstrip("."), "unknown property") for name in sorted(value.keys() - known)]


def _problem(path: str, message: str) -> Problem:
    return {"message": message, "property": path}


def menu_problems(menu: dict[str, Any]) -> list[Problem]:
    """List what is wrong with a rich menu."""
    found = _unknown("", menu, {"size", "selected", "name", "chatBarText", "areas"})
    found += _text("name", menu.get("name"), most=300) + _clusters("chatBarText", menu.get("chatBarText"), most=14)
    width, height = menu["size"]["width"], menu["size"]["height"]
    if not (800 <= width <= 2500 and height >= 250 and width / height >= 1.45):
        found.append(_problem("size", "invalid size"))
    areas = menu.get("areas", [])
    if not 1 <= len(areas) <= 20:
        found.append(_problem("areas", "Size must be between 1 and 20"))
    for number, area in enumerate(areas):
        here, bounds = f"areas[{number}]", area["bounds"]
        found += _action(f"{here}.action", area["action"])
        if bounds["x"] + bounds["width"] > width or bounds["y"] + bounds["height"] > height:
            found.append(_problem(f"{here}.bounds", "outside the menu"))
    return found
