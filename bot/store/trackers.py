"""Rasa's trackers, as far as the desk may touch them: erased when a customer takes words back.

The tables are Rasa's, in a schema of their own in the same database. A Rasa that keeps its trackers elsewhere
(``DESK_RASA_URL``) has to be told there; see README.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

RASA_SCHEMA = "rasa"


async def erase(session: AsyncSession, case_id: int) -> None:
    """Forget every session of a case that Rasa has written down."""
    table = f"{RASA_SCHEMA}.events"
    if (await session.execute(text("select to_regclass(:table)"), {"table": table})).scalar() is not None:
        await session.execute(
            text(f"delete from {table} where sender_id like :sessions"),  # noqa: S608 - our own constant
            {"sessions": f"{case_id}.%"},
        )
