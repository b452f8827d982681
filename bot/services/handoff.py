"""Mark a case for people. The reason stays with the case; the first reason is kept, later ones are in its history."""

from bot.domain.case import Case, HandoffReason
from bot.domain.conversation import Conversation
from bot.domain.history import Happened
from bot.services.say import say_script
from bot.store.unit_of_work import UnitOfWork


async def request(uow: UnitOfWork, conversation: Conversation, case: Case, reason: HandoffReason) -> None:
    """Mark the case and tell the customer its number."""
    mark(uow, case, reason)
    script = "complaint_marked" if reason is HandoffReason.COMPLAINT else "handoff_marked"
    await say_script(uow, conversation, case, script, number=case.number)


def mark(uow: UnitOfWork, case: Case, reason: HandoffReason) -> None:
    """Mark the case without saying anything; the rows must be locked."""
    if case.handoff_reason is None:
        case.handoff_reason, case.handoff_at = reason, uow.now
    uow.cases.happened(case, Happened.HANDOFF_REQUESTED, uow.now, actor="bot", reason=reason)
