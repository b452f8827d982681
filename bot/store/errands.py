"""Errands in SQL: one of a kind for a lane, taken for a while, gone when done."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.contact import Identity
from bot.domain.errand import Errand, ErrandKind

TAKEN_FOR = timedelta(seconds=30)  # longer than any call; after it, the errand of a worker that died is done by another


class ErrandStore:
    """The rows of ``errands``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ask(self, lane: str, kind: ErrandKind, value: str, now: datetime) -> None:
        """Want something done; a newer wish of the kind replaces an older one."""
        wish = {"value": value, "asked_at": now, "attempts": 0, "next_attempt_at": now}
        await self._session.execute(
            insert(Errand)
            .values(lane=lane, kind=kind, **wish)
            .on_conflict_do_update(index_elements=["lane", "kind"], set_=wish)
        )

    async def take_due(self, now: datetime, limit: int) -> Sequence[Errand]:
        """Take what is due, so that nobody else does it for a while."""
        due = (
            select(Errand.id)
            .where(Errand.next_attempt_at <= now)
            .order_by(Errand.next_attempt_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taken = (
            update(Errand)
            .where(Errand.id.in_(due.scalar_subquery()))
            .values(attempts=Errand.attempts + 1, next_attempt_at=now + TAKEN_FOR)
            .returning(Errand)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        return (await self._session.execute(taken)).scalars().all()

    async def done(self, errand: Errand) -> None:
        """Forget an errand, unless something else was wished for meanwhile."""
        await self._session.execute(delete(Errand).where(Errand.id == errand.id, Errand.asked_at == errand.asked_at))

    async def later(self, errand: Errand, at: datetime, *, counted: bool = True) -> None:
        """Try again at this time, unless something else was wished for meanwhile."""
        await self._session.execute(
            update(Errand)
            .where(Errand.id == errand.id, Errand.asked_at == errand.asked_at)
            .values(next_attempt_at=at, attempts=Errand.attempts if counted else Errand.attempts - 1)
        )

    async def name(self, channel: str, external_id: str, name: str | None, now: datetime) -> None:
        """Keep the name under which a platform knows the customer."""
        await self._session.execute(
            update(Identity)
            .where(Identity.channel == channel, Identity.external_id == external_id)
            .values(display_name=name, named_at=now)
        )
