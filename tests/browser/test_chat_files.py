"""Files in the chat page: chosen, sent once, refused before they cost anything, and got back."""

import asyncio
import base64

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, FilePayload, Page, expect

from tests.browser.chat import Chat, until
from tests.browser.fake_server import FakeServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mOQcW3AihiGlgQA4gM4QVkl1voAAAAASUVORK5CYII="
)
LABEL: FilePayload = {"name": "ป้ายสินค้า.png", "mimeType": "image/png", "buffer": PICTURE}
FORM: FilePayload = {"name": "ใบขนสินค้า.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}


@pytest_asyncio.fixture(name="chat", loop_scope="session")
async def _chat(page: Page, server: FakeServer) -> Chat:
    """An open page in which nothing has been said."""
    return await Chat(page=page, server=server).open()


async def choose(chat: Chat, *files: FilePayload) -> None:
    """Choose files by the button, as a person does."""
    async with chat.page.expect_file_chooser() as opened:
        await chat.page.get_by_role("button", name="แนบรูปภาพหรือเอกสาร").click()
    await (await opened.value).set_files(list(files))


async def test_a_file_is_sent_once_though_the_answer_is_lost(chat: Chat, server: FakeServer) -> None:
    server.lose_answers, server.show_posts = 1, False
    await choose(chat, FORM)
    await expect(chat.box).to_be_focused()
    await until(lambda: len(server.posts("/webchat/attachments")) == 2, "the page tries again")
    await server.show_unshown()
    line = chat.log.get_by_role("button", name="ใบขนสินค้า.pdf")
    async with chat.page.expect_download() as downloading:
        await line.click()
    download = await downloading.value

    assert server.texts() == ["[ไฟล์: ใบขนสินค้า.pdf]"]
    await expect(chat.bubbles).to_have_count(1)
    await expect(chat.bubbles).to_have_text("ใบขนสินค้า.pdf 1 KB")
    assert download.suggested_filename == "ใบขนสินค้า.pdf"
    saved = await download.path()
    assert saved.read_bytes() == b"the bytes"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({**FORM, "buffer": b"x" * 1001}, "ไฟล์ใหญ่เกิน 1 KB"),
        ({**FORM, "name": "virus.exe"}, "รับเฉพาะรูปภาพ PDF"),
        ({**FORM, "buffer": b""}, "รับเฉพาะรูปภาพ PDF"),
    ],
)
async def test_what_would_be_refused_is_not_sent(chat: Chat, server: FakeServer, file: FilePayload, words: str) -> None:
    await choose(chat, file)
    alert = chat.page.get_by_role("alert")
    await expect(alert).to_contain_text(words)
    await alert.get_by_role("button", name="ลบข้อความนี้").click()

    await expect(chat.bubbles).to_have_count(0)
    await expect(chat.box).to_be_focused()
    assert server.posts("/webchat/attachments") == []


async def test_more_files_than_are_taken_at_once_are_named_and_none_is_lost_silently(
    chat: Chat, server: FakeServer
) -> None:
    await choose(chat, *[{**FORM, "name": f"{number}.pdf"} for number in range(1, 8)])
    alert = chat.page.get_by_role("alert")

    await expect(alert).to_contain_text("ครั้งละไม่เกิน 5 ไฟล์")
    await expect(chat.log).to_contain_text("6.pdf, 7.pdf")
    await until(lambda: len(server.posts("/webchat/attachments")) == 5, "the first five are sent")


async def test_a_document_of_an_officer_is_a_link(chat: Chat, server: FakeServer) -> None:
    document = {"name": "Form D.pdf", "url": "/d/abc", "size": 1_400_000, "media_type": "application/pdf"}
    await server.say("แบบฟอร์มค่ะ", author="agent", name="สมศรี", attachments=[document])
    link = chat.log.get_by_role("link", name="Form D.pdf")

    await expect(link).to_have_attribute("href", f"{server.address}/d/abc")
    await expect(chat.bubbles).to_contain_text("แบบฟอร์มค่ะ")
    await expect(chat.bubbles).to_contain_text("1.4 MB")


