"""Rasa's trackers, as far as the desk may touch them: read for what a text was taken for, erased with words taken back.

The tables are Rasa's, in a schema of their own in the same database. A Rasa that keeps its trackers elsewhere
(``DESK_RASA_URL``) has to be told there; see README.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.interpret import harmless

RASA_SCHEMA = "rasa"
EVENTS = f"{RASA_SCHEMA}.events"
FALLBACK = "nlu_fallback"  # Rasa's name for a text it can't place
LOOKED_AT = 20  # newest texts of a case in which one is looked for


@dataclass(frozen=True, kw_only=True)
class Understood:
    """What Rasa took a text for, or came nearest to where it was not sure enough; confidence from 0 to 1."""

    intent: str
    confidence: float


async def erase(session: AsyncSession, case_id: int) -> None:
    """Forget every session of a case that Rasa has written down."""
    if await kept_here(session):
        await session.execute(
            text(f"delete from {EVENTS} where sender_id like :sessions"),  # noqa: S608 - our own constant
            {"sessions": f"{case_id}.%"},
        )


async def understood(session: AsyncSession, case_id: int, said: str) -> Understood | None:
    """Look up what Rasa took a text of a case for; None where its trackers don't tell."""
    if not await kept_here(session):
        return None
    newest = f"select data from {EVENTS} where sender_id like :sessions and type_name = 'user' order by id desc"  # noqa: S608 - our own constant
    found = await session.execute(text(f"{newest} limit :few"), {"sessions": f"{case_id}.%", "few": LOOKED_AT})
    events = (json.loads(data) for data in found.scalars())
    return next((_read(event) for event in events if event.get("text") == harmless(said)), None)


async def kept_here(session: AsyncSession) -> bool:
    """Tell whether Rasa keeps its trackers in this database."""
    return (await session.execute(text("select to_regclass(:table)"), {"table": EVENTS})).scalar() is not None


def _read(event: Mapping[str, Any]) -> Understood | None:
    with suppress(KeyError, TypeError, ValueError):
        parsed = event["parse_data"]
        ranking = [parsed["intent"], *parsed.get("intent_ranking", [])]
        best = next((guess for guess in ranking if guess["name"] != FALLBACK), None)
        return Understood(intent=str(best["name"]), confidence=float(best["confidence"])) if best else None
    return None
