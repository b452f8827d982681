"""How long a platform lets us write: from the customer's last own act on, and not a minute longer.

Officers may have longer than the bot. What officers write is refused when their time is over; what the bot would say
by script is then not said at all (``say``), since it could only fail.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.conversation import BOT_WINDOWS, Conversation
from bot.domain.errors import WindowClosed
from bot.domain.limits import Limits
from bot.store.unit_of_work import UnitOfWork


async def closes_at(uow: UnitOfWork, conversation: Conversation, *, limits: Limits) -> datetime | None:
    """Tell when the platform closes the talk for officers; None where it never does."""
    return await _ends(uow, conversation, limits.windows)


async def closes_to_bot_at(uow: UnitOfWork, conversation: Conversation) -> datetime | None:
    """Tell when the platform closes the talk for what is said by itself, scripts and answers; None where never."""
    return await _ends(uow, conversation, BOT_WINDOWS)


async def closed_to_bot(uow: UnitOfWork, conversation: Conversation) -> bool:
    """Tell whether nothing that the bot says can reach the customer before the next act of the customer."""
    closes = await closes_to_bot_at(uow, conversation)
    return closes is not None and closes <= uow.now


async def refuse_closed(uow: UnitOfWork, conversation: Conversation, *, limits: Limits) -> None:
    """Raise WindowClosed if nothing may be sent any more."""
    closed = await closes_at(uow, conversation, limits=limits)
    if closed is not None and closed <= uow.now:
        raise WindowClosed(closed_at=closed.isoformat())


async def _ends(uow: UnitOfWork, conversation: Conversation, windows: Mapping[str, timedelta]) -> datetime | None:
    window = windows.get(conversation.channel)
    if window is None:
        return None
    return (await uow.inbound.last_heard(conversation.lane) or conversation.created_at) + window
