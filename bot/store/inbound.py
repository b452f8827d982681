"""Inbound events in SQL: stored once, handled in order within their lane."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, literal, not_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.base import Base
from bot.domain.conversation import Conversation, lane_of
from bot.domain.inbound import CUSTOMER_ACTS, OPEN, Progress, StoredEvent
from bot.store.conversations import ConversationStore
from connectors.contract import EventKind, InboundEvent

# People have the case, and the newest act of the customer that brought a reply token left it unused.
WAITING = text(
    "select c.id from conversations c join cases k on k.conversation_id = c.id and k.state in ('queued', 'agent')"
    " join lateral (select occurred_at, reply_token_used_at, standby from inbound_events e"
    "  where e.lane = c.channel || ':' || c.external_id and e.reply_token is not null"
    "  order by e.occurred_at desc, e.id desc limit 1) newest on true"
    " where c.channel = :channel and newest.occurred_at between :since and :until"
    " and newest.reply_token_used_at is null and not newest.standby"
)
TALK = (EventKind.OPENED, EventKind.TEXT, EventKind.TAPPED, EventKind.MEDIA)  # what a bot answers
CLOCK_SKEW = timedelta(minutes=1)
# What every message asks is built once: building a statement takes longer than reading a row.
_EVENTS = Base.metadata.tables[StoredEvent.__tablename__]
ADD = insert(_EVENTS).on_conflict_do_nothing().returning(_EVENTS.c.id)
EVENT = (
    select(StoredEvent)
    .where(StoredEvent.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
OF_CONVERSATION = and_(Conversation.channel == StoredEvent.channel, Conversation.external_id == StoredEvent.external_id)
# By id, so that there is one row, whose tables PostgreSQL locks in this order, the desk's. A search that comes to
# another row, because the first was handled meanwhile, would hold the conversation already.
EVENT_OF_KNOWN = (
    EVENT.add_columns(Conversation).join(Conversation, OF_CONVERSATION).with_for_update(of=(StoredEvent, Conversation))
)
_WAITING_IN_LANE = (
    select(literal(1)).where(_EVENTS.c.lane == bindparam("lane"), _EVENTS.c.state.in_(OPEN)).limit(2).subquery()
)
NEXT_OF_LANE = (
    select(
        _EVENTS.c.id, _EVENTS.c.next_attempt_at, select(func.count()).select_from(_WAITING_IN_LANE).scalar_subquery()
    )
    .where(_EVENTS.c.lane == bindparam("lane"), _EVENTS.c.state.in_(OPEN))
    .order_by(_EVENTS.c.occurred_at, _EVENTS.c.id)
    .limit(1)
)


class Next(NamedTuple):
    """An event whose turn it is; ``last``: when it was read, none was behind it in its lane."""

    event_id: int
    last: bool


class InboundStore:
    """The rows of ``inbound_events``.

    Who handles an event needs its conversation next, so ``lock`` holds a known customer's, too, by the same statement.
    """

    def __init__(self, session: AsyncSession, conversations: ConversationStore) -> None:
        self._session = session
        self._conversations = conversations
        self._held: dict[int, StoredEvent] = {}

    async def add(self, event: InboundEvent, now: datetime) -> bool:
        """Store the event; False when it, or the message it carries, is already here."""
        values = asdict(event) | {
            "attachments": [asdict(file) for file in event.attachments],
            "raw": dict(event.raw),
            "lane": lane_of(event.channel, event.external_id),
            "received_at": now,
            "occurred_at": min(event.occurred_at, now + CLOCK_SKEW),  # a time far ahead would outlive every window
            "next_attempt_at": now,
            "state": Progress.HANDLED if event.kind is EventKind.OTHER else Progress.NEW,
            "greeted": False,
            "attempts": 0,
        }
        return (await self._session.execute(ADD, values)).scalar() is not None

    async def hear_after_all(self, event: InboundEvent, now: datetime) -> bool:
        """Let an event that was stored as somebody else's be handled as ours; True if it was stored so."""
        found = await self._session.execute(
            update(StoredEvent)
            .where(
                StoredEvent.channel == event.channel,
                StoredEvent.event_id == event.event_id,
                StoredEvent.standby,
                StoredEvent.kind.in_(TALK),
            )
            .values(standby=False, state=Progress.NEW, next_attempt_at=now)
            .returning(StoredEvent.id)
            .execution_options(synchronize_session=False)
        )
        return found.first() is not None

    async def find(self, channel: str, event_id: str) -> StoredEvent | None:
        """Find an event by the platform's id."""
        return (
            await self._session.execute(
                select(StoredEvent).where(StoredEvent.channel == channel, StoredEvent.event_id == event_id)
            )
        ).scalar_one_or_none()

    async def lock(self, event_id: int) -> StoredEvent:
        """Load the row and hold it until the transaction ends; one that is held already is not asked for again."""
        if event_id not in self._held:
            both = (await self._session.execute(EVENT_OF_KNOWN, {"id": event_id})).one_or_none()
            if both is not None:
                self._held[event_id] = both[0]
                self._conversations.is_locked(both[1])
            else:
                self._held[event_id] = (await self._session.execute(EVENT, {"id": event_id})).scalar_one()
        return self._held[event_id]

    async def next_of_lane(self, lane: str, now: datetime) -> Next | None:
        """Find the lane's oldest open event if its time has come: a waiting row blocks those behind it.

        Nothing is locked: who has the lane locks the event by its id and looks again.
        """
        row = (await self._session.execute(NEXT_OF_LANE, {"lane": lane})).one_or_none()
        if row is None:
            return None
        event_id, due_at, waiting = row
        return Next(event_id, last=waiting < 2) if due_at <= now else None

    async def lane_is_busy(self, lane: str) -> bool:
        """Tell whether something the customer did is still to be handled; that they read something is nothing new."""
        query = select(StoredEvent.id).where(
            StoredEvent.lane == lane,
            StoredEvent.state.in_(OPEN),
            StoredEvent.kind.in_((*CUSTOMER_ACTS, EventKind.EDITED)),
        )
        return (await self._session.execute(query.limit(1))).first() is not None

    async def get(self, event_id: int) -> StoredEvent | None:
        """Read one event."""
        return await self._session.get(StoredEvent, event_id)

    async def of_message(self, channel: str, message_id: str) -> Sequence[StoredEvent]:
        """Lock every event that carries this message of the platform."""
        query = select(StoredEvent).where(StoredEvent.channel == channel, StoredEvent.message_id == message_id)
        return (await self._session.execute(query.with_for_update())).scalars().all()

    async def was_unsent(self, channel: str, message_id: str | None) -> bool:
        """Tell whether the customer has taken this message back, before or after it came."""
        if message_id is None:
            return False
        query = select(StoredEvent.id).where(
            StoredEvent.channel == channel,
            StoredEvent.target_message_id == message_id,
            StoredEvent.kind == EventKind.UNSENT,
        )
        return (await self._session.execute(query.limit(1))).first() is not None

    async def newest_edit(self, channel: str, external_id: str, message_id: str) -> StoredEvent | None:
        """Give the newest wording of a message that its customer changed, by the platform's time, or None."""
        query = select(StoredEvent).where(
            StoredEvent.channel == channel,
            StoredEvent.external_id == external_id,
            StoredEvent.message_id == message_id,
            StoredEvent.kind == EventKind.EDITED,
        )
        newest = query.order_by(StoredEvent.occurred_at.desc(), StoredEvent.id.desc()).limit(1)
        return (await self._session.execute(newest)).scalar_one_or_none()

    async def newest_read_token(self, lane: str) -> str | None:
        """Give the token that marks the lane's newest message as read, and with it all before."""
        query = select(StoredEvent.read_token).where(StoredEvent.lane == lane, StoredEvent.read_token.is_not(None))
        newest = query.order_by(StoredEvent.occurred_at.desc(), StoredEvent.id.desc()).limit(1)
        return (await self._session.execute(newest)).scalar()

    async def last_heard(self, lane: str) -> datetime | None:
        """Give the time of the customer's newest own act, which is what a platform's window counts from."""
        taken_away = and_(StoredEvent.kind == EventKind.REACTED, StoredEvent.text.is_(None))
        query = select(func.max(StoredEvent.occurred_at)).where(
            StoredEvent.lane == lane, StoredEvent.kind.in_(CUSTOMER_ACTS), not_(taken_away)
        )
        return (await self._session.execute(query)).scalar()

    async def since(self, lane: str, at: datetime) -> Sequence[StoredEvent]:
        """List what happened in a lane since then."""
        query = select(StoredEvent).where(StoredEvent.lane == lane, StoredEvent.occurred_at >= at)
        return (await self._session.execute(query)).scalars().all()

    async def newest_received(self, channel: str) -> datetime | None:
        """Tell when something came in on a channel last; None if never."""
        query = select(StoredEvent.received_at).where(StoredEvent.channel == channel)
        return (await self._session.execute(query.order_by(StoredEvent.id.desc()).limit(1))).scalar()

    async def last_referral(self, lane: str, since: datetime) -> str | None:
        """Give by which link or advertisement the customer came last, if it was since then."""
        query = select(StoredEvent.referral).where(
            StoredEvent.lane == lane, StoredEvent.occurred_at >= since, StoredEvent.referral.is_not(None)
        )
        return (await self._session.execute(query.order_by(StoredEvent.occurred_at.desc()).limit(1))).scalar()

    async def waiting_with_token(self, channel: str, since: datetime, until: datetime) -> Sequence[int]:
        """List a channel's conversations with people whose newest reply token came in this time and is unused."""
        within = {"channel": channel, "since": since, "until": until}
        return (await self._session.execute(WAITING, within)).scalars().all()

    async def take_reply_token(self, lane: str, since: datetime, now: datetime) -> StoredEvent | None:
        """Claim the lane's newest unused reply token of an event since then, or None if there is none."""
        event = (
            await self._session.execute(
                select(StoredEvent)
                .where(
                    StoredEvent.lane == lane,
                    StoredEvent.occurred_at >= since,
                    StoredEvent.reply_token.is_not(None),
                    StoredEvent.reply_token_used_at.is_(None),
                    StoredEvent.standby.is_(False),
                )
                .order_by(StoredEvent.occurred_at.desc(), StoredEvent.id.desc())
                .limit(1)
                .with_for_update(skip_locked=True)
                .execution_options(populate_existing=True)
            )
        ).scalar_one_or_none()
        if event is not None:
            event.reply_token_used_at = now
        return event
