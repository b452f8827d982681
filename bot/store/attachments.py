"""The rows of files in SQL, and the installation's secret keys. The bytes lie in ``bot.store.files``.

A message's files are changed under the conversation's lock or by the worker that holds the file's own lane; each
locks the row first and looks again at its state.
"""

import secrets
from collections.abc import Collection, Sequence

from sqlalchemy import Column, LargeBinary, String, Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.attachment import Attachment
from bot.domain.base import Base

KEY_BYTES = 32
installation_keys = Table(
    "installation_keys",
    Base.metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)


class AttachmentStore:
    """The rows of ``attachments``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, attachment: Attachment) -> Attachment:
        """Store a row."""
        self._session.add(attachment)
        await self._session.flush()
        return attachment

    async def get(self, attachment_id: int) -> Attachment | None:
        """Read one row."""
        return await self._session.get(Attachment, attachment_id)

    async def lock(self, attachment_id: int) -> Attachment:
        """Load a row and hold it until the transaction ends."""
        query = select(Attachment).where(Attachment.id == attachment_id)
        found = await self._session.execute(query.with_for_update().execution_options(populate_existing=True))
        return found.scalar_one()

    async def lock_all(self, ids: Collection[int]) -> Sequence[Attachment]:
        """Lock the rows of these ids that there are."""
        query = select(Attachment).where(Attachment.id.in_(ids)).order_by(Attachment.id).with_for_update()
        return (await self._session.execute(query)).scalars().all() if ids else []

    async def of_messages(self, message_ids: Sequence[int]) -> dict[int, list[Attachment]]:
        """List the files of these messages, each message's in the order they came."""
        found: dict[int, list[Attachment]] = {}
        if message_ids:
            query = select(Attachment).where(Attachment.message_id.in_(message_ids)).order_by(Attachment.id)
            for attachment in (await self._session.execute(query)).scalars():
                found.setdefault(attachment.message_id or 0, []).append(attachment)
        return found

    async def lock_of_message(self, message_id: int) -> Sequence[Attachment]:
        """Lock the files of a message."""
        query = select(Attachment).where(Attachment.message_id == message_id).order_by(Attachment.id)
        return (await self._session.execute(query.with_for_update())).scalars().all()

    async def by_key(self, lane: str, key: str) -> Attachment | None:
        """Lock the upload of this conversation that lies under the key."""
        query = select(Attachment).where(Attachment.lane == lane, Attachment.key == key)
        return (await self._session.execute(query.with_for_update())).scalar_one_or_none()

    async def installation_key(self, name: str) -> bytes:
        """Give the secret of this name, made when it is first asked for and the same in every process."""
        query = select(installation_keys.c.value).where(installation_keys.c.name == name)
        found = (await self._session.execute(query)).scalar()
        if found is None:
            fresh = insert(installation_keys).values(name=name, value=secrets.token_bytes(KEY_BYTES))
            await self._session.execute(fresh.on_conflict_do_nothing())
            found = (await self._session.execute(query)).scalar_one()
        return bytes(found)
