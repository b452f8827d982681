"""The real web app and a real worker in this process, on a fresh database; only Rasa is scripted.

``serving`` is for fixtures: tests of HTTP run it in their own loop, tests with a browser in the session's.
"""

import asyncio
import json
import socket
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from sanic import Sanic

from bot.bootstrap import Desk, make_web
from bot.domain.agent import Role
from bot.rasa_client import RasaClient
from bot.services import agents, articles
from bot.store.lanes import Lanes
from bot.worker import Worker

PASSWORD = "correct horse battery"


@dataclass
class ScriptedRasa:
    """Answers each turn with what the test says; keeps what it was asked. ``held`` stops answers until it is set."""

    answer: Callable[[str], list[dict[str, Any]]] = lambda _: [{"custom": {"proposal": "say", "script": "menu"}}]
    asked: list[dict[str, Any]] = field(default_factory=list)
    held: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.held.set()

    async def call(self, method: str, _path: str, body: Any = None, **_: Any) -> bytes:
        if method == "GET":
            return b"{}"
        self.asked.append(body)
        await self.held.wait()
        return json.dumps(self.answer(body["message"])).encode()

    async def close(self) -> None:
        pass


@dataclass
class Web:
    """A running desk: an HTTP client of it, and what stands behind it."""

    http: httpx.AsyncClient
    desk: Desk
    rasa: ScriptedRasa
    app: Sanic[Any, Any]
    opened: AsyncExitStack

    async def browser(self, **cookies: str) -> httpx.AsyncClient:
        """Give a client with a cookie jar of its own."""
        return await self.opened.enter_async_context(
            httpx.AsyncClient(base_url=self.http.base_url, cookies=cookies, timeout=20)
        )

    async def visitor(self, **body: str) -> dict[str, str]:
        """Open a chat and give its headers."""
        response = await self.http.post("/webchat/sessions", json=body)
        assert response.status_code == 201, response.text
        return {"Authorization": f"Bearer {response.json()['token']}"}

    async def sign_in(self, role: Role, name: str = "เจ้าหน้าที่") -> dict[str, str]:
        """Create an agent and give the headers of a session."""
        email = f"{uuid.uuid4().hex[:8]}@example.com"
        async with self.desk.uow() as uow:
            await agents.create(uow, email=email, name=name, role=role, password=PASSWORD)
            await uow.commit()
        response = await self.http.post("/api/v1/login", json={"email": email, "password": PASSWORD})
        assert response.status_code == 200, response.text
        return {"Authorization": f"Bearer {response.json()['token']}"}

    async def messages(self, visitor: dict[str, str], *, at_least: int, after: int = 0) -> dict[str, Any]:
        """Poll until there are so many messages."""
        async with asyncio.timeout(10):
            while True:
                response = await self.http.get("/webchat/messages", params={"after": after, "wait": 2}, headers=visitor)
                assert response.status_code == 200, response.text
                body: dict[str, Any] = response.json()
                if len(body["messages"]) >= at_least and not body["typing"]:
                    return body
                await asyncio.sleep(0.02)


@asynccontextmanager
async def serving(desk: Desk, *, works: bool = True) -> AsyncIterator[Web]:
    """Serve a desk on a free loopback port, with a worker unless the test itself does what a worker would."""
    rasa = ScriptedRasa()
    object.__setattr__(desk, "rasa", RasaClient(rasa))
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
    Sanic.test_mode = True
    app = make_web(desk, name=f"desk-{uuid.uuid4().hex[:8]}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    await server.start_serving()
    lanes = await Lanes.connect(desk.listen_url)
    worker = asyncio.create_task(Worker(desk, lanes).run() if works else asyncio.sleep(0))
    async with AsyncExitStack() as opened:
        http = await opened.enter_async_context(httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20))
        yield Web(http=http, desk=desk, rasa=rasa, app=app, opened=opened)
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker
    await server.close()
    await lanes.close()
