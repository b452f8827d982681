"""A verifier teaches the bot in Chromium, by keyboard, on a laptop and on a phone."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.bootstrap import make_desk
from bot.domain.agent import Role
from bot.settings import ROOT, load_settings
from tests.browser.desk import OfficerAtDesk, violations
from tests.clocks import HandClock
from tests.conftest import NOON
from tests.served import Web, serving
from tests.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
PICTURES = ROOT / "var" / "screenshots"
SLOW = 20_000  # milliseconds; the first search of a process makes the index
STORY = (
    "สวัสดีครับ ผมทำทุเรียนกวนอยู่จันทบุรี เบอร์ผม 081 234 5678 ลองส่งให้เพื่อนที่ดูไบแล้วโดนตีกลับ "
    "เขาบอกว่าต้องมีใบอะไรสักอย่างเกี่ยวกับฮาลาล อยากรู้ว่าต้องไปขอที่ไหนและใช้เวลานานไหมครับ"
)


@pytest_asyncio.fixture(name="web", loop_scope="session")
async def _web(database_url: str) -> AsyncIterator[Web]:
    desk = make_desk(load_settings({"DESK_DATABASE_URL": database_url}), clock=HandClock(NOON))
    async with serving(desk) as web:
        yield web
    await desk.close()


@pytest_asyncio.fixture(name="waree", loop_scope="session")
async def _waree(browser: Browser, web: Web) -> AsyncIterator[OfficerAtDesk]:
    await Visitor.opens(web, "หัวดะไปดูไบ", STORY, "ขอคุยกับเจ้าหน้าที่")
    officer = await OfficerAtDesk.arrives(browser, web, "วารี รอบคอบ", role=Role.VERIFIER)
    yield officer
    await officer.context.close()


async def picture(officer: OfficerAtDesk, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await officer.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


async def test_one_after_the_other_by_keyboard(waree: OfficerAtDesk) -> None:
    page = waree.page
    await page.get_by_role("link", name="สอนบอท").click()
    await expect(waree.rows).to_have_count(2)
    await expect(waree.rows.first).not_to_contain_text("081")
    await picture(waree, "learning-list")
    assert await violations(page) == []
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("ลูกค้าหมายถึง")).to_be_focused(timeout=SLOW)
    await expect(page.get_by_label("ค้นหาบทความ")).not_to_have_value(re.compile(r"\["))
    await picture(waree, "learning-one")
    assert await violations(page) == []

    await page.get_by_label("ลูกค้าหมายถึง").select_option("ถามความรู้เรื่องการส่งออก")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("status").filter(has_text="ระบุความหมายแล้ว")).to_be_visible()
    await expect(page.locator(".quote")).to_have_text("หัวดะไปดูไบ")
    await page.get_by_role("button", name="ไม่ใช้ข้อความนี้").press("Enter")
    await expect(waree.rows).to_have_count(0)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="ดาวน์โหลดข้อมูลฝึกบอท").click()
    file = await download.value
    assert file.suggested_filename == "learned.yml"


async def test_a_question_for_an_article_on_a_phone(waree: OfficerAtDesk) -> None:
    page = waree.page
    await page.set_viewport_size({"width": 390, "height": 780})
    await page.goto("/desk/learning")
    await picture(waree, "learning-list-phone")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await waree.rows.filter(has_text="ทุเรียนกวน").click()
    await page.get_by_label("ค้นหาบทความ").fill("ขอ Form D ที่ไหน")
    await page.get_by_role("button", name="ค้นหา").click()
    await page.get_by_role("radio").first.check()
    await page.get_by_label("คำถามที่จะเพิ่ม").fill("โดนตีกลับเพราะไม่มีใบฮาลาล ขอที่ไหน")
    await picture(waree, "learning-one-phone")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    assert await violations(page) == []
    await page.get_by_role("button", name="เพิ่มในร่างบทความ").click()

    await expect(page.get_by_role("status").filter(has_text="รอผู้อื่นตรวจ")).to_be_visible()
    await page.get_by_role("link", name="← รายการข้อความ").click()
    await page.get_by_role("link", name=re.compile("เพิ่มในบทความแล้ว")).click()
    await expect(waree.rows).to_contain_text(["โดนตีกลับเพราะไม่มีใบฮาลาล"])
