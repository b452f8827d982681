"""What a call to Graph carries, as JSON, as a form or in parts: Graph takes all three and means the same by them."""

import json
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.http_thread import Request
from tests.fakes.messenger_faults import GraphProblem


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that came along."""

    name: str
    media_type: str
    data: bytes


def body_of(request: Request) -> dict[str, Any]:
    """Read a call's parameters, a file under its part's name; raise GraphProblem for what is none of the three."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    try:
        if kind == "application/x-www-form-urlencoded":
            return {name: _value(text) for name, text in parse_qsl(request.body.decode(), strict_parsing=True)}
        if kind == "multipart/form-data":
            return _parts(request)
        body = json.loads(request.body) if request.body else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise GraphProblem(100, None, "The body must be JSON, a form, or in parts")
    return body


def _value(text: str) -> Any:
    """Read a parameter of a form: an object as JSON, anything else as it stands."""
    return json.loads(text) if text.startswith(("{", "[")) else text


def _parts(request: Request) -> dict[str, Any]:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    found: dict[str, Any] = {}
    for part in message_from_bytes(head + request.body).walk():
        name = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(data, bytes):
            continue
        file_name = part.get_filename()
        found[name] = (
            File(name=file_name, media_type=part.get_content_type(), data=data) if file_name else _value(data.decode())
        )
    return found
