"""What a visitor of the web chat sees: messages with their buttons and files, and how the case stands."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.domain.attachment import Attachment, FileState
from bot.domain.case import State
from bot.domain.chat import ShownMessage
from bot.domain.conversation import Author
from bot.domain.limits import Limits
from bot.services import uploads
from bot.store.unit_of_work import UnitOfWork
from bot.web.schemas import WebChatFile, WebChatMessage, WebChatMessages

CHANNEL = "webchat"


async def read_chat(uow: UnitOfWork, external_id: str, after: int, limits: Limits) -> WebChatMessages:
    """Read a visitor's messages behind ``after``, the state of the case, and whether the bot is about to answer."""
    chat = await uow.conversations.chat(CHANNEL, external_id, after)
    files = await _files(uow, [message for message in chat.messages if message.has_files], limits)
    return WebChatMessages(
        messages=[WebChatMessage.of(message, files.get(message.id, [])) for message in chat.messages],
        state=chat.state or State.BOT,
        typing=chat.busy and chat.state in (None, State.BOT, State.CLOSED),
    )


async def _files(uow: UnitOfWork, messages: Sequence[ShownMessage], limits: Limits) -> dict[int, list[WebChatFile]]:
    """Give the customer's own files an address that needs the chat's token, and an officer's a signed one."""
    found = {}
    rows = await uow.attachments.of_messages([message.id for message in messages])
    for message in messages:
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
