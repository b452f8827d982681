"""Contacts, identities, conversations, messages and buttons in SQL.

Lock order everywhere: the conversation's row first, then the case's. ``lock`` and ``lock_for`` are the only ways to
get a conversation that may be written.
"""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import takewhile
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, bindparam, case, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.case import State
from bot.domain.chat import Chat, ShownMessage
from bot.domain.contact import Contact, Identity, WebChatSession
from bot.domain.conversation import Author, Button, Conversation, Delivery, Message, lane_of

AT_ONCE = 200  # messages that one read gives
REVIVED_WITHIN = timedelta(days=3)  # what is older than this means nothing any more
NO_ANSWER = "no_answer"  # why a message's delivery is unknown
UNSURE = (NO_ANSWER, "platform_down")  # after which a keyed push is tried again; it may have been shown all the same
LARGEST_CALL = 5  # more messages than any platform takes in one call
# What every message asks is built once: building a statement takes longer than reading a row.
OF_IDENTITY = (
    select(Conversation)
    .where(Conversation.channel == bindparam("channel"), Conversation.external_id == bindparam("external_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
BUTTONS = (
    select(Button)
    .where(Button.message_id.in_(bindparam("message_ids", expanding=True)))
    .order_by(Button.message_id, Button.position)
)
_NEWEST_OFFER = select(func.max(Button.message_id)).where(Button.conversation_id == bindparam("conversation_id"))
NEWEST_OFFER = select(_NEWEST_OFFER.scalar_subquery())
LAST_BUTTONS = select(Button).where(Button.message_id == _NEWEST_OFFER.scalar_subquery()).order_by(Button.position)
VISITOR = select(WebChatSession.external_id).where(WebChatSession.token_hash == bindparam("token_hash"))
# Asked by every open chat page for everything that happens in it, so as plain SQL. Without news, one row tells how
# things stand.
CHAT = text(
    "select known.id as conversation_id,"
    " (select state from cases where conversation_id = known.id order by id desc limit 1) as state,"
    " exists(select 1 from inbound_events where lane = :lane and state in ('new', 'asking')) as busy,"
    " m.id, m.seq, m.author, m.name, m.text, m.language, m.at, m.client_id,"
    " m.article_id, m.article_version, m.article_source, m.article_reviewed_on,"
    " (select json_agg(json_build_object('title', title, 'payload', id) order by position)"
    "  from buttons where message_id = m.id) as buttons,"
    " exists(select 1 from attachments where message_id = m.id) as has_files"
    " from (select (select id from conversations where channel = :channel and external_id = :external_id) as id) known"
    " left join lateral (select * from messages where conversation_id = known.id and seq > :after"
    "  order by seq limit :most) m on true"
    " order by m.seq"
)


class ConversationStore:
    """What was said, by whom, on which identity."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._held: dict[tuple[str, str], Conversation] = {}

    def is_locked(self, conversation: Conversation) -> None:
        """Know that this row was locked by another statement of the transaction, which ``lock_for`` then spares."""
        self._held[conversation.channel, conversation.external_id] = conversation

    async def lock_for(self, channel: str, external_id: str, now: datetime) -> Conversation:
        """Lock the identity's conversation, making contact, identity and conversation where they are new."""
        found = self._held.get((channel, external_id)) or await self._locked(channel, external_id)
        if found is None:
            await self._create(channel, external_id, now)
            found = await self._locked(channel, external_id)
        assert found is not None
        return found

    async def lock(self, conversation_id: int) -> Conversation:
        """Lock a conversation by id."""
        query = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
        return (await self._session.execute(query.execution_options(populate_existing=True))).scalar_one()

    async def get(self, conversation_id: int) -> Conversation:
        """Read a conversation by id."""
        return await self._session.get_one(Conversation, conversation_id)

    async def _locked(self, channel: str, external_id: str) -> Conversation | None:
        identity = {"channel": channel, "external_id": external_id}
        return (await self._session.execute(OF_IDENTITY, identity)).scalar_one_or_none()

    async def _create(self, channel: str, external_id: str, now: datetime) -> None:
        # Two first messages of one customer may race: the identity's unique key decides, the loser's contact is unused.
        await self._session.execute(
            text("select pg_advisory_xact_lock(hashtextextended(:key, 1))"), {"key": f"{channel}:{external_id}"}
        )
        if await self._locked(channel, external_id):
            return
        contact = Contact(created_at=now)
        self._session.add(contact)
        await self._session.flush()
        identity = Identity(contact_id=contact.id, channel=channel, external_id=external_id, created_at=now)
        self._session.add(identity)
        await self._session.flush()
        self._session.add(
            Conversation(
                identity_id=identity.id,
                contact_id=contact.id,
                channel=channel,
                external_id=external_id,
                last_seq=0,
                created_at=now,
            )
        )
        await self._session.flush()

    async def contact(self, contact_id: int) -> Contact | None:
        """Read a customer."""
        return await self._session.get(Contact, contact_id)

    async def display_name(self, contact_id: int) -> str | None:
        """Read the name under which a platform knows the customer."""
        query = select(Identity.display_name).where(
            Identity.contact_id == contact_id, Identity.display_name.is_not(None)
        )
        return (await self._session.execute(query.order_by(Identity.id.desc()).limit(1))).scalar()

    async def add_message(self, message: Message, buttons: Sequence[Button] = ()) -> Message:
        """Store a message with the buttons it offers; both are written, and get their ids, with the next flush."""
        message.offers = list(buttons)
        self._session.add(message)
        return message

    async def find(self, channel: str, external_id: str) -> Conversation | None:
        """Find a conversation without locking it (for readers)."""
        return (
            await self._session.execute(
                select(Conversation).where(Conversation.channel == channel, Conversation.external_id == external_id)
            )
        ).scalar_one_or_none()

    async def chat(self, channel: str, external_id: str, after: int, most: int = AT_ONCE) -> Chat:
        """Read in one statement what an identity, known or not, is to see behind a seq, and how things stand."""
        identity = {"channel": channel, "external_id": external_id, "lane": lane_of(channel, external_id)}
        found = await self._session.execute(CHAT, identity | {"after": after, "most": most})
        rows = found.mappings().all()
        return Chat(
            conversation_id=rows[0]["conversation_id"],
            state=State(rows[0]["state"]) if rows[0]["state"] else None,
            busy=rows[0]["busy"],
            messages=[_shown(row) for row in rows if row["seq"] is not None],
        )

    async def lane_of_id(self, conversation_id: int) -> str | None:
        """Name a conversation's lane, to listen to it."""
        found = await self._session.get(Conversation, conversation_id)
        return found.lane if found else None

    async def messages_of_case(self, case_id: int) -> Sequence[Message]:
        """List a case's messages, oldest first."""
        return (
            (await self._session.execute(select(Message).where(Message.case_id == case_id).order_by(Message.seq)))
            .scalars()
            .all()
        )

    async def buttons_of(self, message_ids: Sequence[int]) -> Sequence[Button]:
        """List the buttons of these messages in their order."""
        return (await self._session.execute(BUTTONS, {"message_ids": message_ids})).scalars().all()

    async def button(self, conversation_id: int, button_id: str) -> Button | None:
        """Find a button that was offered in this very conversation."""
        return (
            await self._session.execute(
                select(Button).where(Button.conversation_id == conversation_id, Button.id == button_id)
            )
        ).scalar_one_or_none()

    async def last_buttons(self, conversation_id: int) -> Sequence[Button]:
        """List the buttons that were offered last, in their order."""
        return (await self._session.execute(LAST_BUTTONS, {"conversation_id": conversation_id})).scalars().all()

    async def newest_offer(self, conversation_id: int) -> int | None:
        """Give the id of the newest message that offers buttons, None if there never was one."""
        return (await self._session.execute(NEWEST_OFFER, {"conversation_id": conversation_id})).scalar()

    async def newest_of_case(self, case_id: int) -> Message | None:
        """Read the newest message of a case."""
        query = select(Message).where(Message.case_id == case_id).order_by(Message.seq.desc()).limit(1)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def last_script(self, case_id: int) -> str | None:
        """Give the script that the bot said last in a case, None if it was none."""
        query = select(Message.script).where(Message.case_id == case_id, Message.author == Author.BOT)
        return (await self._session.execute(query.order_by(Message.seq.desc()).limit(1))).scalar()

    async def said_since(self, case_id: int, scripts: Sequence[str], since: datetime) -> bool:
        """Tell whether the bot said one of these scripts in a case at that time or later."""
        query = select(Message.id).where(
            Message.case_id == case_id, Message.author == Author.BOT, Message.script.in_(scripts), Message.at >= since
        )
        return (await self._session.execute(query.limit(1))).first() is not None

    async def reply_on_its_way(self, case_id: int) -> bool:
        """Tell whether an officer's reply of the case is still to be sent."""
        query = select(Message.id).where(
            Message.case_id == case_id, Message.author == Author.AGENT, Message.delivery == Delivery.PENDING
        )
        return (await self._session.execute(query.limit(1))).first() is not None

    async def message(self, conversation_id: int, seq: int) -> Message | None:
        """Lock one message by its seq."""
        query = select(Message).where(Message.conversation_id == conversation_id, Message.seq == seq)
        return (await self._session.execute(query.with_for_update())).scalar_one_or_none()

    async def by_platform_id(self, conversation_id: int, external_message_id: str) -> Message | None:
        """Lock the message that the platform calls by this name."""
        return await self._one_message(conversation_id, Message.external_message_id == external_message_id)

    async def by_part(self, conversation_id: int, external_id: str) -> Message | None:
        """Lock the message of which the platform calls any part by this name: of ours, a card may be meant."""
        found = await self.by_platform_id(conversation_id, external_id)
        if found is not None:
            return found
        return await self._one_message(conversation_id, Message.more_external_ids.contains([external_id]))

    async def by_retry_key(self, conversation_id: int, key: str | None) -> Message | None:
        """Lock the outgoing message of this key; anything that is no key finds nothing."""
        try:
            return await self._one_message(conversation_id, Message.retry_key == UUID(key)) if key else None
        except ValueError:
            return None

    async def _one_message(self, conversation_id: int, condition: ColumnElement[bool]) -> Message | None:
        query = select(Message).where(Message.conversation_id == conversation_id, condition).limit(1)
        found = await self._session.execute(query.with_for_update().execution_options(populate_existing=True))
        return found.scalar_one_or_none()

    async def message_by_id(self, message_id: int) -> Message | None:
        """Read one message."""
        return await self._session.get(Message, message_id)

    async def quoted_by(self, messages: Collection[Message]) -> dict[int, Message]:
        """Read the messages that these answer, by id."""
        ids = {message.quoted_id for message in messages if message.quoted_id is not None}
        if not ids:
            return {}
        found = await self._session.execute(select(Message).where(Message.id.in_(ids)))
        return {message.id: message for message in found.scalars()}

    async def last_customer_seq(self, case_id: int) -> int:
        """Give the seq of the customer's newest message in a case, 0 if there is none."""
        query = select(func.max(Message.seq)).where(Message.case_id == case_id, Message.author == Author.CUSTOMER)
        return int((await self._session.execute(query)).scalar() or 0)

    async def count_erased(self, case_id: int) -> int:
        """Count the messages of a case that were taken back."""
        query = select(func.count()).where(Message.case_id == case_id, Message.erased_at.is_not(None))
        return int((await self._session.execute(query)).scalar_one())

    # outgoing messages

    async def next_to_send(self, lane: str, now: datetime) -> Message | None:
        """Lock the lane's oldest unsent message and give it if its time has come."""
        message = (
            await self._session.execute(
                select(Message)
                .where(Message.lane == lane, Message.delivery == Delivery.PENDING)
                .order_by(Message.seq)
                .limit(1)
                .with_for_update()
            )
        ).scalar_one_or_none()
        due = message is not None and message.next_attempt_at is not None and message.next_attempt_at <= now
        return message if due else None

    async def unsent(self, lane: str) -> Sequence[Message]:
        """List the lane's unsent messages, oldest first; only the worker that holds the lane changes them."""
        query = select(Message).where(Message.lane == lane, Message.delivery == Delivery.PENDING)
        return (await self._session.execute(query.order_by(Message.seq))).scalars().all()

    async def lock_message(self, message_id: int) -> Message:
        """Load a message and hold its row."""
        return (
            await self._session.execute(
                select(Message)
                .where(Message.id == message_id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        ).scalar_one()

    async def untried(self, message: Message) -> Sequence[Message]:
        """Lock this message and those behind it in its lane that were never tried, up to the first that was."""
        query = (
            select(Message)
            .where(Message.lane == message.lane, Message.delivery == Delivery.PENDING, Message.seq >= message.seq)
            .order_by(Message.seq)
            .limit(LARGEST_CALL)
        )
        found = (await self._session.execute(query.with_for_update())).scalars().all()
        return list(takewhile(lambda row: row.attempts == 0 and row.reply_event_id is None, found))

    async def bundled_with(self, leader: Message) -> Sequence[Message]:
        """Lock the messages that were pushed under this one's key and are still to be settled."""
        query = select(Message).where(Message.push_leader_id == leader.id, Message.delivery == Delivery.PENDING)
        return (await self._session.execute(query.order_by(Message.seq).with_for_update())).scalars().all()

    async def bundle_of(self, message: Message) -> Sequence[Message]:
        """Lock a message with all that were pushed under the same key."""
        leader = message.push_leader_id or message.id
        query = select(Message).where(or_(Message.id == leader, Message.push_leader_id == leader))
        return (await self._session.execute(query.order_by(Message.seq).with_for_update())).scalars().all()

    async def sent_with(self, reply_event_id: int) -> Sequence[Message]:
        """Lock the messages that wait for the outcome of one reply call."""
        query = (
            select(Message)
            .where(Message.reply_event_id == reply_event_id, Message.delivery == Delivery.PENDING)
            .order_by(Message.seq)
        )
        return (await self._session.execute(query.with_for_update())).scalars().all()

    async def hold(self, lane: str, said_at: datetime, until: datetime) -> None:
        """Let what was said or revived just now wait for what is about to follow, so that all leave in one call."""
        await self._due(lane, until, or_(Message.at == said_at, Message.next_attempt_at == said_at))

    async def revive(self, lane: str, reason: str, now: datetime) -> bool:
        """Send again what surely was not shown, for this reason; True if there was any."""
        failed = Message.lane == lane, Message.delivery == Delivery.FAILED, Message.delivery_reason == reason
        anew = {"attempts": 0, "claimed_at": None, "reply_event_id": None, "push_leader_id": None}
        revived = await self._session.execute(
            update(Message)
            .where(*failed, Message.at > now - REVIVED_WITHIN)
            .values(delivery=Delivery.PENDING, delivery_reason=None, next_attempt_at=now, **anew)
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        )
        return revived.first() is not None

    async def release(self, lane: str, now: datetime) -> None:
        """Send what was held."""
        await self._due(lane, now, Message.next_attempt_at > now)

    async def _due(self, lane: str, at: datetime, condition: ColumnElement[bool]) -> None:
        await self._session.execute(
            update(Message)
            .where(Message.lane == lane, Message.delivery == Delivery.PENDING, Message.attempts == 0, condition)
            .values(next_attempt_at=at)
            .execution_options(synchronize_session=False)
        )

    async def cancel_sends(self, lane: str, reason: str) -> None:
        """Give up whatever is still to be sent; what a worker is sending right now is settled by that worker.

        Of what was tried and got no clear answer nobody knows whether it was shown.
        """
        unsure = Message.delivery_reason.in_(UNSURE)
        await self._session.execute(
            update(Message)
            .where(Message.lane == lane, Message.delivery == Delivery.PENDING, Message.claimed_at.is_(None))
            .values(
                delivery=case((unsure, Delivery.UNKNOWN), else_=Delivery.FAILED),
                delivery_reason=case((unsure, NO_ANSWER), else_=reason),
                next_attempt_at=None,
            )
            .execution_options(synchronize_session=False)
        )

    async def ours_since(self, lane: str, at: datetime) -> Sequence[Message]:
        """List what was said in a lane on our side since then."""
        query = select(Message).where(Message.lane == lane, Message.author != Author.CUSTOMER, Message.at >= at)
        return (await self._session.execute(query)).scalars().all()

    # visitors of the web chat

    async def add_visitor(self, visitor: WebChatSession) -> None:
        """Store a new visitor."""
        await self._session.execute(
            insert(WebChatSession).values(
                token_hash=visitor.token_hash, external_id=visitor.external_id, created_at=visitor.created_at
            )
        )

    async def visitor(self, token_hash: str) -> str | None:
        """Give the visitor's id for a token's hash."""
        return (await self._session.execute(VISITOR, {"token_hash": token_hash})).scalar_one_or_none()


def _shown(row: RowMapping) -> ShownMessage:
    values = {field.name: row[field.name] for field in fields(ShownMessage)}
    return ShownMessage(**values | {"author": Author(row["author"]), "buttons": row["buttons"] or []})
