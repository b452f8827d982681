"""A page whose webhook falls silent: what was said is fetched, stored and answered once, and officers see it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.bootstrap import Desk
from bot.domain.case import HandoffReason, State
from bot.domain.channel_status import BEHIND, MISSED, SILENT, UNSUBSCRIBED, ChannelStatus
from bot.domain.conversation import Author
from bot.services import missed
from bot.web import console_words
from bot.worker import Worker
from tests.conftest import NOON
from tests.connectors.messenger_page import platform_of
from tests.drive import Customer
from tests.fakes.media import PDF
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.messenger_faults import GraphProblem
from tests.fakes.messenger_threads import Threads
from tests.fakes.messenger_user import MessengerUser
from tests.fakes.platform_clock import PlatformClock
from tests.store.messenger_desk import Page, connected

EVERY = missed.EVERY.total_seconds() + 1


@pytest.fixture(name="platform")
def _platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessengerPlatform]:
    seconds = [0.0]

    async def sleep(pause: float) -> None:
        seconds[0] += pause

    monkeypatch.setattr("connectors.messenger_recall.asyncio.sleep", sleep)
    with platform_of(clock=PlatformClock(at=NOON), echoes="none") as platform:
        platform.threads.seconds = lambda: seconds[0]
        platform.settings.subscribed = ["messages"]
        platform.settings.hook = {"object": "page", "active": True}
        yield platform
        assert not platform.violations


@pytest_asyncio.fixture(name="page")
async def _page(desk: Desk, platform: MessengerPlatform) -> AsyncIterator[Page]:
    async with connected(desk, platform) as page:
        await look(page, 0)
        yield page


async def look(page: Page, seconds: float = EVERY) -> None:
    """Let time pass, and look for what was missed."""
    page.move(seconds)
    page.platform.threads.asked_at.clear()
    await missed.look(page.desk.uow, page.desk.channels)


async def status(page: Page) -> ChannelStatus:
    async with page.desk.uow() as uow:
        found = await uow.channels.get("messenger")
    assert found is not None
    return found


async def notes(page: Page) -> str:
    async with page.desk.uow() as uow:
        return " ".join(note.text for note in console_words.channel_notes(await uow.channels.all(), uow.now))


async def said(customer: Customer, author: Author = Author.CUSTOMER) -> list[str]:
    return [message.text for message in await customer.messages() if message.author is author]


async def test_what_the_webhook_did_not_bring_is_answered_once_and_told(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    page.platform.tells_nothing = True
    await look(page)
    event = await page.does(user.say, "ขอ Form D ที่ไหนคะ")
    await look(page, 60)
    assert not await said(await page.work(user)), "it may still be on its way"

    await look(page)
    customer = await page.work(user)
    assert await said(customer) == ["ขอ Form D ที่ไหนคะ"]
    answers = len(user.texts)
    assert answers == 2, "greeting and answer"
    assert "Webhook ไม่ส่งข้อความของลูกค้ามาตั้งแต่ 12.15 น." in await notes(page)

    await look(page)
    page.platform.tells_nothing = False
    await page.does(page.platform.deliver, event)
    await page.work(user)
    assert (await said(customer), len(user.texts)) == (["ขอ Form D ที่ไหนคะ"], answers), "asked again, brought again"
    assert (await status(page)).deaf == MISSED

    await page.does(user.say, "ขอบคุณค่ะ")
    await page.work(user)
    await look(page, 61)
    assert (await status(page)).deaf is None
    assert await notes(page) == ""


async def test_what_came_is_not_stored_again(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    await page.does(user.say, "สวัสดีค่ะ")
    await page.does(user.sticker)
    await page.does(user.postback, "v1:topic:fairs", "งานแสดงสินค้า")
    customer = await page.work(user)
    before = [message.text for message in await customer.messages()]

    for _ in range(3):
        await look(page)
    await page.work(user)

    assert [message.text for message in await customer.messages()] == before
    assert (await status(page)).deaf is None
    assert (await customer.case()).state is State.BOT, "our own words are nobody else's"


async def test_what_came_under_another_id_is_not_stored_again(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    await page.does(user.say, "ขอ Form D ที่ไหนคะ")
    customer = await page.work(user)
    async with page.desk.uow() as uow:
        await uow.session.execute(text("update inbound_events set message_id = 'other', event_id = 'other'"))
        await uow.commit()
    await look(page)
    await look(page)
    await page.work(user)

    assert await said(customer) == ["ขอ Form D ที่ไหนคะ"]
    assert (await status(page)).deaf is None


async def test_after_a_long_stop_it_is_fetched_without_an_alarm(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    page.platform.tells_nothing = True
    page.move(3600)
    await page.does(user.say, "มีใครอยู่ไหมคะ")

    await look(page, 7200)

    assert await said(await page.work(user)) == ["มีใครอยู่ไหมคะ"]
    assert (await status(page)).deaf is None, "Meta gave up while the desk was down: nothing to mend"


async def test_what_was_said_before_the_page_was_connected_is_left_alone(
    desk: Desk, platform: MessengerPlatform
) -> None:
    user = platform.user("สมหญิง")
    platform.tells_nothing = True
    async with connected(desk, platform) as page:
        await page.does(user.say, "ถามเพจก่อนมีระบบ")
        page.move(3600)

        await look(page, 0)
        await look(page)

        assert not await said(await page.work(user))


async def test_what_a_person_of_the_page_answered_meanwhile_is_kept_and_not_answered(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    await page.does(user.say, "สวัสดีค่ะ")
    customer = await page.work(user)
    shown = len(user.texts)
    page.platform.tells_nothing = True
    page.move(600)
    event = await page.does(user.say, "ค่าธรรมเนียมเท่าไรคะ")
    page.move(60)
    await page.does(page.platform.staff_replies, user, "ไม่มีค่าธรรมเนียมค่ะ")

    await look(page)
    await page.work(user)

    assert (await said(customer))[-1] == "ค่าธรรมเนียมเท่าไรคะ"
    assert await said(customer, Author.AGENT) == ["ไม่มีค่าธรรมเนียมค่ะ"]
    assert len(user.texts) == shown + 1, "nothing but the words of the page"
    assert (await customer.case()).handoff_reason is HandoffReason.ANSWERED_ELSEWHERE

    page.platform.tells_nothing = False
    await page.does(page.platform.deliver, event)
    await page.work(user)
    assert (await said(customer)).count("ค่าธรรมเนียมเท่าไรคะ") == 1, "brought after all, it is no other message"
    assert len(user.texts) == shown + 1


async def test_a_short_answer_of_a_person_is_not_taken_for_a_part_of_a_long_one_of_ours(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    await page.does(user.say, "สวัสดีค่ะ")
    customer = await page.work(user)
    async with page.desk.uow() as uow:
        longer = "update messages set text = text || ' ขอสำเนาได้ค่ะ ' || repeat('ก', 1000) where author = 'bot'"
        await uow.session.execute(text(longer))
        await uow.commit()
    page.platform.tells_nothing = True
    page.move(600)
    await page.does(page.platform.staff_replies, user, "ได้ค่ะ")

    await look(page)
    await page.work(user)

    assert await said(customer, Author.AGENT) == ["ได้ค่ะ"]
    assert (await customer.case()).handoff_reason is HandoffReason.ANSWERED_ELSEWHERE


@pytest.mark.parametrize(("wrote", "kept"), [("\ud83dขอ Form D", "\ufffdขอ Form D"), ("ขอ\0 Form D", "ขอ Form D")])
async def test_what_no_database_can_hold_is_fetched_as_what_it_can(page: Page, wrote: str, kept: str) -> None:
    page.platform.tells_nothing = True
    await look(page)
    user = page.platform.user("สมหญิง")
    await page.does(user.say, wrote)
    await look(page)

    assert await said(await page.work(user)) == [kept]


@pytest.mark.parametrize("wrote", ["\ud83d", "\0"])
async def test_a_talk_that_can_t_be_stored_does_not_hold_back_the_others(
    page: Page, monkeypatch: pytest.MonkeyPatch, wrote: str
) -> None:
    monkeypatch.setattr("connectors.messenger_graph.json_body.load", json.loads)
    page.platform.tells_nothing = True
    await look(page)
    users = [page.platform.user(name) for name in ("ก", "ข", "ค")]
    for user, words in zip(users, ("สวัสดีค่ะ", wrote, "ขอ Form D"), strict=True):
        await page.does(user.say, words)
    before = (await status(page)).asked_up_to
    with capture_logs() as logs:
        await look(page)

    assert [await said(await page.work(user)) for user in (users[0], users[2])] == [["สวัสดีค่ะ"], ["ขอ Form D"]]
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["missed.not_stored"]
    now = (await status(page)).asked_up_to
    assert before is not None
    assert now is not None
    assert now > before


async def test_a_look_that_fails_does_not_end_the_worker_and_a_lost_database_does(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    async def look_badly(*_: object) -> None:
        looked.append(1)
        raise (UnicodeError("words") if len(looked) == 1 else OperationalError("select", {}, OSError("gone")))

    monkeypatch.setattr(missed, "look", look_badly)
    monkeypatch.setattr(missed, "LOOK_SECONDS", 0.0)

    with capture_logs() as logs, pytest.raises(OperationalError):
        await Worker(page.desk, None)._find_missed()  # type: ignore[arg-type] # no lanes are taken
    assert [entry["event"] for entry in logs] == ["missed.failed"]


async def test_files_and_stickers_come_as_the_webhook_brings_them(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    page.platform.tells_nothing = True
    await look(page)
    await page.does(user.sticker)
    await page.does(user.send_file, PDF, "ใบขน.pdf", "application/pdf")
    await look(page)
    customer = await page.work(user)

    async with page.desk.uow() as uow:
        files = await uow.attachments.of_messages([message.id for message in await customer.messages()])
    assert [(file.state, file.file_name) for rows in files.values() for file in rows] == [("saved", "ใบขน.pdf")]


async def sixty_write(page: Page) -> list[MessengerUser]:
    """Let sixty customers write, of whom the webhook tells nothing."""
    page.platform.tells_nothing = True
    await look(page)
    users = [page.platform.user(f"ลูกค้า {number}") for number in range(60)]
    for user in users:
        user.platform.threads.hear(page.platform, user.message(text="สวัสดีค่ะ"))
    return users


async def stored(page: Page, users: Sequence[MessengerUser]) -> list[int]:
    async with page.desk.uow() as uow:
        return [len(await uow.inbound.since(f"messenger:{user.id}", NOON)) for user in users]


async def test_more_talks_than_one_answer_holds(page: Page) -> None:
    users = await sixty_write(page)

    await look(page)

    assert await stored(page, users) == [1] * 60


async def test_more_talks_than_one_look_reads_are_told_and_none_is_passed_over(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = await sixty_write(page)
    before = (await status(page)).asked_up_to
    with monkeypatch.context() as few:
        few.setattr("connectors.messenger_recall.MOST_CALLS", 2)
        await look(page)
        assert sum(await stored(page, users)) == 50
        assert ((await status(page)).deaf, (await status(page)).asked_up_to) == (BEHIND, before)
        assert "เพจมีแชตค้างมากกว่าที่ระบบอ่านได้ในรอบเดียว" in await notes(page)

        page.platform.tells_nothing = False
        await page.does(users[0].say, "มีใครอยู่ไหมคะ")
        await page.work(users[0])
        await look(page)
        assert (await status(page)).deaf == BEHIND, "what the webhook brings now is not what is missing"

    await look(page)
    assert await stored(page, users) == [2] + [1] * 59
    assert (await status(page)).deaf != BEHIND


async def test_what_was_read_before_the_platform_refused_is_kept(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    users = await sixty_write(page)
    before = (await status(page)).asked_up_to
    answer = Threads.answer

    def refuse_the_third(threads: Threads, platform: MessengerPlatform, query: dict[str, Any]) -> dict[str, Any]:
        if query.get("after") == "50":
            raise GraphProblem(613, None, "Calls to this api have exceeded the rate limit.", ours=False)
        return answer(threads, platform, query)

    with monkeypatch.context() as refusing:
        refusing.setattr(Threads, "answer", refuse_the_third)
        await look(page)
        assert sum(await stored(page, users)) == 50
        assert ((await status(page)).deaf, (await status(page)).asked_up_to) == (MISSED, before)
        await look(page, 3600)
        assert (await status(page)).deaf == BEHIND, "it does not pass by itself"

    await look(page)
    assert await stored(page, users) == [1] * 60
    assert (await status(page)).deaf is None


async def test_a_page_that_may_not_be_asked_and_is_silent_for_a_day(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    await page.does(user.say, "สวัสดีค่ะ")
    await page.work(user)
    page.platform.threads.off = True
    await look(page)
    assert (await status(page)).deaf is None

    await look(page, timedelta(hours=24).total_seconds())

    assert (await status(page)).deaf == SILENT
    assert "ไม่มีเหตุการณ์ใดเข้ามาจากเพจเกิน 24 ชั่วโมงตั้งแต่ 23 พ.ย. 12.00 น." in await notes(page)


@pytest.mark.parametrize("lost", ["hook", "field"])
async def test_a_lost_subscription_is_told_before_anybody_writes(page: Page, lost: str) -> None:
    user, meta = page.platform.user("สมหญิง"), page.platform.settings
    await page.does(user.say, "สวัสดีค่ะ")
    await page.work(user)
    hook, fields = meta.hook, meta.subscribed
    if lost == "hook":
        meta.hook = {"object": "page", "active": False}
    else:
        meta.subscribed = ["message_echoes"]
    await look(page)
    assert (await status(page)).deaf is None, "a page that speaks is not looked at"

    await look(page, 3600)
    assert (await status(page)).deaf == UNSUBSCRIBED
    assert "แพลตฟอร์มเลิกส่งข้อความของลูกค้ามาทาง Webhook ตั้งแต่ 13.15 น." in await notes(page)

    meta.hook, meta.subscribed = hook, fields
    await look(page)
    assert (await status(page)).deaf is None


async def test_a_dead_token_is_told_although_nothing_is_sent(page: Page) -> None:
    right, page.platform.page_token = page.platform.page_token, "EAAG-new"
    await look(page)
    assert (await status(page)).trouble == "no_access"

    page.platform.page_token = right
    await look(page)
    assert (await status(page)).trouble is None


async def test_of_several_workers_one_asks(page: Page) -> None:
    page.move(EVERY)
    before = len(page.platform.others)

    await asyncio.gather(*[missed.look(page.desk.uow, page.desk.channels) for _ in range(4)])

    assert len(page.platform.others) - before == 1
