"""The sweep: what happens because time has passed. Each due case is looked at again under its locks."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from bot.domain.calendar import Calendar
from bot.domain.case import Case, State, Trigger
from bot.domain.conversation import Conversation
from bot.domain.history import Happened
from bot.domain.limits import Limits
from bot.services import calendars, ending, promises, sparing
from bot.services.cases import put_back
from bot.services.handoff import QUEUE
from bot.store.unit_of_work import UnitOfWork, UowFactory
from connectors.contract import Channel

NO_CHANNELS: Mapping[str, Channel] = MappingProxyType({})
Act = Callable[[UnitOfWork, Conversation, Case], Awaitable[None]]


async def sweep(new_uow: UowFactory, limits: Limits, channels: Mapping[str, Channel] = NO_CHANNELS) -> None:
    """Fire every deadline that is due now; ``channels`` are those whose reply tokens may grow old."""
    await sparing.offer_buttons(new_uow, channels, limits)

    async def idle(uow: UnitOfWork, conversation: Conversation, case: Case) -> None:
        await end_idle(uow, conversation, case, limits)

    async def quiet(uow: UnitOfWork, conversation: Conversation, case: Case) -> None:
        await end_quiet(uow, conversation, case, limits)

    async def gone(uow: UnitOfWork, conversation: Conversation, case: Case) -> None:
        if case.id in await _of_gone_agents(uow, limits):  # the case may have changed hands since
            await agent_gone(uow, conversation, case)

    async with new_uow().reading() as uow:
        due: list[tuple[Act, int]] = [(idle, case_id) for case_id in await uow.cases.idle(uow.now)]
        due += [(quiet, case_id) for case_id in await uow.cases.quiet(uow.now)]
        due += [(end_survey, case_id) for case_id in await uow.cases.survey_over(uow.now)]
        due += [(fall_due, case_id) for case_id in await uow.work.cases_with_due_clocks(uow.now)]
        due += [(gone, case_id) for case_id in await _of_gone_agents(uow, limits)]
    for act, case_id in due:
        async with new_uow() as uow:
            found = await uow.cases.get(case_id)
            if found is None or found.conversation_id is None:
                continue
            conversation = await uow.conversations.lock(found.conversation_id)
            case = await uow.cases.open_in(conversation.id)
            if case is not None and case.id == case_id:
                await act(uow, conversation, case)
                uow.notify(conversation.lane)
                uow.notify(QUEUE)
                await uow.commit()


async def end_idle(uow: UnitOfWork, conversation: Conversation, case: Case, limits: Limits) -> None:
    """A quiet case of the bot: into the survey, or closed and in no figure when nobody wrote."""
    if case.state is not State.BOT or case.idle_due_at is None or case.idle_due_at > uow.now:
        return
    if case.first_written_at is None:
        case.closed_as = "not_started"
        case.move(Trigger.NOT_STARTED, uow.now)
        uow.cases.happened(case, Happened.MOVED, uow.now, actor="desk", to=case.state, closed_as=case.closed_as)
        return
    await ending.ask_rating(uow, conversation, case, Trigger.DONE, limits=limits, actor="desk")


async def end_quiet(uow: UnitOfWork, conversation: Conversation, case: Case, limits: Limits) -> None:
    """The customer of an officer's case has been silent for a day."""
    if case.state is State.AGENT and case.quiet_due_at is not None and case.quiet_due_at <= uow.now:
        await ending.ask_rating(uow, conversation, case, Trigger.DONE, limits=limits, actor="desk")


async def end_survey(uow: UnitOfWork, conversation: Conversation, case: Case) -> None:
    """Nobody rated in time; what the customer has said by now, and nobody has handled yet, may be a rating."""
    over = case.state is State.SURVEY and case.survey_due_at is not None and case.survey_due_at <= uow.now
    if over and not await uow.inbound.lane_is_busy(conversation.lane):
        await ending.unrated(uow, case)


async def fall_due(uow: UnitOfWork, _conversation: Conversation, case: Case) -> None:
    """Promises whose time is over are missed."""
    await promises.fall_due(uow, case)


async def agent_gone(uow: UnitOfWork, conversation: Conversation, case: Case) -> None:
    """The officer is gone and somebody waits: back to the queue, with the original clock."""
    if case.state is State.AGENT and await promises.unanswered(uow, case.id):
        put_back(uow, conversation, case, reason="agent_gone", actor="desk")


async def _of_gone_agents(uow: UnitOfWork, limits: Limits) -> list[int]:
    """List the cases of officers who gave no sign of life for so much working time.

    Only working time counts: overnight a case with a human stays with the human.
    """
    calendar: Calendar = await calendars.current(uow)
    if not calendar.is_open(uow.now):
        return []
    gone = []
    for case_id, seen in await uow.cases.with_agents():
        if seen is None or calendar.elapsed(seen, uow.now) * 60 >= limits.agent_gone.total_seconds():
            gone.append(case_id)
    return gone
