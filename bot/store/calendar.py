"""The calendar in SQL: every version is kept, the newest holds."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base


class CalendarVersion(Base):
    """One version of the calendar as plain data (``bot.domain.calendar.read_calendar``)."""

    __tablename__ = "calendars"

    version: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    changed_at: Mapped[datetime]


class CalendarStore:
    """The rows of ``calendars``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def newest(self) -> CalendarVersion | None:
        """Read the calendar that holds."""
        query = select(CalendarVersion).order_by(CalendarVersion.version.desc()).limit(1)
        return (await self._session.execute(query)).scalar_one_or_none()

    def add(self, version: CalendarVersion) -> None:
        """Store a new version."""
        self._session.add(version)
