"""One customer's life on a platform in steps that may come in any order, beside a desk whose worker may die at any.

What officers and workers do is the same on every platform and stands here; what the customer does stands in
``line_story`` and ``messenger_story``. Real PostgreSQL, the real connectors, platforms that keep their rules; time is
moved by hand.
"""

import asyncio
import itertools
import os
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.bootstrap import Desk, make_desk
from bot.domain.agent import Agent, Role
from bot.domain.case import Case, HandoffReason, State
from bot.domain.conversation import Author, Message
from bot.domain.errors import DeskError
from bot.domain.inbound import Progress, StoredEvent
from bot.domain.media import ERASED
from bot.domain.proposals import Handoff, NotFound, Proposal, Say
from bot.services import agents, cases, claims, deadlines, errands, receive, reply
from bot.services.claims import Parcel
from bot.settings import load_settings
from connectors.contract import Channel, InboundEvent, WebhookChannel
from tests.clocks import HandClock
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.platform_clock import PlatformClock

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LIVES = int(os.environ.get("LIVES", "12"))  # examples of each property test; more for a night: LIVES=500
LINES = "เจ้าหน้าที่ตอบ"  # how officers' words begin
numbers = itertools.count(1)
Step = Callable[[Any], Coroutine[Any, Any, object]]


class Platform(Protocol):
    """What a life needs of its platform."""

    clock: PlatformClock
    violations: list[str]

    def heal(self) -> None:
        """Be well again."""


