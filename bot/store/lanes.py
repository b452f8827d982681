"""Lanes: which conversation has work, and whose turn it is.

Work is rows. A lane (``in`` or ``out`` of one conversation) is taken by a PostgreSQL session advisory lock on the
worker's own long-lived connection, so a killed worker's lanes are free as soon as its connection is gone. Losing that
connection means losing the lanes: the worker must stop (``LanesLost``), because another may already have taken over.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

WORKER = "desk-worker"  # how a running worker shows in pg_stat_activity


class Direction(StrEnum):
    """The two lanes of a conversation, and the files, each of which is a lane of its own."""

    IN = "in"  # the customer's events
    OUT = "out"  # messages to the customer
    FILE = "file"  # a file to be fetched or removed; the lane is its id


# The lanes whose oldest open row is due; a row to be retried later hides those behind it.
DUE = {
    Direction.IN: text(
        "select lane from (select distinct on (lane) lane, next_attempt_at from inbound_events"
        " where state in ('new', 'asking') order by lane, occurred_at, id) oldest where next_attempt_at <= :now"
    ),
    Direction.OUT: text(
        "select lane from (select distinct on (lane) lane, next_attempt_at from messages"
        " where delivery = 'pending' order by lane, seq) oldest where next_attempt_at <= :now"
    ),
    Direction.FILE: text(
        "select id::text from attachments where next_attempt_at <= :now order by next_attempt_at, id limit 100"
    ),
}


class LanesLost(Exception):
    """The connection that held the lanes is gone."""


async def due_lanes(session: AsyncSession, direction: Direction, now: datetime) -> Sequence[str]:
    """List the lanes that have something to do now."""
    return (await session.execute(DUE[direction], {"now": now})).scalars().all()


class Lanes:
    """The lanes one worker holds."""

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    @classmethod
    async def connect(cls, url: str) -> "Lanes":
        """Open the connection that will hold the locks; ``url`` is psycopg's (without a driver name)."""
        return cls(await psycopg.AsyncConnection.connect(url, autocommit=True, application_name=WORKER))

    async def take(self, way: Direction, lane: str) -> bool:
        """Take a lane if nobody has it."""
        return await self._call("select pg_try_advisory_lock(hashtextextended(%s, 0))", f"{way}:{lane}")

    async def let_go(self, way: Direction, lane: str) -> None:
        """Free a lane."""
        await self._call("select pg_advisory_unlock(hashtextextended(%s, 0))", f"{way}:{lane}")

    async def check(self) -> None:
        """Raise LanesLost if the connection is gone, which an idle worker would not notice otherwise."""
        await self._call("select %s::text is not null", "")

    async def close(self) -> None:
        """Close the connection, which frees every lane."""
        await self._connection.close()

    async def _call(self, query: str, key: str) -> bool:
        try:
            async with self._turn:
                cursor = await self._connection.execute(query.encode(), (key,))
                row = await cursor.fetchone()
        except psycopg.Error as error:
            raise LanesLost("the connection holding the lanes is gone") from error
        return bool(row and row[0])
