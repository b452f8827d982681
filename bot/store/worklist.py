"""What the console's lists show: one query for all rows, however many there are.

A read of its own, beside the aggregates: it changes nothing and locks nothing. A row's ``due_at`` is the promise that
is unanswered; ``unanswered`` counts what the customer wrote since the handoff and since the last officer's words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, cast, exists, func, or_, select, true
from sqlalchemy import case as sql_case
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.domain.agent import Agent
from bot.domain.case import Case, ReadinessRecord, State
from bot.domain.contact import Contact, Identity
from bot.domain.conversation import Author, Delivery, Message
from bot.domain.history import CaseEvent, Happened
from bot.domain.promise import Clock, ClockState, Measure

EXCERPT = 160  # characters of the last message
LAST_SAID = 6  # messages among which the question is looked for
HANDED_OFF = ("handoff_open", "handoff_closed")  # scripts that tell the customer that a person will answer


class View(StrEnum):
    """Which cases a list shows."""

    WORK = "work"  # waiting for an officer, and one's own
    OPEN = "open"  # everything that is not closed
    CLOSED = "closed"  # closed, newest first


@dataclass(frozen=True, kw_only=True)
class WorkRow:
    """One case as a list shows it."""

    case: Case
    contact: str | None
    company: str | None
    assignee: str | None
    transfer_to: str | None
    due_at: datetime | None
    measure: Measure | None
    level: str | None
    last_author: Author | None
    last_text: str | None
    last_at: datetime | None
    said: Sequence[tuple[str, str | None]]  # the customer's last words, newest first, each with the script before it
    unanswered: int
    failed: bool


@dataclass(frozen=True, kw_only=True)
class Names:
    """A customer's names: the one kept with consent, and the one that the case's platform tells."""

    contact: str | None
    display: str | None


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How much there is to do."""

    waiting: int  # cases in the queue
    mine: int  # cases of this officer
    to_answer: int  # of those, how many wait for an answer


class Worklist:
    """Reads lists of cases for one officer."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rows(self, view: View, agent_id: int, *, limit: int, offset: int = 0) -> list[WorkRow]:
        """List a view's cases: least time left first, closed ones newest first."""
        query = _rows().where(_shown(view, agent_id)).order_by(*_order(view)).limit(limit).offset(offset)
        return await self._read(query)

    async def rows_of(self, case_ids: Sequence[int], *, limit: int, offset: int = 0) -> list[WorkRow]:
        """List these cases, newest first."""
        query = _rows().where(Case.id.in_(case_ids)).order_by(Case.id.desc()).limit(limit).offset(offset)
        return await self._read(query)

    async def counts(self, agent_id: int) -> Counts:
        """Count what waits."""
        mine = and_(Case.state == State.AGENT, Case.assignee_id == agent_id)
        row = (
            await self._session.execute(
                select(
                    func.count().filter(Case.state == State.QUEUED).label("waiting"),
                    func.count().filter(mine).label("mine"),
                    func.count().filter(mine, _waits_for_answer()).label("to_answer"),
                ).where(Case.state.in_([State.QUEUED, State.AGENT]))
            )
        ).one()
        return Counts(waiting=row.waiting, mine=row.mine, to_answer=row.to_answer)

    async def earlier_of(self, contact_id: int, before: int, limit: int) -> Sequence[Case]:
        """List the customer's cases before this one, newest first, without those in which nobody wrote."""
        query = select(Case).where(Case.contact_id == contact_id, Case.id < before, _started())
        return (await self._session.execute(query.order_by(Case.id.desc()).limit(limit))).scalars().all()

    async def names(self, case_ids: Sequence[int]) -> dict[int, Names]:
        """Give the names of these cases' customers."""
        query = select(Case.id, Contact.name, _display_name().label("display_name"))
        found = await self._session.execute(query.join(Contact).where(Case.id.in_(case_ids)))
        return {row.id: Names(contact=row.name, display=row.display_name) for row in found}

    async def _read(self, query: Select[Any]) -> list[WorkRow]:
        found = (await self._session.execute(query)).mappings()
        return [WorkRow(case=row["Case"], **{name: row[name] for name in row if name != "Case"}) for row in found]


