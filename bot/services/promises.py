"""Clocks of a case: started, answered, taken back. The case's row must be locked by the caller."""

from datetime import datetime

from bot.domain.case import Case
from bot.domain.history import Happened
from bot.domain.promise import Clock, Measure
from bot.services import calendars
from bot.store.unit_of_work import UnitOfWork


async def start(uow: UnitOfWork, case: Case, measure: Measure, minutes: int) -> Clock:
    """Begin a promise, unless one of the case is still unanswered: the first unanswered message counts."""
    for clock in await uow.work.clocks(case.id):
        if clock.unanswered:
            return clock
    clock = Clock.start(case.id, measure, minutes, uow.now, await calendars.current(uow))
    uow.work.add(clock)
    uow.cases.happened(case, Happened.CLOCK_STARTED, uow.now, actor="desk", measure=measure)
    return clock


async def answer(uow: UnitOfWork, case: Case, at: datetime) -> None:
    """An officer's reply was accepted by the platform at this moment: every open promise is answered."""
    for clock in await uow.work.clocks(case.id):
        if clock.unanswered and clock.started_at <= at:  # an echo may come late
            clock.answer(at)
            _stopped(uow, case, clock)


async def cancel(uow: UnitOfWork, case: Case) -> None:
    """The promises of the case are not needed any more.

    While a reply is still on its way, its arrival decides: an officer who answered in time is not taken out of the
    figures because the case was ended before the platform confirmed.
    """
    if await uow.conversations.reply_on_its_way(case.id):
        return
    for clock in await uow.work.clocks(case.id):
        if clock.unanswered:
            clock.cancel(uow.now)
            _stopped(uow, case, clock)


async def fall_due(uow: UnitOfWork, case: Case) -> None:
    """Note which promises of the case were missed by now."""
    for clock in await uow.work.clocks(case.id):
        if clock.fall_due(uow.now):
            _stopped(uow, case, clock)


async def unanswered(uow: UnitOfWork, case_id: int) -> bool:
    """Tell whether somebody still waits for an answer."""
    return any(clock.unanswered for clock in await uow.work.clocks(case_id))


def _stopped(uow: UnitOfWork, case: Case, clock: Clock) -> None:
    uow.cases.happened(case, Happened.CLOCK_STOPPED, uow.now, actor="desk", measure=clock.measure, state=clock.state)
