"""What the desk tells on request, and how a customer ends the case in words."""

from datetime import UTC, datetime

import pytest

from bot.bootstrap import Desk
from bot.domain.case import HandoffReason, State
from bot.domain.proposals import (
    AnswerReadiness,
    CaseStatus,
    Choices,
    ChooseTopic,
    Done,
    Handoff,
    NextSteps,
    NotFound,
    OfficeHours,
)
from bot.domain.topics import Topic
from bot.services import articles
from tests.drive import Customer


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    return Customer(desk)


@pytest.mark.parametrize(
    ("hour", "script", "word"),
    [(3, "office_open", "ขณะนี้อยู่ในเวลาทำการ"), (13, "office_closed", "วันอังคารที่ 24 พ.ย. 2569")],
)
async def test_the_hours_are_told_by_the_calendar(
    desk: Desk, customer: Customer, hour: int, script: str, word: str
) -> None:
    desk.clock.time = datetime(2026, 11, 23, hour, 0, tzinfo=UTC)
    await customer.say("เปิดกี่โมงคะ", OfficeHours())

    said = (await customer.messages())[-1]
    assert said.script == script
    assert "วันจันทร์–วันศุกร์ เวลา 08.30–16.30 น." in said.text
    assert word in said.text


async def test_done_asks_for_the_rating(customer: Customer) -> None:
    await customer.say("เรื่องของฉันถึงไหนแล้ว", CaseStatus())
    await customer.say("ไม่มีอะไรแล้วค่ะ", Done())

    assert (await customer.case()).state is State.SURVEY
    assert (await customer.scripts())[-1] == "survey"


async def test_the_earlier_case_is_named(desk: Desk, customer: Customer) -> None:
    await customer.say("เรื่องของฉันถึงไหนแล้ว", CaseStatus())
    first = await customer.case()
    assert (await customer.scripts())[-1] == "case_status"
    await customer.say("แค่นี้ค่ะ", Done())
    await customer.write("1")
    await customer.say("เรื่องของฉันถึงไหนแล้ว", CaseStatus())

    said = (await customer.messages())[-1]
    assert said.script == "case_status_earlier"
    assert first.number in said.text


async def test_of_several_articles_those_that_serve_are_offered(desk: Desk, customer: Customer) -> None:
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
        serving = [version.article_id for version in await uow.articles.serving(uow.now)][:2]
    await customer.say("ฟอร์มไหนดี", Choices(article_ids=(*serving, "no-such-article")))

    asked = (await customer.messages())[-1]
    async with desk.uow() as uow:
        buttons = await uow.conversations.buttons_of([asked.id])
    assert asked.script == "which_one"
    assert [b.entities.get("article_id") for b in buttons] == [*serving, None]


async def test_of_a_single_article_it_is_asked_whether_it_is_meant(desk: Desk, customer: Customer) -> None:
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
        [serving, *_] = await uow.articles.serving(uow.now)
    await customer.say("ฟอร์มไหนดี", Choices(article_ids=(serving.article_id, "no-such-article")))

    assert (await customer.scripts())[-1] == "is_it_this"


@pytest.mark.parametrize(
    ("words", "level", "article"),
    [
        ("ยังไม่ได้จดค่ะ", "“ยังไม่มีธุรกิจ”", "อบรมผู้ประกอบการ NEA"),
        ("we have not registered yet", "“No business yet”", "Training by NEA"),
    ],
)
async def test_the_level_reached_is_told_with_its_next_steps(
    desk: Desk, customer: Customer, words: str, level: str, article: str
) -> None:
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
    decided = AnswerReadiness(answers={"registered": "no"}, method="text", finished=True)
    await customer.say(words, decided, NextSteps(article_ids=("training-nea", "no-such-article")))

    said = (await customer.messages())[-1]
    async with desk.uow() as uow:
        buttons = await uow.conversations.buttons_of([said.id])
    assert said.script == "readiness_level"
    assert level in said.text
    assert [button.title for button in buttons] == [article]


@pytest.mark.parametrize("answers", [{"registered": "no"}, {"registered": "yes"}])
async def test_without_a_level_or_an_article_that_serves_the_answers_are_thanked_for(
    desk: Desk, customer: Customer, answers: dict[str, str]
) -> None:
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
    article = "no-such-article" if answers == {"registered": "no"} else "training-nea"
    told = AnswerReadiness(answers=answers, method="text", finished=True)
    await customer.say("ค่ะ", told, NextSteps(article_ids=(article,)))

    assert (await customer.scripts())[-1] == "readiness_done"


@pytest.mark.parametrize(
    ("offered", "script"), [("form-e-china", "topic_near"), ("no-such-article", "topic_export_start")]
)
async def test_articles_on_what_was_named_take_the_place_of_the_topics_question(
    desk: Desk, customer: Customer, offered: str, script: str
) -> None:
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
    await customer.say("อยากส่งทุเรียนไปจีนค่ะ", ChooseTopic(topic=Topic.EXPORT_START, article_ids=(offered,)))

    assert (await customer.scripts())[-1] == script
    assert (await customer.case()).topic == Topic.EXPORT_START


async def test_choices_that_serve_no_more_are_nothing_found(customer: Customer) -> None:
    await customer.say("ฟอร์มไหนดี", Choices(article_ids=("no-such-article",)))

    assert (await customer.scripts())[-1] == "not_found"


@pytest.mark.parametrize(
    ("question", "about", "expected"),
    [
        ("ขอ Form E ที่ไหน ค่าธรรมเนียมเท่าไร", "form-e-china", "เรื่องค่าธรรมเนียม (Form E ส่งออกไปจีน) ขออภัยค่ะ"),
        ("where to get Form E and what is the fee", "form-e-china", "no verified answer on the fee (Form E for China)"),
        ("ค่าธรรมเนียมเท่าไร", "no-such-article", "เรื่องค่าธรรมเนียม ขออภัยค่ะ"),
    ],
)
async def test_what_cks_does_not_tell_is_named_without_the_customers_words(
    desk: Desk, customer: Customer, question: str, about: str, expected: str
) -> None:
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
    general = ("exim-small-biz", "no-such-article")
    await customer.say(question, NotFound(asked="ค่าธรรมเนียม", about=about, article_ids=general))

    said = (await customer.messages())[-1]
    async with desk.uow() as uow:
        buttons = await uow.conversations.buttons_of([said.id])
    assert said.script == "not_told"
    assert expected in said.text
    assert [button.intent for button in buttons] == ["show_article", "ask_agent", "show_menu"]


@pytest.mark.parametrize(
    ("reason", "script"),
    [(HandoffReason.DISPUTE, "dispute_sorry"), (HandoffReason.DOCUMENTS, "documents_wanted")],
)
async def test_a_fitting_word_stands_before_the_notice(customer: Customer, reason: HandoffReason, script: str) -> None:
    await customer.say("โดนโกงค่าสินค้า", Handoff(reason=reason))

    assert script in await customer.scripts()
    assert (await customer.case()).handoff_reason is reason
