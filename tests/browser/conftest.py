"""One Chromium for all browser tests, one stand-in server and one fresh profile for each."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, async_playwright, expect

from bot.bootstrap import make_desk
from bot.settings import load_settings
from tests.browser.fake_server import FakeServer, running
from tests.clocks import HandClock
from tests.conftest import NOON
from tests.served import Web, serving

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: ViewportSize = {"width": 390, "height": 780}


@pytest_asyncio.fixture(name="browser", scope="session", loop_scope="session")
async def _browser() -> AsyncIterator[Browser]:
    """The machine's Chromium, or the one that playwright brought."""
    expect.set_options(timeout=30_000)  # milliseconds, as for clicks: a busy machine is slow, and no failure
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"), headless=True, args=ARGUMENTS
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(name="server", loop_scope="session")
async def _server() -> AsyncIterator[FakeServer]:
    """The stand-in for the web server."""
    async with running() as server:
        yield server


@pytest_asyncio.fixture(name="context", loop_scope="session")
async def _context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser profile of its own: two pages of it are two tabs."""
    context = await browser.new_context(viewport=PHONE, locale="th-TH", timezone_id="Asia/Bangkok")
    context.set_default_timeout(30_000)
    yield context
    await context.close()


@pytest_asyncio.fixture(name="page", loop_scope="session")
async def _page(context: BrowserContext) -> AsyncIterator[Page]:
    """A tab; an error of the page's own code fails the test."""
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
    yield page
    assert faults == []


def _is_fault(message: ConsoleMessage) -> bool:
    """The page's own complaints and the browser's about the policy; not a request that failed, which tests provoke."""
    return message.type == "error" and ("chat:" in message.text or "Content Security" in message.text)


@pytest_asyncio.fixture(name="web", loop_scope="session")
async def _web(database_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    """The real desk, served with a worker; only Rasa is scripted."""
    settings = load_settings({"DESK_DATABASE_URL": database_url, "DESK_VAR": str(tmp_path)})
    desk = make_desk(settings, clock=HandClock(NOON))
    async with serving(desk) as web:
        yield web
    await desk.close()
