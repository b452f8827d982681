"""Rasa over HTTP: only a list of well-formed proposals is an answer."""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.errors import RasaUnavailable
from bot.domain.proposals import Say
from bot.rasa_client import HttpWire, RasaClient
from bot.services.receive import Turn

TURN = Turn(event_id=1, sender="7.1", message="สวัสดี", metadata={"case": {"topic": None}})
MENU = [{"custom": {"proposal": "say", "script": "menu"}}]


@asynccontextmanager
async def answering(status: int, body: str) -> AsyncIterator[tuple[RasaClient, list[dict[str, object]]]]:
    """Serve this answer to everything; give the client and what it asked."""
    asked: list[dict[str, object]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append({"path": request.path, "body": await request.json() if request.can_read_body else None})
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    async with TestServer(app) as server:
        client = RasaClient(HttpWire(str(server.make_url("/"))))
        yield client, asked
        await client.close()


async def test_a_turn_is_sent_whole_and_its_proposals_come_back() -> None:
    async with answering(200, json.dumps(MENU)) as (client, asked):
        assert await client.ask(TURN) == [Say(script="menu")]
        assert await client.is_ready()
    assert asked[0] == {
        "path": "/webhooks/rest/webhook",
        "body": {"sender": "7.1", "message": "สวัสดี", "metadata": {"case": {"topic": None}}},
    }


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, json.dumps(MENU)),
        (404, "{}"),
        (200, "[]"),
        (200, "not json"),
        (200, "{}"),
        (200, "null"),
        (200, '[{"text": "สวัสดี"}]'),
        (200, '[{"custom": {"proposal": "say", "script": "no such script"}}]'),
        (200, '[{"custom": {"proposal": "unheard of"}}]'),
    ],
)
async def test_anything_else_is_no_answer(status: int, body: str) -> None:
    async with answering(status, body) as (client, _):
        with pytest.raises(RasaUnavailable):
            await client.ask(TURN)


async def test_what_a_text_means_is_unknown_where_rasa_does_not_say() -> None:
    async with answering(200, '{"intent": {"name": "thanks"}}') as (client, asked):
        assert await client.judge(TURN) == "thanks"
    assert asked == [{"path": "/model/parse", "body": {"text": "สวัสดี"}}]
    for status, body in ((503, ""), (200, "[]"), (200, "{}"), (200, "…")):
        async with answering(status, body) as (client, _):
            assert await client.judge(TURN) == "unknown"


async def test_a_page_to_which_something_on_the_way_redirects_is_no_answer() -> None:
    async def elsewhere(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/login")

    async def login(_request: web.Request) -> web.Response:
        return web.Response(text=json.dumps(MENU))

    app = web.Application()
    app.router.add_get("/login", login)
    app.router.add_route("*", "/{any:.*}", elsewhere)
    async with TestServer(app) as server:
        client = RasaClient(HttpWire(str(server.make_url("/"))))
        assert not await client.is_ready()
        with pytest.raises(RasaUnavailable, match="status 302"):
            await client.ask(TURN)
        await client.close()


async def test_a_rasa_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound and not listening: refused
        client = RasaClient(HttpWire(f"http://127.0.0.1:{free.getsockname()[1]}"))
        with pytest.raises(RasaUnavailable):
            await client.ask(TURN)
        assert not await client.is_ready()
        await client.close()
