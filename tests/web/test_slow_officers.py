"""An officer's reply that comes in slowly: whoever sends it stays there, and nobody else has to wait for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from sanic import Request

from bot.store.engine import CONNECTIONS
from bot.web import console_actions
from bot.web.bodies import read_body
from tests.fakes.media import PDF
from tests.served import Web
from tests.visitor import Visitor
from tests.web.officer import Officer, text_of, token_of

PATIENCE = 15.0


@dataclass
class Line:
    """A thin line: of each form the first half comes, and the rest when ``on`` is set."""

    on: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def read(self, request: Request, limit: int) -> bytes:
        """Read a body, and tell the test that this has begun."""
        self.reading.release()
        return await read_body(request, limit)

    async def send(self, officer: Officer, case_id: int, **fields: str) -> httpx.Response:
        """Post a reply with a file over this line."""
        files = {"file": ("a.pdf", PDF)}
        whole = officer.http.build_request("POST", f"/desk/cases/{case_id}/reply", data=fields, files=files)
        body = whole.read()

        async def halves() -> AsyncIterator[bytes]:
            yield body[: len(body) // 2]
            await self.on.wait()
            yield body[len(body) // 2 :]

        return await officer.http.post(whole.url, content=halves(), headers=whole.headers)


@pytest.fixture(name="line")
def _line(monkeypatch: pytest.MonkeyPatch) -> Line:
    line = Line()
    monkeypatch.setattr(console_actions, "read_body", line.read)
    return line


async def talk(web: Web) -> tuple[Officer, int, str]:
    """An officer with a case, and the secret of the officer's forms."""
    _visitor, case_id = await Visitor.waits(web)
    officer = await Officer.at(web)
    return officer, case_id, token_of(await officer.do(case_id, "accept"))


async def test_who_sends_a_large_file_slowly_counts_as_there_all_the_while(web: Web, line: Line) -> None:
    officer, case_id, token = await talk(web)
    live = await web.browser(**officer.http.cookies)
    web.desk.clock.forward(seconds=20)
    sending = asyncio.create_task(line.send(officer, case_id, form_token=token, text="ค่ะ", last_seen_seq="99"))
    await line.reading.acquire()
    for _ in range(6):
        web.desk.clock.forward(seconds=20)
        async with asyncio.timeout(PATIENCE):
            assert (await live.get("/desk/live/list")).status_code == 200
        async with web.desk.uow() as uow:
            seen = await uow.agents.get(officer.agent.id)
        assert seen is not None
        assert seen.last_seen_at == web.desk.clock.time
    line.on.set()
    response = await sending

    assert response.status_code == 303, text_of(response.text)
    assert "a.pdf" in await officer.page(f"/desk/cases/{case_id}")


async def test_half_sent_forms_keep_no_connection_to_the_database(web: Web, line: Line) -> None:
    officer, case_id, token = await talk(web)
    fields = {"form_token": token, "text": "ค่ะ", "last_seen_seq": "99"}
    sending = [asyncio.create_task(line.send(officer, case_id, **fields)) for _ in range(CONNECTIONS + 5)]
    for _ in sending:
        await line.reading.acquire()
    async with asyncio.timeout(PATIENCE):
        assert (await web.http.get("/readyz")).json()["parts"]["database"]
    line.on.set()
    answers = await asyncio.gather(*sending)

    assert {answer.status_code for answer in answers} == {303}


async def test_a_form_without_the_secret_leaves_no_file(web: Web) -> None:
    officer, case_id, _ = await talk(web)
    files = {"file": ("a.pdf", PDF)}
    refused = await officer.http.post(f"/desk/cases/{case_id}/reply", data={"text": "ค่ะ"}, files=files)

    assert refused.status_code == 403
    assert not [path for path in (web.desk.settings.var / "media").rglob("*") if path.is_file()]


async def test_who_was_signed_out_while_the_form_came_sends_nothing(web: Web, line: Line) -> None:
    officer, case_id, token = await talk(web)
    sending = asyncio.create_task(line.send(officer, case_id, form_token=token, text="ลาก่อน", last_seen_seq="99"))
    await line.reading.acquire()
    other = await web.browser(**officer.http.cookies)
    assert (await other.post("/desk/sign-out", data={"form_token": token})).status_code == 303
    line.on.set()
    response = await sending
    async with web.desk.uow() as uow:
        said = [message.text for message in await uow.conversations.messages_of_case(case_id)]

    assert response.headers["location"].startswith("/desk/sign-in")
    assert "ลาก่อน" not in said
