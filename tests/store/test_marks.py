"""What a platform tells beside the words: reactions, deliveries and reads, links, whose the talk is."""

from datetime import datetime, timedelta

import pytest

from bot.bootstrap import Desk
from bot.domain.case import HandoffReason, State
from bot.domain.conversation import Author, Conversation, Delivery, Message, Reached
from bot.domain.history import Happened
from bot.domain.proposals import Handoff, Say
from connectors.contract import EventKind
from tests.drive import Customer

SECOND = timedelta(seconds=1)


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    return Customer(desk, channel="messenger")


async def happens(desk: Desk, customer: Customer, kind: EventKind, **fields: object) -> None:
    await customer.accept(customer.event(kind, **{"occurred_at": desk.clock.time, **fields}))
    assert await customer.handle() is None


async def talk_of(desk: Desk, customer: Customer) -> Conversation:
    async with desk.uow() as uow:
        found = await uow.conversations.find(customer.channel, customer.external_id)
        assert found is not None
        return found


async def sent(desk: Desk, customer: Customer, at: datetime) -> Message:
    """The newest message of the bot, as if the platform had shown it at that time."""
    async with desk.uow() as uow:
        newest = [m for m in await customer.messages() if m.author is Author.BOT][-1]
        message = await uow.conversations.lock_message(newest.id)
        message.delivery, message.external_message_id, message.claimed_at = Delivery.SENT, f"m_{message.seq}", at
        await uow.commit()
    return message


async def noted(desk: Desk, customer: Customer) -> list[str]:
    async with desk.uow() as uow:
        history = await uow.cases.history((await customer.case()).id, after=0, limit=100)
    return [event.data["referral"] for event in history if event.kind is Happened.REFERRED]


async def test_a_watermark_goes_only_forward_and_covers_what_was_shown_before_it(
    desk: Desk, customer: Customer
) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    now = desk.clock.time
    message = await sent(desk, customer, now)

    reached = []
    for kind, watermark in [
        (EventKind.DELIVERED, now - SECOND),
        (EventKind.DELIVERED, now + SECOND),
        (EventKind.READ, now - SECOND),
        (EventKind.READ, now),
        (EventKind.READ, now - 5 * SECOND),
        (EventKind.DELIVERED, now - 5 * SECOND),
    ]:
        await happens(desk, customer, kind, watermark=watermark)
        reached.append((await talk_of(desk, customer)).reached(message))

    assert reached == [None, Reached.DELIVERED, Reached.DELIVERED, Reached.READ, Reached.READ, Reached.READ]


