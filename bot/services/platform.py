"""What happens on a platform beside the customer's words: taken back, gone, or answered by somebody else.

``beside`` is called for every event before anything else is done with it. The event's row is locked by the caller;
the conversation's and the case's are locked here, in that order.
"""

from bot.domain.case import Case, HandoffReason, State, Trigger
from bot.domain.channel_status import SUSPENDED
from bot.domain.conversation import Author, Conversation, Delivery, Message
from bot.domain.history import Happened
from bot.domain.inbound import StoredEvent
from bot.domain.media import placeholder
from bot.services import attachments, editing, ending, erasing, errands, marks, promises, troubles
from bot.services.handoff import QUEUE
from bot.services.say import customer_message, quote
from bot.store.unit_of_work import UnitOfWork
from connectors.contract import EventKind

OF_ACCOUNT = frozenset(
    {EventKind.INVITED, EventKind.SUSPENDED, EventKind.RESUMED, EventKind.WARNED, EventKind.CLEARED}
)  # fmt: skip
MARKS = frozenset(
    {
        EventKind.REACTED, EventKind.JUDGED, EventKind.DELIVERED, EventKind.READ, EventKind.REFERRED, EventKind.HANDED,
    }
)  # fmt: skip
OUTSIDE = "ตอบจากนอกระบบ"  # who speaks in an echo: a person of the page, or another app


async def beside(uow: UnitOfWork, event: StoredEvent) -> bool:
    """Do what the event means if it is not the customer's turn in the talk; True when nothing else is to be done."""
    match event.kind:
        case EventKind.OTHER:
            return True
        case EventKind.UNSENT:
            await _unsent(uow, event)
        case EventKind.LEFT:
            await _left(uow, event)
        case EventKind.ECHO:
            await _echo(uow, event)
        case kind if kind in OF_ACCOUNT:
            await _account(uow, event)
        case kind if kind in MARKS:
            await _marked(uow, event)
        case _ if await uow.inbound.was_unsent(event.channel, event.message_id):
            event.erase()
        case EventKind.EDITED:
            await editing.edited(uow, event)
        case _:
            await editing.use_newest(uow, event)
            if not event.standby:
                return False
            await _standby(uow, event)
    return True


async def _account(uow: UnitOfWork, event: StoredEvent) -> None:
    """See to what happens to our account: asked into a group, warned or stopped by the platform, let go again."""
    match event.kind:
        case EventKind.INVITED:
            await errands.decline(uow, event)
        case EventKind.WARNED | EventKind.CLEARED:
            await troubles.warn(uow, event)
        case EventKind.SUSPENDED:
            await troubles.begin(uow, event.channel, SUSPENDED)
        case _:
            await troubles.end(uow, event.channel, only=SUSPENDED)


async def pause(uow: UnitOfWork, case: Case) -> None:
    """Silence the bot because a person answers elsewhere; nothing is promised and nothing is said."""
    case.move(Trigger.HAND_OFF, uow.now)
    case.handoff_reason, case.handoff_at = HandoffReason.ANSWERED_ELSEWHERE, uow.now
    case.pending_question = None
    uow.cases.happened(case, Happened.HANDOFF_REQUESTED, uow.now, actor="desk", reason=HandoffReason.ANSWERED_ELSEWHERE)
    uow.notify(QUEUE)


async def _marked(uow: UnitOfWork, event: StoredEvent) -> None:
    conversation = await _known(uow, event)
    if conversation is None:
        return
    case = await uow.cases.open_in(conversation.id)
    match event.kind:
        case EventKind.REACTED:
            await marks.reacted(uow, conversation, event)
        case EventKind.JUDGED:
            await marks.judged(uow, conversation, event)
        case EventKind.DELIVERED | EventKind.READ:
            marks.passed(uow, conversation, event, read=event.kind is EventKind.READ)
        case EventKind.REFERRED if case is not None:
            await marks.referred(uow, case, event, opened=False)
        case EventKind.HANDED if event.own:
            await marks.handed_back(uow, conversation, case)
        case EventKind.HANDED:
            conversation.answered_elsewhere_at = event.occurred_at
            if case is not None and case.state is State.BOT:
                await pause(uow, case)


