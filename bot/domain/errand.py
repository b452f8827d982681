"""An errand: something small to be done on a platform for one customer, beside messages.

It is written in the transaction of the state change that wants it, and carried out afterwards, repeatedly until it
succeeds: doing it twice is harmless. There is one of each kind for a lane, and a newer wish replaces the older.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base, enum_column


class ErrandKind(StrEnum):
    """What is to be done; ``value`` of an errand says the rest."""

    NAME = "name"  # ask the platform for the customer's display name
    READ = "read"  # mark the customer's messages as read; value: the platform's token for it
    MENU = "menu"  # show the menu named by value
    DECLINE = "decline"  # say that groups are not served and leave; value: the reply token, or empty


class Errand(Base):
    """One wish for a lane."""

    __tablename__ = "errands"
    __table_args__ = (UniqueConstraint("lane", "kind"), Index("errands_due", "next_attempt_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    lane: Mapped[str]
    kind: Mapped[ErrandKind] = mapped_column(enum_column(ErrandKind))
    value: Mapped[str]
    asked_at: Mapped[datetime]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime]

    @property
    def channel(self) -> str:
        """The channel's name."""
        return self.lane.partition(":")[0]

    @property
    def external_id(self) -> str:
        """Whom it is for."""
        return self.lane.partition(":")[2]
