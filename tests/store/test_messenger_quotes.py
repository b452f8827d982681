"""Quotes on Messenger: the desk knows which message a customer answers, and the customer which one an officer does."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.bootstrap import Desk
from bot.domain.agent import Role
from bot.domain.case import HandoffReason
from bot.domain.proposals import Handoff
from bot.services import agents, cases
from tests.conftest import NOON
from tests.connectors.messenger_page import platform_of
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.platform_clock import PlatformClock
from tests.store.messenger_desk import Page, connected


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    with platform_of(clock=PlatformClock(at=NOON), echoes="none") as platform:
        yield platform
        assert not platform.violations


@pytest_asyncio.fixture(name="page")
async def _page(desk: Desk, platform: MessengerPlatform) -> AsyncIterator[Page]:
    async with connected(desk, platform) as page:
        yield page


async def test_both_sides_quote(page: Page) -> None:
    user, desk = page.platform.user("สมหญิง"), page.desk
    await page.does(user.say, "ขอคุยกับเจ้าหน้าที่")
    customer = await page.work(user, Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    greeting = user.seen[0]
    await page.does(user.answer, greeting, "ข้อความนี้หมายถึงอะไรคะ")
    await page.work(user)

    messages = await customer.messages()
    [asked] = [message for message in messages if message.quoted_id is not None]
    [quoted] = [message for message in messages if message.id == asked.quoted_id]
    assert asked.text == "ข้อความนี้หมายถึงอะไรคะ"
    assert quoted.external_message_id == greeting.id

    case = await customer.case()
    async with desk.uow() as uow:
        agent = await agents.create(uow, email="o@example.com", name="ก", role=Role.AGENT, password="a long password")
        await uow.flush()
        await cases.accept(uow, agent, case.id)
        await uow.commit()
    async with desk.uow() as uow:
        await cases.reply(
            uow, agent, case.id, text="หมายถึงผู้ช่วยอัตโนมัติค่ะ", last_seen_seq=None, key=None,
            limits=desk.limits, quoted_seq=asked.seq,
        )  # fmt: skip
        await uow.commit()
    await page.work(user)

    assert user.seen[-1].quotes == asked.external_message_id
