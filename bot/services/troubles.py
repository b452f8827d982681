"""What keeps a channel from sending, or soon may: noted from whoever meets it first, seen by every officer at once."""

from datetime import timedelta
from typing import Final

from bot.domain.channel_status import WRONG_SECRET
from bot.domain.inbound import StoredEvent
from bot.services.say import QUEUE
from bot.store.unit_of_work import UnitOfWork
from connectors.contract import EventKind

WARNING, BLOCK = "policy_warning", "policy_block"  # of the same source: one row tells the newest
NOTED_AGAIN: Final = timedelta(minutes=1)  # so often at most while more is refused


async def begin(uow: UnitOfWork, channel: str, reason: str) -> None:
    """Note a trouble, a reason as in ``ChannelHalted``; the first moment of the same trouble stays.

    What soon passes by itself calls nobody.
    """
    if reason != "rate_limited" and await uow.channels.halt(channel, reason, uow.now):
        uow.notify(QUEUE)


async def refuse_all(uow: UnitOfWork, channel: str) -> None:
    """Note that what the platform tells is refused for want of the right secret; the next event that is not ends it."""
    status = await uow.channels.get(channel)
    if status is None or status.deaf_at is None or uow.now - status.deaf_at > NOTED_AGAIN:
        await uow.channels.be_deaf(channel, WRONG_SECRET, uow.now, uow.now)
        uow.notify(QUEUE)


async def warn(uow: UnitOfWork, event: StoredEvent) -> None:
    """Note what the platform says of our account, or that it is over; what it said before that changes nothing.

    Who is blocked stays blocked though a warning comes after it: only an end ends a block.
    """
    if event.payload is None:
        return
    code = event.payload if event.kind is EventKind.WARNED else None
    standing = {alert.code for alert in await uow.channels.alerts(uow.now) if alert.channel == event.channel}
    if code == WARNING and BLOCK in standing:
        return
    if await uow.channels.tell(event.channel, event.payload.partition("_")[0], code, event.text, event.occurred_at):
        uow.notify(QUEUE)


async def end(uow: UnitOfWork, channel: str, *, only: str | None = None) -> None:
    """Note that a channel works; ``only`` ends that trouble and no other."""
    if await uow.channels.recover(channel, only=only):
        uow.notify(QUEUE)
