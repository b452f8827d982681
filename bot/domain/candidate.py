"""A candidate is something a customer said that the assistant may learn from, waiting for an officer's judgement.

It holds masked words only, and no more than what the review needs. new → labelled | added | dismissed; a judgement is
taken back to new, except that what was added to an article is changed in the article from then on.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base, enum_column
from bot.domain.case import HandoffReason
from bot.domain.errors import AlreadyJudged, IllegalTransition


class Why(StrEnum):
    """What went wrong, or at least not by itself."""

    NOT_UNDERSTOOD = "not_understood"  # the assistant did not know what is meant
    NOT_FOUND = "not_found"  # a question that CKS did not answer
    NOT_HELPFUL = "not_helpful"  # the customer said that the answer is beside the question
    PERSON_AFTER_ANSWER = "person_after_answer"  # it was answered, and the next thing was the wish for a person
    HANDED_OFF = "handed_off"  # it led to a person


class Judgement(StrEnum):
    """What an officer made of a candidate."""

    NEW = "new"  # nobody has looked yet
    LABELLED = "labelled"  # it means an intent, and goes into the training data
    ADDED = "added"  # it became a question of an article
    DISMISSED = "dismissed"  # nothing to learn from


class Candidate(Base):
    """One message to learn from; a message is a candidate once, for the first reason that came up."""

    __tablename__ = "learning_candidates"
    __table_args__ = (Index("learning_candidates_by_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]
    why: Mapped[Why] = mapped_column(enum_column(Why))
    handoff_reason: Mapped[HandoffReason | None] = mapped_column(enum_column(HandoffReason))
    text: Mapped[str]  # masked; a reviewer may have put it straight
    intent: Mapped[str | None]  # what Rasa took it for, where its trackers are at hand
    confidence: Mapped[float | None]
    answered_with: Mapped[str | None]  # the article that the customer was given
    state: Mapped[Judgement] = mapped_column(enum_column(Judgement))
    label: Mapped[str | None]  # the intent that it means, by the reviewer
    article_id: Mapped[str | None]  # the article that it became a question of
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]

    def judge(self, state: Judgement, *, name: str, now: datetime) -> None:
        """Note who judged how; raise AlreadyJudged when somebody was faster."""
        if self.state is not Judgement.NEW:
            raise AlreadyJudged
        self.state, self.reviewed_by, self.reviewed_at = state, name, now

    def reopen(self) -> None:
        """Take the judgement back."""
        if self.state not in (Judgement.LABELLED, Judgement.DISMISSED):
            raise IllegalTransition("There is no judgement that could be taken back here.")
        self.state = Judgement.NEW
        self.label = self.reviewed_by = self.reviewed_at = None
