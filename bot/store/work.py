"""Clocks, notes, ratings, consents and reply keys in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.promise import Clock, ClockState
from bot.domain.work import Consent, Note, Rating, ReplyKey


class WorkStore:
    """What officers and promises leave at a case."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Clock | Note | Rating | Consent | ReplyKey) -> None:
        """Store a row."""
        self._session.add(row)

    async def clocks(self, case_id: int) -> Sequence[Clock]:
        """List a case's clocks, oldest first; the case's row must be locked to change them."""
        query = select(Clock).where(Clock.case_id == case_id).order_by(Clock.id)
        return (await self._session.execute(query.execution_options(populate_existing=True))).scalars().all()

    async def clocks_of_many(self, case_ids: Sequence[int]) -> dict[int, list[Clock]]:
        """List the clocks of several cases."""
        found: dict[int, list[Clock]] = {case_id: [] for case_id in case_ids}
        query = select(Clock).where(Clock.case_id.in_(case_ids)).order_by(Clock.id)
        for clock in (await self._session.execute(query)).scalars():
            found[clock.case_id].append(clock)
        return found

    async def cases_with_due_clocks(self, now: datetime, limit: int = 200) -> Sequence[int]:
        """List the cases that have a running clock whose time is over."""
        query = (
            select(Clock.case_id).where(Clock.state == ClockState.RUNNING, Clock.due_at < now).distinct().limit(limit)
        )
        return (await self._session.execute(query)).scalars().all()

    async def cases_with_running_clocks(self) -> Sequence[int]:
        """List the cases that have a running clock."""
        query = select(Clock.case_id).where(Clock.state == ClockState.RUNNING).distinct()
        return (await self._session.execute(query)).scalars().all()

    async def notes(self, case_id: int) -> Sequence[Note]:
        """List a case's notes, oldest first."""
        query = select(Note).where(Note.case_id == case_id).order_by(Note.id)
        return (await self._session.execute(query)).scalars().all()

    async def ratings(self, case_id: int) -> Sequence[Rating]:
        """List a case's ratings as they came."""
        query = select(Rating).where(Rating.case_id == case_id).order_by(Rating.id)
        return (await self._session.execute(query)).scalars().all()

    async def consents(self, contact_id: int) -> Sequence[Consent]:
        """List a customer's consents, oldest first."""
        query = select(Consent).where(Consent.contact_id == contact_id).order_by(Consent.id)
        return (await self._session.execute(query)).scalars().all()

    async def reply_key(self, agent_id: int, key: str) -> ReplyKey | None:
        """Find a reply that was taken under a key."""
        return await self._session.get(ReplyKey, (agent_id, key))
