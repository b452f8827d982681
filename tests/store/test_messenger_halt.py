"""A page whose token dies: nothing is lost, the desk is told, and with a new token everything leaves in its order."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.bootstrap import Desk
from bot.domain.conversation import Author, Delivery
from bot.domain.proposals import NotFound
from bot.services import reply
from connectors.contract import EventKind
from connectors.messenger import MessengerChannel
from tests.conftest import NOON
from tests.connectors.messenger_page import channel_of, platform_of
from tests.drive import Customer
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.platform_clock import PlatformClock


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    with platform_of(clock=PlatformClock(at=NOON)) as platform:
        yield platform
        assert not platform.violations


@pytest_asyncio.fixture(name="restart")
async def _restart(desk: Desk, platform: MessengerPlatform) -> AsyncIterator[object]:
    """Start the desk's channel (anew) with a token."""
    made: list[MessengerChannel] = []

    def restart(token: str) -> None:
        made.append(channel_of(platform, page_access_token=token))
        desk.channels["messenger"] = made[-1]  # type: ignore[index]

    yield restart
    for channel in made:
        await channel.close()


async def ask(desk: Desk, platform: MessengerPlatform, name: str) -> Customer:
    """Somebody who is greeted and answered, in two messages."""
    user = platform.user(name)
    user.wrote_at = platform.clock.now()
    customer = Customer(desk, external_id=user.id, channel="messenger")
    await customer.accept(customer.event(EventKind.TEXT, text="มีอะไรบ้าง", occurred_at=desk.clock.time))
    turn = await customer.handle()
    assert turn is not None
    await customer.apply(turn, [NotFound()])
    return customer


async def deliver(desk: Desk, *customers: Customer) -> None:
    for customer in customers:
        while await reply.deliver_next(desk.uow, desk.channels, customer.lane, limits=desk.limits):
            pass


async def test_a_dead_token_halts_the_page_and_loses_nothing(
    desk: Desk, platform: MessengerPlatform, restart: object
) -> None:
    assert callable(restart)
    restart("EAAG-dead")
    customers = [await ask(desk, platform, name) for name in ("หนึ่ง", "สอง", "สาม")]
    for _ in range(20):  # twenty minutes, far more than the tries of a message
        await deliver(desk, *customers)
        desk.clock.forward(minutes=1)

    said = [m for customer in customers for m in await customer.messages() if m.author is Author.BOT]
    assert {m.delivery for m in said} == {Delivery.PENDING}
    assert {m.delivery_reason for m in said if m.delivery_reason} == {"no_access"}
    assert len(platform.calls) == 1, "the page is asked once in a while, not for every message"
    async with desk.uow() as uow:
        assert [status.trouble for status in await uow.channels.all()] == ["no_access"], "the desk shows it"

    restart(platform.page_token)
    await deliver(desk, *customers)

    for customer in customers:
        said = [m for m in await customer.messages() if m.author is Author.BOT]
        assert [m.delivery for m in said] == [Delivery.SENT] * len(said)
        assert platform.users[customer.external_id].texts == [m.text for m in said]
