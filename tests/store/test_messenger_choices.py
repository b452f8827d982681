"""What may be chosen on Messenger, with the next question behind it: a number means the question asked last."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.bootstrap import Desk
from bot.domain.proposals import Answer, Choices, Proposal, Say
from bot.services import articles, reply
from connectors.contract import InboundEvent
from connectors.messenger import MessengerChannel
from connectors.texts import units
from tests.conftest import NOON
from tests.connectors.messenger_page import channel_of, platform_of
from tests.drive import Customer
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.messenger_user import MessengerUser
from tests.fakes.platform_clock import PlatformClock

QUESTION = Say(script="ask_registered", question="registered")


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    with platform_of(clock=PlatformClock(at=NOON), echoes="none") as platform:
        yield platform
        assert not platform.violations


@pytest_asyncio.fixture(name="arrived")
async def _arrived(desk: Desk, platform: MessengerPlatform) -> AsyncIterator[list[InboundEvent]]:
    """Connect the desk with the page; what the page tells is kept here."""
    arrived: list[InboundEvent] = []
    channel: MessengerChannel = channel_of(platform)
    desk.channels["messenger"] = channel  # type: ignore[index]

    def webhook(request: Request) -> Reply:
        arrived.extend(channel.parse(request.headers, request.body))
        return Reply()

    served = HttpThread(webhook)
    served.start()
    platform.webhook = served.address
    yield arrived
    served.stop()
    await channel.close()


async def ask(desk: Desk, user: MessengerUser, arrived: list[InboundEvent], *proposals: Proposal) -> Customer:
    """The customer asks, and sees what is proposed."""
    customer = Customer(desk, external_id=user.id, channel="messenger")
    await asyncio.to_thread(user.say, "ขอ Form D ที่ไหนคะ")
    await customer.accept(*arrived)
    turn = await customer.handle()
    assert turn is not None
    await customer.apply(turn, proposals)
    await deliver(desk, customer)
    arrived.clear()
    return customer


async def deliver(desk: Desk, customer: Customer) -> None:
    while await reply.deliver_next(desk.uow, desk.channels, customer.lane, limits=desk.limits):
        pass


async def act(customer: Customer, arrived: list[InboundEvent]) -> str:
    """Let the desk hear what the customer did, and give what Rasa is asked."""
    await customer.accept(*arrived)
    arrived.clear()
    turn = await customer.handle()
    assert turn is not None
    await customer.apply(turn, [])
    return turn.message


async def long_titles(desk: Desk) -> list[str]:
    """Articles whose titles fit on no quick reply."""
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
        serving = await uow.articles.serving(uow.now)
    return [article.article_id for article in serving if units(article.title) > 24][:3]


async def test_choices_before_the_next_question_are_cards_and_a_number_answers_the_question(
    desk: Desk, platform: MessengerPlatform, arrived: list[InboundEvent]
) -> None:
    user = platform.user("สมหญิง")
    first, *others = await long_titles(desk)
    answer = Answer(article_id=first, version=1, score=0.9, alternatives=tuple(others))
    customer = await ask(desk, user, arrived, answer, QUESTION)

    *_, choices, question = user.seen
    assert choices.card is not None
    assert [card["buttons"][0]["title"] for card in choices.card["elements"]] == ["เลือกข้อนี้"] * 3
    assert not [text for text in user.texts if "\n1. " in text], "nothing else is numbered"
    assert list(question.buttons) == ["จดแล้ว", "ยังไม่ได้จด", "ข้ามข้อนี้"]

    await asyncio.to_thread(user.say, "1")
    assert await act(customer, arrived) == '/answer_readiness{"registered": "yes"}'
    payload = choices.card["elements"][0]["buttons"][0]["payload"]
    await asyncio.to_thread(user.postback, payload, "เลือกข้อนี้")
    assert await act(customer, arrived) == f'/show_article{{"article_id": "{others[0]}"}}', "and a card stays good"


async def test_choices_with_nothing_behind_them_are_numbered(
    desk: Desk, platform: MessengerPlatform, arrived: list[InboundEvent]
) -> None:
    user = platform.user("สมหญิง")
    offered = await long_titles(desk)
    customer = await ask(desk, user, arrived, Choices(article_ids=tuple(offered)))

    assert list(user.offered) == ["1", "2", "3", "4"]
    assert "\n2. " in user.texts[-1]

    await asyncio.to_thread(user.say, "2")
    assert await act(customer, arrived) == f'/show_article{{"article_id": "{offered[1]}"}}'
