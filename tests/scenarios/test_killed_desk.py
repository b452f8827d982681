"""``kill -9`` of worker, web, and both, in the middle of fifty messages of customers and officers.

Every message that was accepted is in the transcript once, in its order; every officer's reply is there once and sent.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.run.desk import Desk
from tests.scenarios.talk import Officer, Talk

pytestmark = [pytest.mark.run, pytest.mark.timeout(600)]
CUSTOMERS, EACH = 5, 5


@pytest.mark.parametrize("parts", [("worker",), ("web",), ("worker", "web")])
def test_nothing_is_lost_or_doubled(
    running: Desk, talk: Callable[..., Talk], officer: Officer, parts: tuple[str, ...]
) -> None:
    chats = []
    for _ in range(CUSTOMERS):
        chat = talk()
        chat.say("ขอคุยกับเจ้าหน้าที่ค่ะ")
        case_id = officer.newest_case()["id"]
        officer.post(f"/api/v1/cases/{case_id}/accept")
        chats.append((chat, case_id))
    asyncio.run(_both_sides_talk(running, officer, chats, parts))
    for _, case_id in chats:
        messages = _when_settled(running, officer, case_id)
        said = [m["text"] for m in messages if m["author"] == "customer"][1:]
        answered = [m for m in messages if m["author"] == "agent"]
        assert said == [f"ข้อความ {n}" for n in range(EACH)]
        assert [m["text"] for m in answered] == [f"ตอบ {n}" for n in range(EACH)]
        assert {m["delivery"] for m in answered} == {"sent"}
        assert [m["seq"] for m in messages] == list(range(1, len(messages) + 1))


async def _both_sides_talk(
    running: Desk, officer: Officer, chats: list[tuple[Talk, int]], parts: tuple[str, ...]
) -> None:
    async with httpx.AsyncClient(base_url=running.address, timeout=10) as http:
        sent = asyncio.Event()

        async def customer(chat: Talk, number: int) -> None:
            for n in range(EACH):
                body = {"client_id": f"{number}-{n}", "text": f"ข้อความ {n}"}
                await _insist(http, "/webchat/messages", chat.headers, body, 202)
                sent.set()

        async def agent(case_id: int) -> None:
            for n in range(EACH):
                headers = officer.headers | {"Idempotency-Key": f"{case_id}-{n}"}
                await _insist(http, f"/api/v1/cases/{case_id}/messages", headers, {"text": f"ตอบ {n}"}, 201)

        async def killer() -> None:
            await sent.wait()
            for part in parts:
                os.kill(running.pid(part), signal.SIGKILL)

        await asyncio.gather(
            killer(),
            *(customer(chat, number) for number, (chat, _) in enumerate(chats)),
            *(agent(case_id) for _, case_id in chats),
        )


async def _insist(http: httpx.AsyncClient, path: str, headers: dict[str, str], body: dict[str, Any], ok: int) -> None:
    """Send until it is accepted, with the same key each time, as page and console do."""
    async with asyncio.timeout(90):
        while True:
            try:
                response = await http.post(path, json=body, headers=headers)
                if response.status_code == ok:
                    return
                assert response.status_code >= 500, response.text
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


def _when_settled(running: Desk, officer: Officer, case_id: int) -> list[dict[str, Any]]:
    """Wait until everything was handled and sent."""
    found: list[dict[str, Any]] = []

    def settled() -> bool:
        try:
            found[:] = officer.get(f"/api/v1/cases/{case_id}")["messages"]
        except httpx.TransportError:
            return False
        customers = [m for m in found if m["author"] == "customer"]
        return len(customers) == EACH + 1 and all(m["delivery"] != "pending" for m in found)

    running.until(settled, 120)
    return found
