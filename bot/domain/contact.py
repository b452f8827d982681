"""A contact is a customer; an identity is the contact's name on one channel."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base


class Contact(Base):
    """A customer of the service."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    name: Mapped[str | None]
    company: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]


class Identity(Base):
    """The contact's id on one channel."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("channel", "external_id"), Index("identities_of_contact", "contact_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    channel: Mapped[str]
    external_id: Mapped[str]
    display_name: Mapped[str | None]  # what the platform calls them; nobody has consented to keep it as contact details
    named_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class WebChatSession(Base):
    """A visitor of the web chat; only the hash of the token is stored."""

    __tablename__ = "webchat_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
