"""How long a platform lets officers write: from the customer's last own act on, and not a minute longer."""

from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.errors import WindowClosed
from bot.domain.limits import Limits
from bot.store.unit_of_work import UnitOfWork


async def closes_at(uow: UnitOfWork, conversation: Conversation, *, limits: Limits) -> datetime | None:
    """Tell when the platform closes the talk for officers; None where it never does."""
    window = limits.windows.get(conversation.channel)
    if window is None:
        return None
    return (await uow.inbound.last_heard(conversation.lane) or conversation.created_at) + window


async def refuse_closed(uow: UnitOfWork, conversation: Conversation, *, limits: Limits) -> None:
    """Raise WindowClosed if nothing may be sent any more."""
    closed = await closes_at(uow, conversation, limits=limits)
    if closed is not None and closed <= uow.now:
        raise WindowClosed(closed_at=closed.isoformat())
