"""What may go wrong with one call to LINE, for ``LinePlatform.fail_next``."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from tests.fakes.http_thread import Reply

MONTHLY = "You have reached your monthly limit."
RATE = "The API rate limit has been exceeded. Try again later."


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens to one call: does it count (``accepts``), and what comes back instead of the right answer.

    ``stall`` holds the right answer until ``release``.
    """

    accepts: bool = False
    reply: Reply | None = None
    stall: bool = False


def json_reply(status: int, value: dict[str, Any], headers: dict[str, str] | None = None) -> Reply:
    """Give an answer as LINE words it, with a request id."""
    told = {"Content-Type": "application/json", "x-line-request-id": str(uuid.uuid4()), **(headers or {})}
    return Reply(status=status, body=json.dumps(value).encode(), headers=told)


def refusal(status: int, message: str = "refused") -> Fault:
    """Refuse a call with a status and LINE's error body."""
    return Fault(reply=json_reply(status, {"message": message}))


def odd_success(body: bytes, content_type: str = "application/json") -> Fault:
    """Accept a call and answer 200 with a body that LINE does not document."""
    return Fault(accepts=True, reply=Reply(body=body, headers={"Content-Type": content_type}))


RESET_BEFORE = Fault(reply=Reply(reset=True))
RESET_AFTER = Fault(accepts=True, reply=Reply(reset=True))
STALL = Fault(accepts=True, stall=True)
BROKEN = refusal(500, "Internal Server Error")
BROKEN_AFTER = Fault(accepts=True, reply=Reply(status=500))
GARBLED = Fault(reply=Reply(status=502, body=b"\xff\xfe<html>"))
TOO_FAST = refusal(429, RATE)
USED_UP = refusal(429, MONTHLY)
UNAUTHORISED = refusal(401, "Authentication failed due to the following reason: invalid token.")
EMPTY_SUCCESS = Fault(accepts=True, reply=Reply())
BAD_JSON_SUCCESS = Fault(accepts=True, reply=Reply(body=b'{"sentMessages": [', headers={"Content-Type": "text/html"}))
