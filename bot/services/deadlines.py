"""The sweep: what happens because time has passed. Each due case is looked at again under its locks."""

from bot.domain.case import State, Trigger
from bot.domain.history import Happened
from bot.store.unit_of_work import UnitOfWork, UowFactory


async def sweep(new_uow: UowFactory) -> None:
    """Fire every deadline that is due now."""
    async with new_uow() as uow:
        due = await uow.cases.idle(uow.now)
    for conversation_id, case_id in due:
        async with new_uow() as uow:
            await close_idle(uow, conversation_id, case_id)
            await uow.commit()


async def close_idle(uow: UnitOfWork, conversation_id: int, case_id: int) -> None:
    """Close an idle bot case: one in which nobody wrote is in no figure.

    A case in which the customer wrote stays with the bot until the survey can end it.
    """
    conversation = await uow.conversations.lock(conversation_id)
    case = await uow.cases.open_in(conversation_id)
    if case is None or case.id != case_id or case.state is not State.BOT:
        return
    if case.idle_due_at is None or case.idle_due_at > uow.now:
        return
    case.idle_due_at = None
    if case.first_written_at is None:
        case.closed_as = "not_started"
        case.move(Trigger.NOT_STARTED, uow.now)
        uow.cases.happened(case, Happened.MOVED, uow.now, actor="desk", to=case.state, closed_as=case.closed_as)
    uow.notify(conversation.lane)