@dataclass
class Stage:
    """A desk and a platform that share one clock; many customers live on it, one after the other."""

    desk: Desk
    platform: Platform
    channel: Channel
    officer: Agent
    arrived: list[InboundEvent] = field(default_factory=list)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Leave a failing story readable: Hypothesis would print the whole desk."""
        printer.text("stage")

    def move(self, seconds: float) -> None:
        assert isinstance(self.desk.clock, HandClock)
        self.desk.clock.forward(seconds=seconds)
        self.platform.clock.move(seconds)


@contextmanager
def hearing(stage: Stage) -> Iterator[str]:
    """Give an address at which the desk hears the platform; what comes waits in ``arrived``."""
    channel = stage.channel
    assert isinstance(channel, WebhookChannel)

    def webhook(request: Request) -> Reply:
        stage.arrived += channel.parse(request.headers, request.body)
        return Reply()

    served = HttpThread(webhook)
    served.start()
    yield served.address
    served.stop()


def whatever_happens(steps: st.SearchStrategy[tuple[str, Step]]) -> Callable[[Any], Any]:
    """Let a test be given stories of such steps, with their names, in any order."""
    slow = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    settled = settings(max_examples=LIVES, deadline=None, suppress_health_check=slow)
    return lambda test: settled(given(story=st.lists(steps, min_size=8, max_size=30))(test))


def badly_sent(
    sends: Callable[[Any, Any], Coroutine[Any, Any, object]], faults: Sequence[Any]
) -> list[tuple[str, Step]]:
    """Make a step of each fault."""
    return [
        (f"badly sent {number}", lambda life, fault=fault: sends(life, fault)) for number, fault in enumerate(faults)
    ]


@contextmanager
def opened(database_url: str) -> Iterator[tuple[asyncio.AbstractEventLoop, Desk, Agent]]:
    """Open a desk with one officer, in a loop of its own."""
    loop = asyncio.new_event_loop()
    desk = make_desk(load_settings({"DESK_DATABASE_URL": database_url}), clock=HandClock(NOON))

    async def officer() -> Agent:
        async with desk.uow() as uow:
            made = await agents.create(
                uow, email="o@example.com", name="ก", role=Role.ADMIN, password="a long password"
            )
            await uow.commit()
        return made

    yield loop, desk, loop.run_until_complete(officer())
    loop.run_until_complete(desk.close())
    loop.close()


@dataclass
class AnyLife:
    """One customer; each method is a step."""

    stage: Stage

    @property
    def desk(self) -> Desk:
        return self.stage.desk

    @property
    def lane(self) -> str:
        raise NotImplementedError

    async def listen(self) -> None:
        """Let what the platform told reach the desk."""
        arrived, self.stage.arrived[:] = list(self.stage.arrived), []
        async with self.desk.uow() as uow:
            await receive.accept(uow, arrived)
            await uow.commit()

    # What officers do.

    async def officer_accepts(self) -> None:
        async with self.desk.uow() as uow:
            case = await self._case()
            if case is not None and case.state is State.QUEUED:
                await cases.accept(uow, self.stage.officer, case.id)
                await uow.commit()

    async def officer_writes(self, count: int) -> None:
        case = await self._case()
        for _ in range(count):
            async with self.desk.uow() as uow:
                try:
                    await cases.reply(
                        uow, self.stage.officer, case.id if case else 0, text=f"{LINES} {next(numbers)}",
                        last_seen_seq=None, key=None, limits=self.desk.limits,
                    )  # fmt: skip
                    await uow.commit()
                except DeskError:
                    return

    async def officer_gives_back(self) -> None:
        case = await self._case()
        async with self.desk.uow() as uow:
            try:
                await cases.return_to_bot(uow, self.stage.officer, case.id if case else 0, limits=self.desk.limits)
                await uow.commit()
            except DeskError:
                return

    async def _case(self) -> Case | None:
        channel, _, external_id = self.lane.partition(":")
        async with self.desk.uow() as uow:
            conversation = await uow.conversations.find(channel, external_id)
            return await uow.cases.newest_in(conversation.id) if conversation else None

    # What workers do.

    async def handle(self, *, die: bool = False) -> bool:
        """Work off one event; a worker that dies leaves it asked and unanswered."""
        async with self.desk.uow() as uow:
            found = await uow.inbound.next_of_lane(self.lane, uow.now)
            if found is None:
                return False
            event_id = found.event_id
            turn = await receive.handle(uow, event_id, limits=self.desk.limits)
            await uow.commit()
        if turn is None or die:
            return True
        if turn.judge:
            async with self.desk.uow() as uow:
                turn = await receive.judge(uow, event_id, "ask_knowledge", limits=self.desk.limits)
                await uow.commit()
            if turn is None:
                return True
        async with self.desk.uow() as uow:
            await receive.apply(uow, event_id, _proposals(turn.message), limits=self.desk.limits)
            await uow.commit()
        return True

    async def send(self) -> None:
        while await reply.deliver_next(self.desk.uow, self.desk.channels, self.lane, limits=self.desk.limits):
            pass

    async def die_sending(self, *, called: bool) -> None:
        """Claim, maybe call, and never hear the answer."""
        async with self.desk.uow() as uow:
            message = await uow.conversations.next_to_send(self.lane, uow.now)
            claimed = None
            if message is not None:
                claimed = await claims.claim(uow, self.stage.channel, message, limits=self.desk.limits)
            await uow.commit()
        if called and isinstance(claimed, Parcel):
            await reply._call(claimed)

    async def time_passes(self, seconds: float) -> None:
        self.stage.move(seconds)
        async with self.desk.uow() as uow:
            officer = await uow.agents.get(self.stage.officer.id)
            assert officer is not None
            await agents.sign_of_life(uow, officer)
            await uow.commit()
        await deadlines.sweep(self.desk.uow, self.desk.limits, self.desk.channels)

    async def fares_badly(self) -> None:
        """Send, with something going wrong, and let some time pass."""
        await self.send()
        await self.time_passes(5)

    async def rest(self) -> None:
        """Let the platform recover and the desk finish whatever is left to do."""
        self.stage.platform.heal()
        for _ in range(40):
            await self.listen()
            while await self.handle():
                pass
            await self.send()
            await errands.carry_out(self.desk.uow, self.desk.channels)
            if not self.stage.arrived and not await self.open_work():
                return
            await self.time_passes(61)
        raise AssertionError(f"never done: {await self.open_work()}")

    async def open_work(self) -> list[str]:
        """Name what is still to be done."""
        events = [f"event {event.kind}" for event in await self.events() if event.state in ("new", "asking")]
        return events + [
            f"message {message.text}" for message in await self.messages() if message.delivery == "pending"
        ]

    async def events(self) -> list[StoredEvent]:
        async with self.desk.uow() as uow:
            query = select(StoredEvent).where(StoredEvent.lane == self.lane).order_by(StoredEvent.id)
            return list((await uow.session.execute(query)).scalars())

    async def messages(self) -> list[Message]:
        async with self.desk.uow() as uow:
            query = select(Message).where(Message.lane == self.lane).order_by(Message.seq)
            return list((await uow.session.execute(query)).scalars())


async def every_event_was_handled_once(life: AnyLife, *, said: set[str], unsent: set[str]) -> None:
    """Check that each message of the customer is in the transcript once, and what was taken back is nowhere."""
    events = await life.events()
    assert {event.state for event in events} <= {Progress.HANDLED}
    assert max(Counter(event.event_id for event in events).values(), default=1) == 1
    found = Counter(m.external_message_id for m in await life.messages() if m.author is Author.CUSTOMER)
    assert {name: found[name] for name in said - unsent} == dict.fromkeys(said - unsent, 1)
    for message in await life.messages():
        if message.external_message_id in unsent:
            assert message.text == ERASED


def _proposals(said: str) -> list[Proposal]:
    if "เจ้าหน้าที่" in said:
        return [Handoff(reason=HandoffReason.CUSTOMER_ASKED)]
    return [Say(script="menu")] if "เมนู" in said else [NotFound()]


async def is_answered(life: Any) -> None:
    """The customer asks, and the bot has its answer ready."""
    await life.say("ขอ Form D")
    while await life.handle():
        pass


async def comes_to_a_person(life: Any) -> None:
    """The customer asks for a person, and gets one."""
    await life.say("ขอคุยกับเจ้าหน้าที่")
    while await life.handle():
        pass
    await life.time_passes(3)
    await life.officer_accepts()


# Steps on every platform, with a name that tells them in a failing example.
CUSTOMER_STEPS: list[tuple[str, Step]] = [
    ("asks", lambda life: life.say("ขอ Form D")),
    ("asks for the menu", lambda life: life.say("เมนู")),
    ("asks for a person", lambda life: life.say("ขอคุยกับเจ้าหน้าที่")),
    ("sticker", lambda life: life.sticker()),
    ("taps a topic", lambda life: life.tap("v1:topic:fairs")),
    ("taps nonsense", lambda life: life.tap("x" * 300)),
    ("two at once", lambda life: life.two_at_once_in_the_wrong_order()),
    ("redelivered", lambda life: life.again()),
    ("edits", lambda life: life.edit()),
    ("takes back", lambda life: life.take_back()),
    ("blocks", lambda life: life.block()),
    ("unknown", lambda life: life.unknown()),
]
DESK_STEPS: list[tuple[str, Step]] = [
    ("handle", lambda life: life.handle()),
    ("send", lambda life: life.send()),
    ("die asking", lambda life: life.handle(die=True)),
    ("die before the call", lambda life: life.die_sending(called=False)),
    ("die after the call", lambda life: life.die_sending(called=True)),
    ("accept", lambda life: life.officer_accepts()),
    ("write", lambda life: life.officer_writes(1)),
    ("write three", lambda life: life.officer_writes(3)),
    ("give back", lambda life: life.officer_gives_back()),
    *[(f"{seconds} s", lambda life, seconds=seconds: life.time_passes(seconds)) for seconds in (1, 5, 45, 130)],
]
OFTEN: list[tuple[str, Step]] = [("is answered", is_answered), ("comes to a person", comes_to_a_person)]
