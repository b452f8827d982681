"""The widget as a visitor of another site meets it: behind that site's strict policy, by keyboard, on phones."""

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import BrowserContext, Frame, Locator, Page, Route, expect

from tests.browser import sample_talk
from tests.browser.fake_server import WEB, FakeServer
from tests.browser.host_site import HostSite, hosting

pytestmark = pytest.mark.asyncio(loop_scope="session")
OPEN = re.compile("เปิดแชตกับกรมส่งเสริมการค้าระหว่างประเทศ")
CLOSE = "ย่อหน้าต่างแชต"


@pytest_asyncio.fixture(name="site", loop_scope="session")
async def _site(server: FakeServer) -> AsyncIterator[HostSite]:
    """A site that the desk lets embed the chat."""
    async with hosting(server.address) as site:
        server.origins = site.address
        server.on_session = sample_talk.greet
        yield site


@pytest_asyncio.fixture(name="launcher", loop_scope="session")
async def _launcher(page: Page, site: HostSite) -> Locator:
    """The button on the site's page."""
    await page.goto(site.address)
    return page.get_by_role("button", name=OPEN)


async def chat_in(page: Page, *, behind: bool = False) -> Frame:
    """The chat's own page, caught up; ``behind`` the button nobody sees it."""
    state = page.frame_locator("iframe").locator("#state:not(:empty)")
    await state.wait_for(state="hidden" if behind else "visible")
    return next(one for one in page.frames if "/chat" in one.url)


async def open_chat(page: Page, launcher: Locator) -> Frame:
    await launcher.click()
    return await chat_in(page)


def serious(violations: list[dict[str, object]]) -> str:
    found = [violation for violation in violations if violation["impact"] in {"serious", "critical"}]
    return json.dumps(found, ensure_ascii=False, indent=1)[:4000] if found else ""


async def test_it_is_one_small_file_that_needs_nothing_else() -> None:
    script = (WEB / "static" / "widget.js").read_bytes()

    assert len(gzip.compress(script)) <= 25_000
    assert b"import " not in script
    assert b"innerHTML" not in script
    assert b"eval" not in script


async def test_a_visitor_opens_it_writes_and_goes_back_by_keyboard(
    page: Page, launcher: Locator, server: FakeServer
) -> None:
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(launcher).to_be_focused()
    await page.keyboard.press("Enter")
    chat = await chat_in(page)
    await expect(chat.locator("#message")).to_be_focused()
    await page.keyboard.type("ขอ Form D ที่ไหน")
    await page.keyboard.press("Enter")
    await expect(chat.get_by_role("log")).to_contain_text("ส่งแล้ว")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await expect(launcher).to_be_hidden()
    await page.keyboard.press("Escape")

    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(launcher).to_be_focused()
    await expect(launcher).to_have_attribute("aria-expanded", "false")
    assert server.texts() == ["ขอ Form D ที่ไหน"]


async def test_nothing_is_asked_of_the_desk_before_somebody_opens_it(
    page: Page, launcher: Locator, server: FakeServer
) -> None:
    await expect(launcher).to_be_visible()
    assert [request.path for request in server.requests] == ["/chat/widget.js"]


async def test_what_is_said_behind_the_button_is_counted_and_read_once(
    page: Page, launcher: Locator, server: FakeServer
) -> None:
    await open_chat(page, launcher)
    await page.get_by_role("button", name=CLOSE).click()
    await expect(launcher).to_be_focused()
    await server.say("เจ้าหน้าที่รับเรื่องแล้วค่ะ", author="system")
    await server.say("สวัสดีค่ะ ยินดีให้บริการ", author="agent", name="สมศรี")
    await expect(page.get_by_role("status")).to_have_text("มี 2 ข้อความใหม่ในแชต")
    await expect(page.get_by_role("button", name="มี 2 ข้อความใหม่ในแชต")).to_be_visible()
    await expect(page.locator(".badge")).to_have_text("2")
    chat = await open_chat(page, launcher)
    await expect(page.get_by_role("status")).to_be_empty()
    await expect(chat.locator(".bubble")).to_have_count(3)
    await expect(chat.get_by_text("ยินดีให้บริการ")).to_be_in_viewport()
    await page.keyboard.press("Escape")

    await expect(page.locator(".badge")).to_be_hidden()


async def test_it_goes_on_over_the_sites_pages_without_loss_or_doubles(
    page: Page, launcher: Locator, server: FakeServer
) -> None:
    chat = await open_chat(page, launcher)
    await chat.get_by_role("textbox").fill("ขอถามค่ะ")
    await page.keyboard.press("Enter")
    await expect(chat.get_by_role("log")).to_contain_text("ส่งแล้ว")
    await page.keyboard.press("Escape")
    await expect(launcher).to_be_focused()
    await page.get_by_role("link", name="หน้าถัดไป").click()
    await chat_in(page, behind=True)
    server.cut_connections()
    await server.say("คำตอบค่ะ", author="agent", name="สมศรี")
    await expect(page.locator(".badge")).to_have_text("1")
    chat = await open_chat(page, launcher)

    await expect(chat.locator(".bubble")).to_have_count(3)
    await page.reload()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert len(server.conversations) == 1


