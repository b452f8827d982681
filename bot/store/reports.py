"""The report's SQL: one row a case, so that every figure can be opened down to its cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Cases opened in the period in which the customer wrote; spam and duplicates are in no figure. `first_reply_at`: when
# the first message of bot or officer after the customer's first one was accepted by the platform. `window_state`: the
# first promise of a human reply that was not taken back.
CASES = text("""
select c.id, c.state, c.rating, c.first_written_at,
       (select min(m.sent_at) from messages m
         where m.case_id = c.id and m.author in ('bot', 'agent') and m.sent_at is not null
           and m.seq > (select min(f.seq) from messages f where f.case_id = c.id and f.author = 'customer')
       ) as first_reply_at,
       (select k.state from clocks k
         where k.case_id = c.id and k.measure = 'human_window' and k.state <> 'cancelled' order by k.id limit 1
       ) as window_state
from cases c
where c.service = :service and c.opened_at >= :start and c.opened_at < :end
  and c.first_written_at is not null and coalesce(c.closed_as, '') not in ('spam', 'duplicate')
order by c.id
""")


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """What the report needs of one case."""

    id: int
    state: str
    rating: int | None
    first_written_at: datetime
    first_reply_at: datetime | None
    window_state: str | None


async def case_rows(session: AsyncSession, service: str, start: datetime, end: datetime) -> Sequence[CaseRow]:
    """Read the cases of a period."""
    rows = await session.execute(CASES, {"service": service, "start": start, "end": end})
    return [CaseRow(**row) for row in rows.mappings()]
