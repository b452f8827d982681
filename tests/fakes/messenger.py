"""The Messenger Platform as far as the desk can tell: a real HTTP server on loopback that remembers what it was sent.

    platform = MessengerPlatform(app_secret="…", page_token="…", verify_token="…", app_id="…", page_id="…")
    with platform:                                   # or start() and stop()
        platform.webhook = "http://127.0.0.1:8000/webhooks/messenger"
        somying = platform.user("สมหญิง")
        somying.say("ส่งทุเรียนไปจีน")               # signed webhook; blocks, so use asyncio.to_thread beside a desk
        somying.texts, somying.offered               # in the same loop
        platform.staff_replies(somying, "รอสักครู่นะคะ")  # in Business Suite: the talk is theirs until hand_back
        platform.clock.move(hours=25)
        platform.fail_next(10, 2018278); platform.spoil_next(STALL); platform.release()
        platform.violations                          # what Meta would refuse as our mistake; should stay empty

``address`` is the Graph base with its version. It runs in threads of its own. Windows, tags, the talk's owner, limits
and errors behave as Meta documents them; where Meta is silent, the strictest reading is taken.
"""

import hashlib
import hmac
import itertools
import json
import re
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.fakes.http_thread import CALLS, HttpThread, Reply, Request, ServedPlatform
from tests.fakes.messenger_bodies import body_of
from tests.fakes.messenger_cdn import Cdn
from tests.fakes.messenger_faults import Fault, GraphProblem, graph_error, json_reply
from tests.fakes.messenger_page import PageSettings
from tests.fakes.messenger_routing import INBOX_APP, inline, taken
from tests.fakes.messenger_rules import TITLE, check
from tests.fakes.messenger_template import shown
from tests.fakes.messenger_threads import Threads
from tests.fakes.messenger_uploads import Uploads
from tests.fakes.messenger_user import Event, MessengerUser, Seen
from tests.fakes.platform_clock import PlatformClock

VERSION = "v25.0"
WINDOW = timedelta(hours=24)
PERSON_WINDOW = timedelta(days=7)
WEBHOOK_PATIENCE = 20.0  # seconds; Meta wants its answer in 5, but how quick the desk is, is not measured here
Echoes = Literal["soon", "first", "none"]


