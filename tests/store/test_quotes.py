"""Messages that answer an earlier one: who quoted what is known, and nothing of it outlives what is taken back."""

from dataclasses import dataclass, field, replace

import pytest

from bot.bootstrap import Desk
from bot.domain.agent import Agent, Role
from bot.domain.case import HandoffReason
from bot.domain.conversation import Author, Delivery, Message
from bot.domain.proposals import Answer, Handoff
from bot.services import agents, articles, cases, reply
from connectors.contract import EventKind, OutboundMessage, Receipt
from connectors.line import LineChannel
from tests.conftest import NOON
from tests.drive import Customer
from tests.fakes.line import LinePlatform
from tests.fakes.line_faults import RESET_AFTER, RESET_BEFORE, Fault
from tests.fakes.platform_clock import PlatformClock


@dataclass
class Platform:
    """Keeps what it is given, and names it."""

    name: str = "line"
    keyed: bool = True
    pulled: bool = False
    sent: list[OutboundMessage] = field(default_factory=list)

    async def send(self, message: OutboundMessage) -> Receipt:
        self.sent.append(message)
        return Receipt(external_message_id=f"our-{len(self.sent)}")

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(name="platform")
def _platform(desk: Desk) -> Platform:
    platform = Platform()
    desk.channels["line"] = platform  # type: ignore[index]
    return platform


@pytest.fixture(name="customer")
def _customer(desk: Desk, platform: Platform) -> Customer:
    return Customer(desk, channel="line")


async def has(desk: Desk, customer: Customer) -> Agent:
    """Let an officer have the customer's case."""
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    case = await customer.case()
    async with desk.uow() as uow:
        agent = await agents.create(uow, email="o@example.com", name="ก", role=Role.AGENT, password="a long password")
        await uow.flush()
        await cases.accept(uow, agent, case.id)
        await uow.commit()
    return agent


async def deliver(desk: Desk, customer: Customer) -> None:
    desk.clock.forward(seconds=10)
    while await reply.deliver_next(desk.uow, desk.channels, customer.lane, limits=desk.limits):
        pass


async def writes(customer: Customer, text: str, message_id: str, **quote: str) -> Message:
    await customer.accept(
        customer.event(EventKind.TEXT, text=text, message_id=message_id, quote_token=f"token of {message_id}", **quote)
    )
    await customer.handle()
    return (await customer.messages())[-1]


async def answers(desk: Desk, agent: Agent, customer: Customer, seq: int) -> str | None:
    """Answer a message; give the token that went to the platform."""
    case, platform = await customer.case(), desk.channels["line"]
    async with desk.uow() as uow:
        await cases.reply(
            uow, agent, case.id, text="ค่ะ", last_seen_seq=None, key=None, limits=desk.limits, quoted_seq=seq
        )
        await uow.commit()
    await deliver(desk, customer)
    assert isinstance(platform, Platform)
    return platform.sent[-1].quote_token


async def test_a_customer_answers_a_message_of_ours(desk: Desk, customer: Customer) -> None:
    await has(desk, customer)
    await deliver(desk, customer)
    ours = [message for message in await customer.messages() if message.author is not Author.CUSTOMER][-1]
    assert ours.external_message_id
    said = await writes(customer, "อันนี้ค่ะ", "m2", quoted_message_id=ours.external_message_id)
    unknown = await writes(customer, "อันนั้นค่ะ", "m3", quoted_message_id="somebody else's")

    async with desk.uow() as uow:
        quoted = await uow.conversations.quoted_by([said, unknown])
    assert (said.quoted_id, unknown.quoted_id) == (ours.id, None)
    assert [message.text for message in quoted.values()] == [ours.text]


async def test_a_card_of_ours_is_known_as_the_answer_that_it_belongs_to(desk: Desk) -> None:
    with LinePlatform(clock=PlatformClock(at=NOON)) as line:
        somchai = line.user("สมชาย")
        channel = LineChannel(secret=line.secret, access_token=line.token, api_base=line.address)
        desk.channels["line"] = channel  # type: ignore[index]
        customer = Customer(desk, somchai.id, "line")
        async with desk.uow() as uow:
            await articles.seed_starter(uow)
            await uow.commit()
        await customer.say("ขอ Form D ที่ไหน", Answer(article_id="form-d", version=1, score=0.9))
        await deliver(desk, customer)
        [card] = [seen.id for seen in somchai.seen if seen.card is not None]
        said = await writes(customer, "อันนี้ค่ะ", "m2", quoted_message_id=card)
        await channel.close()

    [answer] = [message for message in await customer.messages() if message.article_id == "form-d"]
    assert said.quoted_id == answer.id
    assert card not in (answer.external_message_id, None), "it is a part of it, and not the first"


