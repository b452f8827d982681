"""A day after the customer's last act Messenger lets the bot say nothing: what could only fail is not written."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.bootstrap import Desk
from bot.domain.agent import Agent, Role
from bot.domain.case import Case, HandoffReason, State
from bot.domain.conversation import Author, Delivery, Message
from bot.domain.history import Happened
from bot.domain.proposals import Handoff, NotFound
from bot.services import agents, cases, deadlines, missed, receive
from connectors.contract import EventKind, MediaKind
from tests.drive import Customer
from tests.fakes.messenger_user import MessengerUser
from tests.store.messenger_desk import Page

A_DAY = timedelta(hours=24, minutes=1)
WANTS_PERSON = Handoff(reason=HandoffReason.CUSTOMER_ASKED)


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    return Customer(desk, channel="messenger")


async def officer(desk: Desk) -> Agent:
    async with desk.uow() as uow:
        agent = await agents.create(uow, email="o@example.com", name="สมหญิง", role=Role.AGENT, password="a long one")
        await uow.commit()
    return agent


async def accept(desk: Desk, agent: Agent, case_id: int) -> None:
    async with desk.uow() as uow:
        await cases.accept(uow, agent, case_id)
        await uow.commit()


async def resolve(desk: Desk, agent: Agent, case_id: int) -> None:
    async with desk.uow() as uow:
        seen = await uow.conversations.last_customer_seq(case_id)
        await cases.resolve(
            uow, agent, case_id, outcome="answered", summary="โทรแจ้งแล้ว", last_seen_seq=seen, limits=desk.limits
        )
        await uow.commit()


async def queued(customer: Customer) -> Case:
    """A customer who waits for a person since now."""
    await customer.accept(customer.event(EventKind.TEXT, text="ขอคุยกับเจ้าหน้าที่", occurred_at=customer.desk.clock.time))
    turn = await customer.handle()
    assert turn is not None
    await customer.apply(turn, [WANTS_PERSON])
    return await customer.case()


async def ended_unasked(customer: Customer) -> Case:
    """A case that an officer took and ended a day after the customer's last word; an hour later it still waits."""
    case = await queued(customer)
    agent = await officer(customer.desk)
    customer.desk.clock.time += A_DAY
    await accept(customer.desk, agent, case.id)
    await resolve(customer.desk, agent, case.id)
    customer.desk.clock.forward(hours=1)
    return await customer.case()


async def act(customer: Customer, kind: EventKind = EventKind.TEXT, **fields: object) -> receive.Turn | None:
    await customer.accept(customer.event(kind, occurred_at=customer.desk.clock.time, **fields))
    return await customer.handle()


async def ours(customer: Customer) -> Sequence[Message]:
    return [message for message in await customer.messages() if message.author is not Author.CUSTOMER]


async def said_to(user: MessengerUser, page: Page) -> list[str]:
    """What the customer has seen since the last look, once the desk has worked."""
    before = len(user.texts)
    await page.work(user, WANTS_PERSON)
    return user.texts[before:]


async def test_accepted_ended_and_asked_when_the_customer_is_back(page: Page) -> None:
    desk, user = page.desk, page.platform.user("สมหญิง")
    await page.does(user.say, "ขอคุยกับเจ้าหน้าที่ค่ะ")
    customer = await page.work(user, WANTS_PERSON)
    case, agent = await customer.case(), await officer(desk)
    page.move(A_DAY.total_seconds())
    written = len(await customer.messages())
    await accept(desk, agent, case.id)
    await resolve(desk, agent, case.id)

    ended = await customer.case()
    assert len(await customer.messages()) == written, "nothing was written that could only fail"
    assert await said_to(user, page) == []
    assert (ended.state, ended.survey_due_at) == (State.SURVEY, desk.clock.time + desk.limits.survey)

    page.move(3600)
    await page.does(user.say, "ขอบคุณค่ะ")
    asked = await said_to(user, page)
    assert len(asked) == 1
    assert "ประทับใจ กด 1" in asked[0]
    assert (await customer.case()).survey_due_at == desk.clock.time + desk.limits.survey, "a whole day from now on"

    await page.does(user.tap, "2 พึงพอใจ")
    assert "ขอบคุณสำหรับการประเมิน" in (await said_to(user, page))[0]
    closed = await customer.case()
    assert (closed.id, closed.state, closed.rating) == (case.id, State.CLOSED, 2)
    assert {message.delivery for message in await ours(customer)} == {Delivery.SENT}


