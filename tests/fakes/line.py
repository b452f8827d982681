"""LINE's platform as far as the desk can tell: a real HTTP server on loopback that remembers what it was sent.

    platform = LinePlatform(secret="…", token="…", webhook="http://127.0.0.1:8000/webhooks/line")
    with platform:                               # or start() and stop(); the desk's LINE_API_BASE is platform.address
        somchai = platform.user("สมชาย")
        somchai.say("ส่งทุเรียนไปจีน")           # a signed webhook; it blocks: asyncio.to_thread beside a desk in one loop
        somchai.sees("ทุเรียน").buttons          # waits for the answer
        somchai.texts, somchai.seen              # everything that was shown
        somchai.tap("ติดต่อเจ้าหน้าที่")
        platform.fail_next(STALL)                # accepted and shown, but no answer until platform.release()
        platform.violations                      # what LINE refuses as our mistake; stays empty in a good test

Its clock is the real one plus what ``clock.move`` added, or stands still where a time was given. Reply tokens, retry
keys, access tokens, quota and rate limits behave as LINE documents them.
"""

import base64
import hashlib
import hmac
import itertools
import json
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx

from tests.fakes.http_thread import CALLS, HttpThread, Reply, Request, ServedPlatform
from tests.fakes.line_account import LineAccount
from tests.fakes.line_faults import MONTHLY, RATE, Fault, json_reply
from tests.fakes.line_rules import problems_of
from tests.fakes.line_user import Event, LineUser
from tests.fakes.platform_clock import PlatformClock

PUSH = "/v2/bot/message/push"
REPLY = "/v2/bot/message/reply"
TOKEN = "/oauth2/v3/token"
REPLY_TOKEN_LIFE = timedelta(seconds=60)
RETRY_KEY_LIFE = timedelta(hours=24)
SPOILT = (PUSH, REPLY, TOKEN)
STATELESS_LIFE = timedelta(minutes=15)
WEBHOOK_PATIENCE = 20.0  # seconds; LINE wants its answer in 2, but how quick the desk is, is not measured here


@dataclass(kw_only=True)
class _ReplyToken:
    user: LineUser
    until: datetime
    used: bool = False


@dataclass(frozen=True, kw_only=True)
class _Accepted:
    request_id: str
    call: Any
    answer: dict[str, Any]
    until: datetime