async def _unsent(uow: UnitOfWork, event: StoredEvent) -> None:
    conversation = await _known(uow, event)
    assert event.target_message_id is not None
    wordings = set()
    for stored in await uow.inbound.of_message(event.channel, event.target_message_id):
        if stored.external_id == event.external_id:
            wordings.add(stored.text)
            stored.erase()
    if conversation is None:
        return
    message = await uow.conversations.by_platform_id(conversation.id, event.target_message_id)
    if message is not None and message.author is Author.CUSTOMER:
        await uow.cases.open_in(conversation.id)
        await erasing.erase(uow, conversation, message, wordings=[one for one in wordings if one])


async def _left(uow: UnitOfWork, event: StoredEvent) -> None:
    """The customer unfollowed or blocked: nothing more is sent, and the case ends without a survey."""
    conversation = await _known(uow, event)
    if conversation is None:
        return
    await uow.conversations.cancel_sends(conversation.lane, "unreachable")
    case = await uow.cases.open_in(conversation.id)
    if case is None:
        return
    if case.state is State.SURVEY:
        await ending.unrated(uow, case)
    else:
        await ending.discard(uow, case, "unfollowed", actor="customer")
    uow.notify(conversation.lane)
    uow.notify(QUEUE)


async def _echo(uow: UnitOfWork, event: StoredEvent) -> None:
    """Words that went out on our side: our own settle a send that hung, a person's silence the bot."""
    conversation = await uow.conversations.lock_for(event.channel, event.external_id, uow.now)
    if await _is_own(uow, conversation, event):
        return
    conversation.answered_elsewhere_at = max(conversation.answered_elsewhere_at or event.occurred_at, event.occurred_at)
    case = await uow.cases.open_in(conversation.id) or await uow.cases.newest_in(conversation.id)
    if case is None:
        return
    event.case_id = case.id
    message = customer_message(uow, conversation, case, words_of(event), None, event.message_id)
    message.author, message.name = Author.AGENT, OUTSIDE
    await uow.conversations.add_message(message)
    uow.cases.happened(case, Happened.ANSWERED_ELSEWHERE, uow.now, actor="elsewhere", seq=message.seq)
    if case.state is State.BOT:
        await pause(uow, case)
    elif case.state in (State.QUEUED, State.AGENT):
        case.bot_assists = False
        await promises.answer(uow, case, event.occurred_at)
    uow.notify(conversation.lane)
    uow.notify(QUEUE)


async def _is_own(uow: UnitOfWork, conversation: Conversation, event: StoredEvent) -> bool:
    """Recognise what we sent ourselves, and settle a send whose outcome hung."""
    sent = await uow.conversations.by_retry_key(conversation.id, event.correlation_id)
    if sent is None and event.message_id is not None:
        sent = await uow.conversations.by_platform_id(conversation.id, event.message_id)
    hung = sent is not None and (
        sent.delivery is Delivery.UNKNOWN or (sent.delivery is Delivery.PENDING and sent.claimed_at is not None)
    )
    if sent is not None:
        sent.shown_at = event.occurred_at
        sent.external_message_id = sent.external_message_id or event.message_id
    if sent is not None and hung:
        sent.delivery, sent.delivery_reason, sent.next_attempt_at = Delivery.SENT, None, None
        sent.sent_at, sent.external_message_id = event.occurred_at, event.message_id
        await _answered_after_all(uow, conversation, sent)
    return event.own or sent is not None


async def _answered_after_all(uow: UnitOfWork, conversation: Conversation, sent: Message) -> None:
    case = await uow.cases.open_in(conversation.id)
    if case is not None and sent.author is Author.AGENT and sent.case_id == case.id:
        await promises.answer(uow, case, sent.sent_at or uow.now)
    uow.notify(conversation.lane)


async def _standby(uow: UnitOfWork, event: StoredEvent) -> None:
    """Somebody else has this talk: what is said is kept with the open case, and nobody here answers."""
    conversation = await _known(uow, event)
    case = await uow.cases.open_in(conversation.id) if conversation else None
    if conversation is None or case is None or event.kind is EventKind.OPENED:
        return
    event.case_id = case.id
    message = customer_message(uow, conversation, case, words_of(event), event.client_id, event.message_id)
    await quote(uow, conversation, message, event)
    await uow.conversations.add_message(message)
    await attachments.keep(uow, event, message)
    uow.notify(conversation.lane)


async def _known(uow: UnitOfWork, event: StoredEvent) -> Conversation | None:
    found = await uow.conversations.find(event.channel, event.external_id)
    return await uow.conversations.lock(found.id) if found else None


def words_of(event: StoredEvent) -> str:
    """Say in words what an event brought, for the transcript."""
    if event.text is not None and event.media is None:
        return event.text
    return placeholder(event.media, event.text) if event.media else "…"