async def test_english_follows_the_hosts_page(page: Page, site: HostSite, server: FakeServer) -> None:
    site.language = "en"
    await page.goto(site.address)
    await page.get_by_role("button", name="Open the chat").click()
    chat = await chat_in(page)

    await expect(chat.get_by_role("heading", level=1)).to_have_text("Trade Information Assistant")
    assert server.conversation.language == "en"
    await chat.get_by_role("button", name="ไทย").click()
    await expect(page.get_by_role("button", name=CLOSE)).to_be_visible()


async def test_a_site_that_is_not_named_shows_no_chat(
    context: BrowserContext, site: HostSite, server: FakeServer
) -> None:
    server.origins = "https://somebody.else.example"
    page = await context.new_page()
    async with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        await page.goto(site.address)
        await page.get_by_role("button", name=OPEN).click()

    assert server.conversations == {}


async def test_a_site_that_is_not_named_is_told_so_and_the_visitor_gets_a_link(
    context: BrowserContext, site: HostSite, server: FakeServer
) -> None:
    server.origins = "https://somebody.else.example"
    page = await context.new_page()
    await page.clock.install()
    await page.goto(site.address)
    async with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        await page.get_by_role("button", name=OPEN).click()
    async with page.expect_console_message(lambda message: "DESK_WIDGET_ORIGINS" in message.text) as waiting:
        await page.clock.fast_forward(10_000)

    assert site.address in (await waiting.value).text
    await expect(page.get_by_role("alert")).to_contain_text("เปิดแชตในหน้านี้ไม่ได้")
    await expect(page.locator("iframe")).to_be_hidden()
    await expect(page.get_by_role("link", name="เปิดแชตในแท็บใหม่")).to_be_focused()
    assert serious((await Axe().run(page)).response["violations"]) == ""
    async with context.expect_page() as opening:
        await page.keyboard.press("Enter")
    tab = await opening.value
    await expect(tab.get_by_role("textbox")).to_be_visible()
    await page.get_by_role("button", name=CLOSE).click()
    await expect(page.get_by_role("button", name=OPEN)).to_be_focused()


async def test_a_chat_that_comes_late_takes_its_place_in_the_panel(
    context: BrowserContext, site: HostSite, server: FakeServer
) -> None:
    held = asyncio.Event()

    async def late(route: Route) -> None:
        await held.wait()
        await route.continue_()

    page = await context.new_page()
    await page.route("**/chat?embedded=1*", late)
    await page.clock.install()
    await page.goto(site.address)
    await page.get_by_role("button", name=OPEN).click()
    await page.clock.fast_forward(10_000)
    await expect(page.get_by_role("alert")).to_be_visible()
    held.set()
    chat = await chat_in(page)

    await expect(page.get_by_role("alert")).to_be_hidden()
    await expect(chat.get_by_role("log")).to_contain_text("ผู้ช่วยอัตโนมัติ")
    assert len(server.conversations) == 1


async def test_words_from_elsewhere_move_nothing(page: Page, launcher: Locator) -> None:
    chat = await open_chat(page, launcher)
    await page.evaluate("window.postMessage({ditpChat: 1, close: true}, '*')")
    await chat.evaluate("window.postMessage({ditpChat: 1, shown: false}, '*')")

    await expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 780), (640, 360), (1280, 800)])
async def test_it_fits_and_axe_finds_nothing_serious(
    page: Page, launcher: Locator, server: FakeServer, width: int, height: int
) -> None:
    await page.set_viewport_size({"width": width, "height": height})
    assert serious((await Axe().run(page)).response["violations"]) == ""
    button = await launcher.bounding_box()
    assert button
    assert min(button["width"], button["height"]) >= 44
    assert button["x"] >= 0
    chat = await open_chat(page, launcher)
    await server.say(sample_talk.ANSWER, buttons=["1 ประทับใจ", "2 พึงพอใจ", "3 ไม่พึงพอใจ"])
    await expect(chat.get_by_role("button", name="1 ประทับใจ")).to_be_enabled()
    panel = await page.get_by_role("dialog").bounding_box()

    assert panel
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= width
    assert panel["y"] + panel["height"] <= height
    assert serious((await Axe().run(page)).response["violations"]) == ""
    assert serious((await Axe().run(chat)).response["violations"]) == ""
    for document in page.frames:
        assert await document.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
