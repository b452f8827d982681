"""Writes down what the desk asks of LINE, and makes its calls go wrong when somebody wants that."""

import json
import re
import threading
from collections.abc import Callable
from typing import Any

from tests.fakes.http_thread import Reply, Request
from tests.fakes.line import PUSH, REPLY, REPLY_TOKEN_LIFE, TOKEN, LinePlatform
from tests.fakes.line_faults import BROKEN, BROKEN_AFTER, STALL, TOO_FAST, USED_UP
from tests.fakes.phone.journal import Journal

LOADING = "/v2/bot/chat/loading/start"
LONG_ID = re.compile(r"(?<=[0-9a-f]{4})[0-9a-f]{28}")
SLOW = 5.0  # seconds
FAULTS = {
    "slow": STALL,
    "silent": STALL,
    "500-before": BROKEN,
    "500-after": BROKEN_AFTER,
    "429-rate": TOO_FAST,
    "429-quota": USED_UP,
}


class LineWatch:
    """Watches one platform; ``on_loading`` is told for whom a loading sign is shown, and for how many seconds."""

    def __init__(self, platform: LinePlatform, journal: Journal, on_loading: Callable[[str, float], None]) -> None:
        self._platform = platform
        self._journal = journal
        self._on_loading = on_loading
        self._violations = len(platform.violations)
        self._slow = False
        platform.watch(self._see)

    def spoil(self, name: str) -> None:
        """Let the next call go wrong, or (``token``) every access token given so far."""
        if name == "token":
            self._platform.revoke_tokens()
        else:
            self._slow = name == "slow"
            self._platform.fail_next(FAULTS[name])
        self._journal.add("line", "fault", name, at=self._platform.clock.stamp())

    def _see(self, request: Request, reply: Reply) -> None:
        if reply.held is not None and self._slow:
            threading.Timer(SLOW, self._platform.release).start()
        broken = self._platform.violations[self._violations :]
        self._violations += len(broken)
        body = _body(request)
        if request.path == LOADING and reply.status == 202:
            self._on_loading(body["chatId"], body.get("loadingSeconds", 20))
        self._journal.add(
            "line", "call", _what(request), at=self._platform.clock.stamp(),
            status=0 if reply.reset else reply.status, note=self._note(request, body, reply), violations=broken,
        )  # fmt: skip

    def _note(self, request: Request, body: Any, reply: Reply) -> str:
        told = []
        if request.path in (REPLY, PUSH) and "messages" in body:
            told.append(f"{len(body['messages'])} object(s)")
        if request.path == REPLY and body.get("replyToken") in self._platform._reply_tokens:
            until = self._platform._reply_tokens[body["replyToken"]].until
            age = self._platform.clock.now() - (until - REPLY_TOKEN_LIFE)
            told.append(f"token {age.total_seconds():.1f} s of {REPLY_TOKEN_LIFE.total_seconds():.0f}")
        if request.path == PUSH:
            told.append(f"quota {self._platform.used}/{self._platform.quota or '∞'}")
        if reply.held is not None:
            told.append("answer held back")
        return " · ".join(told)


def _what(request: Request) -> str:
    known = {REPLY: "reply", PUSH: "push", TOKEN: "access token", LOADING: "loading sign"}
    path = request.path.partition("?")[0]
    return known.get(path) or f"{request.method} {LONG_ID.sub('…', path.removeprefix('/v2/bot/'))}"


def _body(request: Request) -> Any:
    try:
        return json.loads(request.body)
    except ValueError:  # a form, a picture, or nothing
        return {}
