"""Files of customers as officers get them."""

import asyncio

import pytest

from bot.domain.agent import Role
from connectors.contract import EventKind, FetchedMedia, InboundAttachment, MediaGone, MediaKind
from tests.drive import Customer
from tests.fakes.media import PDF, PNG, MediaPlatform
from tests.served import Web
from tests.web.officer import Officer


async def case_with(web: Web, answer: FetchedMedia | Exception) -> int:
    """Let a customer of LINE send a file; give the case once the worker is done with it."""
    web.desk.channels["line"] = MediaPlatform([answer])  # type: ignore[index]
    customer = Customer(web.desk, channel="line")
    file = InboundAttachment(kind=MediaKind.FILE, reference="m1")
    await customer.accept(customer.event(EventKind.MEDIA, media=MediaKind.FILE, message_id="m1", attachments=[file]))
    async with asyncio.timeout(30):
        while not (messages := await customer.messages()):
            await asyncio.sleep(0.02)
        while True:
            async with web.desk.uow() as uow:
                [[row]] = (await uow.attachments.of_messages([m.id for m in messages])).values()
            if row.next_attempt_at is None:
                return (await customer.case()).id
            await asyncio.sleep(0.02)


async def test_an_officer_sees_a_picture_and_gets_a_file_as_a_download(web: Web) -> None:
    case_id = await case_with(web, FetchedMedia(data=PNG, file_name='ใบ"ขน.png'))
    officer = await Officer.at(web)
    page = await officer.page(f"/desk/cases/{case_id}")
    file_id = int(page.split('href="/desk/attachments/')[1].split('"')[0])
    response = await officer.http.get(f"/desk/attachments/{file_id}")

    assert f'<img src="/desk/attachments/{file_id}" alt="รูปภาพจากลูกค้า"' in page
    assert "ใบ ขน.png" in page
    assert response.content == PNG
    headers = response.headers
    assert headers["content-type"] == "image/png"
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''%E0%B9%83%E0%B8%9A%20%E0%B8%82%E0%B8%99.png"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"] == "private, no-store"


async def test_only_who_is_signed_in_gets_a_file(web: Web) -> None:
    case_id = await case_with(web, FetchedMedia(data=PDF, file_name="a.pdf"))
    agent = await web.sign_in(Role.AGENT)
    case = (await web.http.get(f"/api/v1/cases/{case_id}", headers=agent)).json()
    [file] = next(message["attachments"] for message in case["messages"] if message["author"] == "customer")

    assert (file["name"], file["media_type"], file["size"], file["state"]) == (
        "a.pdf", "application/pdf", len(PDF), "saved",
    )  # fmt: skip
    assert (await web.http.get(file["url"], headers=agent)).content == PDF
    assert (await web.http.get(file["url"])).status_code == 401
    assert (await web.http.get(file["url"], headers=await web.visitor())).status_code == 401
    assert (await web.http.get(f"/desk/attachments/{file['id']}")).status_code == 302
    assert (await web.http.get("/api/v1/attachments/999", headers=agent)).status_code == 404


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (MediaGone(), "ไฟล์นี้ไม่มีอยู่บนแพลตฟอร์มแล้ว"),
        (FetchedMedia(data=b"MZ", file_name="a.exe"), "ระบบไม่รับไฟล์นี้: ไม่ใช่ชนิดไฟล์ที่รับ"),
    ],
)
async def test_a_file_that_is_not_here_says_why(web: Web, answer: FetchedMedia | Exception, words: str) -> None:
    case_id = await case_with(web, answer)
    page = await (await Officer.at(web)).page(f"/desk/cases/{case_id}")

    assert words in page
    assert "/desk/attachments/" not in page