@pytest.mark.parametrize("words", ["2", "ประทับใจค่ะ", "5", "ขอบคุณค่ะ", "พอใช้ได้ครับ"])
async def test_who_was_not_asked_is_asked_and_has_rated_nothing(customer: Customer, words: str) -> None:
    case = await ended_unasked(customer)

    assert await act(customer, text=words) is None

    case = await customer.case()
    assert (case.state, case.rating) == (State.SURVEY, None)
    assert (await customer.scripts())[-1] == "survey"
    await act(customer, text="1")
    assert ((await customer.case()).state, (await customer.case()).rating) == (State.CLOSED, 1)


async def test_a_sticker_or_an_old_button_is_a_moment_to_ask_too(customer: Customer) -> None:
    await ended_unasked(customer)
    assert await act(customer, EventKind.MEDIA, media=MediaKind.STICKER) is None
    assert await act(customer, EventKind.MEDIA, media=MediaKind.STICKER) is None

    assert (await customer.scripts()).count("survey") == 1


async def test_who_empties_the_chat_and_begins_again_is_asked(customer: Customer) -> None:
    case = await ended_unasked(customer)
    assert await act(customer, EventKind.OPENED) is None

    assert (await customer.scripts())[-1] == "survey"
    await act(customer, text="1")
    assert ((await customer.case()).id, (await customer.case()).rating) == (case.id, 1)


async def test_who_begins_again_while_waiting_or_with_an_officer_is_told_so(customer: Customer) -> None:
    case = await queued(customer)
    await act(customer, EventKind.OPENED)
    waiting = (await customer.scripts())[-1]
    await accept(customer.desk, await officer(customer.desk), case.id)
    await act(customer, EventKind.OPENED)

    assert (waiting, (await customer.scripts())[-1]) == ("still_waiting", "officer_has_it")


async def test_who_sends_a_file_is_told_what_becomes_of_it_and_asked(customer: Customer) -> None:
    await ended_unasked(customer)
    assert await act(customer, EventKind.MEDIA, media=MediaKind.IMAGE) is None

    assert (await customer.scripts())[-2:] == ["media", "survey"]


async def test_a_question_is_served_first_and_the_rating_is_asked_at_its_end(customer: Customer) -> None:
    case = await ended_unasked(customer)
    turn = await act(customer, text="แล้วถ้าส่งไปจีนล่ะคะ ต้องทำอย่างไร")
    assert turn is not None
    assert turn.judge
    async with customer.desk.uow() as uow:
        await receive.judge(uow, turn.event_id, "ask_knowledge", limits=customer.desk.limits)
        await uow.commit()

    again = await customer.case()
    assert (again.id, again.state) == (case.id, State.QUEUED)
    assert "survey" not in await customer.scripts()
    async with customer.desk.uow() as uow:
        agent = (await uow.agents.active())[0]
    await accept(customer.desk, agent, case.id)
    await resolve(customer.desk, agent, case.id)
    assert (await customer.scripts())[-2:] == ["agent_joined", "survey"]


async def test_who_stays_away_is_counted_as_unrated_and_the_next_word_is_a_new_case(customer: Customer) -> None:
    case = await ended_unasked(customer)
    customer.desk.clock.time += customer.desk.limits.survey
    await deadlines.sweep(customer.desk.uow, customer.desk.limits)
    closed = await customer.case()
    await act(customer, text="สวัสดีค่ะ")

    assert (closed.id, closed.state, closed.rating) == (case.id, State.CLOSED, None)
    assert (await customer.case()).id != case.id
    async with customer.desk.uow() as uow:
        history = await uow.cases.history(case.id, after=0, limit=100)
    assert Happened.UNRATED in {event.kind for event in history}
    assert [event.data["asked"] for event in history if event.kind is Happened.RESOLVED] == [False]


@pytest.mark.parametrize("asked", [True, False])
async def test_words_that_nobody_has_handled_yet_keep_the_survey_open(customer: Customer, *, asked: bool) -> None:
    desk, case = customer.desk, await ended_unasked(customer)
    if asked:
        await act(customer, text="ขอบคุณค่ะ")
    due = (await customer.case()).survey_due_at
    assert due is not None
    desk.clock.time = due
    await customer.accept(customer.event(EventKind.TEXT, text="2", occurred_at=due))
    await deadlines.sweep(desk.uow, desk.limits)
    assert (await customer.case()).state is State.SURVEY

    await customer.handle()
    heard = await customer.case()
    assert (heard.id, heard.rating) == (case.id, 2 if asked else None)
    assert (await customer.scripts())[-1] == ("thanks" if asked else "survey")


