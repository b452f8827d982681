"""Inbound events in SQL: stored once, handled in order within their lane."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.conversation import lane_of
from bot.domain.inbound import Progress, StoredEvent
from connectors.contract import InboundEvent

OPEN = (Progress.NEW, Progress.ASKING)


class InboundStore:
    """The rows of ``inbound_events``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, event: InboundEvent, now: datetime) -> bool:
        """Store the event; False when this (channel, event id) is already here."""
        values = asdict(event) | {
            "raw": dict(event.raw),
            "lane": lane_of(event.channel, event.external_id),
            "received_at": now,
            "next_attempt_at": now,
            "state": Progress.NEW,
            "greeted": False,
            "attempts": 0,
        }
        row = await self._session.execute(
            insert(StoredEvent)
            .values(**values)
            .on_conflict_do_nothing(index_elements=["channel", "event_id"])
            .returning(StoredEvent.id)
        )
        return row.scalar() is not None

    async def find(self, channel: str, event_id: str) -> StoredEvent | None:
        """Find an event by the platform's id."""
        return (
            await self._session.execute(
                select(StoredEvent).where(StoredEvent.channel == channel, StoredEvent.event_id == event_id)
            )
        ).scalar_one_or_none()

    async def lock(self, event_id: int) -> StoredEvent:
        """Load the row and hold it until the transaction ends."""
        return (
            await self._session.execute(
                select(StoredEvent)
                .where(StoredEvent.id == event_id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        ).scalar_one()

    async def next_of_lane(self, lane: str, now: datetime) -> int | None:
        """Give the lane's oldest open event if its time has come: a waiting row blocks those behind it."""
        row = (
            await self._session.execute(
                select(StoredEvent.id, StoredEvent.next_attempt_at)
                .where(StoredEvent.lane == lane, StoredEvent.state.in_(OPEN))
                .order_by(StoredEvent.occurred_at, StoredEvent.id)
                .limit(1)
            )
        ).first()
        return row.id if row and row.next_attempt_at <= now else None

    async def lane_is_busy(self, lane: str) -> bool:
        """Tell whether an event of the lane is still to be handled."""
        found = await self._session.execute(
            select(StoredEvent.id).where(StoredEvent.lane == lane, StoredEvent.state.in_(OPEN)).limit(1)
        )
        return found.first() is not None
