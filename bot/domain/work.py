"""What officers leave at a case: notes, ratings as they came, consents, and the keys of replies already taken."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base


class Note(Base):
    """A note of an officer; customers never see it."""

    __tablename__ = "notes"
    __table_args__ = (Index("notes_of_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    text: Mapped[str]
    at: Mapped[datetime]


class Rating(Base):
    """A rating as it came; the newest of a case holds, the others are its audit."""

    __tablename__ = "ratings"
    __table_args__ = (Index("ratings_of_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    value: Mapped[int]
    at: Mapped[datetime]
    method: Mapped[str]


class Consent(Base):
    """A customer agreed that something is stored, or took it back: for what, to which text, when."""

    __tablename__ = "consents"
    __table_args__ = (Index("consents_of_contact", "contact_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    purpose: Mapped[str]
    text_version: Mapped[str]
    given: Mapped[bool]
    recorded_by: Mapped[str]
    at: Mapped[datetime]


class ReplyKey(Base):
    """An officer's reply that was taken under an Idempotency-Key."""

    __tablename__ = "reply_keys"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    text_hash: Mapped[str]
    at: Mapped[datetime]
