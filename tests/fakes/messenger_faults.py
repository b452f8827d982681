"""How Graph words an error, and what else may go wrong with one call to it, for ``MessengerPlatform``."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from tests.fakes.http_thread import Reply


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens to one call: is it accepted, and what comes back instead of the right answer.

    ``stall`` holds the right answer until ``release``, ``delay`` for so many seconds. ``spares_signs``: it waits for a
    message, not for the next ``sender_action``.
    """

    accepts: bool = False
    reply: Reply | None = None
    stall: bool = False
    delay: float = 0
    spares_signs: bool = False


class GraphProblem(Exception):
    """Graph refuses a call; ``ours``: the desk should have known better, so it counts as a violation."""

    def __init__(self, code: int, subcode: int | None, message: str, *, status: int = 400, ours: bool = True) -> None:
        super().__init__(f"{code}/{subcode}: {message}")
        self.code, self.subcode, self.message, self.status, self.ours = code, subcode, message, status, ours

    def reply(self) -> Reply:
        """Word it as Graph does."""
        return graph_error(self.code, self.subcode, message=self.message, status=self.status)


def json_reply(status: int, value: Any, headers: dict[str, str] | None = None) -> Reply:
    """Give an answer of Graph."""
    told = {"Content-Type": "application/json; charset=UTF-8", "facebook-api-version": "v25.0", **(headers or {})}
    return Reply(status=status, body=json.dumps(value).encode(), headers=told)


def graph_error(
    code: int,
    subcode: int | None = None,
    *,
    message: str = "",
    status: int = 400,
    is_transient: bool | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    """Give an error object; Graph leaves out what doesn't apply."""
    error: dict[str, Any] = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code}
    if subcode is not None:
        error["error_subcode"] = subcode
    if is_transient is not None:
        error["is_transient"] = is_transient
    return json_reply(status, {"error": {**error, "fbtrace_id": "A" + uuid.uuid4().hex[:20]}}, headers)


def html(status: int, *, headers: dict[str, str] | None = None, accepts: bool = False) -> Fault:
    """Answer with a gateway's page."""
    told = {"Content-Type": "text/html", **(headers or {})}
    return Fault(accepts=accepts, reply=Reply(status=status, body=b"<html>Sorry</html>", headers=told))


def odd_success(body: bytes) -> Fault:
    """Accept a call and answer 200 with a body that Meta does not document."""
    return Fault(accepts=True, reply=Reply(body=body, headers={"Content-Type": "application/json"}))


RESET_BEFORE = Fault(reply=Reply(reset=True))
RESET_AFTER = Fault(accepts=True, reply=Reply(reset=True))
STALL = Fault(accepts=True, stall=True)
