"""Files of customers: noted with their message, fetched from the platform, looked at, kept or refused, removed.

Fetching runs beside the conversation, in a lane of each file's own, so that neither a slow platform nor a large film
delays an answer. The key under which the bytes will lie is committed before the call: whatever a killed worker left
there is written over by the next try, or removed when the message is taken back meanwhile.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from bot.domain.attachment import Attachment, FileState, new_key
from bot.domain.conversation import Message
from bot.domain.errors import NotFound
from bot.domain.file_types import FileType, recognise, safe_name
from bot.domain.inbound import StoredEvent
from bot.domain.limits import Limits
from bot.services import lost_files, troubles
from bot.services.handoff import QUEUE
from bot.store.files import Files
from bot.store.unit_of_work import UnitOfWork, UowFactory
from connectors.contract import (
    FAULTS,
    Channel,
    ChannelHalted,
    FetchedMedia,
    InboundAttachment,
    MediaChannel,
    MediaGone,
    MediaNotReady,
    MediaRefused,
)

FILES: Final = "files"  # the topic that wakes workers
PATIENCE: Final = timedelta(days=3)  # from the message on; LINE and Meta do not say how long they keep a file
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)
DISK_PAUSE: Final = timedelta(minutes=5)
SLOWEST_FETCH: Final = 120.0  # seconds
NoFile = MediaNotReady | MediaGone | MediaRefused | ChannelHalted
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a file was found to be."""

    type: FileType
    name: str  # under which it is handed out
    size: int  # bytes
    sha256: str


def look_at(data: bytes, name: str | None) -> Look | None:
    """Tell what a file is, or None when it is none that is taken.

    A large or malicious one takes its time: for a thread, once, never in the event loop.
    """
    taken = recognise(data, name)
    if taken is None:
        return None
    digest = hashlib.sha256(data).hexdigest()
    return Look(type=taken, name=safe_name(name, taken), size=len(data), sha256=digest)


async def keep(uow: UnitOfWork, event: StoredEvent, message: Message) -> None:
    """Note the files that came with a stored message; an upload, which is here already, finds its message."""
    if event.files:
        await uow.flush()  # which gives the message its id
    for file in event.files:
        uploaded = await uow.attachments.by_key(event.lane, file.reference)
        if uploaded is None:
            await uow.attachments.add(_expected(uow, message, file))
            uow.notify(FILES)
        elif uploaded.state is FileState.UPLOADED:
            uploaded.message_id = message.id
            uploaded.end(FileState.SAVED)


async def erase(uow: UnitOfWork, message: Message) -> None:
    """Forget a message's files; a download that is under way finds that out when it ends."""
    for row in await uow.attachments.lock_of_message(message.id):
        row.erase(uow.now)
        uow.notify(FILES)


async def saved(uow: UnitOfWork, attachment_id: int) -> Attachment:
    """Give a file that can be handed out."""
    row = await uow.attachments.get(attachment_id)
    if row is None or row.state is not FileState.SAVED:
        raise NotFound("There is no such file.")
    return row


async def work_off(
    new_uow: UowFactory, files: Files, channels: Mapping[str, Channel], attachment_id: int, *, limits: Limits
) -> None:
    """Do what is due with one file: fetch it, or remove it. The caller holds the file's lane."""
    async with new_uow() as uow:
        row = await uow.attachments.lock(attachment_id)
        if row.next_attempt_at is None or row.next_attempt_at > uow.now:
            return
        if row.state is FileState.PENDING:
            row.key = row.key or new_key()
            row.attempts += 1
        elif row.state is FileState.UPLOADED:
            row.erase(uow.now)  # first of all it can't be claimed any more
        key, lane, file, state = row.key, row.lane, row.inbound, row.state
        await uow.commit()
    if state is not FileState.PENDING:  # erased, or an upload without a message
        await _remove(new_uow, files, attachment_id, key)
        return
    assert key is not None
    fetched = await _fetch(channels.get(lane.partition(":")[0]), file, limits.largest_file)
    outcome: Look | NoFile
    if isinstance(fetched, FetchedMedia):
        outcome = await _store(files, key, fetched.data, fetched.file_name or file.file_name, limits.largest_file)
    else:
        outcome = fetched
    async with new_uow() as uow:
        channel, _, external_id = lane.partition(":")
        conversation = await uow.conversations.lock_for(channel, external_id, uow.now)
        row = await uow.attachments.lock(attachment_id)
        if row.state is FileState.PENDING:
            _settle(uow, row, outcome)
            if isinstance(outcome, ChannelHalted):
                await troubles.begin(uow, channel, outcome.reason)
            await lost_files.tell(uow, conversation, row, limits=limits)
        uow.notify(lane)
        uow.notify(QUEUE)
        await uow.commit()


