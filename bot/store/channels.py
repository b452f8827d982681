"""How channels stand, in SQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.channel_alert import STANDS, ChannelAlert
from bot.domain.channel_status import ChannelStatus


class ChannelStore:
    """The rows of ``channel_status``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, channel: str) -> ChannelStatus | None:
        """Read how a channel stands; None if nothing is known."""
        query = select(ChannelStatus).where(ChannelStatus.channel == channel)
        return (await self._session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()

    async def all(self) -> Sequence[ChannelStatus]:
        """List what is known of all channels."""
        return (await self._session.execute(select(ChannelStatus).order_by(ChannelStatus.channel))).scalars().all()

    async def set_quota(self, channel: str, limit: int | None, used: int, now: datetime) -> None:
        """Note how the month's quota stands."""
        await self._set(channel, {"quota_limit": limit, "quota_used": used, "quota_at": now})

    async def use_up(self, channel: str) -> None:
        """Note that the platform says that nothing is left."""
        known = ChannelStatus.channel == channel, ChannelStatus.quota_limit.is_not(None)
        await self._session.execute(update(ChannelStatus).where(*known).values(quota_used=ChannelStatus.quota_limit))

    async def halt(self, channel: str, trouble: str, now: datetime) -> bool:
        """Note what keeps a channel from sending; the first moment of the same trouble stays. True if it is news."""
        status = await self.get(channel)
        if status is not None and status.trouble == trouble:
            return False
        await self._set(channel, {"trouble": trouble, "trouble_since": now})
        return True

    async def recover(self, channel: str, *, only: str | None = None) -> bool:
        """Note that a channel works; ``only`` ends that trouble and no other. True if there was any."""
        troubled = ChannelStatus.trouble == only if only else ChannelStatus.trouble.is_not(None)
        ended = await self._session.execute(
            update(ChannelStatus)
            .where(ChannelStatus.channel == channel, troubled)
            .values(trouble=None, trouble_since=None)
            .returning(ChannelStatus.channel)
            .execution_options(synchronize_session=False)
        )
        return ended.first() is not None

    async def tell(self, channel: str, source: str, code: str | None, words: str | None, at: datetime) -> bool:
        """Note what a platform says of our account, None: nothing any more; False if it said something newer before."""
        values = {"code": code, "words": words, "at": at}
        told = await self._session.execute(
            insert(ChannelAlert)
            .values(channel=channel, source=source, **values)
            .on_conflict_do_update(index_elements=["channel", "source"], set_=values, where=ChannelAlert.at <= at)
            .returning(ChannelAlert.channel)
        )
        return told.first() is not None

    async def alerts(self, now: datetime) -> Sequence[ChannelAlert]:
        """List what platforms say of our accounts and have not ended."""
        stands = ChannelAlert.code.is_not(None), ChannelAlert.at > now - STANDS
        query = select(ChannelAlert).where(*stands).order_by(ChannelAlert.channel, ChannelAlert.source)
        return (await self._session.execute(query)).scalars().all()

    async def turn_to_ask(self, channel: str, now: datetime, pause: timedelta) -> bool:
        """Take the turn to ask what was said; False while it is another's, or too early."""
        await self._session.execute(insert(ChannelStatus).values(channel=channel).on_conflict_do_nothing())
        due = or_(ChannelStatus.ask_again_at.is_(None), ChannelStatus.ask_again_at <= now)
        taken = await self._session.execute(
            update(ChannelStatus)
            .where(ChannelStatus.channel == channel, due)
            .values(ask_again_at=now + pause)
            .returning(ChannelStatus.channel)
            .execution_options(synchronize_session=False)
        )
        return taken.first() is not None

    async def asked(self, channel: str, up_to: datetime) -> None:
        """Note up to when it is known what was said."""
        await self._set(channel, {"asked_up_to": up_to})

    async def be_deaf(self, channel: str, why: str, since: datetime, now: datetime) -> None:
        """Note that the webhook does not bring everything; the first moment stays."""
        status = await self.get(channel)
        first = status.deaf_since if status is not None and status.deaf is not None else None
        await self._set(channel, {"deaf": why, "deaf_since": first or since, "deaf_at": now})

    async def hear_again(self, channel: str) -> None:
        """Note that the webhook brings something again."""
        await self._set(channel, {"deaf": None, "deaf_since": None, "deaf_at": None})

    async def _set(self, channel: str, values: dict[str, object]) -> None:
        await self._session.execute(
            insert(ChannelStatus)
            .values(channel=channel, **values)
            .on_conflict_do_update(index_elements=["channel"], set_=values)
        )
