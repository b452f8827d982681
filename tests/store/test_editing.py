"""A customer changes what was written: the newest wording holds, in whatever order the changes come."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import text

from bot.bootstrap import Desk
from bot.domain.conversation import Author, Message
from bot.domain.proposals import NotFound
from connectors.contract import EventKind
from tests.drive import Customer


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    return Customer(desk, channel="line")


async def happens(
    desk: Desk, customer: Customer, kind: EventKind, words: str | None, later: int, **more: object
) -> None:
    at = desk.clock.time + timedelta(seconds=later)
    target = {"target_message_id": "m1"} if kind is EventKind.UNSENT else {"message_id": "m1"}
    await customer.accept(customer.event(kind, text=words, occurred_at=at, **target, **more))


async def said(customer: Customer) -> list[Message]:
    return [message for message in await customer.messages() if message.author is Author.CUSTOMER]


async def test_a_message_that_waits_is_answered_by_its_new_wording(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.TEXT, "ขอ Form E", 0)
    await happens(desk, customer, EventKind.EDITED, "ขอ Form D", 5)
    turn = await customer.handle()
    assert turn is not None
    assert turn.message == "ขอ Form D"
    await customer.apply(turn, [NotFound()])
    assert await customer.handle() is None

    [message] = await said(customer)
    assert (message.text, message.edited_at) == ("ขอ Form D", desk.clock.time + timedelta(seconds=5))


async def test_a_turn_that_was_cut_asks_by_the_new_wording(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.TEXT, "ขอ Form E", 0)
    await customer.handle()
    await happens(desk, customer, EventKind.EDITED, "ขอ Form D", 5)
    turn = await customer.handle()

    assert turn is not None
    assert turn.message == "ขอ Form D"


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
async def test_the_newest_wording_holds_in_any_order(desk: Desk, customer: Customer, order: tuple[int, ...]) -> None:
    await happens(desk, customer, EventKind.TEXT, "0", 0)
    await customer.apply(await customer.handle(), [NotFound()])  # type: ignore[arg-type]
    for number in order:
        await happens(desk, customer, EventKind.EDITED, str(number), number)
        await customer.handle()

    assert [message.text for message in await said(customer)] == ["3"]
    async with desk.uow() as uow:
        kept = await uow.session.execute(text("select text from inbound_events where message_id = 'm1' order by text"))
        assert kept.scalars().all() == ["0", "1", "2", "3"]


async def test_a_change_before_its_message_and_one_of_nothing(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.EDITED, "ใหม่", 5)
    assert await customer.handle() is None
    await happens(desk, customer, EventKind.TEXT, "เก่า", 0)
    turn = await customer.handle()

    assert turn is not None
    assert turn.message == "ใหม่"
    assert [message.text for message in await said(customer)] == ["ใหม่"]


async def test_a_stranger_cannot_change_it(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.TEXT, "ของฉัน", 0)
    await customer.handle()
    stranger = Customer(desk, channel="line")
    await stranger.write("สวัสดี")
    await happens(desk, stranger, EventKind.EDITED, "ของเขา", 5)
    await stranger.handle()

    assert [message.text for message in await said(customer)] == ["ของฉัน"]


async def test_taking_it_back_takes_every_wording_also_one_that_comes_later(desk: Desk, customer: Customer) -> None:
    for number, wording in enumerate(["ลับหนึ่ง", "ลับสอง"]):
        await happens(
            desk, customer, EventKind.EDITED if number else EventKind.TEXT, wording, number, raw={"t": wording}
        )
        turn = await customer.handle()
        if turn is not None:
            await customer.apply(turn, [NotFound()])
    async with desk.uow() as uow:
        case = await uow.cases.get((await customer.case()).id)
        assert case is not None
        case.summary = "ลูกค้าสอบถาม: ลับหนึ่ง / ราคา"
        await uow.commit()
    await happens(desk, customer, EventKind.UNSENT, None, 3)
    await customer.handle()
    await happens(desk, customer, EventKind.EDITED, "ลับสาม", 4, raw={"t": "ลับสาม"})
    await customer.handle()

    async with desk.uow() as uow:
        for table in ("inbound_events", "messages", "cases"):
            rows = (await uow.session.execute(text(f"select t::text from {table} t"))).scalars()  # noqa: S608 - our names
            assert not [row for row in rows if "ลับ" in row]
