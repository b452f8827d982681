"""A customer takes a message back: its content leaves every place it had reached, and a tombstone stays.

LINE asks that an unsent message can no longer be seen or used (development guidelines). The rows are locked by the
caller. Rasa's trackers of the case go as a whole, so the next turn starts a fresh one.
"""

from bot.domain.case import Case
from bot.domain.conversation import Conversation, Message
from bot.domain.history import Happened
from bot.domain.media import ERASED
from bot.domain.profile_text import find_details
from bot.services.handoff import QUEUE
from bot.services.summaries import LONGEST_QUOTE
from bot.store import trackers
from bot.store.unit_of_work import UnitOfWork


async def erase(uow: UnitOfWork, conversation: Conversation, message: Message) -> None:
    """Erase one message of the customer from transcript, case, trackers and stored events; repeating it is harmless."""
    if message.erased_at is not None:
        return
    case = await uow.cases.get(message.case_id)
    assert case is not None
    _forget(case, message.text)
    message.text, message.erased_at = ERASED, uow.now
    case.rasa_session += 1
    await trackers.erase(uow.session, case.id)
    uow.cases.happened(case, Happened.MESSAGE_ERASED, uow.now, actor="customer", seq=message.seq)
    uow.notify(conversation.lane)
    uow.notify(QUEUE)


def _forget(case: Case, said: str) -> None:
    """Take the words out of what was derived from them: the open question, contact details, the summary."""
    if case.pending_profile and any(value in said for value in case.pending_profile.values()):
        case.pending_profile = None
    if case.summary:
        for quoted in (said, find_details(said).masked[:LONGEST_QUOTE]):
            case.summary = case.summary.replace(quoted, ERASED)
