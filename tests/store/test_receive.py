"""A customer's event becomes transcript, question to Rasa, and replies: each once, whatever is repeated."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.bootstrap import Desk
from bot.domain.case import HandoffReason, State
from bot.domain.conversation import Author
from bot.domain.errors import ClientIdReused
from bot.domain.history import Happened
from bot.domain.inbound import Progress
from bot.domain.proposals import AnswerReadiness, ChooseTopic, Done, Handoff, Misunderstood, NotFound, Say
from bot.domain.topics import Topic
from bot.services import readiness, receive
from connectors.contract import EventKind
from tests.drive import Customer


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    return Customer(desk)


async def test_an_opened_chat_is_greeted_once(customer: Customer) -> None:
    await customer.open()
    await customer.open()

    assert await customer.scripts() == ["greeting"]
    greeting = (await customer.messages())[0]
    assert greeting.script_version == 1
    assert "อัตโนมัติ" in greeting.text


async def test_a_first_message_without_opening_is_greeted_too(customer: Customer) -> None:
    turn = await customer.write("ขอ Form D ที่ไหน")

    assert turn is not None
    assert turn.message == "ขอ Form D ที่ไหน"
    assert [m.author for m in await customer.messages()] == [Author.CUSTOMER, Author.BOT]


async def test_english_is_greeted_in_english(customer: Customer) -> None:
    await customer.open()
    await customer.write("Hello, I want to export fruit")

    greetings = [(m.script, m.language) for m in await customer.messages() if m.script is not None]
    assert greetings == [("greeting", "th"), ("greeting_before_answer", "en")]
    assert (await customer.case()).language == "en"


@pytest.mark.parametrize(
    ("text", "greeting"),
    [("ส่งสินค้าแล้วไม่ได้เงินค่ะ", "greeting_before_answer"), ("สวัสดีค่ะ", "greeting"), ("ดีค่า", "greeting"), ("🙏", "greeting")],
)
async def test_who_says_at_once_what_is_wanted_is_not_asked_for_it(
    customer: Customer, text: str, greeting: str
) -> None:
    await customer.say(text, Misunderstood())

    assert await customer.scripts() == [greeting, "misunderstood"]


async def test_the_menu_is_not_left_out_after_a_greeting_without_it(customer: Customer) -> None:
    await customer.say("มีอะไรให้ช่วยบ้าง", Say(script="menu"))

    assert await customer.scripts() == ["greeting_before_answer", "menu"]


@pytest.mark.parametrize(
    ("text", "greeting"),
    [
        ("จะร้องเรียนเรื่องเจ้าหน้าที่ค่ะ", "greeting_again"),
        ("I want to complain about a seller", "greeting_before_answer"),
        ("สวัสดีค่ะ", "greeting"),
    ],
)
async def test_who_comes_back_with_a_request_is_greeted_in_short(
    desk: Desk, customer: Customer, text: str, greeting: str
) -> None:
    await customer.say("ขอ Form D ที่ไหน", NotFound())
    first = (await customer.case()).id
    await _close(desk, customer)
    await customer.say(text, Handoff(reason=HandoffReason.COMPLAINT))

    assert (await customer.case()).id != first
    assert (await customer.scripts())[2:4] == [greeting, "complaint_sorry"]


async def test_thai_after_the_greeting_brings_no_second_greeting(customer: Customer) -> None:
    await customer.open()
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    await customer.say("อยากส่งออก", Misunderstood())

    assert await customer.scripts() == ["greeting", "menu", "misunderstood"]


@pytest.mark.parametrize(("opened", "said"), [(True, ["greeting", "hello_menu"]), (False, ["greeting"])])
async def test_a_greeting_is_returned_once(customer: Customer, *, opened: bool, said: list[str]) -> None:
    if opened:
        await customer.open()
    await customer.say("ดีจ้า", Say(script="hello_menu"))

    assert await customer.scripts() == said


async def test_who_hesitates_is_waited_for(customer: Customer) -> None:
    await customer.open()
    for words in ("คือว่า", "เอ่อ..."):
        assert await customer.write(words) is None
    await customer.say("อยากส่งออก", Misunderstood())

    assert await customer.scripts() == ["greeting", "go_on", "misunderstood"]


async def test_the_menu_is_not_doubled_right_after_the_greeting(customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))

    assert await customer.scripts() == ["greeting"]


async def test_the_same_event_twice_is_one_message(customer: Customer) -> None:
    event = customer.event(EventKind.TEXT, text="สวัสดี")
    await asyncio.gather(*(customer.accept(event) for _ in range(5)))
    turn = await customer.handle()
    await customer.apply(turn, [Say(script="menu")])  # type: ignore[arg-type]
    await customer.accept(event)

    async with customer.desk.uow() as uow:
        assert await uow.inbound.next_of_lane(f"webchat:{customer.external_id}", uow.now) is None
    assert len([m for m in await customer.messages() if m.author is Author.CUSTOMER]) == 1


async def test_an_event_is_the_last_of_its_lane_where_none_waits_behind_it(desk: Desk) -> None:
    customer = Customer(desk, channel="line")
    await customer.write("ขอ Form D ที่ไหน")
    async with desk.uow() as uow:
        assert (await uow.inbound.next_of_lane(customer.lane, uow.now)).last  # type: ignore[union-attr]
    await customer.accept(customer.event(EventKind.TEXT, text="ด่วนค่ะ"), customer.event(EventKind.TEXT, text="นะคะ"))
    async with desk.uow() as uow:
        assert not (await uow.inbound.next_of_lane(customer.lane, uow.now)).last  # type: ignore[union-attr]


async def test_who_takes_up_an_event_holds_its_conversation(customer: Customer) -> None:
    await customer.open()
    await customer.accept(customer.event(EventKind.TEXT, text="ขอ Form D ที่ไหน"))
    async with customer.desk.uow() as handling, customer.desk.uow() as other:
        found = await handling.inbound.next_of_lane(customer.lane, handling.now)
        assert found is not None
        await handling.inbound.lock(found.event_id)
        await other.session.execute(text("set lock_timeout = '50ms'"))

        with pytest.raises(OperationalError, match="lock timeout"):
            await other.conversations.lock_for(customer.channel, customer.external_id, other.now)


async def test_who_finds_the_next_event_holds_nothing_that_its_handler_needs(customer: Customer) -> None:
    """As when a worker has lost its lane and does not know it yet: two are in the same lane."""
    await customer.open()
    await customer.accept(*(customer.event(EventKind.TEXT, text=words) for words in ("หนึ่ง", "สอง")))
    async with customer.desk.uow() as slow, customer.desk.uow() as late, customer.desk.uow() as third:
        one = await slow.inbound.next_of_lane(customer.lane, slow.now)
        same = await late.inbound.next_of_lane(customer.lane, late.now)
        assert one == same
        assert one is not None
        event = await slow.inbound.lock(one.event_id)
        waiting = asyncio.create_task(late.inbound.lock(one.event_id))
        event.state = Progress.HANDLED
        two = await slow.inbound.next_of_lane(customer.lane, slow.now)
        assert two is not None
        await slow.commit()

        assert (await waiting).state is Progress.HANDLED
        await late.commit()
        assert (await third.inbound.lock(two.event_id)).text == "สอง"
        await third.conversations.lock_for(customer.channel, customer.external_id, third.now)


async def test_what_is_learnt_of_readiness_is_known_at_once(customer: Customer) -> None:
    await customer.say("ทำโรงงานปลากระป๋อง", Say(script="menu"))
    async with customer.desk.uow() as uow:
        conversation = await uow.conversations.lock_for(customer.channel, customer.external_id, uow.now)
        case = await uow.cases.open_in(conversation.id)
        assert case is not None
        before = await uow.cases.readiness(case.id)
        await readiness.learn(uow, case, {"registered": "yes"}, method="text", finished=False)
        after = await uow.cases.readiness(case.id)

    assert before is None
    assert after is not None
    assert after.answers == {"registered": "yes"}


async def test_while_an_event_is_handled_the_reply_token_of_the_one_behind_it_can_be_used(desk: Desk) -> None:
    customer = Customer(desk, channel="line")
    begun = desk.clock.time
    await customer.accept(
        *(
            customer.event(
                EventKind.TEXT, text=token, reply_token=token, occurred_at=begun + timedelta(milliseconds=number)
            )
            for number, token in enumerate(("first", "second"))
        )
    )
    async with desk.uow() as handling, desk.uow() as sending:
        found = await handling.inbound.next_of_lane(customer.lane, handling.now)
        assert found is not None
        await handling.inbound.lock(found.event_id)

        taken = await sending.inbound.take_reply_token(customer.lane, begun, sending.now)

        assert taken is not None
        assert taken.reply_token == "second"


async def test_events_in_a_shuffled_batch_are_handled_by_their_times(desk: Desk) -> None:
    customer = Customer(desk, channel="line")
    begun = desk.clock.time - timedelta(seconds=5)
    events = [
        customer.event(EventKind.TEXT, text=f"ข้อ {n}", message_id=f"m{n}", occurred_at=begun + timedelta(seconds=n))
        for n in (3, 1, 4, 2)
    ]
    await customer.accept(*events)
    for _ in events:
        turn = await customer.handle()
        assert turn is not None
        await customer.apply(turn, [])

    said = [message.text for message in await customer.messages() if message.author == "customer"]
    assert said == ["ข้อ 1", "ข้อ 2", "ข้อ 3", "ข้อ 4"]


async def test_the_same_client_id_with_other_words_is_refused(customer: Customer) -> None:
    await customer.accept(customer.event(EventKind.TEXT, text="หนึ่ง", client_id="same"))

    with pytest.raises(ClientIdReused):
        await customer.accept(customer.event(EventKind.TEXT, text="สอง", client_id="same"))


async def test_an_answer_is_applied_once(customer: Customer) -> None:
    turn = await customer.write("สวัสดี")
    assert turn is not None
    await customer.apply(turn, [NotFound()])
    await customer.apply(turn, [NotFound()])
    await customer.apologise(turn)

    assert await customer.scripts() == ["greeting", "not_found"]


async def test_a_turn_cut_by_a_crash_goes_on_in_a_fresh_tracker(customer: Customer) -> None:
    first = await customer.write("สวัสดี")
    again = await customer.handle()

    assert first is not None
    assert again is not None
    assert (first.sender, again.sender) == (f"{first.sender[:-2]}.1", f"{first.sender[:-2]}.2")
    assert len([m for m in await customer.messages() if m.author is Author.CUSTOMER]) == 1


async def test_no_usable_answer_gives_the_apology_and_queues_the_case(customer: Customer) -> None:
    turn = await customer.write("สวัสดี")
    assert turn is not None
    await customer.apologise(turn)

    case = await customer.case()
    assert await customer.scripts() == ["greeting", "apology", "handoff_open"]
    assert (case.state, case.handoff_reason) == (State.QUEUED, HandoffReason.BOT_UNAVAILABLE)
    assert case.rasa_session == 2


async def test_choosing_a_topic_by_number_asks_what_lies_behind(customer: Customer) -> None:
    await customer.open()
    turn = await customer.write("๒")
    assert turn is not None
    assert turn.message == '/choose_topic{"topic": "documents"}'
    await customer.apply(turn, [ChooseTopic(topic=Topic.DOCUMENTS)])

    assert await customer.scripts() == ["greeting", "topic_documents"]
    assert (await customer.case()).topic == "documents"


async def test_a_tapped_button_of_this_conversation_is_a_command(customer: Customer) -> None:
    await customer.open()
    async with customer.desk.uow() as uow:
        button = (await uow.conversations.buttons_of([(await customer.messages())[0].id]))[0]
    turn = await customer.tap(button.id)

    assert turn is not None
    assert turn.message == '/choose_topic{"topic": "export_start"}'
    assert (await customer.messages())[-1].text == button.title


async def test_a_button_of_somebody_else_means_nothing(desk: Desk, customer: Customer) -> None:
    other = Customer(desk)
    await other.open()
    await customer.open()
    async with desk.uow() as uow:
        button = (await uow.conversations.buttons_of([(await other.messages())[0].id]))[0]

    assert await customer.tap(button.id) is None
    assert (await customer.scripts())[-1] == "button_gone"


async def test_typed_commands_reach_rasa_as_text(customer: Customer) -> None:
    turn = await customer.write('/choose_topic{"topic": "officer"}')

    assert turn is not None
    assert turn.message == 'choose_topic{"topic": "officer"}'
    assert (await customer.messages())[0].text == '/choose_topic{"topic": "officer"}'


async def test_readiness_is_kept_with_its_history_and_prefills_the_next_case(desk: Desk, customer: Customer) -> None:
    await customer.open()
    await customer.say("จดแล้ว", AnswerReadiness(answers={"registered": "yes"}, method="text"))
    await customer.say("ข้าม", AnswerReadiness(answers={"exported": "skipped"}, method="button"))
    await customer.say("ไม่เคย", AnswerReadiness(answers={"exported": "no"}, method="text"))
    await customer.say("ข้าม", AnswerReadiness(answers={"exported": "skipped"}, method="text"))
    await customer.say("มี", AnswerReadiness(answers={"product": "yes", "market": "yes"}, method="text", finished=True))
    case = await customer.case()
    async with desk.uow() as uow:
        history = await uow.cases.readiness_history(case.id)
    await _close(desk, customer)
    turn = await customer.write("สวัสดีค่ะ")

    assert [record.level for record in history] == [None, None, None, "ready"]
    assert history[-1].answers == {"registered": "yes", "exported": "no", "product": "yes", "market": "yes"}
    assert turn is not None
    assert turn.metadata["case"]["readiness"] == {"answers": history[-1].answers, "finished": True}
    assert (await customer.case()).id != case.id


async def test_a_number_after_the_end_answers_no_readiness_question_of_the_closed_case(
    desk: Desk, customer: Customer
) -> None:
    await customer.say("ไม่เคยส่งออกเลย", Say(script="ask_registered", question="registered"))
    async with desk.uow() as uow:
        case = await uow.cases.get((await customer.case()).id)
        assert case is not None
        case.state = State.CLOSED
        await uow.commit()

    turn = await customer.write("1")
    assert turn is not None
    assert turn.message == "1"


async def test_a_number_answers_a_readiness_question_only_while_it_is_open(customer: Customer) -> None:
    await customer.say("ไม่เคยส่งออกเลย", Say(script="ask_registered", question="registered"))
    turn = await customer.write("2")
    assert turn is not None
    assert turn.message == '/answer_readiness{"registered": "no"}'
    done = AnswerReadiness(answers={"registered": "no"}, method="button", finished=True)
    await customer.apply(turn, [done, Say(script="readiness_done")])

    for late in ("1", "จดแล้ว"):
        turn = await customer.write(late)
        assert turn is not None
        assert turn.message == late, "the question was answered already"
        await customer.apply(turn, [Misunderstood()])


async def test_the_second_misunderstanding_in_a_row_offers_a_person_and_queues_nothing(customer: Customer) -> None:
    await customer.open()
    await customer.say("บลา", Misunderstood())
    await customer.say("บลาบลา", Misunderstood())
    turn = await customer.write("เอาเลย")

    assert (await customer.scripts())[1:] == ["misunderstood", "misunderstood_again"]
    assert turn is not None
    assert turn.metadata["case"]["misunderstood"] == 2
    assert (await customer.case()).handoff_reason is None
    await customer.apply(turn, [Handoff(reason=HandoffReason.MISUNDERSTOOD)])
    assert (await customer.case()).handoff_reason is HandoffReason.MISUNDERSTOOD


async def test_good_bye_asks_for_the_rating_also_as_the_first_word(customer: Customer) -> None:
    """As the design has it; a case with a word of the customer comes to the survey in 30 minutes anyway."""
    await customer.open()
    await customer.say("บายค่ะ", Done())

    assert (await customer.scripts())[1:] == ["survey"]
    assert (await customer.case()).state is State.SURVEY


async def test_a_late_answer_after_the_case_left_the_bot_is_dropped(desk: Desk, customer: Customer) -> None:
    turn = await customer.write("สวัสดี")
    assert turn is not None
    await _close(desk, customer)
    await customer.apply(turn, [NotFound()])

    assert await customer.scripts() == ["greeting"]
    async with desk.uow() as uow:
        kinds = [event.kind for event in await uow.cases.history((await customer.case()).id, after=0, limit=50)]
    assert Happened.BOT_SUPPRESSED in kinds


async def test_an_event_that_keeps_failing_is_set_aside_and_the_next_goes_on(desk: Desk, customer: Customer) -> None:
    first = await customer.write("หนึ่ง")
    assert first is not None
    for _ in range(receive.MAX_ATTEMPTS):
        async with desk.uow() as uow:
            await receive.postpone(uow, first.event_id, "ValueError", limits=desk.limits)
            await uow.commit()
    second = await customer.write("สอง")

    async with desk.uow() as uow:
        event = await uow.inbound.lock(first.event_id)
        assert (event.state, event.error) == (Progress.DEAD, "ValueError")
    assert second is None
    assert (await customer.messages())[-1].text == "สอง"
    assert (await customer.case()).handoff_reason is HandoffReason.EVENT_FAILED


async def test_two_first_messages_at_once_make_one_conversation(desk: Desk, customer: Customer) -> None:
    async def lock() -> int:
        async with desk.uow() as uow:
            conversation = await uow.conversations.lock_for("webchat", customer.external_id, uow.now)
            await uow.commit()
            return conversation.id

    assert len(set(await asyncio.gather(*(lock() for _ in range(8))))) == 1


async def _close(desk: Desk, customer: Customer) -> None:
    case = await customer.case()
    async with desk.uow() as uow:
        await uow.conversations.lock(case.conversation_id or 0)
        locked = await uow.cases.open_in(case.conversation_id or 0)
        assert locked is not None
        locked.state = State.CLOSED
        await uow.commit()
