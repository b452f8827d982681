"""Files that are handed to the desk itself: by an officer for a customer, or by a customer of the web chat.

An upload is a committed row first, then bytes, then part of a message. A row that finds no message within a day (the
reply was refused, the program was killed) is removed by a worker, and its bytes with it.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.domain.attachment import Attachment, FileState, new_key
from bot.domain.conversation import Message
from bot.domain.errors import FileNotTaken, FileTooLarge, Invalid, Unavailable
from bot.domain.file_types import PAPERS
from bot.domain.limits import Limits
from bot.domain.signed_link import PATH, sign
from bot.services.attachments import Look, describe, look_at
from bot.store.files import Files
from bot.store.unit_of_work import UnitOfWork, UowFactory
from connectors.contract import OutboundDocument

UNCLAIMED: Final = timedelta(days=1)
LINKS: Final = "links"  # the name of the installation's key for signed addresses
MOST_FILES: Final = 5  # in one message
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Upload:
    """What somebody hands in; ``owner`` tells who, ``lane`` for which conversation."""

    data: bytes
    name: str
    lane: str
    owner: str


async def take(new_uow: UowFactory, files: Files, upload: Upload, *, limits: Limits) -> Attachment:
    """Keep a file for a message to come; only pictures, PDF, Office and plain text are taken."""
    if len(upload.data) > limits.largest_file:
        raise FileTooLarge(limit=limits.largest_file)
    look = await asyncio.to_thread(look_at, upload.data, upload.name)
    if look is None or look.type not in PAPERS:
        raise FileNotTaken
    async with new_uow() as uow:
        row = await uow.attachments.add(_row(uow, upload, look))
        await uow.attachments.installation_key(LINKS)  # made now, as who only reads does not commit
        await uow.commit()
    assert row.key is not None
    try:
        await asyncio.to_thread(files.write, row.key, upload.data)
    except OSError as error:
        log.exception("files.not_written", error=error)
        raise Unavailable("Files can't be kept now.") from error
    return row


def _row(uow: UnitOfWork, upload: Upload, look: Look) -> Attachment:
    row = Attachment(
        message_id=None, lane=upload.lane, kind=look.type.kind, reference=upload.owner, key=new_key(), attempts=0,
        created_at=uow.now,
    )  # fmt: skip
    describe(row, look)
    row.state, row.next_attempt_at = FileState.UPLOADED, uow.now + UNCLAIMED
    return row


async def of(uow: UnitOfWork, ids: Collection[int]) -> Sequence[Attachment]:
    """Lock the uploads that are named for a message."""
    if len(ids) > MOST_FILES:
        raise Invalid(f"A message carries at most {MOST_FILES} files.", thai=f"แนบได้ครั้งละไม่เกิน {MOST_FILES} ไฟล์")
    rows = await uow.attachments.lock_all(ids)
    if len(rows) != len(set(ids)):
        raise Invalid("There is no such upload.")
    return rows


def check(rows: Sequence[Attachment], *, lane: str, owner: str) -> None:
    """Refuse uploads that are somebody else's, for another conversation, or part of a message already."""
    for row in rows:
        if (row.lane, row.reference, row.state) != (lane, owner, FileState.UPLOADED):
            raise Invalid("There is no such upload.")


def named(rows: Sequence[Attachment], language: str) -> str:
    """Say what is sent, where the officer wrote nothing."""
    names = ", ".join(row.file_name or "" for row in rows)
    return names and (f"Document: {names}" if language == "en" else f"เอกสาร: {names}")


def attach(row: Attachment, message: Message) -> None:
    """Make an upload part of a message."""
    row.message_id = message.id
    row.end(FileState.SAVED)


async def documents(
    uow: UnitOfWork, rows: Sequence[Attachment], *, sent_at: datetime, limits: Limits
) -> list[OutboundDocument]:
    """Give the saved files of a message of that time as documents, each under the same signed address every time."""
    saved = [row for row in rows if row.state is FileState.SAVED]
    if not saved:
        return []
    key, ends_at = await uow.attachments.installation_key(LINKS), sent_at + limits.link
    return [
        OutboundDocument(
            title=row.file_name or "file", url=f"{limits.public_url}{PATH}{sign(key, row.id, ends_at)}",
            media_type=row.media_type or "application/octet-stream", size=row.size or 0, expires_at=ends_at,
        )
        for row in saved
    ]  # fmt: skip
