"""The JSON shapes of cases, as lists and as one case whole."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from bot.domain.attachment import Attachment, FileState
from bot.domain.case import Case, ReadinessRecord, Service, State
from bot.domain.conversation import Author, Delivery, Reached
from bot.domain.history import CaseEvent, Happened
from bot.domain.promise import Clock, ClockState
from bot.store.worklist import Names
from bot.web.schemas import LARGEST, ArticleRef, Strict, Time
from connectors.contract import MediaKind


class Readiness(BaseModel):
    """How ready the customer is to export, and how that is known."""

    level: str | None
    answers: dict[str, str]
    method: str | None
    rule_version: str | None
    history: list["ReadinessEntry"] = []


class ReadinessEntry(BaseModel):
    """What was known at one moment."""

    at: Time
    level: str | None
    answers: dict[str, str]
    method: str
    rule_version: str


class CaseFile(BaseModel):
    """A file of a message; ``url`` only while it can be handed out."""

    id: int
    kind: MediaKind
    state: FileState
    reason: str | None
    name: str | None
    media_type: str | None
    size: int | None
    url: str | None

    @classmethod
    def of(cls, row: Attachment) -> "CaseFile":
        """Render a file's row."""
        url = f"/api/v1/attachments/{row.id}" if row.state is FileState.SAVED else None
        return cls(
            id=row.id, kind=row.kind, state=row.state, reason=row.reason, name=row.file_name,
            media_type=row.media_type, size=row.size, url=url,
        )  # fmt: skip


class CaseMessage(BaseModel):
    """One message of a case, with its delivery; ``reached`` and ``reaction`` where the platform tells.

    ``quoted_seq`` is the message, of this case or an earlier one of the talk, that it answers.
    """

    seq: int
    author: Author
    name: str | None
    text: str
    at: Time
    delivery: Delivery
    delivery_reason: str | None
    reached: Reached | None
    reaction: str | None
    quoted_seq: int | None
    article: ArticleRef | None
    attachments: list[CaseFile]


class AnswerGiven(BaseModel):
    """An article that was sent."""

    article_id: str
    version: int


class ClockOut(BaseModel):
    """One promise of a case."""

    measure: str
    state: ClockState
    started_at: Time
    due_at: Time
    stopped_at: Time | None


class CaseNote(BaseModel):
    """A note of an officer."""

    agent_id: int
    text: str
    at: Time


class CaseSummary(BaseModel):
    """A case in a list.

    ``contact_name`` is kept with the customer's consent; ``display_name`` is what the platform calls the customer, to
    tell customers apart, null where it tells none.
    """

    id: int
    number: str
    service: Service
    channel: str | None
    contact_name: str | None
    display_name: str | None
    state: State
    handoff_reason: str | None
    assignee: str | None
    topic: str | None
    language: str
    readiness: Readiness
    opened_at: Time
    closed_at: Time | None
    closed_as: str | None
    window_due_at: Time | None


class CaseDetail(CaseSummary):
    """A case with everything that hangs on it."""

    contact_id: int
    clocks: list[ClockOut]
    steps: list[dict[str, Any]] = []
    answers: list[AnswerGiven]
    basket: dict[str, Any] | None = None
    rating: int | None
    outcome: str | None
    summary: str | None
    summary_filed_at: Time | None
    write_until: Time | None  # so long the platform lets officers write; null: always
    bot_write_until: Time | None  # and the desk by itself: from then on no script is said, nor the rating asked for
    erased_messages: int  # so many the customer took back
    notes: list[CaseNote]
    messages: list[CaseMessage]


class CasesQuery(Strict):
    """Which cases to list; ``marked``: only those with (or without) a handoff reason."""

    state: State | None = None
    mine: bool = False
    marked: bool | None = None
    before: int | None = Field(default=None, ge=1, le=LARGEST)
    limit: int = Field(default=50, ge=1, le=200)


class Cases(BaseModel):
    """Cases, newest first; ``next`` is the ``before`` of the next page."""

    items: list[CaseSummary]
    next: int | None


class EventsQuery(Strict):
    """Where to go on in a case's history."""

    after: int = Field(default=0, ge=0, le=LARGEST)
    limit: int = Field(default=200, ge=1, le=1000)


class CaseHistoryEvent(BaseModel):
    """One line of a case's history."""

    id: int
    at: Time
    kind: Happened
    actor: str
    data: dict[str, Any]

    @classmethod
    def of(cls, event: CaseEvent) -> "CaseHistoryEvent":
        """Render a history line."""
        return cls(id=event.id, at=event.at, kind=event.kind, actor=event.actor, data=event.data)


class CaseEvents(BaseModel):
    """A case's history; ``next`` is the ``after`` of the next page."""

    items: list[CaseHistoryEvent]
    next: int | None


def readiness_of(current: ReadinessRecord | None, history: list[ReadinessRecord] | None = None) -> Readiness:
    """Render what is known of a case's readiness."""
    entries = [
        ReadinessEntry(
            at=entry.at, level=entry.level, answers=entry.answers, method=entry.method, rule_version=entry.rule_version
        )
        for entry in history or []
    ]
    if current is None:
        return Readiness(level=None, answers={}, method=None, rule_version=None, history=entries)
    return Readiness(
        level=current.level,
        answers=current.answers,
        method=current.method,
        rule_version=current.rule_version,
        history=entries,
    )


def window_due_at(clocks: Sequence[Clock]) -> datetime | None:
    """Give when the next open promise falls due."""
    return min((clock.due_at for clock in clocks if clock.unanswered), default=None)


def summary_of(
    case: Case, readiness: ReadinessRecord | None, assignee: str | None, clocks: Sequence[Clock], names: Names
) -> dict[str, Any]:
    """Give the fields that lists and details share."""
    return {
        "id": case.id,
        "number": case.number,
        "service": case.service,
        "channel": case.channel,
        "contact_name": names.contact,
        "display_name": names.display,
        "state": case.state,
        "handoff_reason": case.handoff_reason,
        "assignee": assignee,
        "topic": case.topic,
        "language": case.language,
        "readiness": readiness_of(readiness),
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "closed_as": case.closed_as,
        "window_due_at": window_due_at(clocks),
    }