async def test_reading_tells_of_the_delivery_too(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    await happens(desk, customer, EventKind.READ, watermark=desk.clock.time)

    assert (await talk_of(desk, customer)).delivered_up_to == desk.clock.time


async def test_the_echo_tells_when_the_platform_showed_it(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    message = await sent(desk, customer, desk.clock.time)
    shown = desk.clock.time - 30 * SECOND  # our clock is ahead of the platform's

    await happens(desk, customer, EventKind.ECHO, own=True, message_id=message.external_message_id, occurred_at=shown)
    await happens(desk, customer, EventKind.READ, watermark=shown)

    newest = (await customer.messages())[-1]
    assert (await talk_of(desk, customer)).reached(newest) is Reached.READ


async def test_the_echo_names_a_message_that_the_answer_did_not_name(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    key = str((await sent(desk, customer, desk.clock.time)).retry_key)
    async with desk.uow() as uow:
        message = await uow.conversations.lock_message((await customer.messages())[-1].id)
        message.external_message_id = None
        await uow.commit()

    await happens(desk, customer, EventKind.ECHO, own=True, message_id="m_late", correlation_id=key)
    await happens(desk, customer, EventKind.REACTED, target_message_id="m_late", text="❤")

    assert (await customer.messages())[-1].reaction == "❤"


async def test_a_reaction_stands_under_its_message_until_it_is_taken_away(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    target = (await sent(desk, customer, desk.clock.time)).external_message_id
    before = len(await customer.messages())

    signs = []
    for number, sign in enumerate(["❤", "👍", None]):
        await happens(desk, customer, EventKind.REACTED, target_message_id=target, text=sign, client_id=f"r{number}")
        signs.append((await customer.messages())[-1].reaction)

    assert signs == ["❤", "👍", None]
    assert len(await customer.messages()) == before, "no answer"


@pytest.mark.parametrize(
    ("kind", "fields", "opens"),
    [
        (EventKind.REACTED, {"target_message_id": "m_1", "text": "❤"}, True),
        (EventKind.REACTED, {"target_message_id": "m_1", "text": None}, False),
        (EventKind.REFERRED, {"referral": "booth"}, True),
        (EventKind.READ, {"watermark": datetime.fromisoformat("2026-11-23T05:00:00+00:00")}, False),
        (EventKind.DELIVERED, {"watermark": datetime.fromisoformat("2026-11-23T05:00:00+00:00")}, False),
        (EventKind.ECHO, {"own": True}, False),
        (EventKind.EDITED, {"message_id": "m_1", "text": "ใหม่"}, False),
    ],
)
async def test_what_opens_the_window_anew(
    desk: Desk, customer: Customer, kind: EventKind, fields: dict[str, object], *, opens: bool
) -> None:
    await happens(desk, customer, EventKind.OPENED)
    desk.clock.time += timedelta(hours=3)
    await happens(desk, customer, kind, **fields)

    async with desk.uow() as uow:
        heard = await uow.inbound.last_heard(customer.lane)
    assert heard == desk.clock.time - (timedelta() if opens else timedelta(hours=3))


async def test_a_reaction_takes_nothing_back(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.REACTED, target_message_id="m_1", text="❤")
    await customer.accept(customer.event(EventKind.TEXT, text="ขอ Form D", message_id="m_1"))

    assert await customer.handle() is not None


async def test_a_link_before_the_first_words_is_noted_with_the_case(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.REFERRED, referral="booth · SHORTLINK")
    await customer.write("สวัสดีค่ะ")

    assert await noted(desk, customer) == ["booth · SHORTLINK"]


async def test_an_old_link_has_nothing_to_do_with_a_new_case(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.REFERRED, referral="booth")
    desk.clock.time += timedelta(days=2)
    await customer.accept(customer.event(EventKind.TEXT, text="สวัสดีค่ะ", occurred_at=desk.clock.time))
    await customer.handle()

    assert await noted(desk, customer) == []


async def test_links_of_an_open_case_are_noted_as_they_come(desk: Desk, customer: Customer) -> None:
    await customer.accept(customer.event(EventKind.TEXT, text="สวัสดีค่ะ", referral="ad 1"))
    await customer.handle()
    await happens(desk, customer, EventKind.REFERRED, referral="booth")

    assert await noted(desk, customer) == ["ad 1", "booth"]


async def test_a_talk_that_went_elsewhere_comes_back_to_the_bot(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))

    await happens(desk, customer, EventKind.HANDED, own=False)
    away = await customer.case()
    await happens(desk, customer, EventKind.HANDED, own=True)
    back = await customer.case()

    assert (away.state, away.handoff_reason) == (State.QUEUED, HandoffReason.ANSWERED_ELSEWHERE)
    assert back.state is State.BOT
    assert (await talk_of(desk, customer)).answered_elsewhere_at is None
    assert await customer.write("แล้ว Form D ล่ะคะ") is not None, "and the bot answers"


async def test_who_waits_for_an_officer_goes_on_waiting(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    await happens(desk, customer, EventKind.HANDED, own=False)
    await customer.write("มีใครอยู่ไหมคะ")
    await happens(desk, customer, EventKind.HANDED, own=True)

    assert (await customer.case()).state is State.QUEUED

    other = Customer(desk, channel="messenger")
    await other.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    await happens(desk, other, EventKind.HANDED, own=True)
    assert (await other.case()).handoff_reason is HandoffReason.CUSTOMER_ASKED
    assert (await other.case()).state is State.QUEUED


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (EventKind.REACTED, {"target_message_id": "m_1", "text": "❤"}),
        (EventKind.READ, {"watermark": datetime.fromisoformat("2026-11-23T05:00:00+00:00")}),
        (EventKind.HANDED, {"own": False}),
    ],
)
async def test_of_somebody_unknown_it_is_only_kept(
    desk: Desk, customer: Customer, kind: EventKind, fields: dict[str, object]
) -> None:
    await happens(desk, customer, kind, **fields)

    assert await customer.messages() == []


async def test_what_was_read_keeps_nobody_from_ending_a_case(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    await customer.accept(customer.event(EventKind.READ, watermark=desk.clock.time, occurred_at=desk.clock.time))
    async with desk.uow() as uow:
        assert not await uow.inbound.lane_is_busy(customer.lane)

    await customer.accept(customer.event(EventKind.TEXT, text="อีกเรื่องค่ะ", occurred_at=desk.clock.time))
    async with desk.uow() as uow:
        assert await uow.inbound.lane_is_busy(customer.lane)


async def test_who_empties_the_chat_and_starts_anew_is_welcomed_back(desk: Desk, customer: Customer) -> None:
    await happens(desk, customer, EventKind.OPENED)
    await happens(desk, customer, EventKind.OPENED, client_id="again")

    assert await customer.scripts() == ["greeting", "welcome_back"]