async def shown(chat: Chat) -> bool:
    """Tell whether every picture on the page is one that the browser could read."""
    pictures = "[...document.querySelectorAll('.preview')]"
    return bool(await chat.page.evaluate(f"{pictures}.length > 0 && {pictures}.every((one) => one.naturalWidth === 8)"))


def fetched(server: FakeServer) -> int:
    return sum(request.path == "/webchat/attachments/1" for request in server.requests)


async def test_a_picture_is_seen_before_it_is_sent_and_fetched_only_where_it_is_gone(
    chat: Chat, server: FakeServer
) -> None:
    server.file = PICTURE
    server.hold_posts.clear()
    await choose(chat, LABEL)
    picture = chat.log.get_by_role("img", name="ป้ายสินค้า.png")
    await expect(picture).to_be_visible()
    assert await shown(chat)
    server.hold_posts.set()
    await expect(chat.log.get_by_role("button", name="ป้ายสินค้า.png")).to_be_visible()
    await expect(chat.bubbles).to_have_text("")
    assert await shown(chat)
    assert fetched(server) == 0

    await chat.reload()
    await expect(picture).to_be_visible()
    async with asyncio.timeout(30):
        while not await shown(chat):
            await asyncio.sleep(0.02)
    assert fetched(server) == 1
    async with chat.page.expect_download() as downloading:
        await chat.log.get_by_role("button", name="ป้ายสินค้า.png").click()
    assert (await downloading.value).suggested_filename == "ป้ายสินค้า.png"


@pytest.mark.parametrize("url", ["/webchat/attachments/1", "/d/abc"])
async def test_a_picture_waits_for_the_connection(
    chat: Chat, server: FakeServer, context: BrowserContext, url: str
) -> None:
    server.file = PICTURE
    picture = {"name": "ป้ายสินค้า.png", "url": url, "size": 82, "media_type": "image/png"}
    await chat.page.set_viewport_size({"width": 360, "height": 640})
    await server.say("[รูปภาพ]", author="customer", attachments=[picture])
    for number in range(40):
        await server.say(f"ข้อความที่ {number}")
    await chat.reload()
    await expect(chat.bubbles.last).to_have_text("ข้อความที่ 39")

    preview = chat.page.locator(".preview")
    await context.set_offline(True)
    async with chat.page.expect_event("requestfailed", lambda request: request.url.endswith(url)):
        await preview.scroll_into_view_if_needed()
    await expect(preview).to_be_visible()
    await context.set_offline(False)
    async with asyncio.timeout(30):
        while not await shown(chat):
            await asyncio.sleep(0.02)


async def test_what_cannot_be_shown_is_a_card_with_its_name_and_size_once(chat: Chat, server: FakeServer) -> None:
    await chat.page.evaluate(
        """() => {
            window.kept = new Set();
            const { createObjectURL: create, revokeObjectURL: revoke } = URL;
            URL.createObjectURL = (bytes) => { const url = create(bytes); window.kept.add(url); return url; };
            URL.revokeObjectURL = (url) => { revoke(url); window.kept.delete(url); };
        }"""
    )
    await choose(chat, {**LABEL, "buffer": b"no picture"})
    await expect(chat.log.get_by_role("button", name="ป้ายสินค้า.png")).to_be_visible()
    await expect(chat.bubbles).to_have_text("ป้ายสินค้า.png 1 KB")
    assert await chat.page.evaluate("window.kept.size") == 0, "the page keeps no bytes of it"

    document = {"name": "Form D.pdf", "url": "/d/abc", "size": 1_400_000, "media_type": "application/pdf"}
    await server.say("เอกสาร: Form D.pdf", author="agent", name="สมศรี", attachments=[document])
    await expect(chat.bubbles.last).to_have_text("Form D.pdf 1.4 MB")
