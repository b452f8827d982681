"""A stand-in for the web server, for the page alone: it keeps conversations in memory and misbehaves on request.

It speaks the web chat's contract over plain asyncio streams, because a test must be able to cut a connection in the
middle of an answer. It runs in the test's own event loop, so a test changes its knobs and calls `say` directly.
`python -m tests.browser.fake_server` serves it for a look at the page, with a small scripted bot.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import jinja2

WEB = Path(__file__).parents[2] / "bot" / "web"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src blob: 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
REASONS = {200: "OK", 201: "Created", 202: "Accepted", 401: "Unauthorized", 404: "Not Found", 409: "Conflict"}

Json = dict[str, Any]


@dataclass(kw_only=True)
class Conversation:
    """Everything said in one session; `changed` wakes streams and long polls."""

    language: str
    messages: list[Json] = field(default_factory=list)
    received: dict[str, Json] = field(default_factory=dict)
    state: str = "bot"
    typing: bool = False
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def batch(self, after: int) -> Json:
        """What the contract's GET answers."""
        fresh = [message for message in self.messages if message["seq"] > after]
        return {"messages": fresh, "state": self.state, "typing": self.typing}

    def title_of(self, payload: str) -> str:
        """The title of the button that carried this payload."""
        buttons = [button for message in self.messages for button in message["buttons"]]
        return next(str(button["title"]) for button in buttons if button["payload"] == payload)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One parsed request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Json

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