async def test_a_survey_that_failed_has_asked_nobody(customer: Customer) -> None:
    case = await queued(customer)
    await accept(customer.desk, agent := await officer(customer.desk), case.id)
    await resolve(customer.desk, agent, case.id)
    async with customer.desk.uow() as uow:
        lost = await uow.conversations.lock_message((await customer.messages())[-1].id)
        lost.delivery, lost.next_attempt_at = Delivery.FAILED, None
        await uow.commit()
    await act(customer, text="2")

    assert (await customer.case()).state is State.SURVEY
    assert (await customer.scripts())[-2:] == ["survey", "survey"]


async def test_given_back_or_ended_by_silence_nothing_is_said(customer: Customer) -> None:
    desk, case = customer.desk, await queued(customer)
    agent = await officer(desk)
    await accept(desk, agent, case.id)
    written = len(await customer.messages())
    desk.clock.time += A_DAY
    async with desk.uow() as uow:
        await cases.return_to_bot(uow, agent, case.id, limits=desk.limits)
        await uow.commit()
    desk.clock.forward(minutes=31)
    await deadlines.sweep(desk.uow, desk.limits)

    assert (await customer.case()).state is State.SURVEY
    assert len(await customer.messages()) == written


async def test_what_came_a_day_late_goes_to_people_without_a_word_of_the_bot(page: Page) -> None:
    """The desk was down, and fetches what a customer wrote then."""
    desk, user = page.desk, page.platform.user("สมหญิง")
    await missed.look(desk.uow, desk.channels)
    page.platform.tells_nothing = True
    await page.does(user.say, "ขอ Form D ที่ไหนคะ")
    page.move(A_DAY.total_seconds())
    await missed.look(desk.uow, desk.channels)
    customer = await page.work(user)

    case = await customer.case()
    assert (case.state, case.handoff_reason) == (State.QUEUED, HandoffReason.DELIVERY_FAILED)
    assert [message.text for message in await customer.messages()] == ["ขอ Form D ที่ไหนคะ"]
    assert page.asked == []

    page.platform.tells_nothing = False
    await accept(desk, await officer(desk), case.id)
    await page.does(user.say, "ยังรออยู่ค่ะ")
    await page.work(user)
    assert await customer.scripts() == [], "nobody is greeted in the middle of a talk with an officer"


async def test_a_late_wish_to_be_forgotten_is_known_as_one(customer: Customer) -> None:
    wish = customer.event(EventKind.TEXT, text="ขอให้ลบข้อมูลส่วนตัวของฉัน", occurred_at=customer.desk.clock.time)
    customer.desk.clock.time += A_DAY
    await customer.accept(wish)
    assert await customer.handle() is None

    case = await customer.case()
    assert (case.state, case.handoff_reason) == (State.QUEUED, HandoffReason.DATA_REQUEST)
    assert await customer.scripts() == []


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(EventKind.MEDIA, {"media": MediaKind.STICKER, "text": "ดีใจ"}), (EventKind.TEXT, {"text": "ขอบคุณค่ะ"})],
)
async def test_thanks_of_the_day_before_call_nobody(
    customer: Customer, kind: EventKind, fields: dict[str, object]
) -> None:
    late = customer.event(kind, occurred_at=customer.desk.clock.time, **fields)
    customer.desk.clock.time += A_DAY
    await customer.accept(late)
    assert await customer.handle() is None

    assert (await customer.case()).state is State.BOT
    assert await customer.scripts() == []


async def test_an_answer_that_took_a_day_is_a_persons_to_give(customer: Customer) -> None:
    turn = await act(customer, text="ขอ Form D ที่ไหนคะ")
    assert turn is not None
    written = len(await customer.messages())
    customer.desk.clock.time += A_DAY
    await customer.apply(turn, [NotFound()])

    case = await customer.case()
    assert (case.state, case.handoff_reason) == (State.QUEUED, HandoffReason.DELIVERY_FAILED)
    assert len(await customer.messages()) == written


@pytest.mark.parametrize("channel", ["line", "webchat"])
async def test_elsewhere_there_is_no_such_window(desk: Desk, channel: str) -> None:
    customer = Customer(desk, channel=channel)
    await ended_unasked(customer)
    await act(customer, text="2")

    case = await customer.case()
    assert (case.state, case.rating) == (State.CLOSED, 2)
    assert (await customer.scripts())[-3:] == ["agent_joined", "survey", "thanks"]
