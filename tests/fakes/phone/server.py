"""Serves the phones' page, on loopback only.

``GET /state`` is polled: both phones and the panel, whole. ``POST /act`` is one act on one phone, ``POST /picture`` a
picture's bytes. ``?name=`` is the customer; each has a phone with LINE and one with Messenger.
"""

import json
import math
import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from bot.domain.calendar import load_calendar, read_calendar
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.line import LinePlatform
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.phone.handset import PICTURES, Handset, Json, NotThere
from tests.fakes.phone.journal import Journal
from tests.fakes.phone.line_phone import LinePhone
from tests.fakes.phone.line_watch import LineWatch
from tests.fakes.phone.messenger_phone import MessengerPhone
from tests.fakes.phone.messenger_watch import MessengerWatch

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}
LARGEST = 10_000_000  # bytes of one picture
SWEEP = 60.0  # seconds that the desk may take for everything that a moved clock makes due
GUARD = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class PhoneServer:
    """The page of two platforms; ``desk`` is the desk's address, whose test clock follows the platforms'."""

    def __init__(self, line: LinePlatform, messenger: MessengerPlatform, desk: str, port: int = 0) -> None:
        self.line, self.messenger, self.desk = line, messenger, desk
        self.journal = Journal()
        self._phones: dict[tuple[str, str], Any] = {}
        self._watches = {
            "line": LineWatch(line, self.journal, self._on_loading),
            "messenger": MessengerWatch(messenger, self.journal, self._on_sign),
        }
        self._http = HttpThread(self._answer, port)

    @property
    def address(self) -> str:
        """Where the page is, once started."""
        return self._http.address

    def start(self) -> None:
        """Begin to serve."""
        self._http.start()

    def stop(self) -> None:
        """End it."""
        self._http.stop()

    def phone(self, channel: str, name: str) -> Any:
        """Give a customer's phone; a new one the first time."""
        if (channel, name) not in self._phones:
            platform: Any = self.line if channel == "line" else self.messenger
            user = platform.user(name)
            if channel == "messenger":
                user.profile = {"name": name}
            make = LinePhone if channel == "line" else MessengerPhone
            self._phones[channel, name] = make(platform=platform, user=user, journal=self.journal)
        return self._phones[channel, name]

    def _answer(self, request: Request) -> Reply:
        """Serve this machine's own page only: another site's script comes with another host or content type."""
        here = self.address.removeprefix("http://")
        if request.headers.get("host") not in {here, here.replace("127.0.0.1", "localhost")}:
            return Reply(status=421)
        url = urlsplit(request.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if request.method == "POST":
            if request.headers.get("content-type", "") not in {"application/json", *PICTURES}:
                return Reply(status=415)
            return self._post(url.path, query, request)
        reply = self._get(url.path, query)
        return Reply(status=reply.status, body=reply.body, headers={**GUARD, **reply.headers})

    def _get(self, path: str, query: dict[str, str]) -> Reply:
        if path == "/state":
            return _json(200, self._state(query["name"]))
        parts = path.strip("/").split("/")
        if parts[0] == "menu" and len(parts) == 2:
            menu = self.line.account.menus.get(parts[1])
            return _file(menu.image, "image/png") if menu and menu.image else Reply(status=404)
        if parts[0] == "picture" and len(parts) == 3:
            said = self.phone(parts[1], query["name"]).said[int(parts[2])]
            return _file(*said.picture)
        if path == "/favicon.ico":
            return Reply(status=204)
        file = STATIC / (parts[0] or "page.html")
        if len(parts) == 1 and file.suffix in TYPES and file.is_file():
            return _file(file.read_bytes(), TYPES[file.suffix])
        return Reply(status=404)

    def _post(self, path: str, query: dict[str, str], request: Request) -> Reply:
        channel, name = query["channel"], query["name"]
        try:
            if path == "/picture":
                self._picture(self.phone(channel, name), request)
            elif path == "/act":
                self._act(channel, name, json.loads(request.body))
            else:
                return Reply(status=404)
        except (NotThere, LookupError) as error:
            return _json(409, {"message": str(error)})
        return _json(200, {})

    def _picture(self, phone: Handset, request: Request) -> None:
        media_type = request.headers["content-type"]
        if media_type not in PICTURES or len(request.body) > LARGEST:
            raise NotThere("no picture, or too large")
        phone.send_picture(request.body, media_type)

    def _act(self, channel: str, name: str, told: Json) -> None:
        acts: dict[str, Callable[[], None]] = {
            "fault": lambda: self._watches[channel].spoil(told["name"]),
            "clock": lambda: self._move_clock(timedelta(hours=float(told["hours"]))),
            "opening": self._move_to_opening,
        }
        if told["act"] in acts:
            acts[told["act"]]()
        else:
            self.phone(channel, name).do(told["act"], told)

    def _move_clock(self, passed: timedelta) -> None:
        """Let time pass everywhere: on both platforms and at the desk."""
        self.line.clock.move(passed.total_seconds())
        self.messenger.clock.move(passed.total_seconds())
        now = self.messenger.clock.now()
        try:
            status = httpx.put(f"{self.desk}/test/clock", json={"now": now.isoformat()}, timeout=SWEEP).status_code
        except httpx.HTTPError:
            status = 0
        at = self.line.clock.stamp()
        self.journal.add("both", "fault", f"+{passed}", at=at, status=status, note=f"{now:%c}")

    def _move_to_opening(self) -> None:
        """Let time pass until the desk opens, by the calendar that a fresh desk has; while it is open nothing moves."""
        now = self.messenger.clock.now()
        passed = read_calendar(load_calendar()).next_opening(now) - now
        if passed:
            self._move_clock(timedelta(seconds=math.ceil(passed.total_seconds())))
        else:
            self.journal.add("both", "fault", "เปิดทำการอยู่แล้ว", at=self.line.clock.stamp())

    def _state(self, name: str) -> Json:
        violations = {"line": self.line.violations, "messenger": self.messenger.violations}
        return {
            "desk": self.desk,
            "line": self.phone("line", name).view(),
            "messenger": self.phone("messenger", name).view(),
            "journal": [asdict(entry) for entry in tuple(self.journal.entries)],
            "violations": [{"channel": channel, "text": text} for channel, all_ in violations.items() for text in all_],
        }

    def _on_loading(self, user_id: str, seconds: float) -> None:
        for phone in tuple(self._phones.values()):
            if phone.user.id == user_id:
                phone.sign(seconds)

    def _on_sign(self, user_id: str, sign: str) -> None:
        for phone in tuple(self._phones.values()):
            if phone.user.id == user_id and sign == "typing_on":
                phone.sign()
            elif phone.user.id == user_id and sign == "mark_seen":
                phone.mark_seen()


def make_platforms() -> tuple[LinePlatform, MessengerPlatform]:
    """Make an account and a page with secrets of their own."""
    secrets = {name: uuid.uuid4().hex for name in ("app_secret", "page_token", "verify_token")}
    page = MessengerPlatform(**secrets, app_id="1093", page_id="2047", human_agent=True)
    return LinePlatform(secret=uuid.uuid4().hex, quota=300), page


def _json(status: int, value: Any) -> Reply:
    return Reply(status=status, body=json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def _file(data: bytes, media_type: str) -> Reply:
    return Reply(body=data, headers={"Content-Type": media_type})
