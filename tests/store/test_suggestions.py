"""Which articles a case suggests to its officer: those about what was asked, not about how the talk was steered."""

import pytest

from bot.bootstrap import Desk
from bot.domain.case import HandoffReason
from bot.domain.proposals import Handoff, NotFound
from bot.services import articles, suggestions
from connectors.contract import EventKind, MediaKind
from tests.drive import Customer

FORM_D = "ขอ Form D ที่ไหนคะ"


@pytest.fixture(name="customer")
async def _customer(desk: Desk) -> Customer:
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
    await desk.search.refresh()
    return Customer(desk, channel="line")


async def suggested(desk: Desk, customer: Customer) -> list[str]:
    case = await customer.case()
    async with desk.uow() as uow:
        return [hit.article_id for hit in await suggestions.suggested(desk.search, uow, case)]


async def happens(desk: Desk, customer: Customer, kind: EventKind, **fields: object) -> None:
    await customer.accept(customer.event(kind, occurred_at=desk.clock.time, **fields))
    await customer.handle()


async def test_who_asked_and_then_wanted_a_person_is_suggested_what_was_asked(desk: Desk, customer: Customer) -> None:
    await customer.say(FORM_D, NotFound())
    alone = await suggested(desk, customer)
    await customer.say("สวัสดีค่ะ", NotFound())
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    await happens(desk, customer, EventKind.TAPPED, payload="v1:ask_bot_while_waiting")
    await happens(desk, customer, EventKind.MEDIA, media=MediaKind.FILE, text="Form E.pdf")
    for text in ("ขอคุยกับเจ้าหน้าที่ค่ะ", "ขอบคุณค่ะ", "ไม่ยินยอมค่ะ", "สวัสดีครับ รบกวนขอคุยกับเจ้าหน้าที่หน่อยครับ"):
        await happens(desk, customer, EventKind.TEXT, text=text)

    assert alone[0] == "form-d"
    assert await suggested(desk, customer) == alone


async def test_a_question_beside_the_wish_for_a_person_counts(desk: Desk, customer: Customer) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่ค่ะ " + FORM_D, Handoff(reason=HandoffReason.CUSTOMER_ASKED))

    assert (await suggested(desk, customer))[0] == "form-d"


async def test_who_only_wants_a_person_is_suggested_nothing(desk: Desk, customer: Customer) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))

    assert await suggested(desk, customer) == []
