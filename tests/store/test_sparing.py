"""Pushes cost: bursts leave together, few left are spared, and a tap brings a free reply."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.bootstrap import Desk
from bot.domain.agent import Agent, Role
from bot.domain.case import HandoffReason
from bot.domain.conversation import Author, Delivery
from bot.domain.proposals import Handoff, NotFound
from bot.services import agents, cases, deadlines, quotas, reply
from connectors.abilities import Quota
from connectors.contract import (
    ChannelHalted,
    DeliveryFailed,
    EventKind,
    OutboundMessage,
    Receipt,
    RecipientUnreachable,
)
from tests.drive import Customer

DOWN = timedelta(seconds=2)


@dataclass
class Platform:
    """A channel with reply tokens, bundles and a quota; it fails as the test says, then it accepts."""

    name: str = "line"
    keyed: bool = True
    pulled: bool = False
    reply_within: timedelta = timedelta(seconds=50)
    left: Quota = field(default_factory=lambda: Quota(limit=None, used=0))
    errors: list[Exception] = field(default_factory=list)
    replies: list[tuple[str, list[str]]] = field(default_factory=list)
    pushes: list[tuple[str, list[str]]] = field(default_factory=list)

    def fitting(self, messages: Sequence[OutboundMessage]) -> int:
        return min(len(messages), 5)

    async def reply(self, reply_token: str, messages: Sequence[OutboundMessage]) -> Sequence[Receipt]:
        self.replies.append((reply_token, [message.text for message in messages]))
        return [Receipt() for _ in messages]

    async def send(self, message: OutboundMessage) -> Receipt:
        [receipt] = await self.send_all([message])
        return receipt

    async def send_all(self, messages: Sequence[OutboundMessage]) -> Sequence[Receipt]:
        self.pushes.append((str(messages[0].retry_key), [message.text for message in messages]))
        if self.errors:
            raise self.errors.pop(0)
        return [Receipt() for _ in messages]

    async def quota(self) -> Quota:
        if self.errors:
            raise self.errors.pop(0)
        return self.left

    async def close(self) -> None:
        pass


@dataclass
class Talk:
    """A customer of an officer."""

    desk: Desk
    customer: Customer
    agent: Agent
    case_id: int
    number: int = 0

    async def officer_says(self, *texts: str) -> None:
        async with self.desk.uow() as uow:
            for text in texts:
                await cases.reply(
                    uow, self.agent, self.case_id, text=text, last_seen_seq=None, key=None, limits=self.desk.limits
                )
            await uow.commit()

    async def acts(self, kind: EventKind = EventKind.TEXT, **fields: object) -> None:
        self.number += 1
        token = f"t{self.number}"
        await self.customer.accept(
            self.customer.event(kind, occurred_at=self.desk.clock.time, reply_token=token, **fields)
        )
        await self.customer.handle()

    async def deliver(self) -> None:
        while await reply.deliver_next(self.desk.uow, self.desk.channels, self.customer.lane, limits=self.desk.limits):
            pass

    async def after(self, seconds: float) -> None:
        self.desk.clock.forward(seconds=seconds)
        async with self.desk.uow() as uow:
            agent = await uow.agents.get(self.agent.id)
            assert agent is not None
            await agents.sign_of_life(uow, agent)
            await uow.commit()
        await deadlines.sweep(self.desk.uow, self.desk.limits, self.desk.channels)
        await self.deliver()

    async def ends(self) -> list[tuple[str, Delivery, str | None]]:
        said = [m for m in await self.customer.messages() if m.author is Author.AGENT]
        return [(m.text, m.delivery, m.delivery_reason) for m in said]

    async def scripts(self) -> list[str | None]:
        return await self.customer.scripts()


@pytest.fixture(name="platform")
def _platform(desk: Desk) -> Platform:
    platform = Platform()
    desk.channels["line"] = platform  # type: ignore[index]
    return platform


@pytest.fixture(name="talk")
async def _talk(desk: Desk, platform: Platform) -> Talk:
    """An officer has the case, and everything said so far has left."""
    customer = Customer(desk, channel="line")
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    async with desk.uow() as uow:
        agent = await agents.create(uow, email="o@example.com", name="ก", role=Role.AGENT, password="a long password")
        case = await cases.accept(uow, agent, (await customer.case()).id)
        await uow.commit()
    talk = Talk(desk, customer, agent, case.id)
    await talk.deliver()
    await talk.after(3)
    platform.pushes.clear()
    return talk


async def spare(desk: Desk, platform: Platform, used: int = 95) -> None:
    platform.left = Quota(limit=100, used=used)
    await quotas.ask(desk.uow, desk.channels)


async def test_a_burst_leaves_in_one_push_under_the_first_key(talk: Talk, platform: Platform) -> None:
    await talk.officer_says("หนึ่ง")
    await talk.deliver()
    assert platform.pushes == []
    talk.desk.clock.forward(seconds=1)
    await talk.officer_says("สอง", "สาม")
    await talk.after(1)

    [(_, texts)] = platform.pushes
    assert texts == ["หนึ่ง", "สอง", "สาม"]
    assert {delivery for _, delivery, _ in await talk.ends()} == {Delivery.SENT}


async def test_more_than_one_call_carries_goes_on_in_order(talk: Talk, platform: Platform) -> None:
    await talk.officer_says(*"abcdefg")
    await talk.after(2)

    assert [texts for _, texts in platform.pushes] == [list("abcde"), list("fg")]


async def test_an_uncertain_push_is_repeated_whole_and_nothing_joins_it(talk: Talk, platform: Platform) -> None:
    platform.errors = [DeliveryFailed("platform_down", retry_after=DOWN)] * 2
    await talk.officer_says("a", "b")
    await talk.after(2)
    await talk.officer_says("c")
    for _ in range(4):
        await talk.after(5)

    assert [texts for _, texts in platform.pushes] == [["a", "b"]] * 3 + [["c"]]
    assert len({key for key, texts in platform.pushes if texts == ["a", "b"]}) == 1


async def test_a_worker_that_died_in_a_push_is_followed_by_the_same_push(talk: Talk, platform: Platform) -> None:
    from bot.services import claims

    await talk.officer_says("a", "b")
    talk.desk.clock.forward(seconds=2)
    async with talk.desk.uow() as uow:
        first = await uow.conversations.next_to_send(talk.customer.lane, uow.now)
        assert first is not None
        await claims.claim(uow, platform, first, limits=talk.desk.limits)
        await uow.commit()  # and then it dies
    await talk.officer_says("c")
    await talk.after(2)

    assert [texts for _, texts in platform.pushes] == [["a", "b"], ["c"]]


async def test_one_bad_message_fails_alone(talk: Talk, platform: Platform) -> None:
    platform.errors = [DeliveryFailed("refused"), DeliveryFailed("refused")]
    await talk.officer_says("bad", "good")
    await talk.after(2)

    assert [texts for _, texts in platform.pushes] == [["bad", "good"], ["bad"], ["good"]]
    assert len({key for key, _ in platform.pushes}) == 3
    assert await talk.ends() == [("bad", Delivery.FAILED, "refused"), ("good", Delivery.SENT, None)]


async def test_who_blocked_us_gets_none_of_them(talk: Talk, platform: Platform) -> None:
    platform.errors = [RecipientUnreachable()]
    await talk.officer_says("a", "b")
    await talk.after(2)

    assert [reason for _, _, reason in await talk.ends()] == ["unreachable"] * 2


async def test_a_push_that_may_have_been_shown_is_sent_again_in_the_same_company(
    talk: Talk, platform: Platform
) -> None:
    platform.errors = [DeliveryFailed("platform_down", retry_after=DOWN)] * reply.MAX_TRIES
    await talk.officer_says("a", "b")
    for _ in range(reply.MAX_TRIES):
        await talk.after(600)
    assert [reason for _, _, reason in await talk.ends()] == ["platform_down"] * 2
    seq = next(m.seq for m in await talk.customer.messages() if m.text == "b")
    async with talk.desk.uow() as uow:
        await cases.retry(uow, talk.agent, talk.case_id, seq, limits=talk.desk.limits)
        await uow.commit()
    await talk.acts(EventKind.TEXT, text="ว่าไงคะ")
    await talk.deliver()

    assert platform.replies == []
    assert platform.pushes[-1] == platform.pushes[0]


async def test_a_used_up_quota_is_noted_and_leaves_with_the_customers_next_words(
    talk: Talk, platform: Platform
) -> None:
    await spare(talk.desk, platform, used=10)
    platform.errors = [DeliveryFailed("quota_used")]
    await talk.officer_says("a", "b")
    await talk.after(2)
    assert [reason for _, _, reason in await talk.ends()] == ["quota_used"] * 2
    async with talk.desk.uow() as uow:
        status = await uow.channels.get("line")
    assert status is not None
    assert status.quota_left == 0
    await talk.after(3600)
    await talk.acts(EventKind.TEXT, text="มีคำตอบไหมคะ")
    await talk.deliver()

    assert platform.replies == [("t1", ["a", "b"])]
    assert len(platform.pushes) == 1
    assert {delivery for _, delivery, _ in await talk.ends()} == {Delivery.SENT}


async def test_when_few_are_left_the_token_pays_for_a_button_and_the_tap_brings_the_answer(
    talk: Talk, platform: Platform
) -> None:
    await spare(talk.desk, platform)
    await talk.acts(EventKind.TEXT, text="ขอถามต่อค่ะ")
    await talk.after(39)
    assert platform.replies == []
    await talk.after(2)
    assert [token for token, _ in platform.replies] == ["t1"]
    assert (await talk.scripts())[-1] == "answer_later"
    await talk.after(2)
    assert (await talk.scripts()).count("answer_later") == 1
    await talk.officer_says("คำตอบ", "เพิ่มเติม")
    await talk.after(30)
    assert platform.pushes == []
    assert next(reason for _, _, reason in await talk.ends()) == "waits_for_customer"
    await talk.acts(EventKind.TAPPED, payload="v1:see_answer")
    await talk.deliver()

    assert platform.replies[1] == ("t2", ["คำตอบ", "เพิ่มเติม"])
    assert platform.pushes == []
    assert "ดูคำตอบจากเจ้าหน้าที่" not in [m.text for m in await talk.customer.messages()]


async def test_what_is_spared_leaves_with_any_words_of_the_customer(talk: Talk, platform: Platform) -> None:
    await spare(talk.desk, platform)
    await talk.officer_says("คำตอบ")
    await talk.after(30)
    await talk.acts(EventKind.TEXT, text="ว่าไงคะ")
    await talk.deliver()

    assert platform.replies == [("t1", ["คำตอบ"])]
    assert platform.pushes == []


async def test_a_tap_before_the_answer_is_told_so_for_free_and_starts_no_promise(
    talk: Talk, platform: Platform
) -> None:
    await spare(talk.desk, platform)
    async with talk.desk.uow() as uow:
        before = len(await uow.work.clocks(talk.case_id))
    await talk.acts(EventKind.TAPPED, payload="v1:see_answer")
    await talk.deliver()

    assert (await talk.scripts())[-1] == "answer_not_yet"
    assert [token for token, _ in platform.replies] == ["t1"]
    async with talk.desk.uow() as uow:
        assert len(await uow.work.clocks(talk.case_id)) == before


async def test_nobody_waits_for_ever_for_a_tap(talk: Talk, platform: Platform) -> None:
    await spare(talk.desk, platform)
    await talk.officer_says("คำตอบ")
    await talk.after(60)
    await talk.officer_says("เพิ่มเติม")
    await talk.after(61)

    assert [texts for _, texts in platform.pushes] == [["คำตอบ", "เพิ่มเติม"]]


async def test_with_enough_left_nothing_waits_and_no_button_is_offered(talk: Talk, platform: Platform) -> None:
    await spare(talk.desk, platform, used=50)
    await talk.acts(EventKind.TEXT, text="ขอถามต่อค่ะ")
    await talk.after(42)
    await talk.officer_says("คำตอบ")
    await talk.after(2)

    assert platform.replies == [("t1", ["คำตอบ"])]
    await talk.officer_says("อีกข้อ")
    await talk.after(2)
    assert [texts for _, texts in platform.pushes] == [["อีกข้อ"]]


async def test_the_bots_own_answer_is_not_disturbed(desk: Desk, platform: Platform) -> None:
    await spare(desk, platform)
    customer = Customer(desk, channel="line")
    await customer.accept(
        customer.event(EventKind.TEXT, text="ขอ Form D", occurred_at=desk.clock.time, reply_token="b1")
    )
    turn = await customer.handle()
    assert turn is not None
    desk.clock.forward(seconds=42)
    await deadlines.sweep(desk.uow, desk.limits, desk.channels)
    await customer.apply(turn, [NotFound()])

    assert "answer_later" not in await customer.scripts()


async def test_what_keeps_a_channel_from_sending_is_noted_and_forgotten_when_it_works(
    talk: Talk, platform: Platform
) -> None:
    async def trouble() -> str | None:
        async with talk.desk.uow() as uow:
            status = await uow.channels.get("line")
        return status.trouble if status else None

    platform.errors = [ChannelHalted("no_access", retry_after=timedelta(minutes=1))]
    await talk.officer_says("a")
    await talk.after(2)
    assert await trouble() == "no_access"
    await talk.after(60)
    assert await trouble() is None
    assert {delivery for _, delivery, _ in await talk.ends()} == {Delivery.SENT}


async def test_a_suspended_account_sends_nothing_until_it_is_let_go(talk: Talk, platform: Platform) -> None:
    bot = Customer(talk.desk, channel="line", external_id="")
    await bot.accept(bot.event(EventKind.SUSPENDED))
    await bot.handle()
    await talk.officer_says("a")
    await talk.after(300)
    assert platform.pushes == []
    await bot.accept(bot.event(EventKind.RESUMED))
    await bot.handle()
    await talk.after(60)

    assert [texts for _, texts in platform.pushes] == [["a"]]
