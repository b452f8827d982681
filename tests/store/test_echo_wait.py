"""A send that nobody answered for: its echo settles it; without one the officer is told, and decides."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.bootstrap import Desk
from bot.domain.agent import Role
from bot.domain.case import HandoffReason, State
from bot.domain.conversation import Author, Delivery, Message
from bot.domain.proposals import Handoff, NotFound
from bot.services import agents, cases, claims, reply
from connectors.contract import DeliveryUnknown, EventKind, OutboundMessage, Receipt
from tests.drive import Customer

WITHIN = timedelta(seconds=10)


@dataclass
class Page:
    """A channel without keys, whose platform repeats what it shows."""

    name: str = "messenger"
    keyed: bool = False
    pulled: bool = False
    echo_within: timedelta = WITHIN
    silent: int = 0  # so many calls get no answer
    sent: list[OutboundMessage] = field(default_factory=list)

    async def send(self, message: OutboundMessage) -> Receipt:
        self.sent.append(message)
        if self.silent:
            self.silent -= 1
            raise DeliveryUnknown
        return Receipt(external_message_id=f"m{len(self.sent)}")

    async def close(self) -> None:
        pass


@pytest.fixture(name="page")
def _page(desk: Desk) -> Page:
    page = Page()
    desk.channels["messenger"] = page  # type: ignore[index]
    return page


@pytest.fixture(name="customer")
def _customer(desk: Desk, page: Page) -> Customer:
    return Customer(desk, channel="messenger")


async def deliver(desk: Desk, customer: Customer) -> None:
    while await reply.deliver_next(desk.uow, desk.channels, customer.lane, limits=desk.limits):
        pass


async def claimed(desk: Desk, customer: Customer, page: Page) -> claims.Parcel:
    """Come as far as the call."""
    async with desk.uow() as uow:
        message = await uow.conversations.next_to_send(customer.lane, uow.now)
        assert message is not None
        parcel = await claims.claim(uow, page, message, limits=desk.limits)
        await uow.commit()
    assert isinstance(parcel, claims.Parcel)
    return parcel


async def echo(desk: Desk, customer: Customer, message: OutboundMessage, mid: str = "m_echo") -> None:
    told = {"own": True, "correlation_id": message.correlation_id, "message_id": mid, "text": message.text}
    await customer.accept(customer.event(EventKind.ECHO, occurred_at=desk.clock.time, **told))
    assert await customer.handle() is None


async def ours(customer: Customer) -> Sequence[Message]:
    return [message for message in await customer.messages() if message.author is not Author.CUSTOMER]


async def test_the_echo_settles_it_and_nobody_is_called(desk: Desk, customer: Customer, page: Page) -> None:
    await customer.say("สวัสดีค่ะ", NotFound())
    page.silent = 1
    await deliver(desk, customer)
    first = (await ours(customer))[0]
    assert (first.delivery, first.delivery_reason) == (Delivery.PENDING, "awaiting_echo")
    assert len(page.sent) == 1, "what is behind waits, so that the order stays"

    await echo(desk, customer, page.sent[0])
    await deliver(desk, customer)

    assert [(m.delivery, m.delivery_reason) for m in await ours(customer)] == [(Delivery.SENT, None)] * 2
    assert len(page.sent) == 2, "and nothing was sent twice"
    assert (await customer.case()).state is State.BOT


async def test_without_an_echo_it_is_unknown_and_the_rest_goes_on(desk: Desk, customer: Customer, page: Page) -> None:
    await customer.say("สวัสดีค่ะ", NotFound())
    page.silent = 1
    await deliver(desk, customer)
    desk.clock.time += WITHIN
    await deliver(desk, customer)

    ends = [(m.delivery, m.delivery_reason) for m in await ours(customer)]
    assert ends[:2] == [(Delivery.UNKNOWN, "no_answer"), (Delivery.SENT, None)]
    assert (await customer.case()).handoff_reason is HandoffReason.DELIVERY_UNKNOWN

    await echo(desk, customer, page.sent[0])
    assert (await ours(customer))[0].delivery is Delivery.SENT, "a late echo still tells"


async def test_a_worker_that_died_while_sending_leaves_it_to_the_echo(
    desk: Desk, customer: Customer, page: Page
) -> None:
    await customer.say("สวัสดีค่ะ", NotFound())
    parcel = await claimed(desk, customer, page)
    await deliver(desk, customer)
    assert page.sent == []

    await echo(desk, customer, parcel.messages[0])
    await deliver(desk, customer)

    assert {m.delivery for m in await ours(customer)} == {Delivery.SENT}
    assert len(page.sent) == 1


async def test_an_echo_that_is_faster_than_the_answer_leaves_every_part_known(
    desk: Desk, customer: Customer, page: Page
) -> None:
    await customer.say("สวัสดีค่ะ", NotFound())
    parcel = await claimed(desk, customer, page)
    await echo(desk, customer, parcel.messages[0], mid="m_last")
    receipt = Receipt(external_message_id="m_last", more_ids=("m_first",))
    async with desk.uow() as uow:
        await reply.settle(uow, parcel, [receipt], limits=desk.limits)
        await uow.commit()
    quote = customer.event(EventKind.TEXT, text="อันนี้ค่ะ", message_id="q1", quoted_message_id="m_first")
    await customer.accept(quote)
    await customer.handle()

    first, *_ = await ours(customer)
    assert (first.delivery, first.external_message_id) == (Delivery.SENT, "m_last")
    assert (await customer.messages())[-1].quoted_id == first.id


async def test_a_late_failure_of_what_was_sent_after_all_forgets_no_part(
    desk: Desk, customer: Customer, page: Page
) -> None:
    await customer.say("สวัสดีค่ะ", NotFound())
    parcel = await claimed(desk, customer, page)
    outcomes = ([Receipt(external_message_id="m_last", more_ids=("m_first",))], DeliveryUnknown())
    for outcome in outcomes:
        async with desk.uow() as uow:
            await reply.settle(uow, parcel, outcome, limits=desk.limits)
            await uow.commit()

    first, *_ = await ours(customer)
    assert (first.delivery, first.more_external_ids) == (Delivery.SENT, ["m_first"])


async def test_an_officer_may_send_again_what_nobody_knows_of(desk: Desk, customer: Customer, page: Page) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    await deliver(desk, customer)
    async with desk.uow() as uow:
        agent = await agents.create(uow, email="m@e.com", name="มะลิ", role=Role.AGENT, password="correct horse battery")
        case = await customer.case()
        await cases.accept(uow, agent, case.id)
        await uow.commit()
    await deliver(desk, customer)
    page.silent = 1
    async with desk.uow() as uow:
        said = await cases.reply(uow, agent, case.id, text="สวัสดีค่ะ", last_seen_seq=99, key=None, limits=desk.limits)
        await uow.commit()
    await deliver(desk, customer)
    desk.clock.time += WITHIN
    await deliver(desk, customer)
    assert (await ours(customer))[-1].delivery is Delivery.UNKNOWN

    async with desk.uow() as uow:
        await cases.retry(uow, agent, case.id, said.seq, limits=desk.limits)
        await uow.commit()
    await deliver(desk, customer)

    assert (await ours(customer))[-1].delivery is Delivery.SENT
    assert [message.text for message in page.sent[-2:]] == ["สวัสดีค่ะ"] * 2
