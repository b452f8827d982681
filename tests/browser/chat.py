"""How a test reads and uses the chat page: by role and by the words that a customer sees."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from playwright.async_api import Locator, Page

from tests.browser.fake_server import FakeServer


@dataclass(frozen=True, kw_only=True)
class Chat:
    """One tab with the chat page."""

    page: Page
    server: FakeServer

    async def open(self, query: str = "") -> "Chat":
        """Opens the page and waits until it has a session and has caught up."""
        await self.page.goto(f"{self.server.address}/chat{query}")
        await self.ready()
        return self

    async def reload(self) -> None:
        """What a customer does who thinks that something hangs."""
        await self.page.reload()
        await self.ready()

    async def ready(self) -> None:
        """The state line is written once the first answer of the server is there."""
        await self.page.locator("#state:not(:empty)").wait_for()

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def bubbles(self) -> Locator:
        """The messages' own words, in the order of the page."""
        return self.log.locator(".bubble")

    @property
    def box(self) -> Locator:
        return self.page.locator("#message")

    @property
    def connection(self) -> Locator:
        return self.page.locator("#connection")

    def choice(self, title: str) -> Locator:
        return self.page.get_by_role("button", name=title)

    async def write(self, text: str) -> None:
        """Types a message and presses Enter."""
        await self.box.fill(text)
        await self.box.press("Enter")


async def until(condition: Callable[[], bool], what: str) -> None:
    """Waits for something on the server's side; fails with `what` after ten seconds."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"never happened: {what}")


async def until_given_up(chat: Chat) -> None:
    """Moves the page's clock on (it must be installed) until the message on its way has failed.

    The steps are short enough that no request of the page times out and no stream is doubted.
    """
    for _ in range(100):
        if await chat.page.locator(".retry").count():
            return
        await chat.page.clock.fast_forward(8_000)
        await asyncio.sleep(0.05)
    raise AssertionError("the page never gave up")


async def sideways(page: Page) -> int:
    """How many pixels the page, or its conversation, can be scrolled sideways."""
    return int(
        await page.evaluate(
            """() => Math.max(...[document.documentElement, document.getElementById('scroll')]
                 .map((element) => element.scrollWidth - element.clientWidth))"""
        )
    )
