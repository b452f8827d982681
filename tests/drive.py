"""Drives the services as web and worker do, without their processes: for tests on a real database."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bot.bootstrap import Desk
from bot.domain.case import Case
from bot.domain.conversation import Message
from bot.domain.proposals import Proposal
from bot.services import receive
from bot.services.receive import Turn
from connectors.contract import EventKind, InboundEvent

_numbers = itertools.count(1)


@dataclass
class Customer:
    """A customer, of the web chat unless another channel is named."""

    desk: Desk
    external_id: str = field(default_factory=lambda: f"visitor-{next(_numbers)}")
    channel: str = "webchat"

    @property
    def lane(self) -> str:
        return f"{self.channel}:{self.external_id}"

    def event(self, kind: EventKind, **fields: Any) -> InboundEvent:
        client_id = fields.pop("client_id", f"c{next(_numbers)}")
        return InboundEvent(
            channel=self.channel,
            event_id=f"{self.external_id}:{client_id}",
            external_id=self.external_id,
            kind=kind,
            occurred_at=fields.pop("occurred_at", self._now()),
            client_id=client_id if self.channel == "webchat" else None,
            **fields,
        )

    def _now(self) -> datetime:
        """Never before the desk's time, whatever day the test runs on: a platform's window counts from it."""
        now = datetime.now(UTC)
        return max(now, getattr(self.desk.clock, "time", now))

    async def open(self, language: str = "th") -> None:
        await self.accept(self.event(EventKind.OPENED, language=language))
        assert await self.handle() is None

    async def accept(self, *events: InboundEvent) -> None:
        async with self.desk.uow() as uow:
            await receive.accept(uow, events)
            await uow.commit()

    async def write(self, text: str) -> Turn | None:
        """Write a text and bring it as far as Rasa's question."""
        await self.accept(self.event(EventKind.TEXT, text=text))
        return await self.handle()

    async def tap(self, button_id: str) -> Turn | None:
        await self.accept(self.event(EventKind.TAPPED, payload=button_id))
        return await self.handle()

    async def say(self, text: str, *proposals: Proposal) -> None:
        """Write a text that Rasa answers with these proposals."""
        turn = await self.write(text)
        assert turn is not None
        await self.apply(turn, proposals)

    async def handle(self) -> Turn | None:
        async with self.desk.uow() as uow:
            found = await uow.inbound.next_of_lane(self.lane, uow.now)
            assert found is not None
            turn = await receive.handle(uow, found.event_id, limits=self.desk.limits)
            await uow.commit()
        return turn

    async def apply(self, turn: Turn, proposals: Sequence[Proposal]) -> None:
        async with self.desk.uow() as uow:
            await receive.apply(uow, turn.event_id, proposals, limits=self.desk.limits)
            await uow.commit()

    async def apologise(self, turn: Turn) -> None:
        async with self.desk.uow() as uow:
            await receive.apologise(uow, turn.event_id, limits=self.desk.limits)
            await uow.commit()

    async def messages(self) -> Sequence[Message]:
        async with self.desk.uow() as uow:
            conversation = await uow.conversations.find(self.channel, self.external_id)
            mine = select(Message).where(Message.conversation_id == (conversation.id if conversation else None))
            return (await uow.session.execute(mine.order_by(Message.seq))).scalars().all()

    async def case(self) -> Case:
        async with self.desk.uow() as uow:
            conversation = await uow.conversations.find(self.channel, self.external_id)
            assert conversation is not None
            case = await uow.cases.newest_in(conversation.id)
            assert case is not None
            return case

    async def scripts(self) -> list[str | None]:
        """What the bot said, by script."""
        return [message.script for message in await self.messages() if message.author == "bot"]
