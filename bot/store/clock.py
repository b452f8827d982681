"""The desk's time: the system's, moved by the test clock's offset where the settings allow one.

The offset is one row in PostgreSQL that every process reads for each unit of work, so no two processes disagree.
``swept`` is the generation of the offset up to which the sweep has run.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import BigInteger, Column, Interval, Table, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.base import Base

MOVED = "clock-moved"
SWEPT = "clock-swept"

test_clock = Table(
    "test_clock",
    Base.metadata,
    Column("id", BigInteger, primary_key=True),
    Column("clock_offset", Interval, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("swept", BigInteger, nullable=False),
)


class Clock(Protocol):
    """Tells the time of a unit of work."""

    async def now(self, session: AsyncSession) -> datetime:
        """Tell the time, in UTC."""
        ...


class SystemClock:
    """Time as it is."""

    async def now(self, session: AsyncSession) -> datetime:
        """Tell the time, in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """Time as the test clock says."""

    async def now(self, session: AsyncSession) -> datetime:
        """Tell the time, in UTC."""
        offset = (await session.execute(text("select clock_offset from test_clock where id = 1"))).scalar()
        return datetime.now(UTC) + (offset or timedelta())


async def set_now(session: AsyncSession, now: datetime) -> int:
    """Move the clock so that it shows ``now``; return the new generation."""
    row = await session.execute(
        text(
            "insert into test_clock (id, clock_offset, generation, swept) values (1, :offset, 1, 0)"
            " on conflict (id) do update set clock_offset = :offset, generation = test_clock.generation + 1"
            " returning generation"
        ),
        {"offset": now - datetime.now(UTC)},
    )
    return int(row.scalar_one())


async def generation(session: AsyncSession) -> int:
    """Read the clock's present generation, 0 if it was never moved."""
    return int((await session.execute(text("select generation from test_clock where id = 1"))).scalar() or 0)


async def mark_swept(session: AsyncSession, swept: int) -> None:
    """Note that the sweep has run at this generation's time."""
    await session.execute(
        text("update test_clock set swept = :swept where id = 1 and swept < :swept"), {"swept": swept}
    )


async def swept_generation(session: AsyncSession) -> int:
    """Read up to which generation the sweep has run."""
    return int((await session.execute(text("select swept from test_clock where id = 1"))).scalar() or 0)
