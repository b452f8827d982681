"""What the Send API accepts as a body, refused in Graph's words.

Written by hand from Meta's reference, apart from the connector's limits on purpose; unknown properties are refused.
"""

from typing import Any

from tests.fakes.messenger_faults import GraphProblem

TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG")
DEAD_TAGS = ("ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE")
TITLE = 20
KINDS = ("image", "audio", "video", "file")


def check(body: Any) -> None:
    """Raise GraphProblem for the first thing that is wrong with the shape of a call."""
    known = {
        "recipient",
        "messaging_type",
        "tag",
        "message",
        "sender_action",
        "persona_id",
        "thread_control",
        "reply_to",
    }
    _only(body, known, "body")
    recipient = body.get("recipient")
    _only(recipient, {"id"}, "recipient")
    if "sender_action" in body:
        _alone(body)
        return
    if body.get("messaging_type") not in TYPES:
        raise GraphProblem(100, None, "Param messaging_type must be one of RESPONSE, UPDATE, MESSAGE_TAG")
    _check_tag(body)
    if "reply_to" in body:
        _only(body["reply_to"], {"mid"}, "reply_to")
        if body["messaging_type"] != "RESPONSE":
            raise GraphProblem(100, None, "Param reply_to is for answers within 24 hours")
    _check_message(body.get("message"))


def _check_tag(body: dict[str, Any]) -> None:
    tagged = body["messaging_type"] == "MESSAGE_TAG"
    if tagged != ("tag" in body):
        raise GraphProblem(100, None, "Param tag belongs to messaging_type MESSAGE_TAG")
    if tagged and body["tag"] in DEAD_TAGS:
        raise GraphProblem(100, 1893061, "Message tag is no longer supported")
    if tagged and body["tag"] != "HUMAN_AGENT":
        raise GraphProblem(100, None, "Param tag must be a valid message tag")


def _check_message(message: Any) -> None:
    _only(message, {"text", "attachment", "metadata", "quick_replies"}, "message")
    if ("text" in message) == ("attachment" in message):
        raise GraphProblem(100, 2018034, "Message cannot be empty, must provide valid attachment or text")
    if "attachment" in message and message["attachment"].get("type") in KINDS:
        _check_file(message["attachment"])
    elif "attachment" in message:
        check_template(message["attachment"])
    else:
        _text(message["text"], 2000, "message[text]")
    _shorter(message.get("metadata", ""), 1000, "message[metadata]")
    quick_replies = message.get("quick_replies", [])
    if len(quick_replies) > 13:
        raise GraphProblem(100, None, "Array size of param message[quick_replies] must be at most 13")
    for quick_reply in quick_replies:
        _check_quick_reply(quick_reply)


def _check_quick_reply(quick_reply: Any) -> None:
    _only(quick_reply, {"content_type", "title", "payload"}, "message[quick_replies]")
    if quick_reply.get("content_type") != "text":
        raise GraphProblem(100, None, "the desk offers quick replies of text only")
    for name in ("title", "payload"):
        if not isinstance(quick_reply.get(name), str) or not quick_reply[name]:
            raise GraphProblem(100, None, f"Param message[quick_replies][{name}] must be a non-empty string")
    _shorter(quick_reply["payload"], 1001, "message[quick_replies][payload]")


def _check_file(attachment: Any) -> None:
    _only(attachment, {"type", "payload"}, "message[attachment]")
    _only(attachment.get("payload"), {"attachment_id", "url", "is_reusable"}, "message[attachment][payload]")


def check_template(attachment: Any) -> None:
    """Raise GraphProblem for the first thing that is wrong with a template."""
    _only(attachment, {"type", "payload"}, "message[attachment]")
    payload = attachment.get("payload", {})
    if attachment.get("type") != "template":
        raise GraphProblem(100, None, "attachment[type] must be template, image, audio, video or file")
    if payload.get("template_type") == "button":
        _only(payload, {"template_type", "text", "buttons"}, "payload")
        _text(payload.get("text"), 641, "payload[text]")
        _check_buttons(payload.get("buttons"))
        return
    _only(payload, {"template_type", "elements"}, "payload")
    elements = payload.get("elements")
    if payload["template_type"] != "generic" or not isinstance(elements, list) or not 0 < len(elements) <= 10:
        raise GraphProblem(100, None, "payload[elements] must have 1 to 10 elements")
    for element in elements:
        _only(element, {"title", "subtitle", "image_url", "buttons", "default_action"}, "elements")
        _text(element.get("title"), 81, "elements[title]")
        _text(element.get("subtitle", "-"), 81, "elements[subtitle]")
        if "buttons" in element:
            _check_buttons(element["buttons"])


def _check_buttons(buttons: Any) -> None:
    if not isinstance(buttons, list) or not 0 < len(buttons) <= 3:
        raise GraphProblem(100, None, "buttons must be 1 to 3")
    for button in buttons:
        _text(button.get("title"), 21, "buttons[title]")
        known = {"postback": "payload", "web_url": "url"}.get(button.get("type"))
        if known is None:
            raise GraphProblem(100, None, f"button type {button.get('type')!r} is unknown here")
        _only(button, {"type", "title", known}, "buttons")
        _text(button.get(known), 1001, f"buttons[{known}]")
        if known == "url" and not button["url"].startswith(("https://", "http://")):
            raise GraphProblem(100, 2018062, "Invalid url")


def _text(text: Any, limit: int, where: str) -> None:
    if not isinstance(text, str) or not text.strip():
        raise GraphProblem(100, None, f"Param {where} must be a non-empty string")
    _shorter(text, limit, where)


def _only(value: Any, known: set[str], where: str) -> None:
    if not isinstance(value, dict):
        raise GraphProblem(100, None, f"Param {where} must be an object")
    if unknown := sorted(value.keys() - known):
        raise GraphProblem(100, None, f"Invalid keys {unknown} were found in param {where}")


def _alone(body: dict[str, Any]) -> None:
    if body.keys() != {"recipient", "sender_action"}:
        raise GraphProblem(100, None, "sender_action must be sent alone")


def _shorter(text: str, limit: int, where: str) -> None:
    """Count UTF-16 units, the strictest reading of Meta's "characters"."""
    if len(text.encode("utf-16-le")) // 2 >= limit:
        raise GraphProblem(100, None, f"Length of param {where} must be less than {limit}")
