"""The append-only history of a case: reports are SQL over these rows, and every figure opens down to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base, enum_column


class Happened(StrEnum):
    """What may happen to a case."""

    OPENED = "opened"  # the case began
    GREETED = "greeted"  # the greeting script was given (LC1)
    CUSTOMER_WROTE = "customer_wrote"  # a message of the customer came in (LC3)
    TOPIC_CHOSEN = "topic_chosen"  # a topic was picked and asked into (LC2)
    READINESS = "readiness"  # answers were learnt or the level changed (LC4)
    ANSWERED = "answered"  # an article was sent (LC5)
    NOT_FOUND = "not_found"  # CKS held no answer
    MISUNDERSTOOD = "misunderstood"  # the bot did not understand
    HANDOFF_REQUESTED = "handoff_requested"  # a person is needed; the reason is in the data
    BOT_UNAVAILABLE = "bot_unavailable"  # Rasa failed; the apology was given
    BOT_SUPPRESSED = "bot_suppressed"  # a late answer of the bot was dropped
    EVENT_SET_ASIDE = "event_set_aside"  # a message could not be handled and waits for a person
    MOVED = "moved"  # the case changed its state
    ACCEPTED = "accepted"  # an officer took the case
    AGENT_REPLIED = "agent_replied"  # an officer answered
    TRANSFERRED = "transferred"  # the case was given to another officer
    RELEASED = "released"  # the case went back to the queue; the reason is in the data
    WITHDRAWN = "withdrawn"  # the customer no longer waits for a person
    ASSISTED = "assisted"  # the customer asks the bot while waiting
    RESOLVED = "resolved"  # the case was ended; outcome in the data
    RATED = "rated"  # the customer rated, or corrected the rating
    UNRATED = "unrated"  # the survey's time was over
    REOPENED = "reopened"  # a real question came during the survey
    CLOCK_STARTED = "clock_started"  # a promise began
    CLOCK_STOPPED = "clock_stopped"  # a promise was met, missed or cancelled
    NOTE_ADDED = "note_added"  # an officer wrote a note
    PROFILE_CHANGED = "profile_changed"  # name, company, e-mail or phone were stored or changed
    SUMMARY_FILED = "summary_filed"  # the summary was filed in CKS
    RECORDED_AFTER = "recorded_after"  # thanks, a sticker or a rating came after the end
    ASSIGNED_BACK = "assigned_back"  # returned to the bot
    MESSAGE_ERASED = "message_erased"  # the customer took a message back
    REFERRED = "referred"  # the customer came by a link or an advertisement, which is in the data
    ANSWERED_ELSEWHERE = "answered_elsewhere"  # a person answered in the platform's own inbox


class CaseEvent(Base):
    """One line of a case's history, written once and never changed: reports count these."""

    __tablename__ = "case_events"
    __table_args__ = (Index("case_events_of_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]
    kind: Mapped[Happened] = mapped_column(enum_column(Happened))
    actor: Mapped[str]
    data: Mapped[dict[str, Any]]
