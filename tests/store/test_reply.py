"""How a send may end: reply tokens, retry keys, refusals, unknown outcomes, and whom that calls."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.bootstrap import Desk
from bot.domain.case import HandoffReason, State
from bot.domain.conversation import Author, Delivery, Message
from bot.domain.proposals import NotFound, Say
from bot.services import claims, reply
from connectors.contract import (
    ChannelHalted,
    DeliveryFailed,
    DeliveryUnknown,
    EventKind,
    OutboundMessage,
    Receipt,
    RecipientUnreachable,
    ReplyTokenInvalid,
    ThreadTakenOver,
)
from tests.drive import Customer

Script = list[Exception]
SOON = timedelta(seconds=1)


@dataclass
class Platform:
    """A channel with reply tokens that fails as the test says, first come first served; then it accepts."""

    name: str = "line"
    keyed: bool = True
    pulled: bool = False
    reply_within: timedelta = timedelta(seconds=50)
    errors: Script = field(default_factory=list)
    replies: list[tuple[str, list[str]]] = field(default_factory=list)
    pushes: list[tuple[str, str]] = field(default_factory=list)

    def fitting(self, messages: Sequence[OutboundMessage]) -> int:
        return min(len(messages), 2)

    async def reply(self, reply_token: str, messages: Sequence[OutboundMessage]) -> Sequence[Receipt]:
        self.replies.append((reply_token, [message.text for message in messages]))
        self._maybe_fail()
        return [Receipt(external_message_id=f"r{len(self.replies)}.{n}") for n, _ in enumerate(messages)]

    async def send(self, message: OutboundMessage) -> Receipt:
        self.pushes.append((message.text, str(message.retry_key)))
        self._maybe_fail()
        return Receipt(external_message_id=f"p{len(self.pushes)}")

    async def close(self) -> None:
        pass

    def parse(self, headers: object, body: bytes) -> list[object]:
        return []

    def _maybe_fail(self) -> None:
        if self.errors:
            raise self.errors.pop(0)


@pytest.fixture(name="platform")
def _platform(desk: Desk) -> Platform:
    platform = Platform()
    desk.channels["line"] = platform  # type: ignore[index]
    return platform


@pytest.fixture(name="customer")
def _customer(desk: Desk, platform: Platform) -> Customer:
    return Customer(desk, channel="line")


async def says(desk: Desk, customer: Customer, token: str | None = "t1") -> None:  # noqa: S107 - a made-up token
    """The customer writes, and the bot has two things to say: greeting and answer (the first time)."""
    await customer.accept(
        customer.event(EventKind.TEXT, text="มีอะไรบ้าง", occurred_at=desk.clock.time, reply_token=token)
    )
    turn = await customer.handle()
    assert turn is not None
    await deliver(desk, customer)  # the greeting waits for the answer
    await customer.apply(turn, [NotFound()])


async def deliver(desk: Desk, customer: Customer) -> None:
    """Send what is due now."""
    while await reply.deliver_next(desk.uow, desk.channels, customer.lane, limits=desk.limits):
        pass


async def ours(customer: Customer) -> list[Message]:
    return [message for message in await customer.messages() if message.author is not Author.CUSTOMER]


async def ends(customer: Customer) -> list[tuple[Delivery, str | None]]:
    return [(message.delivery, message.delivery_reason) for message in await ours(customer)]


async def test_greeting_and_answer_leave_in_one_free_reply(desk: Desk, customer: Customer, platform: Platform) -> None:
    await says(desk, customer)
    await deliver(desk, customer)

    assert [(token, len(texts)) for token, texts in platform.replies] == [("t1", 2)]
    assert platform.pushes == []
    assert [m.external_message_id for m in await ours(customer)] == ["r1.0", "r1.1"]
    assert {m.delivery for m in await ours(customer)} == {Delivery.SENT}


async def test_a_held_greeting_leaves_by_itself_when_no_answer_comes(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    await customer.accept(customer.event(EventKind.TEXT, text="ถาม", occurred_at=desk.clock.time, reply_token="t1"))
    await customer.handle()
    await deliver(desk, customer)
    assert platform.replies == []
    desk.clock.forward(seconds=3)
    await deliver(desk, customer)
    assert [token for token, _ in platform.replies] == ["t1"]


async def test_a_token_is_used_once_and_what_follows_is_pushed(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    await says(desk, customer)
    await deliver(desk, customer)
    await says(desk, customer, token=None)
    await deliver(desk, customer)

    assert len(platform.replies) == 1
    assert len(platform.pushes) == 1


async def test_more_than_one_call_carries_goes_on_in_order(desk: Desk, customer: Customer, platform: Platform) -> None:
    await says(desk, customer)
    await says(desk, customer, token="t2")
    await deliver(desk, customer)

    assert [len(texts) for _, texts in platform.replies] == [2, 1]
    assert {token for token, _ in platform.replies} == {"t1", "t2"}
    said = [text for _, texts in platform.replies for text in texts]
    assert said == [m.text for m in await ours(customer)]


@pytest.mark.parametrize(("seconds", "by_reply"), [(50, True), (51, False)])
async def test_a_token_is_good_for_fifty_seconds(
    desk: Desk, customer: Customer, platform: Platform, seconds: int, by_reply: bool
) -> None:
    await says(desk, customer)
    desk.clock.forward(seconds=seconds)
    await deliver(desk, customer)

    assert (len(platform.replies) == 1, len(platform.pushes) == 2) == (by_reply, not by_reply)


async def test_a_refused_token_is_followed_by_pushes_with_the_rows_own_keys(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [ReplyTokenInvalid()]
    await says(desk, customer)
    await deliver(desk, customer)

    assert [key for _, key in platform.pushes] == [str(m.retry_key) for m in await ours(customer)]
    assert {m.delivery for m in await ours(customer)} == {Delivery.SENT}


async def test_after_an_unknown_reply_the_same_token_is_tried_and_nothing_is_pushed(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [DeliveryUnknown()]
    await says(desk, customer)
    await deliver(desk, customer)
    desk.clock.forward(seconds=2)
    await deliver(desk, customer)

    assert [token for token, _ in platform.replies] == ["t1", "t1"]
    assert platform.replies[0] == platform.replies[1]
    assert platform.pushes == []
    assert {m.delivery for m in await ours(customer)} == {Delivery.SENT}


async def test_a_used_up_token_after_an_unknown_reply_is_unknown_and_calls_a_person(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [DeliveryUnknown(), ReplyTokenInvalid()]
    await says(desk, customer)
    await deliver(desk, customer)
    desk.clock.forward(seconds=2)
    await deliver(desk, customer)

    assert (await ends(customer))[:2] == [(Delivery.UNKNOWN, "no_answer")] * 2
    case = await customer.case()
    assert (case.state, case.handoff_reason) == (State.QUEUED, HandoffReason.DELIVERY_UNKNOWN)
    assert (await ends(customer))[2] == (Delivery.SENT, None), "the notice is pushed, the lost words are not"
    assert len(platform.pushes) == 1


async def test_an_unknown_reply_whose_token_grew_old_is_never_pushed(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [DeliveryUnknown()]
    await says(desk, customer)
    await deliver(desk, customer)
    desk.clock.forward(seconds=60)
    await deliver(desk, customer)

    lost = [m.text for m in (await ours(customer))[:2]]
    assert (await ends(customer))[:2] == [(Delivery.UNKNOWN, "interrupted")] * 2
    assert not {text for text, _ in platform.pushes} & set(lost)


async def test_a_worker_that_died_in_a_reply_call_is_followed_by_the_same_token(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    await says(desk, customer)
    async with desk.uow() as uow:
        first = await uow.conversations.next_to_send(customer.lane, uow.now)
        assert first is not None
        await claims.claim(uow, platform, first, limits=desk.limits)
        await uow.commit()  # and then it dies
    await deliver(desk, customer)

    assert [token for token, _ in platform.replies] == ["t1"]
    assert {m.delivery for m in await ours(customer)} == {Delivery.SENT}


async def test_one_bad_message_of_a_reply_does_not_take_the_others_with_it(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [DeliveryFailed("refused"), DeliveryFailed("refused")]
    await says(desk, customer)
    await deliver(desk, customer)

    assert (await ends(customer))[:2] == [(Delivery.FAILED, "refused"), (Delivery.SENT, None)]
    assert (await customer.case()).handoff_reason is HandoffReason.DELIVERY_FAILED


async def test_a_push_that_may_pass_is_repeated_with_its_key(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [DeliveryFailed("platform_down", retry_after=SOON)] * 3
    await says(desk, customer, token=None)
    for _ in range(5):
        await deliver(desk, customer)
        desk.clock.forward(seconds=10)

    keys = [key for _, key in platform.pushes]
    assert len(keys) == 5
    assert len(set(keys)) == 2
    assert {m.delivery for m in await ours(customer)} == {Delivery.SENT}


async def test_a_platform_that_stays_down_ends_as_failed_and_calls_a_person(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [DeliveryFailed("platform_down", retry_after=SOON)] * reply.MAX_TRIES
    await says(desk, customer, token=None)
    for _ in range(reply.MAX_TRIES):
        await deliver(desk, customer)
        desk.clock.forward(minutes=6)

    assert (await ends(customer))[0] == (Delivery.FAILED, "platform_down")
    assert (await customer.case()).handoff_reason is HandoffReason.DELIVERY_FAILED


async def test_the_connector_may_say_how_often_a_message_is_tried(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [DeliveryFailed("busy_flow", retry_after=SOON, most_tries=2)] * 2
    await says(desk, customer, token=None)
    for _ in range(3):
        await deliver(desk, customer)
        desk.clock.forward(minutes=6)

    assert (await ends(customer))[0] == (Delivery.FAILED, "busy_flow")
    assert len({key for _, key in platform.pushes[:2]}) == 1, "two tries of the one message"
    assert [text for text, _ in platform.pushes].count(platform.pushes[0][0]) == 2


async def test_a_halted_channel_loses_nothing_however_long_it_takes(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [ChannelHalted("no_access", retry_after=timedelta(minutes=1))] * 30
    await says(desk, customer, token=None)
    for _ in range(30):
        await deliver(desk, customer)
        desk.clock.forward(minutes=1)
    assert (await ends(customer))[0] == (Delivery.PENDING, "no_access")
    await deliver(desk, customer)

    assert {m.delivery for m in await ours(customer)} == {Delivery.SENT}
    said = [text for text, _ in platform.pushes[-2:]]
    assert said == [m.text for m in await ours(customer)], "in order"


async def test_who_blocked_us_ends_the_bots_case(desk: Desk, customer: Customer, platform: Platform) -> None:
    platform.errors = [RecipientUnreachable()]
    await says(desk, customer, token=None)
    await deliver(desk, customer)

    assert (await ends(customer))[0] == (Delivery.FAILED, "unreachable")
    case = await customer.case()
    assert (case.state, case.closed_as) == (State.CLOSED, "blocked")


async def test_a_talk_that_another_app_owns_silences_the_bot(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [ThreadTakenOver()]
    await says(desk, customer, token=None)
    await deliver(desk, customer)

    assert (await ends(customer))[0] == (Delivery.FAILED, "thread_elsewhere")
    assert (await customer.case()).handoff_reason is HandoffReason.ANSWERED_ELSEWHERE
    assert await customer.write("ยังอยู่ไหมคะ") is None


async def test_a_bug_of_a_connector_ends_one_message_and_not_the_worker(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [ValueError("a bug")]
    await says(desk, customer, token=None)
    await deliver(desk, customer)

    assert (await ends(customer))[0] == (Delivery.UNKNOWN, "interrupted")
    assert (await ends(customer))[1] == (Delivery.SENT, None)


async def test_a_failed_greeting_of_a_silent_visitor_calls_nobody(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [DeliveryFailed("refused")]
    await customer.accept(customer.event(EventKind.OPENED, occurred_at=desk.clock.time))
    await customer.handle()
    await deliver(desk, customer)

    assert (await ends(customer)) == [(Delivery.FAILED, "refused")]
    assert (await customer.case()).state is State.BOT


async def test_a_channel_without_keys_is_not_tried_again_after_a_crash(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.keyed = False
    await says(desk, customer, token=None)
    async with desk.uow() as uow:
        first = await uow.conversations.next_to_send(customer.lane, uow.now)
        assert first is not None
        await claims.claim(uow, platform, first, limits=desk.limits)
        await uow.commit()
    await deliver(desk, customer)

    assert (await ends(customer))[1] == (Delivery.UNKNOWN, "interrupted")
    assert (await customer.case()).handoff_reason is HandoffReason.DELIVERY_UNKNOWN


async def test_the_platform_learns_how_long_the_customer_is_silent(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    heard: list[timedelta | None] = []

    async def send(message: OutboundMessage) -> Receipt:
        heard.append(message.silent_for)
        return Receipt()

    platform.send = send  # type: ignore[method-assign]
    await customer.accept(customer.event(EventKind.TEXT, text="สวัสดีค่ะ", occurred_at=desk.clock.time))
    turn = await customer.handle()
    assert turn is not None
    desk.clock.forward(hours=25)
    await customer.apply(turn, [Say(script="menu")])
    await deliver(desk, customer)

    assert heard == [timedelta(hours=25)]
