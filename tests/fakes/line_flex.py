"""What LINE accepts as a flex message, and what a reader sees of it. Unknown properties are refused."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

Problem = dict[str, str]
BUBBLE_BYTES, CAROUSEL_BYTES = 30_000, 50_000
LONGEST_ALT = 400
KNOWN = {
    "bubble": {"type", "size", "direction", "header", "hero", "body", "footer", "styles", "action"},
    "carousel": {"type", "contents"},
    "box": {"type", "layout", "contents", "spacing", "margin", "paddingAll", "backgroundColor", "cornerRadius", "flex"},
    "text": {"type", "text", "size", "color", "weight", "wrap", "align", "margin", "flex", "maxLines"},
    "button": {"type", "action", "style", "color", "height", "margin", "flex"},
    "separator": {"type", "margin", "color"},
}
SIZES = {"nano", "micro", "deca", "hecto", "kilo", "mega", "giga"}


def flex_problems(path: str, message: dict[str, Any]) -> list[Problem]:
    """List what is wrong with a flex message."""
    alternative = message.get("altText")
    found = []
    if not isinstance(alternative, str) or not alternative.strip():
        found.append(_problem(f"{path}.altText", "May not be empty"))
    elif len(alternative.encode("utf-16-le")) // 2 > LONGEST_ALT:
        found.append(_problem(f"{path}.altText", f"Length must be between 0 and {LONGEST_ALT}"))
    contents = message.get("contents")
    if not isinstance(contents, dict) or contents.get("type") not in ("bubble", "carousel"):
        return [*found, _problem(f"{path}.contents", "must be a bubble or a carousel")]
    most = BUBBLE_BYTES if contents["type"] == "bubble" else CAROUSEL_BYTES
    if len(json.dumps(contents, ensure_ascii=False).encode()) > most:
        found.append(_problem(f"{path}.contents", "too large"))
    return found + list(_component(f"{path}.contents", contents))


def _component(path: str, part: dict[str, Any]) -> Iterator[Problem]:
    kind = part.get("type")
    if kind not in KNOWN:
        yield _problem(f"{path}.type", f"unknown component {kind!r}")
        return
    for name in sorted(part.keys() - KNOWN[kind]):
        yield _problem(f"{path}.{name}", "unknown property")
    yield from _own(path, part)
    for name in ("header", "hero", "body", "footer"):
        if name in part:
            yield from _component(f"{path}.{name}", part[name])
    for number, one in enumerate(_inner(part)):
        yield from _component(f"{path}.contents[{number}]", one)


def _own(path: str, part: dict[str, Any]) -> Iterator[Problem]:
    """List what is wrong with a component itself."""
    count = len(_inner(part))
    match part["type"]:
        case "bubble" if part.get("size", "mega") not in SIZES:
            yield _problem(f"{path}.size", "invalid size")
        case "carousel" if not 1 <= count <= 12:
            yield _problem(f"{path}.contents", "Size must be between 1 and 12")
        case "box" if part.get("layout") not in ("horizontal", "vertical", "baseline") or not count:
            yield _problem(path, "invalid layout or empty")
        case "text" if not str(part.get("text") or "").strip():
            yield _problem(f"{path}.text", "May not be empty")
        case "button":
            yield from _action(f"{path}.action", part.get("action"))


def _inner(part: dict[str, Any]) -> list[dict[str, Any]]:
    contents = part.get("contents")
    return contents if isinstance(contents, list) else []


def _action(path: str, action: Any) -> Iterator[Problem]:
    if not isinstance(action, dict):
        yield _problem(path, "must be an action")
        return
    label = action.get("label")
    if not isinstance(label, str) or not label.strip():
        yield _problem(f"{path}.label", "May not be empty")
    match action.get("type"):
        case "uri":
            uri = str(action.get("uri"))
            if urlsplit(uri).scheme not in ("http", "https", "line", "tel") or len(uri) > 1000 or " " in uri:
                yield _problem(f"{path}.uri", "invalid uri")
        case "postback":
            if not 0 < len(str(action.get("data") or "")) <= 300:
                yield _problem(f"{path}.data", "Length must be between 1 and 300")
        case kind:
            yield _problem(f"{path}.type", f"unknown action {kind!r}")


def parts(component: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk through a flex message's components, from top to bottom."""
    yield component
    for name in ("header", "hero", "body", "footer"):
        if name in component:
            yield from parts(component[name])
    for one in component.get("contents") or []:
        yield from parts(one)


def words(message: dict[str, Any]) -> str:
    """Give what a reader sees, a line for each text."""
    return "\n".join(part["text"] for part in parts(message["contents"]) if part["type"] == "text")


def actions(message: dict[str, Any]) -> list[dict[str, Any]]:
    """List the actions of its buttons."""
    return [part["action"] for part in parts(message["contents"]) if part["type"] == "button"]


def _problem(path: str, message: str) -> Problem:
    return {"message": message, "property": path}
