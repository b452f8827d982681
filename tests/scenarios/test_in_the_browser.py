"""A customer in Chromium at the whole desk: greeting, topic, readiness, interruption, source, English, reconnect.

Screenshots are kept in ``var/screenshots`` for people to look at.
"""

import os
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.settings import ROOT
from tests.browser.conftest import PHONE
from tests.run.desk import Desk

pytestmark = [pytest.mark.run, pytest.mark.timeout(600), pytest.mark.asyncio(loop_scope="session")]
PICTURES = ROOT / "var" / "screenshots"
SLOW = 20_000  # milliseconds


@pytest_asyncio.fixture(name="page", loop_scope="session")
async def _page(browser: Browser, running: Desk) -> AsyncIterator[Page]:
    """A phone of a customer in Bangkok."""
    context = await browser.new_context(
        viewport=PHONE, locale="th-TH", timezone_id="Asia/Bangkok", reduced_motion="reduce"
    )
    context.set_default_timeout(SLOW)
    page = await context.new_page()
    yield page
    await context.close()


async def say(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.get_by_role("textbox").press("Enter")


async def picture(page: Page, name: str, *, whole: bool = False) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)


def log(page: Page):  # noqa: ANN201 - playwright's locator
    return page.get_by_role("log")


async def test_greeting_topic_readiness_interruption_and_answer(page: Page, running: Desk) -> None:
    await page.goto(f"{running.address}/chat")
    await expect(log(page)).to_contain_text("ข้อความนี้ตอบโดยผู้ช่วยอัตโนมัติ", timeout=SLOW)
    await picture(page, "1-greeting")
    await page.get_by_role("button", name="เอกสารและกฎระเบียบ").click()
    await expect(log(page)).to_contain_text("ท่านอยากทราบเรื่องใดคะ", timeout=SLOW)
    await say(page, "ขอ Form D ต้องไปขอที่ไหนคะ")
    await expect(log(page)).to_contain_text("ที่มา: ", timeout=SLOW)
    await expect(log(page)).to_contain_text("ท่านจดทะเบียนธุรกิจ", timeout=SLOW)
    await picture(page, "2-answer-with-source")
    await page.get_by_role("button", name="จดแล้ว").click()
    await expect(log(page).get_by_text("ท่านเคยส่งออกสินค้า")).to_have_count(1, timeout=SLOW)
    await say(page, "แล้ว Incoterms คืออะไรคะ")
    await expect(log(page).get_by_text("ท่านเคยส่งออกสินค้า")).to_have_count(2, timeout=SLOW)
    await expect(log(page)).to_contain_text("Incoterms 2020")
    await picture(page, "3-same-question-again")


async def test_slips_two_questions_an_interruption_and_the_rating(page: Page, running: Desk) -> None:
    """A talk as it is typed on a phone at night: nothing is spelt right, and the form is interrupted."""
    await page.goto(f"{running.address}/chat")
    await expect(log(page)).to_contain_text("ผู้ช่วยอัตโนมัติ", timeout=SLOW)
    await say(page, "สวัสดีค่าา อยากส่งอกทุเรียน ฟอมดีขอที่ไหน แล้ว FOB กับ CIF ต่างกันยังไงคะ")
    await expect(log(page).get_by_text("ท่านจดทะเบียนธุรกิจ")).to_have_count(1, timeout=SLOW)
    await expect(log(page)).to_contain_text("DFT Smart C/O")
    await expect(log(page)).to_contain_text("Incoterms 2020 มี 11 เงื่อนไข")
    await picture(page, "7-two-questions")
    await say(page, "ส่งไปจีนใช้ฟอมอะไรคะ")
    await expect(log(page).get_by_text("ท่านจดทะเบียนธุรกิจ")).to_have_count(2, timeout=SLOW)
    await expect(log(page)).to_contain_text("ส่งไปจีนใช้ Form E")
    await say(page, "จดแล้วค่าาา")
    await expect(log(page).get_by_text("ท่านเคยส่งออกสินค้า")).to_have_count(1, timeout=SLOW)
    await say(page, "กดหกดหกด")
    await expect(log(page)).to_contain_text("ยังไม่แน่ใจ", timeout=SLOW)
    await expect(log(page).get_by_text("ท่านเคยส่งออกสินค้า")).to_have_count(2, timeout=SLOW)
    await picture(page, "8-asked-again")
    await say(page, "ยังไม่เคยค่ะ")
    await expect(log(page)).to_contain_text("ท่านมีสินค้า แบรนด์", timeout=SLOW)
    await say(page, "ขอบคุนค่ะ ไปก่อนนะคะ")
    await expect(log(page)).to_contain_text("โปรดประเมินความพึงพอใจ", timeout=SLOW)
    await page.get_by_role("button", name="1 ประทับใจ").click()
    await expect(log(page)).to_contain_text("ขอบคุณสำหรับการประเมิน", timeout=SLOW)
    await picture(page, "9-rated")


async def test_english(page: Page, running: Desk) -> None:
    await page.goto(f"{running.address}/chat?lang=en")
    await expect(log(page)).to_contain_text("automatic assistant", timeout=SLOW)
    await say(page, "Where can I get Form D?")
    await expect(log(page)).to_contain_text("Department of Foreign Trade", timeout=SLOW)
    await picture(page, "4-english")


async def test_a_restarted_server_neither_loses_nor_doubles(page: Page, running: Desk) -> None:
    await page.goto(f"{running.address}/chat")
    await expect(log(page)).to_contain_text("ผู้ช่วยอัตโนมัติ", timeout=SLOW)
    pid = running.pid("web")
    os.kill(pid, signal.SIGKILL)
    await say(page, "ขอ Form D ต้องไปขอที่ไหนคะ")
    running.until(lambda: running.pid("web") != pid, 60)
    await expect(log(page)).to_contain_text("DFT Smart C/O", timeout=60_000)
    await expect(log(page).get_by_text("ขอ Form D ต้องไปขอที่ไหนคะ")).to_have_count(1)
    await expect(log(page).get_by_text("DFT Smart C/O")).to_have_count(1)
    await picture(page, "5-after-the-restart")
