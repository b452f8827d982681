"""What a visitor of the web chat sees: messages with their buttons and files, and how the case stands."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.domain.attachment import Attachment, FileState
from bot.domain.case import State
from bot.domain.conversation import Author, Message
from bot.domain.limits import Limits
from bot.services import uploads
from bot.store.unit_of_work import UnitOfWork
from bot.web.schemas import WebChatFile, WebChatMessage, WebChatMessages

CHANNEL = "webchat"


async def read_chat(uow: UnitOfWork, external_id: str, after: int, limits: Limits) -> WebChatMessages:
    """Read a visitor's messages behind ``after``, the state of the case, and whether the bot is about to answer."""
    standing = await uow.conversations.standing(CHANNEL, external_id)
    messages = (
        await uow.conversations.messages_after(standing.conversation_id, after) if standing.conversation_id else []
    )
    return WebChatMessages(
        messages=await _render(uow, messages, limits) if messages else [],
        state=standing.state or State.BOT,
        typing=standing.busy and standing.state in (None, State.BOT, State.CLOSED),
    )


async def _render(uow: UnitOfWork, messages: Sequence[Message], limits: Limits) -> list[WebChatMessage]:
    ids = [message.id for message in messages]
    buttons: dict[int, list[dict[str, Any]]] = {}
    for button in await uow.conversations.buttons_of(ids):
        buttons.setdefault(button.message_id, []).append({"title": button.title, "payload": button.id})
    files = await _files(uow, messages, await uow.attachments.of_messages(ids), limits)
    return [WebChatMessage.of(message, buttons.get(message.id, []), files.get(message.id, [])) for message in messages]


async def _files(
    uow: UnitOfWork, messages: Sequence[Message], rows: Mapping[int, Sequence[Attachment]], limits: Limits
) -> dict[int, list[WebChatFile]]:
    """Give the customer's own files an address that needs the chat's token, and an officer's a signed one."""
    found = {}
    for message in messages:
        if message.id not in rows:
            continue
        if message.author is Author.CUSTOMER:
            found[message.id] = [_own(row) for row in rows[message.id] if row.state is FileState.SAVED]
        else:
            sent = await uploads.documents(uow, rows[message.id], sent_at=message.at, limits=limits)
            found[message.id] = [
                WebChatFile(name=one.title, media_type=one.media_type, size=one.size, url=urlsplit(one.url).path)
                for one in sent
            ]
    return found


def _own(row: Attachment) -> WebChatFile:
    return WebChatFile(
        name=row.file_name or "file", media_type=row.media_type or "application/octet-stream", size=row.size or 0,
        url=f"/webchat/attachments/{row.id}",
    )  # fmt: skip
