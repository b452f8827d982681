"""The web chat's contract over HTTP."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.web.throttle import STREAMS
from tests.web.conftest import Web


async def test_open_write_read(web: Web) -> None:
    visitor = await web.visitor(language="th")
    posted = await web.http.post("/webchat/messages", json={"client_id": "a", "text": "สวัสดี"}, headers=visitor)
    body = await web.messages(visitor, at_least=3)

    assert posted.status_code == 202
    assert posted.json()["client_id"] == "a"
    assert [m["author"] for m in body["messages"]] == ["bot", "customer", "bot"]
    assert [m["seq"] for m in body["messages"]] == [1, 2, 3]
    assert body["state"] == "bot"
    assert body["messages"][1]["client_id"] == "a"
    assert body["messages"][0]["buttons"][0].keys() == {"title", "payload"}
    assert body["messages"][0]["at"].endswith("+07:00")


async def test_the_same_client_id_is_the_same_message_and_another_body_is_409(web: Web) -> None:
    visitor = await web.visitor()
    for _ in range(3):
        again = await web.http.post("/webchat/messages", json={"client_id": "a", "text": "หนึ่ง"}, headers=visitor)
        assert again.status_code == 202
    other = await web.http.post("/webchat/messages", json={"client_id": "a", "text": "สอง"}, headers=visitor)
    body = await web.messages(visitor, at_least=3)

    assert other.status_code == 409
    assert other.json()["code"] == "client_id_reused"
    assert [m["text"] for m in body["messages"] if m["author"] == "customer"] == ["หนึ่ง"]


async def test_a_button_is_tapped_by_its_opaque_id(web: Web) -> None:
    visitor = await web.visitor()
    greeting = (await web.messages(visitor, at_least=1))["messages"][0]
    payload = greeting["buttons"][1]["payload"]
    await web.http.post("/webchat/messages", json={"client_id": "t", "payload": payload}, headers=visitor)
    await web.messages(visitor, at_least=3)

    assert "documents" not in payload
    assert web.rasa.asked[0]["message"] == '/choose_topic{"topic": "documents"}'


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"client_id": "a"},
        {"client_id": "a", "text": ""},
        {"client_id": "a", "text": "   "},
        {"client_id": "a", "text": "x", "payload": "y"},
        {"client_id": "a", "text": "x" * 5001},
        {"client_id": "", "text": "x"},
        {"client_id": "a", "text": 5},
        {"client_id": "a", "text": "x", "extra": 1},
        [],
        "text",
    ],
)
async def test_a_request_that_makes_no_sense_is_400(web: Web, body: Any) -> None:
    visitor = await web.visitor()
    response = await web.http.post("/webchat/messages", json=body, headers=visitor)

    assert response.status_code == 400
    assert response.json().keys() >= {"code", "message", "request_id"}


async def test_signs_that_no_database_can_hold_never_break_it(web: Web) -> None:
    visitor = await web.visitor()
    said = await web.http.post("/webchat/messages", json={"client_id": "n", "text": "ขอ\x00Form D"}, headers=visitor)
    refused = await web.http.post("/webchat/messages", json={"client_id": "a\x00b", "text": "x"}, headers=visitor)
    far = await web.http.get("/webchat/messages", params={"after": 2**63}, headers=visitor)
    torn = await web.http.get("/webchat/messages", headers={"Authorization": b"Bearer \xff\xfe"})
    folder = await web.http.get("/static/")
    body = await web.messages(visitor, at_least=3)

    assert [said.status_code, refused.status_code, far.status_code, torn.status_code] == [202, 400, 400, 401]
    assert folder.status_code == 404
    assert body["messages"][1]["text"] == "ขอForm D"


async def test_broken_json_and_no_body_are_400_and_too_much_is_413(web: Web) -> None:
    visitor = await web.visitor()
    broken = await web.http.post("/webchat/messages", content=b"{", headers=visitor)
    none = await web.http.post("/webchat/messages", headers=visitor)
    large = await web.http.post("/webchat/messages", content=b"x" * 1_100_000, headers=visitor)

    assert [broken.status_code, none.status_code, large.status_code] == [400, 400, 413]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}])
async def test_an_unknown_token_is_401(web: Web, headers: dict[str, str]) -> None:
    read = await web.http.get("/webchat/messages", headers=headers)
    written = await web.http.post("/webchat/messages", json={"client_id": "a", "text": "x"}, headers=headers)
    stream = await web.http.get("/webchat/events", headers=headers)

    assert [read.status_code, written.status_code, stream.status_code] == [401, 401, 401]


async def test_long_poll_answers_as_soon_as_there_is_something(web: Web) -> None:
    visitor = await web.visitor()
    await web.messages(visitor, at_least=1)
    waiting = asyncio.create_task(web.http.get("/webchat/messages", params={"after": 1, "wait": 15}, headers=visitor))
    await web.http.post("/webchat/messages", json={"client_id": "a", "text": "สวัสดี"}, headers=visitor)
    async with asyncio.timeout(30):
        body = (await waiting).json()

    assert body["typing"] or body["messages"][0]["seq"] == 2  # the bot at work is something to tell, too


async def test_the_bot_types_only_while_it_works(web: Web) -> None:
    visitor = await web.visitor()
    await web.messages(visitor, at_least=1)
    web.rasa.held.clear()
    await web.http.post("/webchat/messages", json={"client_id": "a", "text": "สวัสดี"}, headers=visitor)
    async with asyncio.timeout(30):
        while not web.rasa.asked:
            await asyncio.sleep(0.01)
    during = await web.http.get("/webchat/messages", headers=visitor)
    web.rasa.held.set()
    after = await web.messages(visitor, at_least=3)

    assert during.json()["typing"] is True
    assert after["typing"] is False


async def test_the_stream_tells_messages_and_state_and_goes_on_after_a_reconnect(web: Web) -> None:
    visitor = await web.visitor()
    await web.messages(visitor, at_least=1)
    first = await _read_stream(web, visitor, after=0, until="bot")
    await web.http.post("/webchat/messages", json={"client_id": "a", "text": "สวัสดี"}, headers=visitor)
    await web.messages(visitor, at_least=3)
    second = await _read_stream(web, {**visitor, "Last-Event-ID": "1"}, after=0, until="bot")

    assert [m["seq"] for m in first] == [1]
    assert [m["seq"] for m in second] == [2, 3]


async def test_a_visitor_opens_so_many_streams_and_again_when_one_has_ended(web: Web) -> None:
    visitor = await web.visitor()

    async def opens(streams: AsyncExitStack) -> int:
        return (
            await streams.enter_async_context(web.http.stream("GET", "/webchat/events", headers=visitor))
        ).status_code

    async with AsyncExitStack() as streams:
        assert [await opens(streams) for _ in range(STREAMS + 1)] == [200] * STREAMS + [429]
    async with asyncio.timeout(30), AsyncExitStack() as streams:
        while await opens(streams) == 429:
            await asyncio.sleep(0.05)


async def test_somebody_elses_chat_stays_closed(web: Web) -> None:
    mine, other = await web.visitor(), await web.visitor()
    await web.http.post("/webchat/messages", json={"client_id": "a", "text": "ความลับ"}, headers=mine)
    await web.messages(mine, at_least=3)
    body = await web.messages(other, at_least=1)

    assert "ความลับ" not in json.dumps(body, ensure_ascii=False)


async def test_rasa_failing_gives_the_apology_and_the_next_message_is_answered(web: Web) -> None:
    visitor = await web.visitor()
    web.rasa.answer = lambda _: []
    await web.http.post("/webchat/messages", json={"client_id": "a", "text": "สวัสดี"}, headers=visitor)
    apology, queued = (await web.messages(visitor, at_least=4))["messages"][-2:]
    withdraw = next(button["payload"] for button in queued["buttons"] if button["title"] == "ยกเลิกการรอ")
    web.rasa.answer = lambda _: [{"custom": {"proposal": "not_found"}}]
    await web.http.post("/webchat/messages", json={"client_id": "w", "payload": withdraw}, headers=visitor)
    await web.http.post("/webchat/messages", json={"client_id": "b", "text": "สวัสดี"}, headers=visitor)
    await web.messages(visitor, at_least=8)

    assert "1169" in apology["text"]
    senders = [turn["sender"] for turn in web.rasa.asked]
    assert [sender.split(".")[1] for sender in senders] == ["1", "3"]


@pytest.mark.parametrize(
    "replies",
    [
        [{"text": "free text"}],
        [{"custom": {"proposal": "unheard_of"}}],
        [{"custom": {"proposal": "say", "script": "no such script"}}],
        [{"custom": {"proposal": "handoff", "reason": "because"}}],
        {"error": "x"},
        [{"custom": "x"}],
        [None],
    ],
)
async def test_nonsense_of_rasa_is_an_apology(web: Web, replies: Any) -> None:
    visitor = await web.visitor()
    web.rasa.answer = lambda _: replies
    await web.http.post("/webchat/messages", json={"client_id": "a", "text": "สวัสดี"}, headers=visitor)
    body = await web.messages(visitor, at_least=4)

    assert "1169" in body["messages"][-2]["text"]
    assert body["state"] == "queued"


async def _read_stream(web: Web, headers: dict[str, str], *, after: int, until: str) -> list[dict[str, Any]]:
    """Read messages until the state event came."""
    messages: list[dict[str, Any]] = []
    async with asyncio.timeout(30):
        async with web.http.stream("GET", "/webchat/events", params={"after": after}, headers=headers) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            kind = ""
            async for line in response.aiter_lines():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    data = json.loads(line.removeprefix("data: "))
                    if kind == "message":
                        messages.append(data)
                    elif data["state"] == until:
                        return messages
    raise AssertionError("the stream ended")