def _expected(uow: UnitOfWork, message: Message, file: InboundAttachment) -> Attachment:
    return Attachment(
        message_id=message.id, lane=message.lane, kind=file.kind, reference=file.reference, file_name=file.file_name,
        media_type=file.media_type, size=file.size, state=FileState.PENDING, attempts=0, next_attempt_at=uow.now,
        created_at=uow.now,
    )  # fmt: skip


async def _fetch(channel: Channel | None, file: InboundAttachment, limit: int) -> FetchedMedia | NoFile:
    try:
        if channel is None:
            raise MediaNotReady("channel_off", retry_after=LONGEST_PAUSE)
        if not isinstance(channel, MediaChannel):
            raise MediaGone
        if file.size is not None and file.size > limit:
            raise MediaRefused("too_large")
        async with asyncio.timeout(SLOWEST_FETCH):
            return await channel.fetch(file, limit=limit)
    except (MediaNotReady, MediaGone, MediaRefused, ChannelHalted) as error:
        return error
    except TimeoutError:
        return MediaNotReady("platform_down", retry_after=FIRST_PAUSE)
    except FAULTS as error:  # a connector's own bug must not end the worker
        log.exception("channel.failed", kind=file.kind, error=error)
        return MediaNotReady("failed", retry_after=FIRST_PAUSE)


async def _store(files: Files, key: str, data: bytes, name: str | None, limit: int) -> Look | NoFile:
    """Look at what came, and write it down if it is taken."""
    if len(data) > limit:
        return MediaRefused("too_large")
    look = await asyncio.to_thread(look_at, data, name)
    if look is None:
        return MediaRefused("type")
    try:
        await asyncio.to_thread(files.write, key, data)
    except OSError as error:
        log.exception("files.not_written", error=error)
        return MediaNotReady("no_room", retry_after=DISK_PAUSE)
    return look


def _settle(uow: UnitOfWork, row: Attachment, outcome: Look | NoFile) -> None:
    match outcome:
        case Look():
            describe(row, outcome)
        case MediaGone():
            row.end(FileState.GONE)
        case MediaRefused(reason=reason):
            row.end(FileState.REFUSED, reason)
        case MediaNotReady() | ChannelHalted() if uow.now - row.created_at > PATIENCE:
            row.end(FileState.GONE, outcome.reason)
        case MediaNotReady() | ChannelHalted():
            growing = min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 20), LONGEST_PAUSE)
            row.reason, row.next_attempt_at = outcome.reason, uow.now + max(growing, outcome.retry_after)


def describe(row: Attachment, look: Look) -> None:
    """Write down what the file is that lies under the row's key."""
    row.file_name, row.media_type, row.kind = look.name, look.type.media_type, look.type.kind
    row.size, row.sha256 = look.size, look.sha256
    row.end(FileState.SAVED)


async def _remove(new_uow: UowFactory, files: Files, attachment_id: int, key: str | None) -> None:
    """Remove the bytes of an erased file; a disk that refuses is asked again."""
    removed = True
    try:
        if key is not None:
            await asyncio.to_thread(files.remove, key)
    except OSError as error:
        removed = False
        log.exception("files.not_removed", error=error)
    async with new_uow() as uow:
        row = await uow.attachments.lock(attachment_id)
        row.erase(uow.now + DISK_PAUSE)
        if removed:
            row.key = row.next_attempt_at = None
        await uow.commit()
