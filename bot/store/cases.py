"""Cases, their readiness and their history in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bot.domain.agent import Agent
from bot.domain.case import Case, ReadinessRecord, State
from bot.domain.history import CaseEvent, Happened

# Asked by every message, so built once.
_NEWEST_READINESS = select(ReadinessRecord).order_by(ReadinessRecord.id.desc()).limit(1)
_KNOWN = aliased(ReadinessRecord, _NEWEST_READINESS.where(ReadinessRecord.case_id == Case.id).lateral("known"))
OPEN_CASE = (
    select(Case, _KNOWN)
    .outerjoin(_KNOWN, true())
    .where(Case.conversation_id == bindparam("conversation_id"), Case.state != State.CLOSED)
    .with_for_update(of=Case)
    .execution_options(populate_existing=True)
)
READINESS = _NEWEST_READINESS.where(ReadinessRecord.case_id == bindparam("case_id"))


class CaseStore:
    """The rows of ``cases`` and what hangs on them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._readiness: dict[int, ReadinessRecord | None] = {}  # of the cases that are locked

    async def add(self, case: Case) -> Case:
        """Store a new case."""
        self._session.add(case)
        await self._session.flush()
        return case

    async def open_in(self, conversation_id: int) -> Case | None:
        """Lock the conversation's open case, if it has one; the conversation's row must be locked."""
        found = (await self._session.execute(OPEN_CASE, {"conversation_id": conversation_id})).one_or_none()
        if found is None:
            return None
        case, self._readiness[case.id] = found
        return case

    async def newest_in(self, conversation_id: int) -> Case | None:
        """Read the conversation's newest case, open or closed."""
        return (
            await self._session.execute(
                select(Case).where(Case.conversation_id == conversation_id).order_by(Case.id.desc()).limit(1)
            )
        ).scalar_one_or_none()

    async def closed_before(self, conversation_id: int, case_id: int) -> Case | None:
        """Read the newest closed case of the conversation before this one."""
        return (
            await self._session.execute(
                select(Case)
                .where(Case.conversation_id == conversation_id, Case.id < case_id, Case.state == State.CLOSED)
                .order_by(Case.id.desc())
                .limit(1)
            )
        ).scalar_one_or_none()

    async def get(self, case_id: int) -> Case | None:
        """Read one case."""
        return await self._session.get(Case, case_id, populate_existing=True)

    async def list(
        self,
        *,
        state: State | None,
        marked: bool | None,
        assignee_id: int | None,
        before: int | None,
        limit: int,
    ) -> Sequence[Case]:
        """List cases, newest first; ``before`` is the id to go on behind."""
        query = select(Case).order_by(Case.id.desc()).limit(limit)
        if state is not None:
            query = query.where(Case.state == state)
        if marked is not None:
            query = query.where(Case.handoff_reason.is_not(None) if marked else Case.handoff_reason.is_(None))
        if assignee_id is not None:
            query = query.where(Case.assignee_id == assignee_id)
        if before is not None:
            query = query.where(Case.id < before)
        return (await self._session.execute(query)).scalars().all()

    async def idle(self, now: datetime, limit: int = 100) -> Sequence[int]:
        """List bot cases whose idle time is over."""
        return await self._due(Case.state == State.BOT, Case.idle_due_at, now, limit)

    async def quiet(self, now: datetime, limit: int = 100) -> Sequence[int]:
        """List officers' cases whose customer has been silent long enough."""
        return await self._due(Case.state == State.AGENT, Case.quiet_due_at, now, limit)

    async def survey_over(self, now: datetime, limit: int = 100) -> Sequence[int]:
        """List cases whose time for a rating is over."""
        return await self._due(Case.state == State.SURVEY, Case.survey_due_at, now, limit)

    async def _due(
        self, condition: ColumnElement[bool], due: InstrumentedAttribute[datetime | None], now: datetime, limit: int
    ) -> Sequence[int]:
        query = select(Case.id).where(condition, due <= now).order_by(due).limit(limit)
        return (await self._session.execute(query)).scalars().all()

    async def with_agents(self) -> Sequence[tuple[int, datetime | None]]:
        """List the cases that officers have, with each officer's last sign of life or the case's handing over."""
        query = (
            select(Case.id, Agent.last_seen_at)
            .join(Agent, Agent.id == Case.assignee_id)
            .where(Case.state == State.AGENT)
        )
        return [(row.id, row.last_seen_at) for row in await self._session.execute(query)]

    # readiness

    async def add_readiness(self, record: ReadinessRecord) -> None:
        """Append to the readiness history."""
        self._session.add(record)
        await self._session.flush()
        self._readiness[record.case_id] = record

    async def readiness(self, case_id: int) -> ReadinessRecord | None:
        """Read what holds for a case."""
        if case_id in self._readiness:
            return self._readiness[case_id]
        return (await self._session.execute(READINESS, {"case_id": case_id})).scalar_one_or_none()

    async def readiness_of_many(self, case_ids: Sequence[int]) -> dict[int, ReadinessRecord]:
        """Read what holds for each of these cases."""
        query = (
            select(ReadinessRecord)
            .where(ReadinessRecord.case_id.in_(case_ids))
            .ext(distinct_on(ReadinessRecord.case_id))
            .order_by(ReadinessRecord.case_id, ReadinessRecord.id.desc())
        )
        return {record.case_id: record for record in (await self._session.execute(query)).scalars()}

    async def last_readiness_of(self, contact_id: int) -> ReadinessRecord | None:
        """Read what the contact's newest case knew."""
        query = _NEWEST_READINESS.where(ReadinessRecord.contact_id == contact_id)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def readiness_history(self, case_id: int) -> Sequence[ReadinessRecord]:
        """List all readiness records of a case, oldest first."""
        query = select(ReadinessRecord).where(ReadinessRecord.case_id == case_id).order_by(ReadinessRecord.id)
        return (await self._session.execute(query)).scalars().all()

    # history

    def happened(self, case: Case, kind: Happened, now: datetime, *, actor: str, **data: Any) -> None:
        """Append one line to the case's history."""
        self._session.add(CaseEvent(case_id=case.id, at=now, kind=kind, actor=actor, data=data))

    async def last_time(self, case_id: int, kind: Happened) -> datetime | None:
        """Tell when this happened to a case last, None if it never did."""
        query = select(func.max(CaseEvent.at)).where(CaseEvent.case_id == case_id, CaseEvent.kind == kind)
        return (await self._session.execute(query)).scalar_one()

    async def history(self, case_id: int, *, after: int, limit: int) -> Sequence[CaseEvent]:
        """List a case's history behind an id, oldest first.

        Lines of one case are written under the locks of its conversation and itself, so their ids grow in the order
        of their commits.
        """
        query = (
            select(CaseEvent)
            .where(CaseEvent.case_id == case_id, CaseEvent.id > after)
            .order_by(CaseEvent.id)
            .limit(limit)
        )
        return (await self._session.execute(query)).scalars().all()
