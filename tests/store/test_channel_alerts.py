"""What Meta says of the page and what customers say of its answers, from its webhook to what officers see."""

import pytest

from bot.bootstrap import Desk
from bot.domain.candidate import Judgement, Why
from bot.domain.channel_alert import STANDS
from bot.domain.proposals import Answer
from bot.services import articles
from bot.web.console_words import channel_notes
from connectors.contract import EventKind
from tests.drive import Customer
from tests.store.messenger_desk import Page

DAY = 24 * 3600.0  # seconds


async def notes(page: Page) -> list[str]:
    """Let the desk hear what arrived; give what its officers read."""
    arrived, page.arrived[:] = list(page.arrived), []
    nobody = Customer(page.desk, external_id="", channel="messenger")
    await nobody.accept(*arrived)
    for _ in arrived:
        assert await nobody.handle() is None
    async with page.desk.uow() as uow:
        return [note.text for note in channel_notes([], uow.now, await uow.channels.alerts(uow.now))]


async def test_a_warning_and_a_block_are_told_until_meta_ends_them(page: Page) -> None:
    await page.does(page.platform.enforce, "warning", "Possible spam")
    [warned] = await notes(page)
    page.move(60)
    await page.does(page.platform.enforce, "block", "Too many spammy messages")
    [blocked] = await notes(page)
    page.move(60)
    await page.does(page.platform.enforce, "unblock")

    assert warned.startswith("Messenger (12.00 น.): Meta เตือนว่าเพจอาจผิดนโยบาย")
    assert warned.endswith("(คำแจ้งของแพลตฟอร์ม: “Possible spam”)")
    assert blocked.startswith("Messenger (12.01 น.): Meta ระงับการส่งข้อความของเพจ")
    assert await notes(page) == []


async def test_a_warning_after_a_block_does_not_say_that_sending_works(page: Page) -> None:
    await page.does(page.platform.enforce, "block")
    page.move(60)
    await page.does(page.platform.enforce, "warning")
    [told] = await notes(page)

    assert told.startswith("Messenger (12.00 น.): Meta ระงับการส่งข้อความของเพจ")


async def test_the_pages_status_is_told_beside_the_policy_until_nothing_is_listed(page: Page) -> None:
    await page.does(page.platform.enforce, "warning")
    await page.does(page.platform.flag, "restricted", "The Page may be sending spam.")
    told = await notes(page)
    page.move(60)
    await page.does(page.platform.flag, "unrestricted")

    assert len(told) == 2
    assert any("Meta แจ้งว่าเพจฝ่าฝืนมาตรฐานหรือถูกจำกัดการใช้งาน" in note and "sending spam" in note for note in told)
    [left] = await notes(page)
    assert "Meta เตือน" in left


async def test_an_old_block_that_comes_late_does_not_stand_again(page: Page) -> None:
    await page.does(page.platform.enforce, "block")
    page.move(60)
    await page.does(page.platform.enforce, "unblock")
    page.arrived.reverse()

    assert await notes(page) == []


async def test_a_warning_that_nobody_ends_is_told_for_a_week(page: Page) -> None:
    await page.does(page.platform.enforce, "warning")
    assert len(await notes(page)) == 1
    page.move(STANDS.total_seconds() - DAY)
    assert len(await notes(page)) == 1
    page.move(DAY)

    assert await notes(page) == []


@pytest.mark.parametrize("good", [True, False])
async def test_what_a_customer_thinks_of_an_answer_is_shown_and_learned_from(page: Page, *, good: bool) -> None:
    user = page.platform.user("สมหญิง")
    async with page.desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
    await page.does(user.say, "ขอ Form D ที่ไหน")
    customer = await page.work(user, Answer(article_id="form-d", version=1, score=0.9))
    [answer] = [message for message in await customer.messages() if message.article_id == "form-d"]
    [shown] = [seen for seen in user.seen if seen.id == answer.external_message_id]
    await page.does(lambda: user.judge(shown, good=good))
    await page.work(user)

    [judged] = [message for message in await customer.messages() if message.reaction]
    assert (judged.id, judged.reaction) == (answer.id, "👍" if good else "👎")
    async with page.desk.uow() as uow:
        found = await uow.candidates.page(state=Judgement.NEW, limit=9)
    assert [(one.text, one.why, one.answered_with) for one in found] == (
        [] if good else [("ขอ Form D ที่ไหน", Why.NOT_HELPFUL, "form-d")]
    )


async def test_a_judgement_of_what_nobody_knows_is_kept_and_changes_nothing(desk: Desk) -> None:
    customer = Customer(desk, channel="messenger")
    await customer.say("ขอ Form D ที่ไหน", Answer(article_id="gone", version=1, score=0.9))
    await customer.accept(customer.event(EventKind.JUDGED, target_message_id="m_unknown", own=False))

    assert await customer.handle() is None
    assert not any(message.reaction for message in await customer.messages())
