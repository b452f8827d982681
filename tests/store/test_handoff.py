"""A human takes over inside the window, and the case ends rated and filed."""

import asyncio
import contextlib
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.bootstrap import Desk
from bot.domain.agent import Agent, Role
from bot.domain.case import BANGKOK, HandoffReason, State
from bot.domain.conversation import Author
from bot.domain.errors import (
    AlreadyTaken,
    DeskError,
    Forbidden,
    IllegalTransition,
    Invalid,
    KeyReused,
    NewerMessages,
)
from bot.domain.history import Happened
from bot.domain.promise import Clock, ClockState, Measure
from bot.domain.proposals import Answer, Done, Handoff, NotFound, Say
from bot.services import agents, articles, calendars, cases, deadlines, receive, reply
from bot.services.gate import Gate
from tests.drive import Customer

CALENDAR = {
    "periods": {day: [["08:30", "12:00"], ["13:00", "16:30"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": [],
}


ASKED = Say(script="ask_registered", question="registered")  # what the form adds to an answer


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    desk.clock.time = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # Monday 10:00 in Bangkok
    return Customer(desk)


async def officer(desk: Desk, name: str = "สมหญิง", role: Role = Role.AGENT) -> Agent:
    async with desk.uow() as uow:
        count = await uow.agents.count()
        agent = await agents.create(
            uow, email=f"o{count}@example.com", name=name, role=role, password="a long password"
        )
        agent.last_seen_at = uow.now
        await uow.commit()
    return agent


async def queued(customer: Customer) -> int:
    await customer.open()
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    return (await customer.case()).id


async def do(desk: Desk, use_case, *arguments, **named):  # noqa: ANN001, ANN002, ANN003, ANN201 - any use case
    async with desk.uow() as uow:
        result = await use_case(uow, *arguments, **named)
        await uow.commit()
    return result


async def clocks(desk: Desk, case_id: int) -> list[Clock]:
    async with desk.uow() as uow:
        return list(await uow.work.clocks(case_id))


async def deliver_all(desk: Desk, customer: Customer) -> None:
    while await reply.deliver_next(desk.uow, desk.channels, f"webchat:{customer.external_id}", limits=desk.limits):
        pass


async def say_as(desk: Desk, agent: Agent, case_id: int, text: str, **named):  # noqa: ANN003, ANN201
    named = {"last_seen_seq": None, "key": None} | named
    return await do(desk, cases.reply, agent, case_id, text=text, limits=desk.limits, **named)


async def test_the_window_is_met_by_the_first_delivered_human_reply(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    desk.clock.forward(minutes=2)
    await say_as(desk, agent, case_id, "สวัสดีค่ะ")
    before = (await clocks(desk, case_id))[0].state
    await deliver_all(desk, customer)

    window = (await clocks(desk, case_id))[0]
    assert before is ClockState.RUNNING
    assert (window.measure, window.state) == (Measure.HUMAN_WINDOW, ClockState.MET)
    assert window.stopped_at == desk.clock.time


async def test_a_late_reply_leaves_the_window_missed(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    desk.clock.forward(minutes=4)
    await deadlines.sweep(desk.uow, desk.limits)
    await do(desk, cases.accept, agent, case_id)
    await say_as(desk, agent, case_id, "ขออภัยที่ให้รอค่ะ")
    await deliver_all(desk, customer)

    assert [clock.state for clock in await clocks(desk, case_id)] == [ClockState.MISSED]


@pytest.mark.parametrize(
    ("handed_off", "due"),
    [
        ((20, 16, 10), (23, 9, 10)),
        ((22, 10, 0), (23, 9, 30)),
        ((23, 11, 50), (23, 13, 50)),
        ((23, 15, 30), (23, 16, 30)),
        ((23, 23, 50), (24, 9, 30)),
    ],
)
async def test_an_hour_in_working_time(
    desk: Desk, customer: Customer, handed_off: tuple[int, int, int], due: tuple[int, int, int]
) -> None:
    object.__setattr__(desk, "settings", desk.settings.model_copy(update={"window_minutes": 60}))
    boss = await officer(desk, role=Role.SUPERVISOR)
    await do(desk, calendars.change, boss, CALENDAR)
    desk.clock.time = datetime(2026, 11, *handed_off, tzinfo=BANGKOK).astimezone(UTC)
    case_id = await queued(customer)

    assert (await clocks(desk, case_id))[0].due_at == datetime(2026, 11, *due, tzinfo=BANGKOK)


async def test_out_of_hours_the_next_opening_is_told_with_its_buddhist_date(desk: Desk, customer: Customer) -> None:
    desk.clock.time = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)  # a Saturday
    await queued(customer)

    told = (await customer.messages())[-1]
    assert told.script == "handoff_closed"
    assert "วันจันทร์ที่ 23 พ.ย. 2569 เวลา 08.30 น." in told.text


async def test_a_changed_calendar_moves_open_clocks(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    boss = await officer(desk, role=Role.SUPERVISOR)
    await do(desk, calendars.change, boss, {"periods": {"tue": [["09:00", "10:00"]]}, "holidays": []})

    assert (await clocks(desk, case_id))[0].due_at == datetime(2026, 11, 24, 9, 3, tzinfo=BANGKOK)


async def test_of_many_who_accept_one_has_the_case_and_the_others_learn_who(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    officers = [await officer(desk, name=f"เจ้าหน้าที่ {n}") for n in range(20)]

    async def try_it(agent: Agent) -> str:
        try:
            await do(desk, cases.accept, agent, case_id)
        except AlreadyTaken as error:
            return f"lost to {error.details['agent']}"
        return f"won {agent.name}"

    results = await asyncio.gather(*(try_it(agent) for agent in officers))

    winner = next(result.removeprefix("won ") for result in results if result.startswith("won"))
    assert sorted(results) == sorted([f"won {winner}", *[f"lost to {winner}"] * 19])


async def test_the_bot_is_silent_while_a_human_has_the_case(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    assert await customer.write("ระหว่างรอขอถามหน่อย") is None
    await do(desk, cases.accept, await officer(desk), case_id)
    assert await customer.write("ฮัลโหล") is None

    assert (await customer.messages())[-1].author is Author.CUSTOMER


async def test_who_asks_while_waiting_is_told_once_that_it_reached_people(desk: Desk, customer: Customer) -> None:
    await queued(customer)
    await customer.write("สินค้าเป็นทุเรียนแช่แข็ง ส่งไปจีนค่ะ")
    silent = (await customer.scripts())[-1]
    await customer.write("อยู่ไหมคะ")
    await customer.write("ต้องรอนานไหมคะ")
    first = await customer.scripts()
    desk.clock.forward(minutes=11)
    await customer.write("ฮัลโหล")

    assert silent == "handoff_open"
    assert first[-2:] == ["handoff_open", "still_waiting"]
    assert (await customer.scripts())[-2:] == ["still_waiting", "still_waiting"]


@pytest.mark.parametrize("words", ["คุยกับคน", "ไม่เอาแล้ว", "ตอบไม่ตรงเลย", "never mind"])
async def test_who_gives_up_complains_or_asks_for_a_person_while_waiting_is_told_how_it_stands(
    desk: Desk, customer: Customer, words: str
) -> None:
    await queued(customer)
    assert await customer.write(words) is None

    assert (await customer.scripts())[-1] == "still_waiting"
    assert await _button(customer, "ยกเลิกการรอ")


async def test_an_old_button_of_the_bot_tapped_while_waiting_is_told_how_it_stands(
    desk: Desk, customer: Customer
) -> None:
    await queued(customer)
    assert await customer.tap(await _button(customer, "เอกสารและกฎระเบียบ")) is None

    assert (await customer.scripts())[-1] == "still_waiting"


async def test_who_writes_on_while_waiting_is_answered_after_some_messages_and_once(
    desk: Desk, customer: Customer
) -> None:
    await queued(customer)
    for words in ("ผลไม้", "มะม่วงสด", "ไปญี่ปุ่น", "ตู้เดียว", "ทางเรือ", "ภายในเดือนหน้า"):
        await customer.write(words)

    assert [script for script in await customer.scripts() if script][-2:] == ["handoff_open", "still_waiting"]


async def test_contact_details_given_while_waiting_are_kept_with_consent(desk: Desk, customer: Customer) -> None:
    await queued(customer)
    await customer.write("เบอร์ 0812345678 ชื่อสมหญิง")
    asked = (await customer.scripts())[-1]
    await customer.tap(await _button(customer, "ยินยอม"))

    assert asked == "consent_profile"
    assert (await customer.scripts())[-1] == "consent_kept"
    assert (await customer.case()).state is State.QUEUED


@pytest.mark.parametrize(("hour", "urgent"), [(3, False), (16, True)])
async def test_out_of_hours_who_was_cheated_is_told_what_cannot_wait(
    desk: Desk, customer: Customer, hour: int, urgent: bool
) -> None:
    desk.clock.time = datetime(2026, 11, 23, hour, 0, tzinfo=UTC)
    await customer.open()
    await customer.say("โดนโกงค่ะ", Handoff(reason=HandoffReason.DISPUTE))

    assert ((await customer.scripts())[-1] == "fraud_urgent") is urgent


@pytest.mark.parametrize(
    ("hour", "told"), [(3, ["dispute_sorry"]), (16, ["dispute_sorry", "fraud_urgent"])], ids=["open", "closed"]
)
async def test_who_tells_of_fraud_while_waiting_is_answered_once_and_the_reason_rises(
    desk: Desk, customer: Customer, hour: int, told: list[str]
) -> None:
    desk.clock.time = datetime(2026, 11, 23, hour, 0, tzinfo=UTC)
    await customer.open()
    await customer.say("ร้องเรียนเจ้าหน้าที่พูดจาไม่ดี", Handoff(reason=HandoffReason.COMPLAINT))
    before = len(await customer.scripts())
    due = (await clocks(desk, (await customer.case()).id))[0].due_at
    assert await customer.write("โดนบริษัทจีนหลอกโอนเงินไป 5 แสน ทำไงดี") is None
    assert await customer.write("โดนหลอกจริง ๆ ค่ะ ช่วยด้วย") is None
    assert await customer.write("ขอลบข้อมูลด้วย") is None

    case = await customer.case()
    said = [script for script in (await customer.scripts())[before:] if script != "still_waiting"]
    assert said == [*told, "data_request_noted"]
    assert case.handoff_reason is HandoffReason.DISPUTE
    async with desk.uow() as uow:
        history = await uow.cases.history(case.id, after=0, limit=100)
    asked = [event.data["reason"] for event in history if event.kind is Happened.HANDOFF_REQUESTED]
    assert asked == ["complaint", "dispute", "data_request"]
    assert [clock.due_at for clock in await clocks(desk, case.id)] == [due]


async def test_fraud_told_in_the_survey_goes_to_people(desk: Desk, customer: Customer) -> None:
    await customer.open()
    await customer.say("พอแล้วค่ะ", Done())
    assert await customer.write("โดนบริษัทจีนหลอกโอนเงินไป 5 แสน") is None

    case = await customer.case()
    assert (case.state, case.handoff_reason) == (State.QUEUED, HandoffReason.DISPUTE)


async def test_a_late_bot_answer_is_suppressed(desk: Desk, customer: Customer) -> None:
    await customer.open()
    turn = await customer.write("คำถาม")
    assert turn is not None
    case_id = (await customer.case()).id
    async with desk.uow() as uow:
        conversation, case = await cases.locked(uow, case_id)
        from bot.services import handoff

        await handoff.request(uow, conversation, case, HandoffReason.CUSTOMER_ASKED, limits=desk.limits)
        await uow.commit()
    await do(desk, cases.accept, await officer(desk), case_id)
    await customer.apply(turn, [NotFound()])

    assert "not_found" not in await customer.scripts()
    async with desk.uow() as uow:
        kinds = [event.kind for event in await uow.cases.history(case_id, after=0, limit=50)]
    assert Happened.BOT_SUPPRESSED in kinds


async def test_asking_the_bot_while_waiting_keeps_place_and_clock(desk: Desk, customer: Customer) -> None:
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
    case_id = await queued(customer)
    before = (await clocks(desk, case_id))[0].due_at
    assert await customer.write("ถามบอทระหว่างรอ") is None  # words of the button
    await customer.tap(await _button(customer, "ถามบอทระหว่างรอ"))
    await customer.say("ขอ Form D ที่ไหน", Answer(article_id="form-d", version=1, score=0.9), ASKED)
    await customer.say("ขอบคุณค่ะ", Say(script="you_are_welcome"))
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    await customer.say("ขอคุยกับคน", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    await customer.say("อย่างอื่น", NotFound())

    said = ["assist_on", None, "you_are_welcome", "assist_on", "still_waiting", "assist_not_found"]
    assert (await customer.scripts())[-6:] == said
    assert (await customer.case()).state is State.QUEUED
    assert (await clocks(desk, case_id))[0].due_at == before


@pytest.mark.parametrize("how", ["ยกเลิก", "ยกเลิกค่ะ", "ไม่รอแล้ว", "button"])
async def test_withdrawing_cancels_the_clock(desk: Desk, customer: Customer, how: str) -> None:
    case_id = await queued(customer)
    if how == "button":
        await customer.tap(await _button(customer, "ยกเลิกการรอ"))
    else:
        await customer.write(how)

    assert (await customer.case()).state is State.BOT
    assert [clock.state for clock in await clocks(desk, case_id)] == [ClockState.CANCELLED]


async def test_a_message_to_an_officer_starts_one_next_reply_clock(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    await say_as(desk, agent, case_id, "สวัสดีค่ะ")
    await deliver_all(desk, customer)
    await customer.write("หนึ่ง")
    started = desk.clock.time
    desk.clock.forward(minutes=1)
    await customer.write("สอง")

    running = [clock for clock in await clocks(desk, case_id) if clock.state is ClockState.RUNNING]
    assert [(clock.measure, clock.started_at) for clock in running] == [(Measure.NEXT_REPLY, started)]


@pytest.mark.parametrize("tapped", ["v1:withdraw", "v1:ask_bot_while_waiting", "v1:topic:fairs", "gone", "ยกเลิกการรอ"])
async def test_a_button_tapped_while_an_officer_talks_is_told_so_and_starts_no_promise(
    desk: Desk, customer: Customer, tapped: str
) -> None:
    case_id = await queued(customer)
    payload = await _button(customer, tapped) if tapped == "ยกเลิกการรอ" else tapped
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    await say_as(desk, agent, case_id, "สวัสดีค่ะ")
    await deliver_all(desk, customer)
    quiet = (await customer.case()).quiet_due_at
    for minutes in (1, 1, 10):  # the second tap comes soon after the first and is not told again
        desk.clock.forward(minutes=minutes)
        assert await customer.tap(payload) is None

    case = await customer.case()
    assert (case.state, case.quiet_due_at) == (State.AGENT, quiet)
    assert [clock.state for clock in await clocks(desk, case_id)] == [ClockState.MET]
    assert (await customer.scripts())[-3:] == ["agent_joined", "officer_has_it", "officer_has_it"]


async def test_consent_tapped_while_an_officer_talks_is_taken(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    await customer.write("อีเมล somchai@example.com ค่ะ")
    button = await _button(customer, "ยินยอม")
    await do(desk, cases.accept, await officer(desk), case_id)
    await customer.tap(button)

    assert (await customer.scripts())[-1] == "consent_kept"
    assert (await customer.case()).pending_profile is None


async def test_a_reply_over_an_unseen_message_is_refused(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    seen = (await customer.messages())[-1].seq
    await customer.write("เดี๋ยวก่อนค่ะ")

    with pytest.raises(NewerMessages):
        await say_as(desk, agent, case_id, "ตอบ", last_seen_seq=seen)
    await say_as(desk, agent, case_id, "ตอบ", last_seen_seq=seen + 1)


async def test_the_same_key_is_the_same_reply(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    first = await say_as(desk, agent, case_id, "ตอบ", key="k")
    again = await say_as(desk, agent, case_id, "ตอบ", key="k")

    assert first.seq == again.seq
    with pytest.raises(KeyReused):
        await say_as(desk, agent, case_id, "อย่างอื่น", key="k")


async def test_only_the_officer_who_has_the_case_answers(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    agent, other = await officer(desk), await officer(desk)
    with pytest.raises(IllegalTransition):
        await say_as(desk, agent, case_id, "ยังไม่รับ")
    await do(desk, cases.accept, agent, case_id)
    with pytest.raises(Forbidden):
        await say_as(desk, other, case_id, "ไม่ใช่ของฉัน")


async def test_a_gone_officers_unanswered_case_returns_with_its_original_clock(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    due = (await clocks(desk, case_id))[0].due_at
    await do(desk, cases.accept, await officer(desk), case_id)
    desk.clock.forward(seconds=89)
    await deadlines.sweep(desk.uow, desk.limits)
    stayed = (await customer.case()).state
    desk.clock.forward(seconds=2)
    await deadlines.sweep(desk.uow, desk.limits)

    assert (stayed, (await customer.case()).state) == (State.AGENT, State.QUEUED)
    assert [clock.due_at for clock in await clocks(desk, case_id)] == [due]


async def test_overnight_and_over_a_long_holiday_a_case_with_a_human_stays_there(
    desk: Desk, customer: Customer
) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    await say_as(desk, agent, case_id, "สวัสดีค่ะ ขอตรวจสอบก่อนนะคะ")
    await deliver_all(desk, customer)
    desk.clock.time = datetime(2026, 11, 23, 9, 29, 30, tzinfo=UTC)  # 16:29:30
    await _seen(desk, agent)
    await customer.write("ได้ค่ะ")
    for day in range(24, 30):
        desk.clock.time = datetime(2026, 11, day, 15, 0, tzinfo=UTC)  # 22:00
        if day in (24, 25, 26, 27):
            await do(desk, calendars.change, await officer(desk, role=Role.SUPERVISOR), _holidays())
        await deadlines.sweep(desk.uow, desk.limits)
        assert (await customer.case()).state is State.AGENT


async def test_transfer_release_and_return(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    agent, other = await officer(desk), await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    await do(desk, cases.transfer, agent, case_id, other.id)
    transferred = await customer.case()
    await do(desk, cases.accept, other, case_id)
    await do(desk, cases.release, other, case_id)
    released = await customer.case()
    await do(desk, cases.accept, other, case_id)
    await do(desk, cases.return_to_bot, other, case_id, limits=desk.limits)
    returned = await customer.case()

    assert (transferred.state, transferred.transfer_to_id) == (State.QUEUED, other.id)
    assert released.state is State.QUEUED
    assert returned.state is State.BOT
    assert [clock.state for clock in await clocks(desk, case_id)] == [ClockState.CANCELLED]
    assert await customer.write("ถามต่อ") is not None


async def test_resolved_rated_thanked_and_filed(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    await say_as(desk, agent, case_id, "ตอบแล้วค่ะ")
    await _resolve(desk, agent, case_id)
    await customer.write("๒ ค่ะ")

    case = await customer.case()
    assert (case.state, case.rating) == (State.CLOSED, 2)
    assert case.summary == "ตอบเรื่อง Form D แล้ว"
    assert case.summary_filed_at == desk.clock.time
    assert (await customer.scripts())[-2:] == ["survey", "thanks"]


async def test_a_rating_can_be_corrected_for_ten_minutes(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    await _resolve(desk, agent, case_id)
    button = await _button(customer, "3 ไม่พึงพอใจ")
    await customer.write("1")
    desk.clock.forward(minutes=9)
    await customer.write("ไม่พึงพอใจ")
    corrected = (await customer.case()).rating
    desk.clock.forward(minutes=2)
    await customer.tap(button)

    case = await customer.case()
    assert (case.id, corrected, case.rating) == (case_id, 3, 3)
    async with desk.uow() as uow:
        assert [rating.value for rating in await uow.work.ratings(case_id)] == [1, 3]


async def test_a_rating_counts_though_the_time_for_ratings_was_shortened_meanwhile(
    desk: Desk, customer: Customer
) -> None:
    case_id = await queued(customer)
    await do(desk, cases.accept, agent := await officer(desk), case_id)
    await _resolve(desk, agent, case_id)
    desk.clock.forward(hours=2)
    customer.desk = replace(desk, settings=desk.settings.model_copy(update={"survey_hours": 1}))
    await customer.write("2")

    case = await customer.case()
    assert (case.id, case.state, case.rating) == (case_id, State.CLOSED, 2)


@pytest.mark.parametrize("words", ["ขอบคุณค่ะ", "🙏", "ขอบคุณมากๆ นะคะ"])
async def test_thanks_neither_reopen_nor_open(desk: Desk, customer: Customer, words: str) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    await _resolve(desk, agent, case_id)
    assert await customer.write(words) is None
    in_survey = await customer.case()
    await customer.write("1")
    assert await customer.write(words) is None

    assert in_survey.state is State.SURVEY
    assert ((await customer.case()).id, (await customer.case()).state) == (case_id, State.CLOSED)


@pytest.mark.parametrize("words", ["ขอบคุณค่ะ", "พอใช้ได้ครับ", "1 ไม่พอใจ", "🙏"])
async def test_politeness_without_a_score_is_asked_for_one_once_more(
    desk: Desk, customer: Customer, words: str
) -> None:
    case_id = await queued(customer)
    await do(desk, cases.accept, agent := await officer(desk), case_id)
    await _resolve(desk, agent, case_id)
    for _ in range(3):
        desk.clock.forward(minutes=1)
        assert await customer.write(words) is None
    asked = await customer.scripts()
    await customer.write("ประทับใจค่ะ ขอบคุณค่ะ")

    assert asked[-3:] == ["agent_joined", "survey", "survey"]
    assert ((await customer.case()).state, (await customer.case()).rating) == (State.CLOSED, 1)


@pytest.mark.parametrize("intent", ["affirm", "deny", "done", "chitchat"])
async def test_what_says_nothing_new_in_the_survey_is_asked_for_a_score_once_more(
    desk: Desk, customer: Customer, intent: str
) -> None:
    case_id = await queued(customer)
    await do(desk, cases.accept, agent := await officer(desk), case_id)
    await _resolve(desk, agent, case_id)
    for _ in range(2):
        turn = await customer.write("ได้เลยค่ะ ตามนั้นเลยนะคะ")
        assert turn is not None
        assert await do(desk, receive.judge, turn.event_id, intent, limits=desk.limits) is None

    assert (await customer.case()).state is State.SURVEY
    assert (await customer.scripts())[-3:] == ["agent_joined", "survey", "survey"]


async def test_a_real_question_in_the_survey_goes_back_to_people(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    await _resolve(desk, agent, case_id)
    turn = await customer.write("แล้วถ้าส่งไปจีนล่ะคะ")
    assert turn is not None
    assert turn.judge
    assert await do(desk, receive.judge, turn.event_id, "ask_knowledge", limits=desk.limits) is None

    assert (await customer.case()).state is State.QUEUED
    assert [c.state for c in await clocks(desk, case_id)][-1] is ClockState.RUNNING


async def test_a_real_question_in_the_survey_of_a_bot_case_is_answered_by_the_bot(
    desk: Desk, customer: Customer
) -> None:
    await customer.open()
    await customer.say("คำถาม", NotFound())
    desk.clock.forward(minutes=31)
    await deadlines.sweep(desk.uow, desk.limits)
    surveyed = (await customer.case()).state
    turn = await customer.write("ขอ Form D ที่ไหน")
    assert turn is not None
    again = await do(desk, receive.judge, turn.event_id, "ask_knowledge", limits=desk.limits)

    assert surveyed is State.SURVEY
    assert again is not None
    assert not again.judge
    assert (await customer.case()).state is State.BOT


async def test_the_survey_ends_unrated_after_a_day(desk: Desk, customer: Customer) -> None:
    await customer.open()
    await customer.say("คำถาม", NotFound())
    desk.clock.forward(minutes=31)
    await deadlines.sweep(desk.uow, desk.limits)
    desk.clock.forward(hours=25)
    await deadlines.sweep(desk.uow, desk.limits)

    case = await customer.case()
    assert (case.state, case.rating) == (State.CLOSED, None)
    assert case.summary is not None
    assert "คำถาม" in case.summary


async def test_resolving_over_an_unread_message_is_refused(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    await say_as(desk, agent, case_id, "ตอบค่ะ")
    await deliver_all(desk, customer)
    await customer.write("แล้วอีกเรื่องล่ะ")

    with pytest.raises(NewerMessages):
        await _resolve(desk, agent, case_id)


async def test_resolving_and_writing_at_once_loses_nothing(desk: Desk) -> None:
    """Whatever comes first: the message is in somebody's queue, or the closing was refused."""
    agent = await officer(desk)
    for _ in range(10):
        customer = Customer(desk)
        case_id = await queued(customer)
        await do(desk, cases.accept, agent, case_id)
        await say_as(desk, agent, case_id, "ตอบค่ะ")
        await deliver_all(desk, customer)
        results = await asyncio.gather(
            _resolve(desk, agent, case_id), customer.write("อีกคำถามค่ะ"), return_exceptions=True
        )
        case = await customer.case()
        refused = isinstance(results[0], DeskError)
        judged = results[1] is not None and not isinstance(results[1], BaseException)
        assert (refused and case.state is State.AGENT) or (case.state is State.SURVEY and judged)
        assert "อีกคำถามค่ะ" in [m.text for m in await customer.messages()]


async def test_spam_closes_without_a_survey(desk: Desk, customer: Customer) -> None:
    case_id = await queued(customer)
    await do(desk, cases.discard, await officer(desk), case_id, "spam")

    case = await customer.case()
    assert (case.state, case.closed_as) == (State.CLOSED, "spam")
    assert "survey" not in await customer.scripts()


async def _resolve(desk: Desk, agent: Agent, case_id: int) -> None:
    await do(
        desk, cases.resolve, agent, case_id, outcome="answered", summary="ตอบเรื่อง Form D แล้ว", last_seen_seq=None,
        limits=desk.limits,
    )  # fmt: skip


async def _button(customer: Customer, title: str) -> str:
    async with customer.desk.uow() as uow:
        buttons = await uow.conversations.buttons_of([message.id for message in await customer.messages()])
    return next(button.id for button in reversed(buttons) if button.title == title)


async def _seen(desk: Desk, agent: Agent) -> None:
    async with desk.uow() as uow:
        await uow.agents.seen(agent.id, uow.now)
        await uow.commit()


def _holidays() -> dict[str, object]:
    days = [{"date": f"2026-11-{day}", "name": "วันหยุดยาว"} for day in (24, 25, 26, 27)]
    return {"periods": {"mon": [["08:30", "16:30"]], "tue": [["08:30", "16:30"]]}, "holidays": days}


@pytest.mark.parametrize("words", ["ถามบอทระหว่างรอ", "1", "๑"])
async def test_a_waiting_customer_may_type_what_the_buttons_offer(desk: Desk, customer: Customer, words: str) -> None:
    await queued(customer)
    assert await customer.write(words) is None

    assert (await customer.case()).bot_assists
    assert await _button(customer, "ยกเลิกการรอ")


async def test_a_withdrawn_case_goes_idle_again(desk: Desk, customer: Customer) -> None:
    await queued(customer)
    await customer.write("ยกเลิก")
    desk.clock.forward(minutes=31)
    await deadlines.sweep(desk.uow, desk.limits)

    assert (await customer.case()).state is State.SURVEY


async def test_a_reply_in_time_counts_though_the_case_ends_before_it_is_confirmed(
    desk: Desk, customer: Customer
) -> None:
    case_id = await queued(customer)
    agent = await officer(desk)
    await do(desk, cases.accept, agent, case_id)
    await say_as(desk, agent, case_id, "ตอบค่ะ")
    await _resolve(desk, agent, case_id)
    await deliver_all(desk, customer)

    assert [clock.state for clock in await clocks(desk, case_id)] == [ClockState.MET]


async def test_a_case_is_not_resolved_over_words_that_nobody_answered(desk: Desk, customer: Customer) -> None:
    agent = await officer(desk)
    case_id = await queued(customer)
    await customer.write("รายละเอียดเพิ่มเติมค่ะ")
    with pytest.raises(NewerMessages):
        await _resolve(desk, agent, case_id)

    other = Customer(desk)
    await other.open()
    await other.write("ขอ Form D ที่ไหน")  # Rasa is being asked
    with pytest.raises(NewerMessages):
        await _resolve(desk, agent, (await other.case()).id)


async def test_a_slip_in_the_survey_is_asked_again(desk: Desk, customer: Customer) -> None:
    await customer.open()
    await customer.say("คำถาม", NotFound())
    desk.clock.forward(minutes=31)
    await deadlines.sweep(desk.uow, desk.limits)
    assert await customer.write("4") is None
    assert await customer.write("2 ค่ะ") is None

    case = await customer.case()
    assert (case.state, case.rating) == (State.CLOSED, 2)


async def test_a_wish_to_be_forgotten_goes_to_people(desk: Desk, customer: Customer) -> None:
    await customer.open()
    assert await customer.write("ขอลบข้อมูลด้วย") is None

    assert (await customer.case()).handoff_reason is HandoffReason.DATA_REQUEST
    assert (await customer.scripts())[-2:] == ["data_request_noted", "handoff_open"]


async def test_a_wish_to_be_forgotten_while_waiting_is_noted_for_people_and_answered_once(
    desk: Desk, customer: Customer
) -> None:
    case_id = await queued(customer)
    for words in ("ขอลบข้อมูลด้วย", "ไม่ยินยอมให้เก็บข้อมูลแล้ว"):
        assert await customer.write(words) is None

    assert (await customer.scripts())[-2:] == ["data_request_noted", "still_waiting"]
    assert (await customer.case()).handoff_reason is HandoffReason.DATA_REQUEST
    assert len(await clocks(desk, case_id)) == 1


async def test_a_number_out_of_range_is_asked_for_one_of_three_in_short(desk: Desk, customer: Customer) -> None:
    await customer.open()
    await customer.say("พอแล้วค่ะ", Done())
    for words in ("5", "คือว่า", "10 ค่ะ"):
        assert await customer.write(words) is None
    asked = (await customer.scripts())[-3:]
    await customer.tap(await _button(customer, "1 ประทับใจ"))

    assert asked == ["survey", "rating_range", "rating_range"]
    assert ((await customer.case()).state, (await customer.case()).rating) == (State.CLOSED, 1)


async def test_a_wish_to_be_forgotten_in_the_survey_goes_to_people(desk: Desk, customer: Customer) -> None:
    await customer.open()
    await customer.say("พอแล้วค่ะ", Done())
    assert await customer.write("ขอลบข้อมูลด้วย") is None

    case = await customer.case()
    assert (case.state, case.handoff_reason) == (State.QUEUED, HandoffReason.DATA_REQUEST)


async def test_a_calendar_that_stays_closed_is_refused_and_an_old_one_never_stops_a_handoff(
    desk: Desk, customer: Customer
) -> None:
    boss = await officer(desk, role=Role.SUPERVISOR)
    days = [{"date": f"2026-{month:02}-{day:02}", "name": "ปิด"} for month in (11, 12) for day in range(1, 31)]
    days += [{"date": f"2027-{month:02}-{day:02}", "name": "ปิด"} for month in (1, 2) for day in range(1, 29)]
    with pytest.raises(Invalid):
        await do(desk, calendars.change, boss, {"periods": {"mon": [["08:30", "16:30"]]}, "holidays": days})
    desk.clock.time = datetime(2190, 1, 1, tzinfo=UTC)
    case_id = await queued(customer)

    assert (await clocks(desk, case_id))[0].due_at > desk.clock.time


async def tries(desk: Desk, gate: Gate, email: str, password: str, address: str = "203.0.113.7") -> str:
    """Try to sign in, and tell what came of it."""
    try:
        await agents.login(desk.uow, gate, email=email, password=password, address=address)
    except DeskError as error:
        return error.code
    return "in"


async def test_parallel_tries_do_not_pass_the_throttle_in_several_processes_either(desk: Desk) -> None:
    agent = await officer(desk)
    gates = [Gate() for _ in range(4)]
    codes = await asyncio.gather(*(tries(desk, gates[n % 4], agent.email, "wrong") for n in range(12)))
    assert sorted(codes) == ["login_refused"] * 5 + ["too_many_tries"] * 7


async def test_a_right_password_takes_back_its_own_try_and_those_before_but_none_after(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, gate = await officer(desk), Gate()
    comparing, may_go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def matches(_: str | None, password: str) -> bool:
        if password == "right":
            loop.call_soon_threadsafe(comparing.set)
            may_go_on.wait(10)
        return password == "right"

    monkeypatch.setattr(agents, "_matches", matches)
    assert [await tries(desk, gate, agent.email, "wrong") for _ in range(2)] == ["login_refused"] * 2
    right = asyncio.create_task(tries(desk, gate, agent.email, "right"))
    await comparing.wait()
    assert [await tries(desk, gate, agent.email, "wrong") for _ in range(3)] == ["login_refused"] * 2 + [
        "too_many_tries"
    ]
    may_go_on.set()
    assert await right == "in"
    assert [await tries(desk, gate, agent.email, "wrong") for _ in range(4)] == ["login_refused"] * 3 + [
        "too_many_tries"
    ]


async def test_a_try_that_nobody_waits_for_is_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    agent, gate = await officer(desk), Gate()
    comparing, may_go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def matches(_: str | None, __: str) -> bool:
        loop.call_soon_threadsafe(comparing.set)
        may_go_on.wait(10)
        return False

    monkeypatch.setattr(agents, "_matches", matches)
    for _ in range(5):
        left = asyncio.create_task(tries(desk, gate, agent.email, "wrong"))
        await comparing.wait()
        left.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await left
        may_go_on.set()
        comparing.clear()
    assert await tries(desk, gate, agent.email, "wrong") == "too_many_tries"


async def test_who_knows_an_officers_email_locks_the_officer_out_only_from_many_addresses(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await officer(desk)
    monkeypatch.setattr(agents, "_matches", lambda _, password: password == "right")

    gate = Gate()

    async def attempt(password: str, address: str) -> str:
        return await tries(desk, gate, agent.email, password, address)

    assert [await attempt("wrong", "203.0.113.7") for _ in range(6)] == ["login_refused"] * 5 + ["too_many_tries"]
    assert await attempt("right", "203.0.113.7") == "too_many_tries"
    assert await attempt("right", "198.51.100.1") == "in"
    assert await attempt("right", "203.0.113.7") == "too_many_tries", "the officer's own sign-in frees no guesser"
    codes = [await attempt("wrong", f"192.0.2.{number // 5}") for number in range(51)]
    assert codes == ["login_refused"] * 50 + ["too_many_tries"]
    assert await attempt("right", "198.51.100.1") == "too_many_tries"
    desk.clock.forward(minutes=11)
    assert await attempt("right", "198.51.100.1") == "in"


async def test_tries_that_no_longer_count_are_forgotten_while_others_are_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents, "_matches", lambda _, __: False)

    gate = Gate()

    async def known() -> int:
        async with desk.uow() as uow:
            return int((await uow.session.execute(text("select count(*) from login_attempts"))).scalar_one())

    await asyncio.gather(
        *(tries(desk, gate, f"{number}@example.com", "wrong", f"203.0.113.{number}") for number in range(20))
    )
    assert await known() == 40
    desk.clock.forward(minutes=11)
    await asyncio.gather(
        *(tries(desk, gate, f"{number}@example.com", "wrong", "198.51.100.1") for number in range(10, 16))
    )
    await tries(desk, gate, "late@example.com", "wrong", "198.51.100.1")

    assert await known() == 14
