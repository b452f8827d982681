"""Quotes on Messenger: the desk knows which message a customer answers, and the customer which one an officer does."""

from bot.domain.agent import Agent, Role
from bot.domain.case import HandoffReason
from bot.domain.proposals import Handoff
from bot.services import agents, cases
from tests.drive import Customer
from tests.store.messenger_desk import Page

ASKED = Handoff(reason=HandoffReason.CUSTOMER_ASKED)


async def accept(page: Page, customer: Customer) -> Agent:
    """Let an officer have the customer's case."""
    case = await customer.case()
    async with page.desk.uow() as uow:
        agent = await agents.create(uow, email="o@example.com", name="ก", role=Role.AGENT, password="a long password")
        await uow.flush()
        await cases.accept(uow, agent, case.id)
        await uow.commit()
    return agent


async def reply(page: Page, agent: Agent, customer: Customer, text: str, quoted: int | None = None) -> None:
    case = await customer.case()
    async with page.desk.uow() as uow:
        await cases.reply(
            uow, agent, case.id, text=text, last_seen_seq=None, key=None, limits=page.desk.limits, quoted_seq=quoted
        )
        await uow.commit()


async def test_both_sides_quote(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    await page.does(user.say, "ขอคุยกับเจ้าหน้าที่")
    customer = await page.work(user, ASKED)
    greeting = user.seen[0]
    await page.does(user.answer, greeting, "ข้อความนี้หมายถึงอะไรคะ")
    await page.work(user)

    messages = await customer.messages()
    [asked] = [message for message in messages if message.quoted_id is not None]
    [quoted] = [message for message in messages if message.id == asked.quoted_id]
    assert asked.text == "ข้อความนี้หมายถึงอะไรคะ"
    assert quoted.external_message_id == greeting.id

    await reply(page, await accept(page, customer), customer, "หมายถึงผู้ช่วยอัตโนมัติค่ะ", quoted=asked.seq)
    await page.work(user)

    assert user.seen[-1].quotes == asked.external_message_id


async def test_every_part_of_a_message_is_known_as_that_message(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    await page.does(user.say, "ขอคุยกับเจ้าหน้าที่")
    customer = await page.work(user, ASKED)
    agent = await accept(page, customer)
    await page.work(user)
    shown = len(user.seen)
    await reply(page, agent, customer, "ยาวมาก " * 700)
    await page.work(user)
    parts = user.seen[shown:]
    for number, part in enumerate(parts):
        await page.does(user.answer, part, f"ส่วนที่ {number}")
    await page.does(user.react, parts[0])
    await page.work(user)

    messages = await customer.messages()
    [long] = [message for message in messages if message.text.startswith("ยาวมาก")]
    assert len(parts) > 1
    assert [message.quoted_id for message in messages if message.text.startswith("ส่วนที่")] == [long.id] * len(parts)
    assert [message.id for message in messages if message.reaction] == [long.id]
