"""A page whose webhook falls silent: what was said is fetched, stored and answered once, and officers see it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.bootstrap import Desk
from bot.domain.case import HandoffReason, State
from bot.domain.channel_status import MISSED, SILENT, ChannelStatus
from bot.domain.conversation import Author
from bot.domain.proposals import NotFound
from bot.services import missed, receive, reply
from bot.web import console_words
from connectors.contract import InboundEvent
from tests.conftest import NOON
from tests.connectors.messenger_page import channel_of, platform_of
from tests.drive import Customer
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.messenger_user import MessengerUser
from tests.fakes.platform_clock import PlatformClock

EVERY = missed.EVERY.total_seconds() + 1


@pytest.fixture(name="platform")
def _platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessengerPlatform]:
    seconds = [0.0]

    async def sleep(pause: float) -> None:
        seconds[0] += pause

    monkeypatch.setattr("connectors.messenger_recall.asyncio.sleep", sleep)
    with platform_of(clock=PlatformClock(at=NOON), echoes="none") as platform:
        platform.threads.seconds = lambda: seconds[0]
        yield platform
        assert not platform.violations


class Page:
    """A desk connected with a page; ``arrived`` is what its webhook was told."""

    def __init__(self, desk: Desk, platform: MessengerPlatform) -> None:
        self.desk, self.platform = desk, platform
        self.arrived: list[InboundEvent] = []
        self.channel = channel_of(platform)
        desk.channels["messenger"] = self.channel  # type: ignore[index]
        self.served = HttpThread(self._webhook)

    def _webhook(self, request: Request) -> Reply:
        self.arrived += self.channel.parse(request.headers, request.body)
        return Reply()

    def move(self, seconds: float) -> None:
        self.desk.clock.forward(seconds=seconds)  # type: ignore[attr-defined]
        self.platform.clock.move(seconds)

    async def look(self, seconds: float = EVERY) -> None:
        """Let time pass, and look for what was missed."""
        self.move(seconds)
        self.platform.threads.asked_at.clear()
        await missed.look(self.desk.uow, self.desk.channels)

    async def listen(self) -> None:
        arrived, self.arrived[:] = list(self.arrived), []
        async with self.desk.uow() as uow:
            await receive.accept(uow, arrived)
            await uow.commit()

    async def work(self, user: MessengerUser) -> Customer:
        """Handle, answer and send all that is due; one with no case is asked for nothing."""
        customer = Customer(self.desk, external_id=user.id, channel="messenger")
        while True:
            async with self.desk.uow() as uow:
                event_id = await uow.inbound.next_of_lane(customer.lane, uow.now)
                turn = await receive.handle(uow, event_id, limits=self.desk.limits) if event_id else None
                await uow.commit()
            if event_id is None:
                break
            if turn is not None:
                await customer.apply(turn, [NotFound()])
        while await reply.deliver_next(self.desk.uow, self.desk.channels, customer.lane, limits=self.desk.limits):
            pass
        return customer

    async def status(self) -> ChannelStatus:
        async with self.desk.uow() as uow:
            status = await uow.channels.get("messenger")
        assert status is not None
        return status

    async def notes(self) -> str:
        return " ".join(n.text for n in console_words.channel_notes([await self.status()], self.desk.clock.time))  # type: ignore[attr-defined]


@pytest_asyncio.fixture(name="page")
async def _page(desk: Desk, platform: MessengerPlatform) -> AsyncIterator[Page]:
    page = Page(desk, platform)
    page.served.start()
    platform.webhook = page.served.address
    await page.look(0)
    yield page
    page.served.stop()
    await page.channel.close()


async def said(customer: Customer, author: Author = Author.CUSTOMER) -> list[str]:
    return [message.text for message in await customer.messages() if message.author is author]


async def test_what_the_webhook_did_not_bring_is_answered_once_and_told(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    page.platform.tells_nothing = True
    await page.look()
    event = await asyncio.to_thread(user.say, "ขอ Form D ที่ไหนคะ")
    await page.look(60)
    assert not await said(await page.work(user)), "it may still be on its way"

    await page.look()
    customer = await page.work(user)
    assert await said(customer) == ["ขอ Form D ที่ไหนคะ"]
    answers = len(user.texts)
    assert answers == 2, "greeting and answer"
    assert "Webhook ไม่ส่งข้อความของลูกค้ามาตั้งแต่ 12.15 น." in await page.notes()

    await page.look()
    page.platform.tells_nothing = False
    await asyncio.to_thread(page.platform.deliver, event)
    await page.listen()
    await page.work(user)
    assert (await said(customer), len(user.texts)) == (["ขอ Form D ที่ไหนคะ"], answers), "asked again, brought again"
    assert (await page.status()).deaf == MISSED

    await asyncio.to_thread(user.say, "ขอบคุณค่ะ")
    await page.listen()
    await page.look(61)
    assert (await page.status()).deaf is None
    assert await page.notes() == ""


async def test_what_came_is_not_stored_again(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    await asyncio.to_thread(user.say, "สวัสดีค่ะ")
    await asyncio.to_thread(user.sticker)
    await asyncio.to_thread(user.postback, "v1:topic:fairs", "งานแสดงสินค้า")
    await page.listen()
    customer = await page.work(user)
    before = [message.text for message in await customer.messages()]

    for _ in range(3):
        await page.look()
    await page.work(user)

    assert [message.text for message in await customer.messages()] == before
    assert (await page.status()).deaf is None
    assert (await customer.case()).state is State.BOT, "our own words are nobody else's"


async def test_after_a_long_stop_it_is_fetched_without_an_alarm(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    page.platform.tells_nothing = True
    page.move(3600)
    await asyncio.to_thread(user.say, "มีใครอยู่ไหมคะ")

    await page.look(7200)

    assert await said(await page.work(user)) == ["มีใครอยู่ไหมคะ"]
    assert (await page.status()).deaf is None, "Meta gave up while the desk was down: nothing to mend"


async def test_what_was_said_before_the_page_was_connected_is_left_alone(
    desk: Desk, platform: MessengerPlatform
) -> None:
    user = platform.user("สมหญิง")
    page = Page(desk, platform)
    platform.tells_nothing, platform.webhook = True, "http://127.0.0.1:9/"
    await asyncio.to_thread(user.say, "ถามเพจก่อนมีระบบ")
    page.move(3600)

    await page.look(0)
    await page.look()

    assert not await said(await page.work(user))
    await page.channel.close()


async def test_what_a_person_of_the_page_answered_meanwhile_is_kept_and_not_answered(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    await asyncio.to_thread(user.say, "สวัสดีค่ะ")
    await page.listen()
    customer = await page.work(user)
    shown = len(user.texts)
    page.platform.tells_nothing = True
    page.move(600)
    await asyncio.to_thread(user.say, "ค่าธรรมเนียมเท่าไรคะ")
    page.move(60)
    await asyncio.to_thread(page.platform.staff_replies, user, "ไม่มีค่าธรรมเนียมค่ะ")

    await page.look()
    await page.work(user)

    assert (await said(customer))[-1] == "ค่าธรรมเนียมเท่าไรคะ"
    assert await said(customer, Author.AGENT) == ["ไม่มีค่าธรรมเนียมค่ะ"]
    assert len(user.texts) == shown + 1, "nothing but the words of the page"
    assert (await customer.case()).handoff_reason is HandoffReason.ANSWERED_ELSEWHERE


async def test_files_and_stickers_come_as_the_webhook_brings_them(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    page.platform.tells_nothing = True
    await page.look()
    await asyncio.to_thread(user.sticker)
    await asyncio.to_thread(user.send_file, b"%PDF-1.7", "ใบขน.pdf", "application/pdf")
    await page.look()
    customer = await page.work(user)

    async with page.desk.uow() as uow:
        files = await uow.attachments.of_messages([message.id for message in await customer.messages()])
    assert [file.kind for rows in files.values() for file in rows] == ["file"]


async def test_more_talks_than_one_answer_holds(page: Page) -> None:
    page.platform.tells_nothing = True
    await page.look()
    users = [page.platform.user(f"ลูกค้า {number}") for number in range(60)]
    for user in users:
        user.platform.threads.hear(page.platform, user.message(text="สวัสดีค่ะ"))

    await page.look()

    async with page.desk.uow() as uow:
        stored = [len(await uow.inbound.since(f"messenger:{user.id}", NOON)) for user in users]
    assert stored == [1] * 60


async def test_a_page_that_may_not_be_asked_and_is_silent_for_a_day(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    await asyncio.to_thread(user.say, "สวัสดีค่ะ")
    await page.listen()
    page.platform.threads.off = True
    await page.look()
    assert (await page.status()).deaf is None

    await page.look(timedelta(hours=24).total_seconds())

    assert (await page.status()).deaf == SILENT
    assert "ไม่มีเหตุการณ์ใดเข้ามาจากเพจเกิน 24 ชั่วโมงตั้งแต่ 23 พ.ย. 2569 12.00 น." in await page.notes()


async def test_a_dead_token_is_told_although_nothing_is_sent(page: Page) -> None:
    right, page.platform.page_token = page.platform.page_token, "EAAG-new"
    await page.look()
    assert (await page.status()).trouble == "no_access"

    page.platform.page_token = right
    await page.look()
    assert (await page.status()).trouble is None


async def test_of_several_workers_one_asks(page: Page) -> None:
    page.move(EVERY)
    before = len(page.platform.others)

    await asyncio.gather(*[missed.look(page.desk.uow, page.desk.channels) for _ in range(4)])

    assert len(page.platform.others) - before == 1
