"""Files that officers send, and files that customers of the web chat send: what each side gets."""

import asyncio
import threading
import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.domain.agent import Role
from bot.domain.attachment import Attachment, FileState
from bot.domain.file_types import recognise
from bot.services import attachments
from bot.services.uploads import UNCLAIMED
from tests.fakes.media import PDF, PNG, archive
from tests.served import Web
from tests.visitor import Visitor
from tests.web.officer import Officer, text_of

FILM = b"\0\0\0\x18ftypisom\0\0\0\0" + b"\0" * 40
MACROS = archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")


async def talk(web: Web) -> tuple[Visitor, Officer, int]:
    """A visitor who talks with an officer."""
    visitor, case_id = await Visitor.waits(web)
    officer = await Officer.at(web)
    await officer.do(case_id, "accept")
    return visitor, officer, case_id


async def sends(visitor: Visitor, data: bytes, name: str = "ใบขน.pdf", client_id: str | None = None) -> httpx.Response:
    query = {"client_id": client_id or uuid.uuid4().hex, "name": name}
    return await visitor.web.http.post("/webchat/attachments", params=query, content=data, headers=visitor.headers)


async def with_files(visitor: Visitor, count: int) -> list[dict[str, Any]]:
    """Wait for so many messages with files."""
    async with asyncio.timeout(30):
        while True:
            messages = (await visitor.web.http.get("/webchat/messages", headers=visitor.headers)).json()["messages"]
            found = [message for message in messages if message["attachments"]]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.02)


def on_disk(web: Web) -> int:
    return sum(path.is_file() for path in (web.desk.settings.var / "media").rglob("*"))


async def test_a_document_reaches_the_customer_by_an_address_that_ends(web: Web) -> None:
    visitor, officer, case_id = await talk(web)
    seen = max(m["seq"] for m in await visitor.until_said(1))
    response = await officer.send_file(case_id, "แบบฟอร์ม Form D.pdf", PDF, text="แบบฟอร์มที่ขอค่ะ", last_seen_seq=seen)
    assert response.status_code == 303, text_of(response.text)
    [message] = await with_files(visitor, 1)
    [file] = message["attachments"]

    assert (message["text"], file["name"], file["media_type"]) == (
        "แบบฟอร์มที่ขอค่ะ", "แบบฟอร์ม Form D.pdf", "application/pdf",
    )  # fmt: skip
    got = await web.http.get(file["url"])
    assert got.content == PDF
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "แบบฟอร์ม Form D.pdf" in await officer.page(f"/desk/cases/{case_id}")
    web.desk.clock.forward(days=30)
    ended = await web.http.get(file["url"])
    assert ended.status_code == 410
    assert "หมดอายุ" in ended.text
    assert (await web.http.get(file["url"][:-3] + "abc")).status_code == 404


async def test_a_reply_may_be_a_file_alone_and_a_second_click_is_the_same_reply(web: Web) -> None:
    visitor, officer, case_id = await talk(web)
    for _ in range(2):
        response = await officer.send_file(case_id, "a.png", PNG, text="", key="k1", last_seen_seq=99)
        assert response.status_code == 303
    [message] = await with_files(visitor, 1)

    assert message["text"] == "เอกสาร: a.png"
    assert on_disk(web) == 2
    web.desk.clock.forward(seconds=UNCLAIMED.total_seconds())
    async with asyncio.timeout(30):
        while on_disk(web) != 1:
            await asyncio.sleep(0.05)
    assert len(await with_files(visitor, 1)) == 1


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [("a.docm", MACROS, "แนบไฟล์ชนิดนี้ไม่ได้"), ("a.pdf", PDF + b"\0" * 25_000_000, "ไฟล์ใหญ่เกินกำหนด")],
)
async def test_an_officer_is_told_what_is_wrong_with_a_file(web: Web, name: str, data: bytes, words: str) -> None:
    _visitor, officer, case_id = await talk(web)
    response = await officer.send_file(case_id, name, data, text="ดูไฟล์นะคะ", last_seen_seq=99)

    assert response.status_code in {413, 415}
    assert words in response.text
    assert "ดูไฟล์นะคะ" in response.text, "what was typed is still there"
    assert on_disk(web) == 0


