"""What is noted to learn from, in which words, and that it goes when the customer takes it back."""

import json
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from bot.bootstrap import Desk
from bot.domain.agent import Agent, Role
from bot.domain.article import ArticleVersion
from bot.domain.candidate import Candidate, Judgement, Why
from bot.domain.case import HandoffReason
from bot.domain.masking import EMAIL, NAME, PHONE
from bot.domain.proposals import Answer, Choices, Handoff, Misunderstood, NotFound, Proposal, Say
from bot.services import agents, articles
from bot.services.receive import Turn
from connectors.contract import EventKind, MediaKind
from tests.drive import Customer

NOT_HELPFUL = Say(script="not_helpful")
ASKED = Handoff(reason=HandoffReason.CUSTOMER_ASKED)


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    return Customer(desk, channel="line")


async def candidates(desk: Desk, state: Judgement = Judgement.NEW) -> Sequence[Candidate]:
    async with desk.uow() as uow:
        return await uow.candidates.page(state=state, limit=50)


async def serving(desk: Desk) -> ArticleVersion:
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
        return (await uow.articles.serving(uow.now))[0]


def answer(article: ArticleVersion) -> Answer:
    return Answer(article_id=article.article_id, version=article.version, score=0.9)


@pytest.mark.parametrize(
    ("proposal", "why", "reason"),
    [
        (Misunderstood(), Why.NOT_UNDERSTOOD, None),
        (NotFound(), Why.NOT_FOUND, None),
        (Choices(article_ids=("gone",)), Why.NOT_FOUND, None),
        (ASKED, Why.HANDED_OFF, HandoffReason.CUSTOMER_ASKED),
        (Handoff(reason=HandoffReason.DISPUTE), Why.HANDED_OFF, HandoffReason.DISPUTE),
    ],
)
async def test_what_went_wrong_is_noted_with_the_words(
    desk: Desk, customer: Customer, proposal: Proposal, why: Why, reason: HandoffReason | None
) -> None:
    await customer.say("ทุเรียนกวนไปดูไบยังไง", proposal)

    [found] = await candidates(desk)
    assert (found.text, found.why, found.handoff_reason) == ("ทุเรียนกวนไปดูไบยังไง", why, reason)
    assert (found.intent, found.confidence, found.answered_with) == (None, None, None)


@pytest.mark.parametrize("reason", [HandoffReason.BOT_UNAVAILABLE, HandoffReason.DATA_REQUEST])
async def test_a_machines_fault_and_a_wish_to_be_forgotten_teach_nothing(
    desk: Desk, customer: Customer, reason: HandoffReason
) -> None:
    await customer.say("ทุเรียนกวนไปดูไบยังไง", Handoff(reason=reason))

    assert await candidates(desk) == []


async def test_a_good_answer_is_not_noted(desk: Desk, customer: Customer) -> None:
    await customer.say("ขอ Form D ที่ไหน", answer(await serving(desk)))

    assert await candidates(desk) == []


async def test_a_message_is_noted_once_for_what_came_first(desk: Desk, customer: Customer) -> None:
    await customer.say("อืออออ", Misunderstood())
    await customer.say("งืม ๆ", Misunderstood())
    await customer.say("ใช่ค่ะ", Handoff(reason=HandoffReason.MISUNDERSTOOD))

    assert [(c.text, c.why) for c in await candidates(desk)] == [
        ("งืม ๆ", Why.NOT_UNDERSTOOD),
        ("อืออออ", Why.NOT_UNDERSTOOD),
    ]


async def test_not_helpful_is_about_the_question_and_names_the_article(desk: Desk, customer: Customer) -> None:
    article = await serving(desk)
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    await customer.say("ส่งมังคุดไปจีนต้องขออะไร", Choices(article_ids=(article.article_id,)))
    button = article.title
    await customer.say(button, answer(article))
    await customer.say("ไม่ตรงคำถามเลยค่ะ", NOT_HELPFUL)

    [found] = await candidates(desk)
    assert (found.text, found.why) == ("ส่งมังคุดไปจีนต้องขออะไร", Why.NOT_HELPFUL)
    assert found.answered_with == article.article_id


WISH = "ขอคุยกับเจ้าหน้าที่"