@dataclass(kw_only=True)
class LinePlatform(ServedPlatform):
    """One channel on LINE. ``quota`` is the month's pushes, ``rate`` the calls per second and endpoint; None: no limit.

    ``token`` is the long-lived access token; stateless ones are given for ``channel_id`` and ``secret``.
    """

    secret: str = "line-secret"
    token: str = "line-token"
    channel_id: str = "1650000000"
    webhook: str = ""
    clock: PlatformClock = field(default_factory=PlatformClock)
    quota: int | None = None
    rate: int | None = None
    used: int = 0
    violations: list[str] = field(default_factory=list)
    calls: list[Request] = field(default_factory=list, repr=False)
    users: dict[str, LineUser] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.bot_id = "U" + uuid.uuid4().hex
        self._http = HttpThread(self._answer)
        self._lock = threading.RLock()
        self._released = threading.Event()
        self._numbers = itertools.count(461_230_966_842_064_897)
        self._faults: list[Fault] = []
        self._kind = False
        self._tokens: dict[str, datetime] = {self.token: datetime.max.replace(tzinfo=UTC)}
        self._reply_tokens: dict[str, _ReplyToken] = {}
        self._retry_keys: dict[str, _Accepted] = {}
        self._rates: Counter[tuple[str, int]] = Counter()
        self.read_tokens: set[str] = set()
        self.account = LineAccount(platform=self)

    @property
    def address(self) -> str:
        """What the desk calls instead of https://api.line.me."""
        return self._http.address

    def user(self, name: str) -> LineUser:
        """The user of this name; a new one the first time."""
        for user in self.users.values():
            if user.name == name:
                return user
        user = LineUser(platform=self, name=name)
        self.users[user.id] = user
        return user

    # What a test makes happen.

    def fail_next(self, fault: Fault, times: int = 1) -> None:
        """Spoil the next call or calls to push, reply or token."""
        with self._lock:
            self._faults += [fault] * times

    @contextmanager
    def tokens_survive(self) -> Iterator[None]:
        """Read LINE kindly: a refused call leaves its reply token as it was."""
        self._kind = True
        try:
            yield
        finally:
            self._kind = False

    def heal(self) -> None:
        """Forget the faults that are still to come."""
        with self._lock:
            self._faults.clear()
        self.release()

    def release(self) -> None:
        """Let stalled answers go."""
        self._released.set()
        self._released = threading.Event()

    def revoke_tokens(self) -> None:
        """Make every access token given so far invalid."""
        with self._lock:
            self._tokens.clear()

    def deliver(self, *events: Event) -> httpx.Response:
        """Post one signed batch to the desk, as it is, and return its answer."""
        body = json.dumps({"destination": self.bot_id, "events": events}, ensure_ascii=False).encode()
        return self.post(body, self.sign(body))

    def redeliver(self, event: Event) -> httpx.Response:
        """Post an event once more, as LINE does after a failure, and now and then without one."""
        return self.deliver({**event, "deliveryContext": {"isRedelivery": True}})

    def deliver_at_once(self, event: Event, copies: int = 2) -> list[httpx.Response]:
        """Post the same event several times at the same moment."""
        with ThreadPoolExecutor(copies) as pool:
            return list(pool.map(self.deliver, [event] * copies))

    def post(self, body: bytes, signature: str) -> httpx.Response:
        """Post any body with any signature."""
        headers = {"x-line-signature": signature, "content-type": "application/json; charset=utf-8"}
        return CALLS.post(self.webhook, content=body, headers=headers, timeout=WEBHOOK_PATIENCE)

    def sign(self, body: bytes) -> str:
        """Give the body's ``x-line-signature``."""
        return base64.b64encode(hmac.new(self.secret.encode(), body, hashlib.sha256).digest()).decode()

    def new_id(self) -> str:
        """Give the next message id."""
        return str(next(self._numbers))

    def issue_read_token(self) -> str:
        """Give a token that marks a message as read."""
        token = uuid.uuid4().hex
        self.read_tokens.add(token)
        return token

    def issue_reply_token(self, user: LineUser) -> str:
        """Give a token that answers one event of this user."""
        token = uuid.uuid4().hex
        with self._lock:
            self._reply_tokens[token] = _ReplyToken(user=user, until=self.clock.now() + REPLY_TOKEN_LIFE)
        return token

    # What the desk calls.

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            self.calls.append(request)
            fault = self._faults.pop(0) if self._faults and request.path in SPOILT else None
            if fault is not None and fault.reply is not None and not fault.accepts:
                self._spend_reply_token(request, fault.reply)
                return fault.reply
            reply = self._route(request)
            if fault is None or reply.status != 200:
                return reply
            return Reply(**{**vars(reply), "held": self._released}) if fault.stall else fault.reply or reply

    def _spend_reply_token(self, request: Request, reply: Reply) -> None:
        """Let any answer to a call that came as far as its token use the token up, the unkindest reading of LINE."""
        if not self._kind and request.path == REPLY and not reply.reset and reply.status not in (401, 429):
            token = self._reply_tokens.get(json.loads(request.body)["replyToken"])
            if token is not None:
                token.used = True

    def _route(self, request: Request) -> Reply:
        if request.path == TOKEN:
            return self._issue_token(request)
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.clock.now() >= self._tokens.get(bearer, datetime.min.replace(tzinfo=UTC)):
            return json_reply(401, {"message": "Authentication failed. Confirm that the access token is valid."})
        second = int(self.clock.now().timestamp())
        self._rates[request.path, second] += 1
        if self.rate is not None and self._rates[request.path, second] > self.rate:
            return json_reply(429, {"message": RATE})
        if request.path not in (PUSH, REPLY):
            reply = self.account.answer(request)
            return reply or self.wrong(404, f"no endpoint {request.path}", "Not found")
        body = json.loads(request.body)
        return self._push(request, body) if request.path == PUSH else self._reply(request, body)

    def _issue_token(self, request: Request) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        right = {"grant_type": "client_credentials", "client_id": self.channel_id, "client_secret": self.secret}
        if form != right:
            return json_reply(400, {"error": "invalid_client", "error_description": "invalid client_secret"})
        token = uuid.uuid4().hex
        self._tokens[token] = self.clock.now() + STATELESS_LIFE
        return json_reply(200, {"token_type": "Bearer", "access_token": token, "expires_in": 900})

    def _push(self, request: Request, body: Any) -> Reply:
        key = request.headers.get("x-line-retry-key")
        if key is None or not _is_uuid(key):
            return self.wrong(400, f"retry key {key!r}", "The retry key is invalid")
        before = self._retry_keys.get(key)
        if before is not None and self.clock.now() < before.until:
            return self._accepted_before(before, body)
        if problems := problems_of(body, "to"):
            return self.invalid(problems)
        user = self.users.get(body["to"])
        if user is None:
            return self.wrong(400, "a push to nobody", "The property, 'to', in the request body is invalid")
        return self._push_to(user, key, body)

    def _push_to(self, user: LineUser, key: str, body: Any) -> Reply:
        if unknown := _unknown_quotes(user, body["messages"]):
            return self.invalid(unknown)
        if self.quota is not None and self.used >= self.quota:
            return json_reply(429, {"message": MONTHLY})
        self.used += 1
        reply = self._show(user, "push", body["messages"])
        self._retry_keys[key] = _Accepted(
            request_id=reply.headers["x-line-request-id"],
            call=body,
            answer=json.loads(reply.body),
            until=self.clock.now() + RETRY_KEY_LIFE,
        )
        return reply

    def _accepted_before(self, before: _Accepted, body: Any) -> Reply:
        if not _is_same_call(body, before.call):
            self.violations.append("a retry key with another message")
        said = {"message": "The retry key is already accepted", **before.answer}
        return json_reply(409, said, {"x-line-accepted-request-id": before.request_id})

    def _reply(self, request: Request, body: Any) -> Reply:
        if "x-line-retry-key" in request.headers:
            return self.wrong(400, "a retry key on reply", "X-Line-Retry-Key is not supported")
        if problems := problems_of(body, "replyToken"):
            return self.invalid(problems)
        token = self._reply_tokens.get(body["replyToken"])
        if token is None or token.used or self.clock.now() > token.until:
            return json_reply(400, {"message": "Invalid reply token"})
        if unknown := _unknown_quotes(token.user, body["messages"]):
            return self.invalid(unknown)
        token.used = True
        return self._show(token.user, "reply", body["messages"])

    def _show(self, user: LineUser, how: str, messages: list[dict[str, Any]]) -> Reply:
        sent = []
        for message in messages:
            sent.append({"id": (new := self.new_id()), "quoteToken": user.issue_quote_token(new)})
            user.show(how, message, new)
        return json_reply(200, {"sentMessages": sent})

    def invalid(self, problems: list[dict[str, str]]) -> Reply:
        """Refuse a body, and count what is wrong with it."""
        self.violations += [f"{problem['property']}: {problem['message']}" for problem in problems]
        said = f"The request body has {len(problems)} error(s)"
        return json_reply(400, {"message": said, "details": problems})

    def wrong(self, status: int, violation: str, message: str) -> Reply:
        """Refuse a call that no right desk makes."""
        self.violations.append(violation)
        return json_reply(status, {"message": message})


def _unknown_quotes(user: LineUser, messages: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Find quote tokens that are not of this chat."""
    return [
        {"property": f"messages[{number}].quoteToken", "message": "is no quote token of this chat"}
        for number, message in enumerate(messages)
        if "quoteToken" in message and message["quoteToken"] not in user.quotable
    ]


def _is_same_call(again: Any, before: Any) -> bool:
    """Tell whether a call repeats another: only the quote of a message that was taken back since may be missing."""
    pairs = list(itertools.zip_longest(again["messages"], before["messages"], fillvalue={}))
    quotes_nothing_else = all(new.get("quoteToken") in (None, old.get("quoteToken")) for new, old in pairs)
    return quotes_nothing_else and _without_quotes(again) == _without_quotes(before)


def _without_quotes(call: Any) -> Any:
    plain = [{key: value for key, value in one.items() if key != "quoteToken"} for one in call["messages"]]
    return {**call, "messages": plain}


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