@dataclass(kw_only=True)
class MessengerPlatform(ServedPlatform):
    """A page, its app and its users. ``human_agent``: the tag is approved.

    ``echoes`` of accepted sends come from another thread (soon), before the call is answered (first), or not at all;
    ``echo`` then sends one when the test wants it.
    """

    app_secret: str
    page_token: str
    verify_token: str
    app_id: str
    page_id: str
    webhook: str | None = None
    human_agent: bool = False
    echoes: Echoes = "soon"
    usage: float = 0  # percent of the page's rate; told with every answer, as Graph does from some percents on
    regain_minutes: float = 0
    clock: PlatformClock = field(default_factory=PlatformClock)
    violations: list[str] = field(default_factory=list)
    calls: list[Request] = field(default_factory=list)  # to the Send API
    others: list[Request] = field(default_factory=list)
    undelivered: list[tuple[bytes, str]] = field(default_factory=list)
    users: dict[str, MessengerUser] = field(default_factory=dict)
    settings: PageSettings = field(default_factory=PageSettings)
    cdn: Cdn = field(default_factory=Cdn)
    threads: Threads = field(default_factory=Threads)
    uploads: Uploads = field(default_factory=Uploads)
    holds: bool = False  # webhooks wait for ``redeliver``, which brings the newest first
    tells_nothing: bool = False  # the subscription is lost: no webhook is called, and nothing is kept for later

    def __post_init__(self) -> None:
        self._http = HttpThread(self._answer)
        self._lock = threading.RLock()
        self._released = threading.Event()
        self._numbers = itertools.count(1)
        self._faults: list[Fault] = []
        self._mail = ThreadPoolExecutor(1)
        self._mailed: list[Future[httpx.Response]] = []

    @property
    def address(self) -> str:
        """What the desk calls instead of https://graph.facebook.com/v25.0."""
        return f"{self._http.address}/{VERSION}"

    def user(self, name: str) -> MessengerUser:
        """Give the user of this name; a new one the first time."""
        for user in self.users.values():
            if user.name == name:
                return user
        user = MessengerUser(platform=self, name=name)
        self.users[user.id] = user
        return user

    # What a test makes happen.

    def fail_next(self, code: int, subcode: int | None = None, *, times: int = 1, **told: Any) -> None:
        """Refuse the next call or calls with an error of Graph; ``told`` is what ``graph_error`` takes."""
        self.spoil_next(Fault(reply=graph_error(code, subcode, **told)), times)

    def spoil_next(self, fault: Fault, times: int = 1) -> None:
        """Let the next call or calls go wrong in any way."""
        with self._lock:
            self._faults += [fault] * times

    def heal(self) -> None:
        """Be well again: no fault waits, nobody has blocked the page or speaks in its place."""
        with self._lock:
            self._faults.clear()
            for user in self.users.values():
                user.blocked, user.taken_until = False, None
        self.release()

    def release(self) -> None:
        """Let stalled answers go."""
        self._released.set()
        self._released = threading.Event()

    def staff_replies(self, user: MessengerUser, text: str, *, takes_over: bool = True) -> Event:
        """Let a person of the page answer in Business Suite; ``takes_over``: the desk then only stands by."""
        seen = Seen(id=self.new_mid(), text=text, by="staff", at=self.clock.now())
        user.seen.append(seen)
        if takes_over:
            user.be_taken()
        event = self._echo_event(user, seen, app_id=INBOX_APP)
        assert self.deliver(event).status_code == 200
        return event

    def staff_takes(self, user: MessengerUser) -> None:
        """Let a person of the page take the talk without a word."""
        assert self.deliver(taken(self, user)).status_code == 200

    def enforce(self, action: str, reason: str | None = None) -> None:
        """Let Meta warn the page for breaking a rule, block it, or let it go again."""
        told = {"action": action} | ({"reason": reason} if reason else {})
        page = {"recipient": {"id": self.page_id}, "timestamp": self.clock.stamp(), "policy_enforcement": told}
        assert self.deliver(page).status_code == 200

    def flag(self, status: str, *violations: str) -> None:
        """Let Meta tell the page's status; this field's times are in seconds."""
        seconds, listed = self.clock.stamp() // 1000, [{"type": "SPAM", "description": words} for words in violations]
        told = {"timestamp": seconds, "status": status, "violations": listed, "restrictions": [], "action_events": []}
        assert self.deliver(told).status_code == 200

    def hand_back(self, user: MessengerUser) -> None:
        """Let the person of the page mark the talk as done: it is ours again."""
        user.taken_until = None
        passed = {"previous_owner_app_id": INBOX_APP, "new_owner_app_id": int(self.app_id), "metadata": ""}
        assert self.deliver(user.event(pass_thread_control=passed)).status_code == 200

    def echo(self, user: MessengerUser, seen: Seen) -> httpx.Response:
        """Tell the desk what it sent itself."""
        return self.deliver(self._echo_event(user, seen, app_id=int(self.app_id), metadata=seen.metadata))

    def settle(self) -> None:
        """Wait until every echo under way arrived, and raise what went wrong with one."""
        while self._mailed:
            assert self._mailed.pop().result(WEBHOOK_PATIENCE).status_code == 200

    # What Meta calls.

    def verify(self, **changed: str) -> httpx.Response:
        """Ask the desk whether the address is its own."""
        asked = {"mode": "subscribe", "verify_token": self.verify_token, "challenge": "1158201444", **changed}
        query = {f"hub.{name}": value for name, value in asked.items()}
        return CALLS.get(self._address_of_desk(), params=query, timeout=WEBHOOK_PATIENCE)

    def deliver(self, *events: Event, standby: bool = False) -> httpx.Response:
        """Post one signed batch to the desk, and return its answer; the same events again are a redelivery."""
        for event in events:
            self.threads.hear(self, event)
        return self.deliver_entries(self.entry(**{"standby" if standby else "messaging": list(events)}))

    def deliver_at_once(self, event: Event, copies: int = 2) -> list[httpx.Response]:
        """Post the same event several times at the same moment."""
        with ThreadPoolExecutor(copies) as pool:
            return list(pool.map(self.deliver, [event] * copies))

    def deliver_entries(self, *entries: dict[str, Any]) -> httpx.Response:
        """Post entries made by ``entry``."""
        body = self.body(*entries)
        return self.post(body, self.sign(body))

    def post(self, body: bytes, signature: str) -> httpx.Response:
        """Post any body with any signature; what is not answered with 200 in time is kept for ``redeliver``."""
        asked = httpx.Request("POST", self._address_of_desk())
        if self.holds and not self.tells_nothing:
            self.undelivered.append((body, signature))
        if self.holds or self.tells_nothing:
            return httpx.Response(200, request=asked)
        old = "sha1=" + hmac.new(self.app_secret.encode(), body, hashlib.sha1).hexdigest()  # still comes along
        headers = {"x-hub-signature-256": signature, "x-hub-signature": old, "content-type": "application/json"}
        try:
            answer = CALLS.post(self._address_of_desk(), content=body, headers=headers, timeout=WEBHOOK_PATIENCE)
        except httpx.HTTPError:
            answer = httpx.Response(504, request=asked)
        if answer.status_code != httpx.codes.OK:
            self.undelivered.append((body, signature))
        return answer

    def redeliver(self) -> list[httpx.Response]:
        """Post once more what the desk did not take, the newest first, as retries come in any order."""
        waiting, self.undelivered = self.undelivered[::-1], []
        return [self.post(*batch) for batch in waiting]

    def entry(self, **lists: list[dict[str, Any]]) -> dict[str, Any]:
        """Build an entry of the lists ``messaging``, ``standby`` and ``changes``."""
        return {"id": self.page_id, "time": self.clock.stamp(), **lists}

    def body(self, *entries: dict[str, Any]) -> bytes:
        """Write a webhook's body as Meta does: no byte beyond ASCII, and slashes escaped."""
        batch = {"object": "page", "entry": list(entries)}
        return json.dumps(batch, separators=(",", ":")).replace("/", "\\/").encode("ascii")

    def sign(self, body: bytes) -> str:
        """Give the body's ``x-hub-signature-256``."""
        return "sha256=" + hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()

    def share(self, data: bytes, name: str, media_type: str) -> str:
        """Put a user's file where webhooks point to, and give its address."""
        return self._http.address + self.cdn.share(data, name, media_type)

    def new_mid(self) -> str:
        """Give the next message id."""
        return f"m_{next(self._numbers):06d}-Zk3vQx9LrT5yHc8wPn2bJd7uFg4sVa6eMi1oKt0qXzCjWlBhRy_fUeNpSgDmAaOkIiTtYy"

    def _address_of_desk(self) -> str:
        assert self.webhook is not None, "set platform.webhook first"
        return self.webhook

    def _echo_event(self, user: MessengerUser, seen: Seen, *, app_id: int, metadata: str | None = None) -> Event:
        told = {"metadata": metadata} if metadata is not None else {}
        message = {"mid": seen.id, "is_echo": True, "app_id": app_id, "text": seen.text, **told}
        return {**user.event(message=message), "sender": {"id": self.page_id}, "recipient": {"id": user.id}}

    # What the desk calls.

    def _answer(self, request: Request) -> Reply:
        path = urlsplit(request.path).path
        if path.startswith(self.cdn.path):
            return self.cdn.answer(path, request.headers)
        if request.method != "POST" or not path.endswith("/messages"):
            return self._answer_other(request)
        with self._lock:
            self.calls.append(request)
            fault = self._next_fault(request)
            if fault.reply is not None and not fault.accepts:
                return fault.reply
            try:
                user, seen = self._accept(request)
            except GraphProblem as problem:
                self.violations += [str(problem)] if problem.ours else []
                return problem.reply()
        if seen is None:
            return json_reply(200, {"recipient_id": user.id}, self._usage())
        self._send_echo(user, seen)
        right = json_reply(200, {"recipient_id": user.id, "message_id": seen.id}, self._usage())
        return replace(fault.reply or right, held=self._hold(fault))

    def _next_fault(self, request: Request) -> Fault:
        is_sign = b'"sender_action"' in request.body
        if not self._faults or (is_sign and self._faults[0].spares_signs):
            return Fault(accepts=True)
        return self._faults.pop(0)

    def _answer_other(self, request: Request) -> Reply:
        """Answer what is no message: profiles, and the settings of the page."""
        with self._lock:
            self.others.append(request)
            try:
                path = self._authorised(request)
                return json_reply(200, self.settings.answer(self, request, path))
            except GraphProblem as problem:
                self.violations += [str(problem)] if problem.ours else []
                return problem.reply()

    def _accept(self, request: Request) -> tuple[MessengerUser, Seen | None]:
        """Check a call as Graph does, and show it; a bare ``sender_action`` shows nothing."""
        body = self._checked(request)
        user = self.users.get(body["recipient"]["id"])
        if user is None:
            raise GraphProblem(100, 2018001, "No matching user found", ours=False)
        if user.blocked:
            raise GraphProblem(551, 1545041, "This person isn't available right now.", ours=False)
        if user.is_elsewhere:
            raise GraphProblem(10, 2018300, "Message not sent: another app is controlling this thread.", ours=False)
        if "sender_action" in body:
            user.actions.append(body["sender_action"])
            return user, None
        self._check_window(user, body.get("tag"))
        if "template_type" not in (attached := body["message"].get("attachment", {})).get("payload", {}) and attached:
            self.uploads.use(self, attached)
        seen = self._shown(user, body)
        inline(self, user, body)
        user.seen.append(seen)
        return user, seen

    def _checked(self, request: Request) -> dict[str, Any]:
        if self._authorised(request) not in (f"{self.page_id}/messages", "me/messages"):
            raise GraphProblem(100, 33, "Unsupported post request.")
        body = body_of(request)
        check(body)
        return body

    def _authorised(self, request: Request) -> str:
        """Check version, token and proof; give the path behind the version."""
        url = urlsplit(request.path)
        path = url.path.removeprefix("/")
        if re.match(r"v\d+\.\d+/", path):
            version, _, path = path.partition("/")
            if version != VERSION:
                raise GraphProblem(2635, None, f"You are calling an unknown version of the Graph API: {version}")
        if request.headers.get("authorization") == f"Bearer {self.app_id}|{self.app_secret}":
            return path
        if request.headers.get("authorization") != f"Bearer {self.page_token}":
            raise GraphProblem(190, None, "Invalid OAuth access token.", status=401, ours=False)
        proof = hmac.new(self.app_secret.encode(), self.page_token.encode(), hashlib.sha256).hexdigest()
        if parse_qs(url.query).get("appsecret_proof") != [proof]:
            raise GraphProblem(100, None, "Invalid appsecret_proof provided in the API argument")
        return path

    def _check_window(self, user: MessengerUser, tag: str | None) -> None:
        if tag is not None and not self.human_agent:
            raise GraphProblem(100, None, "Cannot tag message with HUMAN_AGENT without prior approval.", ours=False)
        window = WINDOW if tag is None else PERSON_WINDOW
        if user.wrote_at is None or self.clock.now() > user.wrote_at + window:
            raise GraphProblem(10, 2018278, "This message is sent outside of allowed window.")

    def _shown(self, user: MessengerUser, body: dict[str, Any]) -> Seen:
        message = body["message"]
        buttons = {offered["title"][:TITLE]: offered["payload"] for offered in message.get("quick_replies", [])}
        persona = self.settings.personas.get(body.get("persona_id", ""), {})
        if "persona_id" in body and not persona:
            raise GraphProblem(100, None, "Invalid persona id", ours=False)
        quotes = body.get("reply_to", {}).get("mid")
        if quotes is not None and quotes not in {*self.threads.said, *(seen.id for seen in user.seen)}:
            raise GraphProblem(100, None, "Invalid reply_to", ours=False)
        return Seen(
            **shown(message),
            id=self.new_mid(),
            by="app",
            at=self.clock.now(),
            quotes=quotes,
            persona=persona.get("name"),
            tag=body.get("tag"),
            metadata=message.get("metadata"),
            buttons=buttons,
        )

    def _send_echo(self, user: MessengerUser, seen: Seen) -> None:
        if self.webhook is None or self.echoes == "none":
            return
        echo = self._mail.submit(self.echo, user, seen)
        self._mailed.append(echo)
        if self.echoes == "first":
            echo.result(WEBHOOK_PATIENCE)

    def _usage(self) -> dict[str, str]:
        rate = {"type": "messenger", "call_count": self.usage, "total_cputime": 1, "total_time": 1}
        told = {self.page_id: [{**rate, "estimated_time_to_regain_access": self.regain_minutes}]}
        return {"X-Business-Use-Case-Usage": json.dumps(told)} if self.usage else {}

    def _hold(self, fault: Fault) -> threading.Event | None:
        if fault.stall:
            return self._released
        if not fault.delay:
            return None
        held = threading.Event()
        threading.Timer(fault.delay, held.set).start()
        return held
