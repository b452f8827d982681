"""A desk connected with a page, worked by hand: the real connector, HTTP both ways, real PostgreSQL, no processes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.bootstrap import Desk
from bot.domain.proposals import NotFound, Proposal
from bot.services import attachments, receive, reply
from bot.store.lanes import Direction, due_lanes
from connectors.contract import InboundEvent
from connectors.messenger import MessengerChannel
from tests.connectors.messenger_page import channel_of
from tests.drive import Customer
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.messenger_user import MessengerUser


@dataclass
class Page:
    """What its webhook was told waits in ``arrived`` until the desk works; ``asked`` is what Rasa was asked."""

    desk: Desk
    platform: MessengerPlatform
    channel: MessengerChannel
    arrived: list[InboundEvent] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def move(self, seconds: float) -> None:
        """Let time pass at the desk and on the platform."""
        self.desk.clock.forward(seconds=seconds)  # type: ignore[attr-defined] # the hand's clock
        self.platform.clock.move(seconds)

    async def does(self, act: Callable[..., object], *told: object) -> object:
        """Let the customer, or somebody of the page, do something."""
        return await asyncio.to_thread(act, *told)

    async def work(self, user: MessengerUser, *proposals: Proposal) -> Customer:
        """Handle what arrived, with what Rasa proposes each time, fetch files and send what is due."""
        arrived, self.arrived[:] = list(self.arrived), []
        customer = Customer(self.desk, external_id=user.id, channel="messenger")
        await customer.accept(*arrived)
        while await self._handle(customer, proposals or [NotFound()]):
            pass
        await self._fetch()
        while await reply.deliver_next(self.desk.uow, self.desk.channels, customer.lane, limits=self.desk.limits):
            pass
        return customer

    async def _handle(self, customer: Customer, proposals: Sequence[Proposal]) -> bool:
        async with self.desk.uow() as uow:
            found = await uow.inbound.next_of_lane(customer.lane, uow.now)
            turn = await receive.handle(uow, found.event_id, limits=self.desk.limits) if found else None
            await uow.commit()
        if turn is not None:
            self.asked.append(turn.message)
            await customer.apply(turn, proposals)
        return found is not None

    async def _fetch(self) -> None:
        async with self.desk.uow() as uow:
            due = await due_lanes(uow.session, Direction.FILE, uow.now)
        for lane in due:
            await attachments.work_off(
                self.desk.uow, self.desk.files, self.desk.channels, int(lane), limits=self.desk.limits
            )


@asynccontextmanager
async def connected(desk: Desk, platform: MessengerPlatform) -> AsyncIterator[Page]:
    """Connect the desk with the page, both ways."""
    channel = channel_of(platform)
    desk.channels["messenger"] = channel  # type: ignore[index]
    page = Page(desk, platform, channel)

    def webhook(request: Request) -> Reply:
        page.arrived += channel.parse(request.headers, request.body)
        return Reply()

    served = HttpThread(webhook)
    served.start()
    platform.webhook = served.address
    yield page
    served.stop()
    await channel.close()