async def test_an_officer_answers_a_message_of_the_customer(desk: Desk, customer: Customer) -> None:
    agent = await has(desk, customer)
    first = await writes(customer, "ราคาเท่าไร", "m2")
    await writes(customer, "ส่งเมื่อไร", "m3")

    assert await answers(desk, agent, customer, first.seq) == "token of m2"
    assert (await customer.messages())[-1].quoted_id == first.id
    assert await answers(desk, agent, customer, 1) is None, "a message that can't be quoted is answered plainly"
    assert await answers(desk, agent, customer, 999) is None


async def test_what_was_taken_back_is_not_quoted(desk: Desk, customer: Customer) -> None:
    agent = await has(desk, customer)
    first = await writes(customer, "ลับ", "m2")
    case = await customer.case()
    async with desk.uow() as uow:
        await cases.reply(
            uow, agent, case.id, text="ค่ะ", last_seen_seq=None, key=None, limits=desk.limits, quoted_seq=first.seq
        )
        await uow.commit()
    await customer.accept(customer.event(EventKind.UNSENT, target_message_id="m2"))
    await customer.handle()
    await deliver(desk, customer)

    platform = desk.channels["line"]
    assert isinstance(platform, Platform)
    assert (platform.sent[-1].text, platform.sent[-1].quote_token) == ("ค่ะ", None)
    assert await answers(desk, agent, customer, first.seq) is None
    async with desk.uow() as uow:
        quoted = await uow.conversations.quoted_by(await customer.messages())
    assert "ลับ" not in [message.text for message in quoted.values()]


@pytest.mark.parametrize("comes_to_us", [False, True])
async def test_what_is_said_while_somebody_else_has_the_talk_quotes_too(
    desk: Desk, customer: Customer, *, comes_to_us: bool
) -> None:
    agent = await has(desk, customer)
    await deliver(desk, customer)
    ours = next(m for m in await customer.messages() if m.external_message_id == "our-1")
    event = customer.event(
        EventKind.TEXT, text="ข้อนี้ค่ะ", message_id="q1", quoted_message_id="our-1", quote_token="t1", standby=True
    )
    await customer.accept(event)
    assert await customer.handle() is None
    if comes_to_us:
        await customer.accept(replace(event, standby=False))
        assert await customer.handle() is None, "an officer has the case"

    [asked] = [m for m in await customer.messages() if m.text == "ข้อนี้ค่ะ"]
    assert (asked.quoted_id, asked.quote_token) == (ours.id, "t1")
    assert await answers(desk, agent, customer, asked.seq) == "t1"


@pytest.mark.parametrize(
    ("fault", "shown"), [(RESET_AFTER, ("ค่ะ", "m2")), (RESET_BEFORE, ("ค่ะ", None))], ids=["accepted", "lost"]
)
async def test_words_whose_quote_goes_between_two_tries_are_seen_once(
    desk: Desk, fault: Fault, shown: tuple[str, str | None]
) -> None:
    """The first try ends unclear, the quoted message is taken back, and the second try quotes nothing."""
    with LinePlatform(clock=PlatformClock(at=NOON)) as line:
        somchai = line.user("สมชาย")
        channel = LineChannel(secret=line.secret, access_token=line.token, api_base=line.address)
        desk.channels["line"] = channel  # type: ignore[index]
        customer = Customer(desk, somchai.id, "line")
        agent = await has(desk, customer)
        await deliver(desk, customer)
        told = len(somchai.seen)
        event = customer.event(EventKind.TEXT, text="ลับ", message_id="m2", quote_token=somchai.issue_quote_token("m2"))
        await customer.accept(event)
        await customer.handle()
        [*_, secret] = await customer.messages()
        async with desk.uow() as uow:
            await cases.reply(
                uow, agent, secret.case_id, text="ค่ะ", last_seen_seq=None, key=None, limits=desk.limits,
                quoted_seq=secret.seq,
            )  # fmt: skip
            await uow.commit()
        line.fail_next(fault)
        await deliver(desk, customer)
        await customer.accept(customer.event(EventKind.UNSENT, target_message_id="m2"))
        await customer.handle()
        await deliver(desk, customer)
        await channel.close()

    assert [(seen.text, seen.quotes) for seen in somchai.seen[told:]] == [shown]
    assert (await customer.messages())[-1].delivery is Delivery.SENT
    assert "quoteToken" not in line.calls[-1].body.decode()
    assert line.violations == []
