"""What the draft of a summary quotes, and that what is taken back goes out of it."""

import pytest

from bot.bootstrap import Desk
from bot.domain.agent import Role
from bot.domain.case import HandoffReason
from bot.domain.masking import PHONE
from bot.domain.media import ERASED
from bot.domain.proposals import Handoff, NotFound, Say
from bot.services import agents, cases, summaries
from bot.store.worklist import View, Worklist
from bot.web.console_views import gist
from connectors.contract import EventKind
from tests.drive import Customer


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    return Customer(desk, channel="line")


async def draft(desk: Desk, customer: Customer) -> list[str]:
    async with desk.uow() as uow:
        case = await uow.cases.get((await customer.case()).id)
        assert case is not None
        case.summary = await summaries.draft(uow, case)
        await uow.commit()
        return case.summary.splitlines()


async def in_the_list(desk: Desk) -> tuple[str, str]:
    """What the officers' list says the only case is about, and what else."""
    async with desk.uow() as uow:
        [row] = await Worklist(uow.session).rows(View.OPEN, 0, limit=2)
        return gist(row)


async def test_first_and_last_questions_and_the_officers_last_answer(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    for number in range(1, 10):
        await customer.say(f"ข้อที่ {number} คืออะไรคะ", NotFound())
    for nothing in ("ขอบคุณค่ะ", "1", "ข้าม", "Good morning ครับ"):
        await customer.say(nothing, Say(script="menu"))
    await customer.say("ขอคุยกับเจ้าหน้าที่ครับ", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    case_id = (await customer.case()).id
    async with desk.uow() as uow:
        officer = await agents.create(
            uow, email="a@example.com", name="สมศรี", role=Role.AGENT, password="correct horse battery"
        )
        await cases.accept(uow, officer, case_id)
        for answer in ("สวัสดีค่ะ", "ใช้ Form E ค่ะ\nโทร 081 234 5678"):
            await cases.reply(uow, officer, case_id, text=answer, last_seen_seq=None, key=None, limits=desk.limits)
        await uow.commit()

    asked = " / ".join(f"ข้อที่ {number} คืออะไรคะ" for number in (1, 4, 5, 6, 7, 8, 9))
    assert (await draft(desk, customer))[-3:] == [
        f"ลูกค้าสอบถาม: {asked}",
        f"เจ้าหน้าที่ตอบล่าสุด: ใช้ Form E ค่ะ โทร {PHONE}",
        "เหตุที่ส่งต่อเจ้าหน้าที่: ลูกค้าขอคุยกับเจ้าหน้าที่",
    ]


async def test_a_question_of_several_lines_is_one_quote_and_can_be_taken_back(desk: Desk, customer: Customer) -> None:
    await customer.accept(
        customer.event(EventKind.TEXT, text="ทุเรียน\n\n40 ตู้ ไปจีน", message_id="m1", occurred_at=desk.clock.time)
    )
    turn = await customer.handle()
    assert turn is not None
    await customer.apply(turn, [NotFound()])
    assert "ลูกค้าสอบถาม: ทุเรียน 40 ตู้ ไปจีน" in await draft(desk, customer)
    await customer.accept(customer.event(EventKind.UNSENT, target_message_id="m1", occurred_at=desk.clock.time))
    await customer.handle()

    assert f"ลูกค้าสอบถาม: {ERASED}" in ((await customer.case()).summary or "").splitlines()


async def test_typed_answers_to_the_readiness_questions_are_no_questions_of_the_customer(
    desk: Desk, customer: Customer
) -> None:
    ask_registered = Say(script="ask_registered", question="registered")
    ask_market = Say(script="ask_market", question="market")
    await customer.say("ขอ Form D ที่ไหน", NotFound(), ask_registered)
    await customer.say("ยังไม่ได้จดค่ะ", Say(script="unclear_answer"), ask_registered)
    await customer.say("จดแล้วค่ะ ต้องเสียภาษีไหมคะ", NotFound(), ask_market)
    await customer.say("ยังค่ะ", Say(script="unclear_answer"), ask_market)
    await customer.say("ญี่ปุ่นค่ะ", Say(script="readiness_done"))

    assert "ลูกค้าสอบถาม: ขอ Form D ที่ไหน / จดแล้วค่ะ ต้องเสียภาษีไหมคะ / ญี่ปุ่นค่ะ" in await draft(desk, customer)
    assert await in_the_list(desk) == ("ญี่ปุ่นค่ะ", "ก่อนหน้า: จดแล้วค่ะ ต้องเสียภาษีไหมคะ")


async def test_answers_to_the_bot_do_not_hide_the_question_in_the_list(desk: Desk, customer: Customer) -> None:
    ask_registered = Say(script="ask_registered", question="registered")
    await customer.say("Form D ขอที่ไหน", NotFound(), ask_registered)
    await customer.say("ยังไม่จดทะเบียน", Say(script="ask_exported", question="exported"))
    await customer.say("เคยค่ะ", Say(script="readiness_done"))
    assert await in_the_list(desk) == ("Form D ขอที่ไหน", "ล่าสุด: เคยค่ะ")

    await customer.say("ตกลงค่ะ", NotFound())
    assert await in_the_list(desk) == ("ตกลงค่ะ", "ก่อนหน้า: Form D ขอที่ไหน")


async def test_the_list_is_not_about_what_is_taken_back(desk: Desk, customer: Customer) -> None:
    await customer.say("Form D ขอที่ไหน", NotFound())
    for name in ("m1", "m2"):
        await customer.accept(
            customer.event(EventKind.TEXT, text=f"ลับ {name}", message_id=name, occurred_at=desk.clock.time)
        )
        turn = await customer.handle()
        assert turn is not None
        await customer.apply(turn, [NotFound()])
        await customer.accept(customer.event(EventKind.UNSENT, target_message_id=name, occurred_at=desk.clock.time))
        await customer.handle()

    assert await in_the_list(desk) == ("Form D ขอที่ไหน", f"ล่าสุด: {ERASED}")
