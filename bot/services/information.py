"""What the desk knows itself and tells on request: opening hours, and how far a case is. Rows locked by the caller."""

from bot.domain.calendar_text import hours_words, opening_words
from bot.domain.case import Case
from bot.domain.conversation import Conversation
from bot.services import calendars
from bot.services.say import say_script
from bot.store.unit_of_work import UnitOfWork


async def office_hours(uow: UnitOfWork, conversation: Conversation, case: Case) -> None:
    """Tell the weekly hours of the calendar that holds, and whether people are there now."""
    calendar = await calendars.current(uow)
    english = case.language == "en"
    hours = hours_words(calendar, english=english)
    if calendar.is_open(uow.now):
        await say_script(uow, conversation, case, "office_open", hours=hours)
        return
    opening = opening_words(calendar.next_opening(uow.now), english=english)
    await say_script(uow, conversation, case, "office_closed", hours=hours, opening=opening)


async def case_status(uow: UnitOfWork, conversation: Conversation, case: Case) -> None:
    """Tell how the customer's earlier case ended, or that this is the first one."""
    earlier = await uow.cases.closed_before(conversation.id, case.id)
    if earlier is None:
        await say_script(uow, conversation, case, "case_status", number=case.number)
    else:
        await say_script(uow, conversation, case, "case_status_earlier", number=case.number, earlier=earlier.number)
