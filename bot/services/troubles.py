"""What keeps a channel from sending: noted from whoever meets it first, and seen by every officer at once."""

from datetime import timedelta
from typing import Final

from bot.domain.channel_status import WRONG_SECRET
from bot.services.say import QUEUE
from bot.store.unit_of_work import UnitOfWork

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


async def end(uow: UnitOfWork, channel: str, *, only: str | None = None) -> None:
    """Note that a channel works; ``only`` ends that trouble and no other."""
    if await uow.channels.recover(channel, only=only):
        uow.notify(QUEUE)
