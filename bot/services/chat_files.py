"""A file that a customer of the web chat sends: stored as an upload, then said as a message that carries it."""

import asyncio
import hashlib
from dataclasses import dataclass

from bot.domain.attachment import Attachment
from bot.domain.errors import ClientIdReused
from bot.domain.limits import Limits
from bot.services import receive, uploads
from bot.store.files import Files
from bot.store.unit_of_work import UnitOfWork, UowFactory
from connectors.contract import EventKind, InboundAttachment, InboundEvent

CUSTOMER = "customer"  # the owner of such uploads


@dataclass(frozen=True, kw_only=True)
class ChatFile:
    """What a visitor sends, as the events name it."""

    channel: str
    external_id: str
    client_id: str
    name: str
    data: bytes

    @property
    def event_id(self) -> str:
        """The same for the same ``client_id``."""
        return f"{self.external_id}:{self.client_id}"


async def say(new_uow: UowFactory, files: Files, sent: ChatFile, *, limits: Limits) -> None:
    """Store the file and the event that it is; the same ``client_id`` with the same bytes again is the same message."""
    lane = f"{sent.channel}:{sent.external_id}"
    async with new_uow().reading() as uow:
        if await _is_here(uow, sent, lane):
            return
    upload = uploads.Upload(data=sent.data, name=sent.name, lane=lane, owner=CUSTOMER)
    row = await uploads.take(new_uow, files, upload, limits=limits)
    async with new_uow() as uow:
        await receive.accept(uow, [_event(uow, sent, row)])
        await uow.commit()


async def _is_here(uow: UnitOfWork, sent: ChatFile, lane: str) -> bool:
    stored = await uow.inbound.find(sent.channel, sent.event_id)
    if stored is None:
        return False
    rows = [await uow.attachments.by_key(lane, file.reference) for file in stored.files]
    digest = await asyncio.to_thread(hashlib.sha256, sent.data)
    if [row.sha256 for row in rows if row] != [digest.hexdigest()]:
        raise ClientIdReused
    return True


def _event(uow: UnitOfWork, sent: ChatFile, row: Attachment) -> InboundEvent:
    file = InboundAttachment(kind=row.kind, reference=row.key or "", file_name=row.file_name, size=row.size)
    return InboundEvent(
        channel=sent.channel, event_id=sent.event_id, external_id=sent.external_id, kind=EventKind.MEDIA,
        occurred_at=uow.now, media=row.kind, text=row.file_name, client_id=sent.client_id, attachments=[file],
    )  # fmt: skip
