"""The working calendar: read, changed by supervisors, seeded at the first start."""

from datetime import timedelta
from typing import Any

from bot.domain.agent import Agent
from bot.domain.calendar import Calendar, load_calendar, read_calendar
from bot.domain.errors import Invalid
from bot.store.calendar import CalendarVersion
from bot.store.unit_of_work import UnitOfWork

LONGEST_CLOSED = timedelta(days=60)


async def current(uow: UnitOfWork) -> Calendar:
    """Give the calendar that holds."""
    return read_calendar(await current_data(uow))


async def current_data(uow: UnitOfWork) -> dict[str, Any]:
    """Give the calendar that holds as plain data."""
    newest = await uow.calendars.newest()
    return newest.data if newest else load_calendar()


async def change(uow: UnitOfWork, agent: Agent, data: dict[str, Any]) -> dict[str, Any]:
    """Check and store a changed calendar as the next version."""
    await uow.take_turn("calendar")
    newest = await uow.calendars.newest()
    version = newest.version + 1 if newest else 1
    stored = {**data, "version": version}
    if read_calendar(stored).next_opening(uow.now) - uow.now > LONGEST_CLOSED:
        raise Invalid("The calendar stays closed for more than 60 days.")
    uow.calendars.add(CalendarVersion(version=version, data=stored, changed_by=agent.id, changed_at=uow.now))
    for case_id in await uow.work.cases_with_running_clocks():
        for clock in await uow.work.clocks(case_id):
            clock.recompute(read_calendar(stored))
    return stored


async def seed(uow: UnitOfWork) -> None:
    """Store the data file's calendar if there is none yet."""
    if await uow.calendars.newest() is None:
        data = load_calendar()
        uow.calendars.add(CalendarVersion(version=data["version"], data=data, changed_by=None, changed_at=uow.now))
