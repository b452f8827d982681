"""What platforms tell beside the customer's words: media, taken back, gone, answered by somebody else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.bootstrap import Desk
from bot.domain.agent import Role
from bot.domain.case import HandoffReason, State
from bot.domain.conversation import Author, Delivery
from bot.domain.media import ERASED
from bot.domain.promise import ClockState
from bot.domain.proposals import Handoff, NotFound, Say
from bot.services import agents, cases, profile
from bot.services.platform import OUTSIDE
from bot.store import dead_rows
from connectors.contract import EventKind, InboundEvent, MediaKind
from tests import dump
from tests.drive import Customer

CANARY = "ทุเรียนหมอนทอง 40 ตู้ ลับสุดยอด"


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    return Customer(desk, channel="line")


def at(desk: Desk, customer: Customer, kind: EventKind, **fields: object) -> InboundEvent:
    return customer.event(kind, occurred_at=desk.clock.time, **fields)


async def happens(desk: Desk, customer: Customer, kind: EventKind, **fields: object) -> None:
    await customer.accept(at(desk, customer, kind, **fields))
    assert await customer.handle() is None


async def test_a_sticker_and_a_picture_are_placeholders_with_an_answer(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.MEDIA, media=MediaKind.STICKER, text="ดีใจ")
    await happens(desk, customer, EventKind.MEDIA, media=MediaKind.IMAGE)

    said = [m.text for m in await customer.messages() if m.author is Author.CUSTOMER]
    assert said == ["[สติกเกอร์: ดีใจ]", "[รูปภาพ]"]
    assert await customer.scripts() == ["greeting", "sticker", "media"]


async def test_who_waits_is_told_that_a_file_is_here_and_a_sticker_needs_no_answer(
    desk: Desk, customer: Customer
) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    before = len(await customer.scripts())
    for _ in range(3):
        await happens(desk, customer, EventKind.MEDIA, media=MediaKind.FILE, text="ใบขน.pdf")
    await happens(desk, customer, EventKind.MEDIA, media=MediaKind.STICKER)

    assert (await customer.scripts())[before:] == ["media_to_people"], "several files in a row are answered once"
    assert (await customer.case()).state is State.QUEUED


async def test_a_taken_back_message_is_found_nowhere(desk: Desk, customer: Customer) -> None:
    async with desk.uow() as uow:
        await uow.session.execute(text("create schema rasa"))
        await uow.session.execute(
            text("create table rasa.events (id serial, sender_id text, type_name text, data text)")
        )
        await uow.commit()
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    await customer.accept(
        at(desk, customer, EventKind.TEXT, text=CANARY, message_id="m1", raw={"message": {"text": CANARY}})
    )
    turn = await customer.handle()
    assert turn is not None
    await customer.apply(turn, [NotFound()])
    async with desk.uow() as uow:
        for sender in (turn.sender, "999999.1"):
            await uow.session.execute(
                text("insert into rasa.events (sender_id, data) values (:sender, :said)"),
                {"sender": sender, "said": CANARY if sender == turn.sender else "another case"},
            )
        case = await uow.cases.get((await customer.case()).id)
        assert case is not None
        case.summary = f"ลูกค้าสอบถาม: {CANARY}"
        await uow.commit()
    assert CANARY in await dump.database(desk)

    await happens(desk, customer, EventKind.UNSENT, target_message_id="m1")
    await happens(desk, customer, EventKind.UNSENT, target_message_id="m1")

    left = await dump.database(desk)
    assert CANARY not in left
    assert "another case" in left
    assert ERASED in [m.text for m in await customer.messages()]
    after = await customer.write("แล้ว Form D ล่ะ")
    assert after is not None
    assert after.sender != turn.sender, "a fresh tracker"


async def test_a_message_taken_back_before_it_came_is_never_shown(desk: Desk, customer: Customer) -> None:
    await customer.accept(at(desk, customer, EventKind.UNSENT, target_message_id="m9"))
    await customer.accept(at(desk, customer, EventKind.TEXT, text=CANARY, message_id="m9", raw={"text": CANARY}))
    await customer.handle()
    assert await customer.handle() is None

    assert await customer.messages() == []
    assert CANARY not in await dump.database(desk)


async def test_who_takes_back_an_unknown_message_changes_nothing(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    before = [m.text for m in await customer.messages()]
    await happens(desk, customer, EventKind.UNSENT, target_message_id="nobody")

    assert [m.text for m in await customer.messages()] == before


async def test_one_message_under_two_event_ids_is_one_message(desk: Desk, customer: Customer) -> None:
    await customer.accept(at(desk, customer, EventKind.TEXT, text="ขอ Form D", message_id="m1"))
    await customer.accept(at(desk, customer, EventKind.TEXT, text="ขอ Form D", message_id="m1"))
    assert await customer.handle() is not None
    async with desk.uow() as uow:
        assert len(await uow.inbound.of_message("line", "m1")) == 1


async def test_who_unfollows_is_sent_nothing_more_and_ends_without_survey(desk: Desk, customer: Customer) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    await happens(desk, customer, EventKind.LEFT)

    case = await customer.case()
    assert (case.state, case.closed_as) == (State.CLOSED, "unfollowed")
    waiting = [m for m in await customer.messages() if m.author is Author.BOT]
    assert waiting
    assert {(m.delivery, m.delivery_reason) for m in waiting} == {(Delivery.FAILED, "unreachable")}


async def test_what_was_pushed_without_an_answer_before_the_customer_left_is_unknown(
    desk: Desk, customer: Customer
) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    async with desk.uow() as uow:
        shown, *_ = await uow.conversations.unsent(customer.lane)
        shown.attempts, shown.delivery_reason = 1, "platform_down"
        await uow.commit()
    await happens(desk, customer, EventKind.LEFT)

    first, *others = [(m.delivery, m.delivery_reason) for m in await customer.messages() if m.author is Author.BOT]
    assert first == (Delivery.UNKNOWN, "no_answer")
    assert set(others) == {(Delivery.FAILED, "unreachable")}


async def test_who_was_never_here_may_leave(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.LEFT)

    assert await customer.messages() == []


async def test_a_person_of_the_page_silences_the_bot(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    await happens(desk, customer, EventKind.ECHO, text="สวัสดีค่ะ จากเพจนะคะ", message_id="e1")
    turn = await customer.write("ขอบคุณค่ะ ขอถามต่อนะคะ")

    case = await customer.case()
    assert turn is None
    assert (case.state, case.handoff_reason) == (State.QUEUED, HandoffReason.ANSWERED_ELSEWHERE)
    echo = next(m for m in await customer.messages() if m.name == OUTSIDE)
    assert (echo.author, echo.text, echo.delivery) == (Author.AGENT, "สวัสดีค่ะ จากเพจนะคะ", Delivery.SENT)
    assert await customer.scripts() == ["greeting"], "nothing was said by the bot after it"


async def test_a_person_of_the_page_keeps_the_promise_that_began_with_the_customers_words(
    desk: Desk, customer: Customer
) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    await happens(desk, customer, EventKind.ECHO, text="สวัสดีค่ะ", message_id="e1")
    await customer.write("ขอถามต่อนะคะ")
    desk.clock.forward(minutes=1)
    await happens(desk, customer, EventKind.ECHO, text="ได้เลยค่ะ", message_id="e2")

    async with desk.uow() as uow:
        clocks = await uow.work.clocks((await customer.case()).id)
    assert [clock.state for clock in clocks] == [ClockState.MET]


async def test_a_talk_that_a_person_of_the_page_began_is_not_taken_over_by_the_bot(
    desk: Desk, customer: Customer
) -> None:
    await happens(desk, customer, EventKind.ECHO, text="ทักจากเพจค่ะ", message_id="e1")
    desk.clock.forward(hours=1)
    assert await customer.write("สนใจค่ะ") is None
    first = await customer.case()
    assert first.handoff_reason is HandoffReason.ANSWERED_ELSEWHERE
    assert await customer.scripts() == []

    await happens(desk, customer, EventKind.LEFT)
    desk.clock.forward(hours=25)
    assert await customer.write("สวัสดีค่ะ") is not None
    assert await customer.scripts() == ["greeting"]


async def test_our_own_echo_changes_nothing(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    greeting = next(m for m in await customer.messages() if m.author is Author.BOT)
    before = len(await customer.messages())
    await happens(desk, customer, EventKind.ECHO, text=greeting.text, correlation_id=str(greeting.retry_key))
    await happens(desk, customer, EventKind.ECHO, text="…", own=True, message_id="other")
    await happens(desk, customer, EventKind.ECHO, text="…", own=True, correlation_id="no key at all")

    assert len(await customer.messages()) == before
    assert (await customer.case()).state is State.BOT


async def test_an_echo_settles_a_send_that_hung(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    greeting = next(m for m in await customer.messages() if m.author is Author.BOT)
    async with desk.uow() as uow:
        row = await uow.conversations.lock_message(greeting.id)
        row.delivery, row.delivery_reason = Delivery.UNKNOWN, "no_answer"
        await uow.commit()
    await happens(
        desk, customer, EventKind.ECHO, text=greeting.text, message_id="e7", correlation_id=str(greeting.retry_key)
    )

    settled = next(m for m in await customer.messages() if m.id == greeting.id)
    assert (settled.delivery, settled.external_message_id, settled.delivery_reason) == (Delivery.SENT, "e7", None)


async def test_standby_is_kept_with_an_open_case_and_answered_by_nobody(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.TEXT, text="ก่อนมีเรื่อง", standby=True)
    assert await customer.messages() == []
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    before = await customer.scripts()
    await happens(desk, customer, EventKind.TEXT, text="ถามแอปอื่น", standby=True)
    await happens(desk, customer, EventKind.MEDIA, media=MediaKind.IMAGE, standby=True)

    said = [m.text for m in await customer.messages() if m.author is Author.CUSTOMER]
    assert said == ["สวัสดีค่ะ", "ถามแอปอื่น", "[รูปภาพ]"]
    assert await customer.scripts() == before


@pytest.mark.parametrize("handled_between", [True, False])
async def test_what_stood_by_and_then_comes_to_us_is_one_turn(
    desk: Desk, customer: Customer, *, handled_between: bool
) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    event = at(desk, customer, EventKind.TEXT, text="ขอ Form D", message_id="m8")
    await customer.accept(replace(event, standby=True))
    if handled_between:
        assert await customer.handle() is None
    await customer.accept(event)
    await customer.accept(event)

    assert await customer.handle() is not None, "and it is answered"
    await customer.accept(replace(event, standby=True))
    async with desk.uow() as uow:
        assert await uow.inbound.next_of_lane(customer.lane, uow.now) is not None, "still the same turn"
    said = [m.text for m in await customer.messages() if m.author is Author.CUSTOMER]
    assert said == ["สวัสดีค่ะ", "ขอ Form D"]


async def test_an_unknown_event_is_kept_and_handled(desk: Desk, customer: Customer) -> None:
    await customer.accept(at(desk, customer, EventKind.OTHER, raw={"type": "beacon"}))
    async with desk.uow() as uow:
        assert await uow.inbound.next_of_lane(customer.lane, uow.now) is None
    assert "beacon" in await dump.database(desk)


async def test_a_sticker_after_the_end_opens_no_case(desk: Desk, customer: Customer) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    async with desk.uow() as uow:
        agent = await agents.create(uow, email="o@example.com", name="ก", role=Role.AGENT, password="a long password")
        case = await cases.accept(uow, agent, (await customer.case()).id)
        await cases.discard(uow, agent, case.id, "duplicate")
        await uow.commit()
    closed = await customer.case()
    desk.clock.forward(seconds=timedelta(minutes=5).total_seconds())
    await happens(desk, customer, EventKind.MEDIA, media=MediaKind.STICKER)

    assert (await customer.case()).id == closed.id


@pytest.mark.parametrize("said", ["โทร 081-234-5678 ค่ะ ขอ Form D", "เมล Somying@Example.COM ขอ Form D"])
async def test_contact_details_of_a_taken_back_message_are_forgotten(desk: Desk, customer: Customer, said: str) -> None:
    await customer.accept(at(desk, customer, EventKind.TEXT, text=said, message_id="m1"))
    await customer.handle()
    assert (await customer.case()).pending_profile
    await happens(desk, customer, EventKind.UNSENT, target_message_id="m1")

    assert (await customer.case()).pending_profile is None


SAID = "kanarix77 อีเมลของผมคือ kanarix77@example.com โทร 0812345678 บริษัท kanarix77 จำกัด"
TOLD = ("kanarix77", "812345678")


async def agrees(desk: Desk, customer: Customer) -> None:
    """The customer tells contact details in message m1, and lets them be kept."""
    await customer.accept(at(desk, customer, EventKind.TEXT, text=SAID, message_id="m1"))
    await customer.handle()
    assert await customer.write("ยินยอม") is None


async def test_what_was_kept_with_consent_goes_with_the_message_that_told_it(desk: Desk, customer: Customer) -> None:
    await agrees(desk, customer)
    kept = (await profile_of(desk, customer)).contact
    assert (kept.company, kept.email, kept.phone) == ("บริษัท kanarix77", "kanarix77@example.com", "+66812345678")

    await happens(desk, customer, EventKind.UNSENT, target_message_id="m1")

    everything = await dump.database(desk)
    assert not [told for told in TOLD if told in everything]
    assert [consent.given for consent in (await profile_of(desk, customer)).consents] == [True, False]


async def test_what_an_officer_wrote_down_from_a_taken_back_message_goes_too(desk: Desk, customer: Customer) -> None:
    await agrees(desk, customer)
    fields = {"name": "ป้าแดง", "company": "บริษัท Kanarix77 จำกัด", "email": None, "phone": "02 507 7999"}
    async with desk.uow() as uow:
        agent = await agents.create(uow, email="o@example.com", name="ก", role=Role.AGENT, password="a long password")
        await profile.change(uow, agent, (await customer.case()).id, fields)
        await uow.commit()

    await happens(desk, customer, EventKind.UNSENT, target_message_id="m1")

    left = (await profile_of(desk, customer)).contact
    assert (left.name, left.company, left.phone) == ("ป้าแดง", None, "+6625077999"), "told elsewhere, so it stays"


async def test_the_files_of_the_database_are_cleared_of_old_versions(desk: Desk, customer: Customer) -> None:
    await agrees(desk, customer)
    await happens(desk, customer, EventKind.UNSENT, target_message_id="m1")

    async with desk.uow().reading() as uow:
        await dead_rows.clear(uow.session)
        cleared = await uow.session.execute(
            text("select relname from pg_stat_user_tables where last_vacuum is not null")
        )
        assert set(cleared.scalars()) == set(dead_rows.TABLES)


async def profile_of(desk: Desk, customer: Customer) -> profile.Profile:
    async with desk.uow() as uow:
        return await profile.show(uow, (await customer.case()).contact_id)


async def test_a_short_message_that_is_taken_back_leaves_the_rest_of_the_summary(
    desk: Desk, customer: Customer
) -> None:
    await customer.accept(at(desk, customer, EventKind.TEXT, text="1", message_id="m1"))
    turn = await customer.handle()
    assert turn is not None
    await customer.apply(turn, [NotFound()])
    async with desk.uow() as uow:
        case = await uow.cases.get((await customer.case()).id)
        assert case is not None
        case.summary = "หัวข้อ: ทุเรียน 10 ตู้ HS 0810.60\nลูกค้าสอบถาม: 1 / ราคา 100"
        await uow.commit()
    await happens(desk, customer, EventKind.UNSENT, target_message_id="m1")

    assert (await customer.case()).summary == f"หัวข้อ: ทุเรียน 10 ตู้ HS 0810.60\nลูกค้าสอบถาม: {ERASED} / ราคา 100"


async def test_an_echo_before_the_answer_of_the_platform_settles_the_send(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    greeting = next(m for m in await customer.messages() if m.author is Author.BOT)
    async with desk.uow() as uow:
        (await uow.conversations.lock_message(greeting.id)).claimed_at = uow.now
        await uow.commit()
    await happens(desk, customer, EventKind.ECHO, message_id="e8", correlation_id=str(greeting.retry_key))

    settled = next(m for m in await customer.messages() if m.id == greeting.id)
    assert (settled.delivery, settled.external_message_id) == (Delivery.SENT, "e8")


async def test_who_comes_back_is_greeted_shortly(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.OPENED, returning=True)

    assert await customer.scripts() == ["welcome_back"]


async def test_a_tap_on_a_platforms_menu_chooses_and_an_invented_one_does_not(desk: Desk, customer: Customer) -> None:
    await customer.accept(at(desk, customer, EventKind.TAPPED, payload="v1:topic:fairs"))
    turn = await customer.handle()
    assert turn is not None
    assert turn.message == '/choose_topic{"topic": "fairs"}'
    await customer.apply(turn, [Say(script="menu")])
    for invented in ("v1:topic:ไม่มี", "v2:topic:fairs", "v1:ask_agent", "v1:", '/choose_topic{"topic": "fairs"}'):
        await happens(desk, customer, EventKind.TAPPED, payload=invented)

    assert (await customer.scripts())[-5:] == ["button_gone"] * 5
