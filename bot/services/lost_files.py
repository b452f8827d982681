"""A customer is told when a file could not be kept, once for all that were sent before the telling.

The conversation's and the file's rows are locked by the caller; the case's is locked here.
"""

from datetime import timedelta
from typing import Final

from bot.domain.attachment import Attachment, FileState
from bot.domain.case import HandoffReason, State
from bot.domain.conversation import Author, Conversation
from bot.domain.limits import Limits
from bot.services.say import say_script
from bot.store.unit_of_work import UnitOfWork

TOLD_WITHIN: Final = timedelta(hours=12)  # from the message on; later the talk has gone on, and officers see it
SCRIPTS: Final = {"too_large": "file_too_large", "type": "file_type"}
LOST: Final = "file_lost"
ALL_SCRIPTS: Final = (*SCRIPTS.values(), LOST)
LOST_STATES: Final = (FileState.REFUSED, FileState.GONE)


async def tell(uow: UnitOfWork, conversation: Conversation, row: Attachment, *, limits: Limits) -> None:
    """Say why the file is not here, if its case is open and nobody outside the desk has the talk."""
    if row.state not in LOST_STATES or row.message_id is None or uow.now - row.created_at > TOLD_WITHIN:
        return
    message = await uow.conversations.message_by_id(row.message_id)
    case = await uow.cases.open_in(conversation.id)
    if message is None or message.author is not Author.CUSTOMER or case is None or case.id != message.case_id:
        return
    if case.state is State.QUEUED and case.handoff_reason is HandoffReason.ANSWERED_ELSEWHERE:
        return
    if await uow.conversations.said_since(case.id, ALL_SCRIPTS, row.created_at):
        return
    script = SCRIPTS.get(row.reason or "", LOST)
    megabytes = str(limits.largest_file // 1_000_000)
    await say_script(uow, conversation, case, script, megabytes=megabytes)
