"""Many who sign in at once: the desk goes on for everybody else, and who can't be served is told so."""

import asyncio
import threading
from collections import Counter

import pytest

from bot.services import agents
from bot.services.gate import AT_ONCE, WAITING
from tests.served import Web
from tests.web.officer import text_of, token_of

PATIENCE = 15.0
TOO_MANY = 8


async def test_a_rush_of_sign_ins_leaves_the_desk_its_database_and_ends_in_a_plain_answer(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparing, may_go_on = asyncio.Semaphore(0), threading.Event()
    loop = asyncio.get_running_loop()

    def matches(_: str | None, __: str) -> bool:
        loop.call_soon_threadsafe(comparing.release)
        return not may_go_on.wait(20)

    monkeypatch.setattr(agents, "_matches", matches)
    door = await web.browser()
    form = {"form_token": token_of((await door.get("/desk/sign-in")).text), "email": "a@example.com", "password": "x"}
    refused: asyncio.Queue[int] = asyncio.Queue()

    async def attempt(number: int) -> int:
        body = {"email": f"{number}@example.com", "password": "wrong"}
        response = await web.http.post("/api/v1/login", json=body)
        if response.status_code == 503:
            assert response.json()["code"] == "too_busy"
            assert int(response.headers["retry-after"]) > 0
            refused.put_nowait(number)
        return response.status_code

    try:
        rush = [asyncio.create_task(attempt(number)) for number in range(AT_ONCE + WAITING + TOO_MANY)]
        async with asyncio.timeout(PATIENCE):
            for _ in range(AT_ONCE):
                await comparing.acquire()
            for _ in range(TOO_MANY):
                await refused.get()
            assert (await web.http.get("/readyz")).json()["parts"]["database"]
            told = await door.post("/desk/sign-in", data=form)
    finally:
        may_go_on.set()
        answers = await asyncio.gather(*rush)

    assert told.status_code == 503
    assert "มีผู้เข้าสู่ระบบพร้อมกันจำนวนมาก โปรดรอสักครู่แล้วลองอีกครั้ง" in text_of(told.text)
    assert Counter(answers) == {401: AT_ONCE + WAITING, 503: TOO_MANY}
