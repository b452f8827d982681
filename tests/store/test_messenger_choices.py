"""What may be chosen on Messenger, with the next question behind it: a number means the question asked last."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.bootstrap import Desk
from bot.domain.proposals import Answer, Choices, Say
from bot.services import articles
from connectors.texts import units
from tests.fakes.messenger import MessengerPlatform
from tests.store.messenger_desk import Page, connected

QUESTION = Say(script="ask_registered", question="registered")


@pytest_asyncio.fixture(name="page")
async def _page(desk: Desk, platform: MessengerPlatform) -> AsyncIterator[Page]:
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
    async with connected(desk, platform) as page:
        yield page


async def long_titles(desk: Desk) -> list[str]:
    """Articles whose titles fit on no quick reply."""
    async with desk.uow() as uow:
        serving = await uow.articles.serving(uow.now)
    return [article.article_id for article in serving if units(article.title) > 24][:3]


async def test_choices_before_the_next_question_are_cards_and_a_number_answers_the_question(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    first, *others = await long_titles(page.desk)
    await page.does(user.say, "ขอ Form D ที่ไหนคะ")
    await page.work(user, Answer(article_id=first, version=1, score=0.9, alternatives=tuple(others)), QUESTION)

    *_, choices, question = user.seen
    assert choices.card is not None
    assert [card["buttons"][0]["title"] for card in choices.card["elements"]] == ["เลือกข้อนี้"] * 3
    assert not [text for text in user.texts if "\n1. " in text], "nothing else is numbered"
    assert list(question.buttons) == ["จดแล้ว", "ยังไม่ได้จด", "ข้ามข้อนี้"]

    await page.does(user.say, "1")
    await page.work(user)
    await page.does(user.postback, choices.card["elements"][0]["buttons"][0]["payload"], "เลือกข้อนี้")
    await page.work(user)
    assert page.asked[1:] == [
        '/answer_readiness{"registered": "yes"}', f'/show_article{{"article_id": "{others[0]}"}}',
    ], "and a card stays good"  # fmt: skip


async def test_choices_with_nothing_behind_them_are_numbered(page: Page) -> None:
    user = page.platform.user("สมหญิง")
    offered = await long_titles(page.desk)
    await page.does(user.say, "ขอฟอร์มค่ะ")
    await page.work(user, Choices(article_ids=tuple(offered)))
    assert list(user.offered) == ["1", "2", "3", "4"]
    assert "\n2. " in user.texts[-1]

    await page.does(user.say, "2")
    await page.work(user)
    assert page.asked[1:] == [f'/show_article{{"article_id": "{offered[1]}"}}']
