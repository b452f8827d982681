"""One customer's life on LINE in steps that may come in any order, beside a desk whose worker may die at any of them.

Real PostgreSQL, the real connector, and a LINE that keeps its rules; time is moved by hand.
"""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select

from bot.bootstrap import Desk
from bot.domain.agent import Agent
from bot.domain.case import Case, HandoffReason, State
from bot.domain.conversation import Message
from bot.domain.errors import DeskError
from bot.domain.inbound import StoredEvent
from bot.domain.proposals import Handoff, NotFound, Proposal, Say
from bot.services import agents, cases, claims, deadlines, errands, receive, reply
from bot.services.claims import Parcel
from connectors.contract import InboundEvent
from connectors.line import LineChannel
from tests.clocks import HandClock
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.line import LinePlatform
from tests.fakes.line_user import Event, LineUser
from tests.fakes.platform_clock import PlatformClock

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
PATIENCE = 0.25  # seconds: the connector's time limit
_numbers = itertools.count(1)


@dataclass
class Stage:
    """A desk and a platform that share one clock; many customers live on it, one after the other."""

    desk: Desk
    platform: LinePlatform
    channel: LineChannel
    officer: Agent
    arrived: list[InboundEvent] = field(default_factory=list)

    def move(self, seconds: float) -> None:
        assert isinstance(self.desk.clock, HandClock)
        self.desk.clock.forward(seconds=seconds)
        self.platform.clock.move(seconds)


@contextmanager
def staged(desk: Desk, officer: Agent) -> Iterator[Stage]:
    """Connect a desk with a fresh LINE."""
    platform = LinePlatform(clock=PlatformClock(at=NOON))
    platform.start()
    bases = {"api_base": platform.address, "data_base": platform.address}
    now = lambda: desk.clock.time  # type: ignore[attr-defined] # noqa: E731 - the hand's clock
    channel = LineChannel(
        secret=platform.secret, access_token=platform.token, request_timeout=PATIENCE, now=now, **bases
    )
    desk.channels["line"] = channel  # type: ignore[index]
    stage = Stage(desk=desk, platform=platform, channel=channel, officer=officer)

    def webhook(request: Request) -> Reply:
        stage.arrived += channel.parse(request.headers, request.body)
        return Reply()

    served = HttpThread(webhook)
    served.start()
    platform.webhook = served.address
    try:
        yield stage
    finally:
        served.stop()
        platform.stop()


@dataclass
class Life:
    """One customer; each method is a step."""

    stage: Stage
    user: LineUser
    sent: list[Event] = field(default_factory=list)
    unsent: set[str] = field(default_factory=set)
    was_blocked: bool = False
    quota_was_used: bool = False

    @classmethod
    def begin(cls, stage: Stage) -> "Life":
        stage.arrived.clear()
        stage.platform.violations.clear()
        return cls(stage=stage, user=stage.platform.user(f"ลูกค้า {next(_numbers)}"))

    @property
    def desk(self) -> Desk:
        return self.stage.desk

    @property
    def lane(self) -> str:
        return f"line:{self.user.id}"

    # What the customer does.

    async def say(self, text: str) -> None:
        await self._happens(self.user.message("text", text=f"{text} {next(_numbers)}"))

    async def sticker(self) -> None:
        await self._happens(self.user.message("sticker", packageId="1", stickerId="2", keywords=["ดีใจ"]))

    async def tap(self, payload: str) -> None:
        await self._happens(self.user.event("postback", postback={"data": payload}))

    async def two_at_once_in_the_wrong_order(self) -> None:
        first = self.user.message("text", text=f"ก่อน {next(_numbers)}")
        self.stage.move(1)
        second = self.user.message("text", text=f"หลัง {next(_numbers)}")
        await self._happens(second, first)

    async def again(self) -> None:
        for event in self.sent[-1:]:
            await self._arrive({**event, "deliveryContext": {"isRedelivery": True}})

    async def under_another_id(self) -> None:
        for event in [event for event in self.sent if event["type"] == "message"][-1:]:
            await self._arrive({**event, "webhookEventId": f"other{next(_numbers)}"})

    async def edit(self) -> None:
        for event in self._texts()[-1:]:
            changed = {**event["message"], "text": f"แก้ไข {next(_numbers)}"}
            await self._happens(self.user.event("messageEdited", message=changed))

    async def take_back(self) -> None:
        for event in self._texts()[-1:]:
            self.unsent.add(event["message"]["id"])
            await self._happens(
                self.user.event("unsend", answerable=False, unsend={"messageId": event["message"]["id"]})
            )

    async def block(self) -> None:
        self.user.blocked = self.was_blocked = True
        await self._happens(self.user.event("unfollow", answerable=False))

    async def follow(self) -> None:
        back, self.user.blocked = self.user.blocked, False
        await self._happens(self.user.event("follow", follow={"isUnblocked": back}))

    async def standby(self) -> None:
        await self._arrive(self.user.message("text", text="ถามแอปอื่น", mode="standby"))

    async def unknown(self) -> None:
        await self._arrive(self.user.event("teleport"), self.user.message("hologram"), self.user.event("beacon"))

    def _texts(self) -> list[Event]:
        return [event for event in self.sent if event.get("message", {}).get("type") == "text"]

    async def _happens(self, *events: Event) -> None:
        self.sent += [event for event in events if event["type"] in ("message", "postback")]
        await self._arrive(*events)

    async def _arrive(self, *events: Event) -> None:
        await asyncio.to_thread(self.stage.platform.deliver, *events)
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
                        uow, self.stage.officer, case.id if case else 0, text=f"เจ้าหน้าที่ตอบ {next(_numbers)}",
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
        async with self.desk.uow() as uow:
            conversation = await uow.conversations.find("line", self.user.id)
            return await uow.cases.newest_in(conversation.id) if conversation else None

    # What workers do.

    async def handle(self, *, die: bool = False) -> bool:
        """Work off one event; a worker that dies leaves it asked and unanswered."""
        async with self.desk.uow() as uow:
            event_id = await uow.inbound.next_of_lane(self.lane, uow.now)
            if event_id is None:
                return False
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

    async def rest(self) -> None:
        """Let the platform recover and the desk finish whatever is left to do."""
        self.stage.platform.heal()
        for _ in range(40):
            while await self.handle():
                pass
            await self.send()
            await errands.carry_out(self.desk.uow, self.desk.channels)
            if not await self.open_work():
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


def _proposals(said: str) -> list[Proposal]:
    if "เจ้าหน้าที่" in said:
        return [Handoff(reason=HandoffReason.CUSTOMER_ASKED)]
    return [Say(script="menu")] if "เมนู" in said else [NotFound()]