def _rows() -> Select[Any]:
    owner, target = aliased(Agent), aliased(Agent)
    due = (
        select(Clock.due_at, Clock.measure)
        .where(Clock.case_id == Case.id, *_unanswered_promise())
        .order_by(Clock.due_at)
        .limit(1)
        .lateral("due")
    )
    known = (
        select(ReadinessRecord.level)
        .where(ReadinessRecord.case_id == Case.id)
        .order_by(ReadinessRecord.id.desc())
        .limit(1)
        .lateral("known")
    )
    by_people = Message.author.in_([Author.CUSTOMER, Author.AGENT])
    last = (
        select(Message.author, func.left(Message.text, EXCERPT).label("text"), Message.at)
        .where(Message.case_id == Case.id)
        .order_by(by_people.desc(), Message.seq.desc())
        .limit(1)
        .lateral("last")
    )
    before = aliased(Message)
    script = (
        select(before.script)
        .where(before.case_id == Message.case_id, before.author != Author.CUSTOMER, before.seq < Message.seq)
        .order_by(before.seq.desc())
        .limit(1)
        .correlate(Message)
        .scalar_subquery()
    )
    said = (
        select(array([func.left(Message.text, EXCERPT), script]))
        .where(Message.case_id == Case.id, Message.author == Author.CUSTOMER, Message.erased_at.is_(None))
        .order_by(Message.seq.desc())
        .limit(LAST_SAID)
        .correlate(Case)
        .scalar_subquery()
    )
    return (
        select(
            Case, func.coalesce(Contact.name, _display_name()).label("contact"), Contact.company,
            owner.name.label("assignee"), target.name.label("transfer_to"), due.c.due_at, due.c.measure, known.c.level,
            last.c.author.label("last_author"), last.c.text.label("last_text"), last.c.at.label("last_at"),
            func.array(said, type_=ARRAY(Text, as_tuple=True, dimensions=2)).label("said"),
            _unanswered_messages().label("unanswered"), _has_failed().label("failed"),
        )
        .join(Contact, Contact.id == Case.contact_id)
        .outerjoin(owner, owner.id == Case.assignee_id)
        .outerjoin(target, and_(target.id == Case.transfer_to_id, Case.state == State.QUEUED))
        .outerjoin(due, true())
        .outerjoin(known, true())
        .outerjoin(last, true())
    )  # fmt: skip


def _display_name() -> ColumnElement[str]:
    named = select(Identity.display_name).where(
        Identity.contact_id == Case.contact_id, Identity.channel == Case.channel
    )
    return named.correlate(Case).limit(1).scalar_subquery()


def _unanswered_promise() -> tuple[ColumnElement[bool], ...]:
    return Clock.stopped_at.is_(None), Clock.state.in_([ClockState.RUNNING, ClockState.MISSED])


def _waits_for_answer() -> ColumnElement[bool]:
    return exists().where(Clock.case_id == Case.id, *_unanswered_promise()).correlate(Case)


def _unanswered_messages() -> ColumnElement[int]:
    answer = aliased(Message)
    last_answer = (
        select(func.coalesce(func.max(answer.seq), 0))
        .where(answer.case_id == Case.id, or_(answer.author == Author.AGENT, answer.script.in_(HANDED_OFF)))
        .correlate(Case)
        .scalar_subquery()
    )
    return (
        select(func.count(Message.id))
        .where(
            Message.case_id == Case.id,
            Message.author == Author.CUSTOMER,
            Message.seq > last_answer,
            Case.state.in_([State.QUEUED, State.AGENT]),
        )
        .correlate(Case)
        .scalar_subquery()
    )


def _has_failed() -> ColumnElement[bool]:
    return (
        exists()
        .where(Message.case_id == Case.id, Message.author == Author.AGENT, Message.delivery == Delivery.FAILED)
        .correlate(Case)
    )


def _started() -> ColumnElement[bool]:
    """Leave out chats in which nobody has written yet."""
    return or_(Case.first_written_at.is_not(None), Case.state.in_([State.QUEUED, State.AGENT]))


def _shown(view: View, agent_id: int) -> ColumnElement[bool]:
    match view:
        case View.WORK:
            return or_(Case.state == State.QUEUED, and_(Case.state == State.AGENT, Case.assignee_id == agent_id))
        case View.OPEN:
            return and_(Case.state != State.CLOSED, _started())
        case View.CLOSED:
            return and_(Case.state == State.CLOSED, _started())


def _order(view: View) -> tuple[ColumnElement[Any], ...]:
    if view is View.CLOSED:
        return Case.closed_at.desc(), Case.id.desc()
    due = select(func.min(Clock.due_at)).where(Clock.case_id == Case.id, *_unanswered_promise()).correlate(Case)
    waiting = Case.state == State.QUEUED
    by = func.coalesce(due.scalar_subquery(), sql_case((waiting, _handed_on_due())))
    since = sql_case((waiting, Case.last_activity_at))
    return by.asc().nulls_last(), waiting.desc(), since.asc(), Case.last_activity_at.desc()


def _handed_on_due() -> ColumnElement[datetime]:
    """When a case handed on with nothing unanswered is due among the others: as if it were promised anew then."""
    of_case = Clock.case_id == Case.id
    minutes = select(cast(Clock.minutes, Integer)).where(of_case).order_by(Clock.id.desc()).limit(1).correlate(Case)
    handed_on = select(func.max(CaseEvent.at)).where(
        CaseEvent.case_id == Case.id, CaseEvent.kind.in_([Happened.TRANSFERRED, Happened.RELEASED])
    )
    return handed_on.correlate(Case).scalar_subquery() + func.make_interval(0, 0, 0, 0, 0, minutes.scalar_subquery())
