"""What keeps a channel from sending: noted from whoever meets it first, and seen by every officer at once."""

from bot.services.say import QUEUE
from bot.store.unit_of_work import UnitOfWork


async def begin(uow: UnitOfWork, channel: str, reason: str) -> None:
    """Note a trouble, a reason as in ``ChannelHalted``; the first moment of the same trouble stays.

    What soon passes by itself calls nobody.
    """
    if reason != "rate_limited" and await uow.channels.halt(channel, reason, uow.now):
        uow.notify(QUEUE)


async def end(uow: UnitOfWork, channel: str, *, only: str | None = None) -> None:
    """Note that a channel works; ``only`` ends that trouble and no other."""
    if await uow.channels.recover(channel, only=only):
        uow.notify(QUEUE)