@pytest.mark.parametrize("tapped", [True, False])
async def test_who_asks_for_a_person_right_after_an_answer_was_not_helped_by_it(
    desk: Desk, customer: Customer, *, tapped: bool
) -> None:
    article = await serving(desk)
    await customer.say("นัดคุณสมชาย 081-234-5678 ส่งมังคุดต้องขออะไร", answer(article))
    if tapped:
        async with desk.uow() as uow:
            offered = await uow.conversations.buttons_of([message.id for message in await customer.messages()])
        turn = await customer.tap(next(button.id for button in offered if button.intent == "ask_agent"))
        assert turn is not None
        await customer.apply(turn, [ASKED])
    else:
        await customer.say(WISH, ASKED)

    [found] = await candidates(desk)
    assert (found.why, found.handoff_reason) == (Why.PERSON_AFTER_ANSWER, None)
    assert found.answered_with == article.article_id
    assert PHONE in found.text
    assert "081" not in found.text


async def test_a_wish_for_a_person_long_after_an_answer_says_nothing_of_it(desk: Desk, customer: Customer) -> None:
    await customer.say("ส่งมังคุดต้องขออะไร", answer(await serving(desk)))
    await customer.say("ขอบคุณค่ะ", Say(script="menu"))
    await customer.say(WISH, ASKED)

    assert await candidates(desk) == []


async def test_who_asks_for_a_person_after_an_answer_in_odd_words_is_noted_for_both(
    desk: Desk, customer: Customer
) -> None:
    await customer.say("ส่งมังคุดต้องขออะไร", answer(await serving(desk)))
    await customer.say("มีใครอยู่ไหม", ASKED)

    assert [(one.text, one.why) for one in await candidates(desk)] == [
        ("มีใครอยู่ไหม", Why.HANDED_OFF),
        ("ส่งมังคุดต้องขออะไร", Why.PERSON_AFTER_ANSWER),
    ]


async def test_not_helpful_after_a_script_is_about_the_message_before(desk: Desk, customer: Customer) -> None:
    await customer.say("ราคาทองวันนี้", Say(script="out_of_scope"))
    await customer.say("ไม่ใช่ที่ถาม", NOT_HELPFUL)

    [found] = await candidates(desk)
    assert (found.text, found.answered_with) == ("ราคาทองวันนี้", None)


async def test_taps_numbers_and_stickers_are_no_words(desk: Desk, customer: Customer) -> None:
    await customer.say("ส่งออกกล้วยยังไงดี", Say(script="menu"))
    await customer.accept(customer.event(EventKind.MEDIA, media=MediaKind.STICKER, text="ดีใจ"))
    await customer.handle()
    await customer.say("12345", Say(script="menu"))
    await customer.say("คุยกับเจ้าหน้าที่", ASKED)  # what a button of the menu says

    assert [c.text for c in await candidates(desk)] == ["ส่งออกกล้วยยังไงดี"]


async def test_personal_details_are_masked_also_those_on_file(desk: Desk, customer: Customer) -> None:
    await customer.say("สวัสดีค่ะ", Say(script="menu"))
    async with desk.uow() as uow:
        contact = await uow.conversations.contact((await customer.case()).contact_id)
        assert contact is not None
        contact.name = "ปุ๊กกี้"
        await uow.commit()
    await customer.say("ปุ๊กกี้เองค่ะ ช่วยส่งไปที่ p@ex.co.th หรือ 081 234 5678 ที", Handoff(reason=HandoffReason.DOCUMENTS))

    [found] = await candidates(desk)
    assert found.text == f"{NAME}เองค่ะ ช่วยส่งไปที่ {EMAIL} หรือ {PHONE} ที"


async def test_what_rasa_took_it_for_is_noted_where_its_trackers_are_at_hand(desk: Desk, customer: Customer) -> None:
    turn = await customer.write("/ทุเรียนกวนไปดูไบยังไง")
    assert turn is not None
    ranking = [{"name": "nlu_fallback", "confidence": 0.65}, {"name": "ask_knowledge", "confidence": 0.31}]
    await rasa_took(desk, turn, ranking)
    await customer.apply(turn, [Misunderstood()])

    [found] = await candidates(desk)
    assert (found.intent, found.confidence) == ("ask_knowledge", 0.31)


