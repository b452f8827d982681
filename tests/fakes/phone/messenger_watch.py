"""Writes down what the desk asks of Meta, and makes its calls go wrong when somebody wants that."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.http_thread import Reply, Request
from tests.fakes.messenger import VERSION, WINDOW, MessengerPlatform
from tests.fakes.messenger_bodies import body_of
from tests.fakes.messenger_faults import STALL, Fault, GraphProblem, graph_error, html
from tests.fakes.phone.journal import Journal

SLOW = 5.0  # seconds
FAULTS = {
    "slow": Fault(accepts=True, delay=SLOW),
    "silent": STALL,
    "500-before": html(500),
    "500-after": html(500, accepts=True),
    "429-rate": Fault(reply=graph_error(613, message="Calls to this api have exceeded the rate limit.")),
    "429-quota": html(429),
}


class MessengerWatch:
    """Watches one platform; ``on_sign`` is told for whom ``typing_on`` or ``mark_seen`` came."""

    def __init__(self, platform: MessengerPlatform, journal: Journal, on_sign: Callable[[str, str], None]) -> None:
        self._platform = platform
        self._journal = journal
        self._on_sign = on_sign
        self._violations = len(platform.violations)
        self._token = platform.page_token
        platform.watch(self._see)

    def spoil(self, name: str) -> None:
        """Let the next message go wrong, or change how the platform is until that is taken back."""
        states: dict[str, Callable[[], object]] = {
            "token": lambda: setattr(self._platform, "page_token", uuid.uuid4().hex),
            "token-back": lambda: setattr(self._platform, "page_token", self._token),
            "warn": lambda: self._platform.enforce("warning", "Possible spam"),
            "block": lambda: self._platform.enforce("block", "Too many spammy messages"),
            "unblock": lambda: self._platform.enforce("unblock"),
            "approval": lambda: setattr(self._platform, "human_agent", not self._platform.human_agent),
            "silent-webhook": lambda: setattr(self._platform, "tells_nothing", True),
            "webhook-back": lambda: setattr(self._platform, "tells_nothing", False),
            "hold": lambda: setattr(self._platform, "holds", True),
            "reorder": self._let_go,
        }
        if name in states:
            states[name]()
        else:
            self._platform.spoil_next(replace(FAULTS[name], spares_signs=True))
        self._journal.add("messenger", "fault", name, at=self._platform.clock.stamp())

    def _let_go(self) -> None:
        """Bring what was held, the newest first."""
        self._platform.holds = False
        self._platform.redeliver()

    def _see(self, request: Request, reply: Reply) -> None:
        path = urlsplit(request.path).path.removeprefix(f"/{VERSION}/")
        broken = self._platform.violations[self._violations :]
        self._violations += len(broken)
        body = _body(request) if path.endswith("/messages") else {}
        if "sender_action" in body and reply.status == 200:
            self._on_sign(body["recipient"]["id"], body["sender_action"])
        self._journal.add(
            "messenger", "call", _what(request, path, body), at=self._platform.clock.stamp(),
            status=0 if reply.reset else reply.status, note=self._note(body, reply), violations=broken,
        )  # fmt: skip

    def _note(self, body: Any, reply: Reply) -> str:
        told = [body["tag"]] if "tag" in body else []
        user = self._platform.users.get(body.get("recipient", {}).get("id", ""))
        if "message" in body and user is not None and user.wrote_at is not None:
            left = (user.wrote_at + WINDOW - self._platform.clock.now()).total_seconds()
            told.append(f"window {left / 3600:.1f} h left" if left > 0 else f"window over for {-left / 3600:.1f} h")
        if reply.held is not None:
            told.append("answer held back")
        if reply.status >= 400:
            told.append(_reason(reply))
        return " · ".join(told)


def _what(request: Request, path: str, body: Any) -> str:
    if "sender_action" in body:
        return str(body["sender_action"])
    if "message" in body:
        kind = body["message"].get("attachment", {}).get("payload", {}).get("template_type", "text")
        return f"{body.get('messaging_type', 'message')} {kind}"
    return f"{request.method} {path}"


def _body(request: Request) -> Any:
    try:
        return body_of(request)
    except GraphProblem:
        return {}


def _reason(reply: Reply) -> str:
    """Give Graph's own words for a refusal."""
    try:
        return str(json.loads(reply.body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return "no JSON"