class FakeServer:
    """The stand-in. Knobs are plain attributes; each counter misbehaves that many times and then behaves."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.on_session: Callable[[FakeServer, Conversation], Awaitable[None]] | None = None
        self.on_customer: Callable[[FakeServer, Conversation, str], Awaitable[None]] | None = None
        self.requests: list[Request] = []
        self.refuse_posts = 0  # answer 503 and keep nothing
        self.lose_answers = 0  # keep the message, cut the connection before the answer
        self.retry_after: str | None = None  # sent with each 503
        self.streams = "on"  # on, off (404), mute (headers, then silence)
        self.hold_posts = asyncio.Event()  # cleared: posts wait for it before anything is kept
        self.hold_posts.set()
        self.hold_sessions = asyncio.Event()  # cleared: a new session waits for it
        self.hold_sessions.set()
        self.show_posts = True  # False: accepted, but not yet in the conversation (the worker is slow)
        self.file = b"the bytes"  # what every file that is fetched holds
        self.origins = ""  # sites that may embed the page
        self.port = 0
        self._server: asyncio.Server | None = None
        self._stopped = True
        self._open: dict[asyncio.StreamWriter, asyncio.Task[Any] | None] = {}
        self._unshown: list[tuple[Conversation, Json]] = []

    # ---- what a test does ----

    @property
    def conversation(self) -> Conversation:
        """The newest session's conversation."""
        return list(self.conversations.values())[-1]

    async def say(
        self, text: str, *, author: str = "bot", conversation: Conversation | None = None, **more: Any
    ) -> Json:
        """Adds a message and wakes everyone who waits for one. `buttons` are titles."""
        talk = conversation or self.conversation
        titles = more.pop("buttons", [])
        buttons = [{"title": title, "payload": uuid4().hex} for title in titles]
        message = {
            "seq": len(talk.messages) + 1,
            "author": author,
            "name": None,
            "text": text,
            "buttons": buttons,
            "attachments": [],
            "at": datetime.now(UTC).isoformat(),
        } | more
        talk.messages.append(message)
        await self.tell(talk)
        return message

    async def tell(self, conversation: Conversation | None = None, **change: Any) -> None:
        """Changes state or typing, and wakes everyone who waits."""
        talk = conversation or self.conversation
        for name, value in change.items():
            setattr(talk, name, value)
        async with talk.changed:
            talk.changed.notify_all()

    async def show_unshown(self) -> None:
        """The slow worker has caught up."""
        self.show_posts = True
        for talk, body in self._unshown:
            await self._show(talk, body)
        self._unshown.clear()

    def forget_sessions(self) -> None:
        """Every token becomes unknown, and the streams that used one end."""
        self.conversations.clear()
        self.cut_connections()

    def cut_connections(self) -> None:
        """Drops every open connection without a word."""
        for writer, task in self._open.items():
            writer.transport.abort()
            if task:
                task.cancel()

    def posts(self, path: str = "/webchat/messages") -> list[Json]:
        """The bodies posted to a path, in order."""
        return [request.body for request in self.requests if request.method == "POST" and request.path == path]

    def texts(self, author: str = "customer") -> list[str]:
        """What one side has said in the newest session."""
        return [message["text"] for message in self.conversation.messages if message["author"] == author]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listens; again on the same port after `stop`, with all conversations kept."""
        self._stopped = False
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Goes away like a killed process; every answer has ended when this returns."""
        if self._server:
            self._stopped = True
            for listening in self._server.sockets:
                asyncio.get_running_loop().remove_reader(listening.fileno())
            await asyncio.sleep(0)  # whom the loop has accepted is connected now: `close` would leave the socket open
            self._server.close()
            answers = [task for task in self._open.values() if task]
            self.cut_connections()
            await asyncio.gather(*answers, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    # ---- the wire ----

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._stopped:  # accepted just before `stop`, so not among the connections that it cut
            return writer.transport.abort()
        self._open[writer] = asyncio.current_task()
        try:
            request = await _read(reader)
            if request:
                self.requests.append(request)
                await self._answer(request, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return None  # the browser left, or `cut_connections` ended this answer
        finally:
            del self._open[writer]
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        if not request.path.startswith("/webchat/"):
            return _send_file(request.path, writer, self.origins, self.file)
        if request.path == "/webchat/sessions":
            await self.hold_sessions.wait()
            token = uuid4().hex
            self.conversations[token] = Conversation(language=request.body["language"])
            if self.on_session:
                await self.on_session(self, self.conversations[token])
            return _send(writer, 201, {"token": token})
        talk = self.conversations.get(request.token)
        if not talk:
            return _send(writer, 401, {"code": "unknown_token", "message": "unknown token", "request_id": "1"})
        if request.path == "/webchat/events":
            return await self._stream(request, talk, writer)
        if request.method == "POST":
            return await self._accept(request.body, talk, writer)
        return await self._batch(request, talk, writer)

    async def _accept(self, body: Json, talk: Conversation, writer: asyncio.StreamWriter) -> None:
        await self.hold_posts.wait()
        if self.refuse_posts:
            self.refuse_posts -= 1
            return _send(writer, 503, headers={"Retry-After": self.retry_after} if self.retry_after else {})
        known = talk.received.setdefault(body["client_id"], body)
        if known != body:
            return _send(writer, 409, {"code": "other_body", "message": "", "request_id": "1"})
        if known is body:
            await self._receive(talk, body)
        if self.lose_answers:
            self.lose_answers -= 1
            return writer.transport.abort()
        return _send(writer, 202, {})

    async def _receive(self, talk: Conversation, body: Json) -> None:
        if self.show_posts:
            await self._show(talk, body)
        else:
            self._unshown.append((talk, body))

    async def _show(self, talk: Conversation, body: Json) -> None:
        text = body["text"] if "text" in body else talk.title_of(body["payload"])
        more = {"attachments": body["attachments"]} if "attachments" in body else {}
        await self.say(text, author="customer", conversation=talk, client_id=body["client_id"], **more)
        if self.on_customer:
            await self.on_customer(self, talk, text)

    async def _batch(self, request: Request, talk: Conversation, writer: asyncio.StreamWriter) -> None:
        if request.path.startswith("/webchat/attachments/"):
            return _send(writer, 200, self.file, "application/octet-stream")
        after, wait = int(request.query.get("after", 0)), float(request.query.get("wait", 0))
        if wait and not talk.batch(after)["messages"]:
            async with talk.changed:
                with suppress(TimeoutError):  # then the answer is empty, as the contract says
                    await asyncio.wait_for(talk.changed.wait(), wait)
        return _send(writer, 200, talk.batch(after))

    async def _stream(self, request: Request, talk: Conversation, writer: asyncio.StreamWriter) -> None:
        if self.streams == "off":
            return _send(writer, 404)
        writer.write(_head(200, "text/event-stream", {"Cache-Control": "no-store"}))
        if self.streams == "mute":
            await writer.drain()
            await writer.wait_closed()
            return None
        after = int(request.query["after"])
        while not writer.is_closing():
            batch = talk.batch(after)
            for message in batch["messages"]:
                after = message["seq"]
                writer.write(f"event: message\nid: {after}\ndata: {json.dumps(message)}\n\n".encode())
            state = {"state": talk.state, "typing": talk.typing}
            writer.write(f"event: state\ndata: {json.dumps(state)}\n\n: alive\n\n".encode())
            await writer.drain()
            async with talk.changed:
                if not talk.batch(after)["messages"] and state == {"state": talk.state, "typing": talk.typing}:
                    await talk.changed.wait()
        return None


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.strip().lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
    raw = await reader.readexactly(int(headers.get("content-length", 0)))
    url = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    body = _file(query, raw) if url.path == "/webchat/attachments" else json.loads(raw or b"{}")
    return Request(method=method, path=url.path, query=query, headers=headers, body=body)


def _file(query: dict[str, str], raw: bytes) -> Json:
    """An uploaded file as a message that carries it."""
    shown = {"name": query["name"], "url": "/webchat/attachments/1", "size": len(raw), "media_type": "application/pdf"}
    if query["name"].endswith(".png"):
        shown["media_type"] = "image/png"
    return {"client_id": query["client_id"], "text": f"[ไฟล์: {query['name']}]", "attachments": [shown]}


def _send_file(path: str, writer: asyncio.StreamWriter, origins: str, document: bytes) -> None:
    if path == "/chat":
        template = jinja2.Template((WEB / "templates" / "chat.html").read_text(encoding="utf-8"))
        page = template.render(
            accepted=".pdf,.png", largest=1000, origins=origins, privacy_url="https://example.go.th/privacy"
        )
        policy = {"Content-Security-Policy": f"{CSP} {origins}"}
        return _send(writer, 200, page, "text/html; charset=utf-8", policy)
    if path.startswith("/d/"):  # of an officer
        return _send(writer, 200, document, "image/png")
    if path == "/chat/widget.js":
        path = "/static/widget.js"
    file = WEB / path.lstrip("/")
    if path.startswith("/static/") and file.is_file():
        return _send(writer, 200, file.read_bytes(), TYPES[file.suffix])
    return _send(writer, 404)


def _head(status: int, content_type: str, headers: dict[str, str]) -> bytes:
    every = {"Content-Type": content_type, "Connection": "close", "X-Content-Type-Options": "nosniff"} | headers
    lines = [
        f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}",
        *(f"{name}: {value}" for name, value in every.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _send(
    writer: asyncio.StreamWriter,
    status: int,
    content: bytes | str | Json = b"",
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> None:
    if isinstance(content, dict):
        content = json.dumps(content)
    body = content.encode() if isinstance(content, str) else content
    writer.write(_head(status, content_type, {"Content-Length": str(len(body))} | (headers or {})) + body)


@asynccontextmanager
async def running() -> AsyncIterator[FakeServer]:
    """A started stand-in that is stopped at the end."""
    server = FakeServer()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def _serve_for_a_look() -> None:
    from tests.browser import sample_talk

    async with running() as server:
        server.on_session, server.on_customer = sample_talk.greet, sample_talk.reply
        sys.stdout.write(f"{server.address}/chat\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve_for_a_look())
