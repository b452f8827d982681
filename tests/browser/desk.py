"""How a test reads and uses the console: by role and by the words that an officer sees."""

import asyncio
import re
import uuid
from dataclasses import dataclass

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from bot.domain.agent import Agent, Role
from bot.services import agents
from tests.served import PASSWORD, Web

LAPTOP = {"width": 1280, "height": 800}
SERIOUS = ("serious", "critical")


@dataclass(frozen=True, kw_only=True)
class OfficerAtDesk:
    """One officer with a browser profile of their own and one tab."""

    agent: Agent
    page: Page
    context: BrowserContext

    @classmethod
    async def arrives(
        cls, browser: Browser, web: Web, name: str, *, role: Role = Role.AGENT, **screen: int
    ) -> "OfficerAtDesk":
        """Create an officer and sign in by the page."""
        email = f"{uuid.uuid4().hex[:8]}@example.com"
        async with web.desk.uow() as uow:
            agent = await agents.create(uow, email=email, name=name, role=role, password=PASSWORD)
            await uow.commit()
        context = await new_context(browser, web, **screen)
        page = await context.new_page()
        await page.goto("/desk")
        await page.get_by_label("อีเมล").fill(email)
        await page.get_by_label("รหัสผ่าน").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("navigation", name="รายการที่แสดง")).to_be_visible()
        return cls(agent=agent, page=page, context=context)

    async def opens(self, case_id: int) -> None:
        """Open a case's page."""
        await self.page.goto(f"/desk/cases/{case_id}")

    async def has_read(self) -> None:
        """Wait until the newest message of the customer counts as read."""
        newest = "Number([...document.querySelectorAll('.message.customer')].at(-1).dataset.seq)"
        read = f"Number(document.querySelector('#compose [name=last_seen_seq]').value) >= {newest}"
        async with asyncio.timeout(30):
            while not await self.page.evaluate(read):  # wait_for_function would need eval, which the page forbids
                await asyncio.sleep(0.05)

    @property
    def accept(self) -> Locator:
        return self.page.get_by_role("group", name="ทำรายการกับเรื่องนี้").get_by_role("button", name="รับเรื่อง")

    @property
    def reply(self) -> Locator:
        return self.page.get_by_label("ข้อความถึงลูกค้า")

    @property
    def send(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^ส่ง( Ctrl|$)"))

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("region", name="บทสนทนา")

    @property
    def notice(self) -> Locator:
        return self.page.get_by_role("alert")

    @property
    def rows(self) -> Locator:
        return self.page.locator(".list .row-link")


async def new_context(browser: Browser, web: Web, **screen: int) -> BrowserContext:
    """A browser profile in Bangkok."""
    context = await browser.new_context(
        base_url=str(web.http.base_url), viewport={**LAPTOP, **screen}, locale="th-TH", timezone_id="Asia/Bangkok",
        reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(30_000)
    return context


async def violations(page: Page) -> list[str]:
    """What axe finds serious on a page."""
    found = (await Axe().run(page)).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in SERIOUS]
