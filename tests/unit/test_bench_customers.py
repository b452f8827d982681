"""The benchmark's customer of the web chat: an answer is what the bot says behind one's own question."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.bench.customers import ChatCustomer


class Chat:
    """A web chat whose bot says two things to each question; the second question's only when it is let."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.let = asyncio.Event()
        self.asked = 0
        self.answering: asyncio.Task[None] | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webchat/sessions", self.open)
        app.router.add_get("/webchat/events", self.stream)
        app.router.add_post("/webchat/messages", self.take)
        return app

    async def open(self, _: web.Request) -> web.Response:
        self.told.put_nowait({"author": "bot", "client_id": None})
        return web.json_response({"token": "t"}, status=201)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        while True:
            told = await self.told.get()
            await response.write(f"event: message\ndata: {json.dumps(told)}\n\n".encode())

    async def take(self, request: web.Request) -> web.Response:
        self.asked += 1
        said = await request.json()
        self.told.put_nowait({"author": "customer", "client_id": said["client_id"]})
        self.answering = asyncio.create_task(self.answer())
        return web.json_response({"client_id": said["client_id"]}, status=202)

    async def answer(self) -> None:
        if self.asked > 1:
            await self.let.wait()
        for _ in range(2):
            self.told.put_nowait({"author": "bot", "client_id": None})


@asynccontextmanager
async def served(chat: Chat) -> AsyncIterator[ChatCustomer]:
    async with TestServer(chat.app()) as server, aiohttp.ClientSession(server.make_url("/")) as http:
        customer = ChatCustomer(http)
        yield customer
        customer.end()


async def test_the_second_message_of_a_turn_answers_no_later_question() -> None:
    chat = Chat()
    async with served(chat) as customer:
        await customer.begin()
        assert await customer.ask("ขอ Form D ที่ไหน")
        second = asyncio.create_task(customer.ask("ค่าธรรมเนียมเท่าไร"))
        while chat.asked < 2:
            await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(second), 0.2)  # what the bot said before is no answer
        chat.let.set()
        assert await second