async def test_not_helpful_after_a_greeting_and_a_tap_names_no_question(desk: Desk, customer: Customer) -> None:
    article = await serving(desk)
    turn = await customer.write("สวัสดีค่ะ")
    assert turn is not None
    await rasa_took(desk, turn, [{"name": "greet", "confidence": 0.97}])
    await customer.apply(turn, [Choices(article_ids=(article.article_id,))])
    await customer.say(article.title, answer(article))  # what the button says
    await customer.say("ไม่ใช่ที่ถาม", NOT_HELPFUL)

    assert await candidates(desk) == []


async def test_not_helpful_after_a_no_with_a_wish_behind_it_is_about_the_wish(desk: Desk, customer: Customer) -> None:
    turn = await customer.write("ไม่ใช่ค่ะ อยากหาคนซื้อ")
    assert turn is not None
    await rasa_took(desk, turn, [{"name": "deny", "confidence": 0.9}])
    await customer.apply(turn, [answer(await serving(desk))])
    await customer.say("ไม่ใช่ที่ถาม", NOT_HELPFUL)

    assert [found.text for found in await candidates(desk)] == ["ไม่ใช่ค่ะ อยากหาคนซื้อ"]


async def rasa_took(desk: Desk, turn: Turn, ranking: list[dict[str, object]]) -> None:
    """Write down, as Rasa does, what it took a turn's words for."""
    event = {"text": turn.message, "parse_data": {"intent": ranking[0], "intent_ranking": ranking}}
    async with desk.uow() as uow:
        await uow.session.execute(text("create schema rasa"))
        await uow.session.execute(
            text("create table rasa.events (id serial, sender_id text, type_name text, data text)")
        )
        await uow.session.execute(
            text("insert into rasa.events (sender_id, type_name, data) values (:sender, 'user', :data)"),
            {"sender": turn.sender, "data": json.dumps(event)},
        )
        await uow.commit()


async def test_changed_words_are_read_as_they_stand_now(desk: Desk, customer: Customer) -> None:
    await customer.accept(customer.event(EventKind.TEXT, text="มังคุดไปจีนขออะร", message_id="m1"))
    turn = await customer.handle()
    assert turn is not None
    await customer.apply(turn, [NotFound()])
    await customer.accept(customer.event(EventKind.EDITED, text="มังคุดไปจีนขออะไร โทร 0812345678", message_id="m1"))
    assert await customer.handle() is None

    assert [c.text for c in await candidates(desk)] == [f"มังคุดไปจีนขออะไร โทร {PHONE}"]


async def test_words_taken_back_are_forgotten_also_in_an_article(desk: Desk, customer: Customer) -> None:
    article = await serving(desk)
    await customer.accept(customer.event(EventKind.TEXT, text="มังคุดไปจีนขออะไร", message_id="m1"))
    turn = await customer.handle()
    assert turn is not None
    await customer.apply(turn, [NotFound()])
    [found] = await candidates(desk)
    async with desk.uow() as uow:
        officer = await _officer(desk)
        candidate = await uow.candidates.lock(found.id)
        assert candidate is not None
        await articles.add_variant(uow, officer, article.article_id, candidate.text)
        candidate.judge(Judgement.ADDED, name=officer.name, now=uow.now)
        candidate.article_id = article.article_id
        await uow.commit()
    await customer.accept(customer.event(EventKind.UNSENT, target_message_id="m1"))
    assert await customer.handle() is None

    assert await candidates(desk, Judgement.ADDED) == []
    async with desk.uow() as uow:
        draft = await articles.get(uow, article.article_id)
    assert draft.version == article.version + 1
    assert draft.variants == article.variants


async def _officer(desk: Desk) -> Agent:
    async with desk.uow() as uow:
        officer = await agents.create(
            uow, email="v@example.com", name="วารี", role=Role.VERIFIER, password="correct horse battery"
        )
        await uow.commit()
    return officer


async def test_a_wish_for_a_person_in_plain_words_is_nothing_to_learn(desk: Desk, customer: Customer) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่ค่ะ", ASKED)

    assert await candidates(desk) == []
