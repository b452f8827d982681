"""A person tries the service on the page of `make fakes`: both phones, the whole desk, an officer."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from bot.bootstrap import look_over
from bot.settings import ROOT, load_settings
from tests.browser.conftest import PHONE
from tests.fakes.line import LinePlatform
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.phone.server import PhoneServer
from tests.run.desk import Desk
from tests.scenarios.platforms import case_of, in_state
from tests.scenarios.talk import Officer

pytestmark = [pytest.mark.run, pytest.mark.timeout(600), pytest.mark.asyncio(loop_scope="session")]
PICTURES = ROOT / "var" / "screenshots"
AT_ITS_END = "[...document.querySelectorAll('.chat')].every(c => c.scrollHeight - c.scrollTop - c.clientHeight < 2)"
SCREEN: ViewportSize = {"width": 1280, "height": 860}
SLOW = 20_000  # milliseconds
QUESTION = "ขอ Form D ต้องไปขอที่ไหนคะ"


@pytest_asyncio.fixture(name="phones", loop_scope="session")
async def _phones(
    browser: Browser, running: Desk, line: LinePlatform, messenger: MessengerPlatform
) -> AsyncIterator[Page]:
    """The page, for a customer of its own, after both platforms were set up as an operator does."""
    settings = load_settings(running.environ)
    for channel in ("line", "messenger"):
        findings = await look_over(settings, channel, set_up=True)
        assert [finding for finding in findings if finding.good is False] == []
    server = PhoneServer(line, messenger, running.address)
    await asyncio.to_thread(server.start)
    context = await browser.new_context(viewport=PHONE, locale="th-TH", timezone_id="Asia/Bangkok")
    context.set_default_timeout(SLOW)
    page = await context.new_page()
    await page.goto(f"{server.address}/?name=ลูกค้า {uuid.uuid4().hex[:6]}")
    yield page
    await expect(page.locator("#panel .violations")).to_have_text("ไม่ผิดกติกาของแพลตฟอร์ม (0)")
    await context.close()
    server.stop()


def chat(phones: Page, channel: str) -> Locator:
    return phones.get_by_role("log", name=f"แชต {channel}")


async def write(phones: Page, channel: str, text: str) -> None:
    await phones.get_by_label(f"ข้อความใน {channel}", exact=True).first.fill(text)
    await phones.keyboard.press("Enter")


async def sees(phones: Page, channel: str, words: str) -> None:
    await expect(chat(phones, channel)).to_contain_text(words, timeout=SLOW)


async def tap(phones: Page, channel: str, title: str) -> None:
    await phones.get_by_role("group", name=f"ตัวเลือกด่วนใน {channel}").get_by_role("button", name=title).click()


async def picture(phones: Page, name: str) -> None:
    """Keep what the phone shows, for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await phones.evaluate("document.activeElement.blur()")
    await phones.wait_for_function(AT_ITS_END)
    await phones.screenshot(path=PICTURES / f"{name}.png")


async def answered_by_officer(officer: Officer, words: str, answer: str) -> None:
    """Let the officer take the case in which these words stand, and answer."""

    def take() -> None:
        case = in_state(officer, case_of(officer, words)["id"], "queued")
        officer.post(f"/api/v1/cases/{case['id']}/accept")
        officer.post(f"/api/v1/cases/{case['id']}/messages", {"text": answer}, status=201)

    await asyncio.to_thread(take)


async def test_a_talk_on_the_line_phone(phones: Page, officer: Officer) -> None:
    await write(phones, "LINE", QUESTION)
    await sees(phones, "LINE", "จดทะเบียน")
    await expect(chat(phones, "LINE").get_by_role("link", name="เปิดแหล่งที่มา")).to_be_visible()
    await phones.get_by_role("button", name="เลือกหัวข้อ").click()
    await picture(phones, "6-line")
    await phones.set_viewport_size(SCREEN)
    await picture(phones, "6-both")
    await phones.set_viewport_size(PHONE)
    await tap(phones, "LINE", "จดแล้ว")
    await sees(phones, "LINE", "เคยส่งออก")
    await phones.get_by_role("button", name="เลือกหัวข้อ").click()
    await phones.get_by_role("button", name="ตลาดและสถิติการค้า").click()
    await sees(phones, "LINE", "ตลาดและสถิติการค้า")
    asked = f"ขอคุยกับเจ้าหน้าที่ค่ะ {uuid.uuid4().hex[:8]}"
    await write(phones, "LINE", asked)
    await sees(phones, "LINE", "เลขที่เรื่อง")
    await answered_by_officer(officer, asked, "สวัสดีค่ะ ดูให้แล้วนะคะ")
    await sees(phones, "LINE", "ดูให้แล้วนะคะ")
    await expect(phones.get_by_role("button", name="ดูคำตอบจากเจ้าหน้าที่")).to_be_visible(timeout=SLOW)

    bubble = phones.locator("#line .row", has_text="ดูให้แล้วนะคะ")
    await expect(bubble.locator(".name")).not_to_be_empty()
    assert await phones.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_a_talk_on_the_messenger_phone(phones: Page, officer: Officer) -> None:
    await phones.get_by_role("button", name="Messenger", exact=True).click()
    await phones.get_by_role("button", name="เริ่มต้นใช้งาน").click()
    await sees(phones, "Messenger", "ข้อความนี้ตอบโดยผู้ช่วยอัตโนมัติ")
    await write(phones, "Messenger", QUESTION)
    await sees(phones, "Messenger", "จดทะเบียน")
    await picture(phones, "6-messenger")
    await tap(phones, "Messenger", "จดแล้ว")
    await sees(phones, "Messenger", "เคยส่งออก")
    asked = f"ขอคุยกับเจ้าหน้าที่ค่ะ {uuid.uuid4().hex[:8]}"
    await write(phones, "Messenger", asked)
    await sees(phones, "Messenger", "เลขที่เรื่อง")
    await answered_by_officer(officer, asked, "สวัสดีค่ะ ดูให้แล้วนะคะ")
    await sees(phones, "Messenger", "ดูให้แล้วนะคะ")

    await expect(chat(phones, "Messenger").get_by_text("เห็นแล้ว").first).to_be_visible(timeout=SLOW)
    assert await phones.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