async def test_the_api_hands_in_a_file_and_sends_it(web: Web) -> None:
    visitor, case_id = await Visitor.waits(web)
    agent = await web.sign_in(Role.AGENT)
    api = f"/api/v1/cases/{case_id}"
    assert (await web.http.post(f"{api}/attachments?name=a.pdf", content=PDF, headers=agent)).status_code == 409
    await web.http.post(f"{api}/accept", headers=agent)
    assert (await web.http.post(f"{api}/attachments?name=a.pdf", content=PDF)).status_code == 401
    handed_in = await web.http.post(f"{api}/attachments?name=a.pdf", content=PDF, headers=agent)
    body = {"text": "ค่ะ", "last_seen_seq": 99, "attachment_ids": [handed_in.json()["id"]]}
    keyed = agent | {"Idempotency-Key": "k"}
    answers = [await web.http.post(f"{api}/messages", json=body, headers=keyed) for _ in range(2)]
    again = await web.http.post(f"{api}/messages", json=body | {"last_seen_seq": 999}, headers=agent)

    assert handed_in.status_code == 201
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["seq"] == answers[1].json()["seq"]
    assert again.status_code == 400, "an upload goes with one message"
    assert [f["name"] for m in await with_files(visitor, 1) for f in m["attachments"]] == ["a.pdf"]


async def test_a_customers_file_is_said_shown_and_kept_from_others(web: Web) -> None:
    visitor = await Visitor.opens(web)
    assert (await sends(visitor, PDF)).status_code == 202
    [message] = await with_files(visitor, 1)
    [file] = message["attachments"]
    case_id = (await visitor.case()).id

    assert message["text"] == "[ไฟล์: ใบขน.pdf]"
    assert (await web.http.get(file["url"], headers=visitor.headers)).content == PDF
    assert (await web.http.get(file["url"])).status_code == 401
    assert (await web.http.get(file["url"], headers=await web.visitor())).status_code == 404
    assert "ใบขน.pdf" in await (await Officer.at(web)).page(f"/desk/cases/{case_id}")


async def test_the_same_file_again_is_the_same_message_and_another_is_refused(web: Web) -> None:
    visitor = await Visitor.opens(web)
    answers = [await sends(visitor, PDF, client_id="c1") for _ in range(2)]
    other = await sends(visitor, PNG, client_id="c1")
    await with_files(visitor, 1)

    assert [answer.status_code for answer in answers] == [202, 202]
    assert other.status_code == 409
    assert len(await with_files(visitor, 1)) == 1
    assert on_disk(web) == 1


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("a.html", b"<script>", 415), ("a.docm", MACROS, 415), ("a.mp4", FILM, 415),
        ("a.pdf", b"", 415), ("a.pdf", PDF + b"\0" * 25_000_000, 413), ("", PDF, 400), ("x" * 256, PDF, 400),
    ],
)  # fmt: skip
async def test_what_a_customer_may_not_send(web: Web, name: str, data: bytes, status: int) -> None:
    visitor = await Visitor.opens(web)
    response = await sends(visitor, data, name)

    assert response.status_code == status
    assert (await sends(visitor, PDF)).status_code == 202, "the connection and the chat go on"
    await with_files(visitor, 1)
    assert on_disk(web) == 1


async def test_a_file_is_looked_at_once_and_others_are_served_meanwhile(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, looks = threading.Event(), []

    def slowly(data: bytes, name: str | None) -> object:
        looks.append(name)
        assert served.wait(10)
        return recognise(data, name)

    visitor = await Visitor.opens(web)
    monkeypatch.setattr(attachments, "recognise", slowly)
    sending = asyncio.create_task(sends(visitor, PDF))
    async with asyncio.timeout(30):
        while not looks:
            await asyncio.sleep(0.01)
        health = await web.http.get("/healthz")
    served.set()

    assert health.status_code == 200
    assert (await sending).status_code == 202
    await with_files(visitor, 1)
    assert looks == ["ใบขน.pdf"]


async def test_nothing_is_read_of_who_is_not_known(web: Web) -> None:
    response = await web.http.post("/webchat/attachments?client_id=c&name=a.pdf", content=PDF)

    assert response.status_code == 401


async def test_an_upload_that_finds_no_message_is_removed(web: Web) -> None:
    _visitor, officer, case_id = await talk(web)
    response = await officer.send_file(case_id, "a.png", PNG, text="ค่ะ", last_seen_seq=0)
    assert response.status_code == 409
    assert on_disk(web) == 1
    web.desk.clock.forward(seconds=(UNCLAIMED + timedelta(seconds=1)).total_seconds())
    async with asyncio.timeout(30):
        while (row := await only_row(web)).key:
            await asyncio.sleep(0.05)
    assert (row.state, row.file_name) == (FileState.ERASED, None)
    assert on_disk(web) == 0


async def only_row(web: Web) -> Attachment:
    async with web.desk.uow() as uow:
        return await uow.attachments.lock(1)
