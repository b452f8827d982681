"""Errands: wished for with a state change, done afterwards, again until they succeed, and only the newest wish."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.bootstrap import Desk
from bot.domain.agent import Role
from bot.domain.case import HandoffReason
from bot.domain.proposals import Handoff, NotFound
from bot.services import agents, cases, errands, profile
from connectors.contract import ChannelHalted, DeliveryFailed, EventKind, Menu, OutboundMessage, Receipt
from tests.drive import Customer

SOON = timedelta(seconds=1)


@dataclass
class Platform:
    """Does errands, or fails as the test says."""

    name: str = "line"
    keyed: bool = True
    pulled: bool = False
    did: list[tuple[str, ...]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    async def name_of(self, external_id: str) -> str | None:
        self._do("name", external_id)
        return "สมชาย"

    async def mark_read(self, external_id: str, read_token: str) -> None:
        self._do("read", external_id, read_token)

    async def show_menu(self, external_id: str, menu: Menu) -> None:
        self._do("menu", external_id, menu)

    async def decline(self, group_id: str, reply_token: str | None, words: str) -> None:
        self._do("decline", group_id, reply_token or "", words)

    async def send(self, message: OutboundMessage) -> Receipt:
        return Receipt()

    async def close(self) -> None:
        pass

    def _do(self, *what: str) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.did.append(what)

    def of(self, kind: str) -> Sequence[tuple[str, ...]]:
        return [did[1:] for did in self.did if did[0] == kind]


@pytest.fixture(name="platform")
def _platform(desk: Desk) -> Platform:
    platform = Platform()
    desk.channels["line"] = platform  # type: ignore[index]
    return platform


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    return Customer(desk, channel="line", external_id="U1")


async def carry_out(desk: Desk) -> None:
    while await errands.carry_out(desk.uow, desk.channels):
        pass


async def test_the_name_is_asked_for_once_and_shown_to_officers(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    await customer.say("สวัสดี", NotFound())
    await carry_out(desk)
    await customer.say("สวัสดีอีกครั้ง", NotFound())
    await carry_out(desk)

    assert platform.of("name") == [("U1",)]
    async with desk.uow() as uow:
        known = await profile.show(uow, (await customer.case()).contact_id)
    assert (known.display_name, known.contact.name) == ("สมชาย", None)


async def test_the_menu_follows_the_case_and_only_cases_with_people(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    await carry_out(desk)
    async with desk.uow() as uow:
        agent = await agents.create(uow, email="o@example.com", name="ก", role=Role.AGENT, password="a long password")
        case = await cases.accept(uow, agent, (await customer.case()).id)
        await cases.return_to_bot(uow, agent, case.id, limits=desk.limits)
        await uow.commit()
    await carry_out(desk)
    other = Customer(desk, channel="line", external_id="U2")
    await other.say("สวัสดี", NotFound())
    await other.accept(other.event(EventKind.LEFT))
    await other.handle()
    await carry_out(desk)

    assert platform.of("menu") == [("U1", Menu.PERSON), ("U1", Menu.BOT)]


async def test_an_answer_that_a_connector_cannot_read_ends_one_errand_and_nothing_else(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [TypeError("an answer of another shape")] * 20
    await customer.say("สวัสดี", NotFound())
    for _ in range(20):
        await carry_out(desk)
        desk.clock.forward(hours=1)  # type: ignore[attr-defined]
    platform.errors = []
    await carry_out(desk)

    assert platform.of("name") == []


async def test_an_answer_marks_what_was_written_as_read(desk: Desk, customer: Customer, platform: Platform) -> None:
    for number in (1, 2):
        await customer.accept(customer.event(EventKind.TEXT, text="ถาม", read_token=f"r{number}"))
        turn = await customer.handle()
        assert turn is not None
        await customer.apply(turn, [NotFound()])
    await carry_out(desk)

    assert platform.of("read") == [("U1", "r2")]


async def test_a_group_is_declined_without_a_case(desk: Desk, platform: Platform) -> None:
    group = Customer(desk, channel="line", external_id="C1")
    await group.accept(group.event(EventKind.INVITED, reply_token="t1"))
    assert await group.handle() is None
    await carry_out(desk)

    [(who, token, words)] = platform.of("decline")
    assert (who, token) == ("C1", "t1")
    assert "ออกจากกลุ่ม" in words
    assert await group.messages() == []


async def test_what_may_pass_is_tried_again_and_what_cannot_is_dropped(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [DeliveryFailed("platform_down", retry_after=SOON), ChannelHalted("no_access", retry_after=SOON)]
    await customer.say("สวัสดี", NotFound())
    for _ in range(3):
        await carry_out(desk)
        desk.clock.forward(minutes=1)
    assert platform.of("name") == [("U1",)]
    platform.errors = [DeliveryFailed("refused")]
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    for _ in range(3):
        await carry_out(desk)
        desk.clock.forward(minutes=10)

    assert platform.of("menu") == []


async def test_it_ends_even_if_the_platform_never_answers(desk: Desk, customer: Customer, platform: Platform) -> None:
    platform.errors = [DeliveryFailed("platform_down", retry_after=SOON)] * 100
    await customer.say("สวัสดี", NotFound())
    for _ in range(errands.MAX_TRIES + 3):
        await carry_out(desk)
        desk.clock.forward(hours=1)

    assert len(platform.errors) == 100 - errands.MAX_TRIES


async def test_a_worker_that_died_is_followed_by_another(desk: Desk, customer: Customer, platform: Platform) -> None:
    await customer.say("สวัสดี", NotFound())
    async with desk.uow() as uow:
        assert await uow.errands.take_due(uow.now, 10)
        await uow.commit()  # and then it dies
    await carry_out(desk)
    assert platform.did == []
    desk.clock.forward(seconds=31)
    await carry_out(desk)

    assert platform.of("name") == [("U1",)]


async def test_a_newer_wish_survives_the_older_ones_end(desk: Desk, customer: Customer, platform: Platform) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    async with desk.uow() as uow:
        taken = await uow.errands.take_due(uow.now, 10)
        await uow.commit()
    desk.clock.forward(seconds=1)
    await customer.write("ยกเลิกการรอ")
    async with desk.uow() as uow:
        for errand in taken:
            await uow.errands.done(errand)
        await uow.commit()
    await carry_out(desk)

    assert platform.of("menu") == [("U1", Menu.BOT)]


async def test_a_dead_access_is_seen_by_officers_before_anything_is_to_be_sent(
    desk: Desk, customer: Customer, platform: Platform
) -> None:
    platform.errors = [ChannelHalted("no_access", retry_after=SOON)]
    await customer.say("สวัสดี", NotFound())
    await carry_out(desk)

    async with desk.uow() as uow:
        status = await uow.channels.get("line")
    assert status is not None
    assert (status.trouble, status.trouble_since) == ("no_access", desk.clock.time)


async def test_a_channel_without_such_things_forgets_them(desk: Desk) -> None:
    customer = Customer(desk, channel="messenger")
    await customer.say("สวัสดี", NotFound())
    await carry_out(desk)
    async with desk.uow() as uow:
        assert list(await uow.errands.take_due(uow.now + timedelta(days=1), 10)) == []


async def test_a_visitor_of_the_web_chat_wants_nothing_of_a_platform(desk: Desk) -> None:
    visitor = Customer(desk)
    await visitor.accept(visitor.event(EventKind.OPENED))
    await visitor.handle()
    await visitor.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))

    assert await errands.carry_out(desk.uow, desk.channels) == 0
