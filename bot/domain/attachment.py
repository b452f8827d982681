"""Files beside the messages: what customers send, and what officers send to them.

The row tells everything about a file but its bytes, which lie in the folder of files under the row's ``key``, a random
name that is chosen before a byte is written: so whatever a crash leaves behind is found again and written over, or
removed. ``next_attempt_at`` says when a worker has something to do with it; None is never.

    PENDING -> SAVED | GONE | REFUSED; UPLOADED -> SAVED; any of them -> ERASED, when the message is taken back
"""

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base, enum_column
from connectors.contract import InboundAttachment, MediaKind


class FileState(StrEnum):
    """How far a file came."""

    PENDING = "pending"  # to be fetched from the platform, or being tried again
    UPLOADED = "uploaded"  # handed in here, waits for its message; erased when none comes
    SAVED = "saved"  # here, looked at, and of a kind that is taken
    GONE = "gone"  # the platform no longer had it, or did not hand it over in time
    REFUSED = "refused"  # too large, or of a kind that is not taken; the reason is beside it
    ERASED = "erased"  # taken back; the bytes are removed as soon as a worker comes by


class Attachment(Base):
    """One file of one message. ``message_id`` is None while an upload waits for its message to be transcribed."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index("attachments_of_message", "message_id", "id"),
        Index("attachments_due", "next_attempt_at", postgresql_where="next_attempt_at is not null"),
        Index("attachments_by_key", "key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    lane: Mapped[str]
    kind: Mapped[MediaKind] = mapped_column(enum_column(MediaKind))
    reference: Mapped[str]  # the platform's id or address of it; of an upload, who handed it in
    key: Mapped[str | None]
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]  # what the platform says until the file is here, then what it is
    size: Mapped[int | None]
    sha256: Mapped[str | None]
    state: Mapped[FileState] = mapped_column(enum_column(FileState))
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def inbound(self) -> InboundAttachment:
        """What the channel said of it, to fetch it by."""
        return InboundAttachment(
            kind=self.kind, reference=self.reference, file_name=self.file_name, media_type=self.media_type,
            size=self.size,
        )  # fmt: skip

    def end(self, state: FileState, reason: str | None = None) -> None:
        """Settle a file that will not come."""
        self.state, self.reason, self.next_attempt_at = state, reason, None

    def erase(self, now: datetime) -> None:
        """Forget what it was; the bytes are removed by the worker that finds it due."""
        self.state, self.reason, self.next_attempt_at = FileState.ERASED, None, now
        self.reference, self.file_name, self.media_type, self.sha256, self.size = "", None, None, None, None


def new_key() -> str:
    """Make a file's name in the folder, which tells nothing and can't be guessed."""
    return secrets.token_hex(16)
