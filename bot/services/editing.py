"""A customer changes a message: the newest wording holds, by the platform's time, in whatever order the changes come.

Every version stays in the inbound events. A message that is still to be handled, or asked about, is answered by its new
wording; what was answered stays answered. The event's row is locked by the caller.
"""

from bot.domain.conversation import Author
from bot.domain.inbound import StoredEvent
from bot.services import candidates
from bot.services.handoff import QUEUE
from bot.store.unit_of_work import UnitOfWork
from connectors.contract import EventKind


async def use_newest(uow: UnitOfWork, event: StoredEvent) -> None:
    """Read a text as it was changed before we came to it; the original stays in ``raw``."""
    if event.kind is not EventKind.TEXT or event.message_id is None:
        return
    newest = await uow.inbound.newest_edit(event.channel, event.external_id, event.message_id)
    if newest is not None:
        event.text = newest.text


async def edited(uow: UnitOfWork, event: StoredEvent) -> None:
    """Show the newest wording in the transcript, if the message is there and was not taken back."""
    known = await uow.conversations.find(event.channel, event.external_id)
    if known is None or event.message_id is None:
        return
    conversation = await uow.conversations.lock(known.id)
    message = await uow.conversations.by_platform_id(conversation.id, event.message_id)
    newest = await uow.inbound.newest_edit(event.channel, event.external_id, event.message_id)
    if message is None or message.author is not Author.CUSTOMER or message.erased_at is not None or newest is None:
        return
    message.text, message.edited_at = newest.text or "", newest.occurred_at
    event.case_id = message.case_id
    await candidates.reword(uow, message)
    uow.notify(conversation.lane)
    uow.notify(QUEUE)
