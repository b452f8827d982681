"""What an erasure leaves in the files of the database: old versions of rows, which no query shows any more."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import trackers

TABLES: Final = ("messages", "inbound_events", "attachments", "cases", "contacts", "learning_candidates")


async def clear(session: AsyncSession) -> None:
    """Give the room of dead rows free where words are erased; not in a transaction (see ``UnitOfWork.reading``).

    The server would do it only once a fifth of a table has changed. What stands in the WAL stays there until its
    segments are written anew.
    """
    tables = [*TABLES, trackers.EVENTS] if await trackers.kept_here(session) else TABLES
    await session.execute(text(f"vacuum (skip_locked) {', '.join(tables)}"))
