"""The handover to people: into the queue with a running window, out of it again when the customer no longer waits.

Every function expects the conversation's and the case's rows to be locked.
"""

from bot.domain.calendar_text import opening_words
from bot.domain.candidate import Why
from bot.domain.case import Case, HandoffReason, State, Trigger
from bot.domain.conversation import Conversation
from bot.domain.history import Happened
from bot.domain.limits import Limits
from bot.domain.promise import Measure
from bot.services import calendars, candidates, errands, promises, say
from bot.services.say import say_script
from bot.store.unit_of_work import UnitOfWork
from connectors.contract import Menu

QUEUE = say.QUEUE
# What is said before the customer is told when a person answers.
BEFORE_HANDOFF = {
    HandoffReason.COMPLAINT: "complaint_sorry",
    HandoffReason.DISPUTE: "dispute_sorry",
    HandoffReason.DOCUMENTS: "documents_wanted",
    HandoffReason.DATA_REQUEST: "data_request_noted",
}
# Of several reasons of one case officers see the first of these; what is not named here gives way to any of them.
GRAVEST_FIRST = (HandoffReason.DISPUTE, HandoffReason.COMPLAINT, HandoffReason.DATA_REQUEST)


async def request(
    uow: UnitOfWork, conversation: Conversation, case: Case, reason: HandoffReason, *, limits: Limits
) -> None:
    """Put the case into the queue, start the window, and tell the customer when a person answers."""
    if case.state is State.QUEUED:
        if reason not in GRAVEST_FIRST or not await also(uow, conversation, case, reason):
            await say_script(uow, conversation, case, "still_waiting", number=case.number)
        return
    case.move(Trigger.HAND_OFF, uow.now)
    case.handoff_reason, case.handoff_at = reason, uow.now
    case.pending_question = None
    uow.cases.happened(case, Happened.HANDOFF_REQUESTED, uow.now, actor="bot", reason=reason)
    await candidates.note(uow, case, Why.HANDED_OFF, reason=reason)
    await promises.start(uow, case, Measure.HUMAN_WINDOW, limits.window_minutes)
    await errands.show_menu(uow, case, Menu.PERSON)
    if reason in BEFORE_HANDOFF:
        await say_script(uow, conversation, case, BEFORE_HANDOFF[reason])
    await _tell_when(uow, conversation, case, limits)
    if reason is HandoffReason.DISPUTE:
        await _tell_what_cannot_wait(uow, conversation, case)
    uow.notify(QUEUE)


async def also(uow: UnitOfWork, conversation: Conversation, case: Case, reason: HandoffReason) -> bool:
    """Note another reason for which a waiting customer needs a person, and say what belongs to it, once in a case.

    Place and clock stay; officers see the gravest reason, and all of them in the history. False when everything was
    said before.
    """
    graver = case.handoff_reason not in GRAVEST_FIRST[: GRAVEST_FIRST.index(reason) + 1]
    if graver:
        case.handoff_reason = reason
    said = await _say_once(uow, conversation, case, BEFORE_HANDOFF[reason])
    if graver or said:
        uow.cases.happened(case, Happened.HANDOFF_REQUESTED, uow.now, actor="bot", reason=reason)
        uow.notify(QUEUE)
    if reason is HandoffReason.DISPUTE:
        said = await _tell_what_cannot_wait(uow, conversation, case) or said
    return said


async def _say_once(uow: UnitOfWork, conversation: Conversation, case: Case, script: str) -> bool:
    if await uow.conversations.said_since(case.id, [script], case.opened_at):
        return False
    return await say_script(uow, conversation, case, script) is not None


async def _tell_what_cannot_wait(uow: UnitOfWork, conversation: Conversation, case: Case) -> bool:
    """Out of hours, who was cheated must not wait for an officer to have a transfer stopped."""
    calendar = await calendars.current(uow)
    return not calendar.is_open(uow.now) and await _say_once(uow, conversation, case, "fraud_urgent")


async def _tell_when(uow: UnitOfWork, conversation: Conversation, case: Case, limits: Limits) -> None:
    calendar = await calendars.current(uow)
    if calendar.is_open(uow.now):
        minutes = str(limits.window_minutes)
        await say_script(uow, conversation, case, "handoff_open", number=case.number, minutes=minutes)
        return
    opening = calendar.next_opening(uow.now)
    words = opening_words(opening, english=case.language == "en")
    await say_script(uow, conversation, case, "handoff_closed", number=case.number, opening=words)


async def withdraw(uow: UnitOfWork, conversation: Conversation, case: Case, *, limits: Limits) -> None:
    """The customer no longer waits: back to the bot, the promise is cancelled and shown apart."""
    case.move(Trigger.WITHDRAW, uow.now)
    case.touch(uow.now, limits.idle)
    case.rasa_session += 1
    await promises.cancel(uow, case)
    uow.cases.happened(case, Happened.WITHDRAWN, uow.now, actor="customer")
    await errands.show_menu(uow, case, Menu.BOT)
    await say_script(uow, conversation, case, "withdrawn")
    uow.notify(QUEUE)


async def assist(uow: UnitOfWork, conversation: Conversation, case: Case) -> None:
    """Let the bot answer verified questions while the customer waits; place and clock stay."""
    if not case.bot_assists:
        case.bot_assists = True
        case.rasa_session += 1
        uow.cases.happened(case, Happened.ASSISTED, uow.now, actor="customer")
    await say_script(uow, conversation, case, "assist_on")


async def back_to_queue(uow: UnitOfWork, conversation: Conversation, case: Case, *, limits: Limits) -> None:
    """A question in the survey goes back to people, with a new window."""
    case.move(Trigger.REOPEN_TO_QUEUE, uow.now)
    await errands.show_menu(uow, case, Menu.PERSON)
    await promises.start(uow, case, Measure.HUMAN_WINDOW, limits.window_minutes)
    await _tell_when(uow, conversation, case, limits)
    uow.notify(QUEUE)
