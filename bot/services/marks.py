"""What platforms tell about the talk without a word of the customer: reactions, deliveries and reads, whose it is.

The event's row is locked by the caller; the conversation's and the case's are locked here, in that order.
"""

from datetime import datetime, timedelta

from bot.domain.candidate import Why
from bot.domain.case import Case, HandoffReason, State, Trigger
from bot.domain.conversation import Conversation
from bot.domain.history import Happened
from bot.domain.inbound import StoredEvent
from bot.services import candidates, promises
from bot.services.handoff import QUEUE
from bot.store.unit_of_work import UnitOfWork

HELPED, DID_NOT_HELP = "👍", "👎"
REFERRAL_COUNTS = timedelta(days=1)  # so long after a link or an advertisement a new case is told to come from it


async def reacted(uow: UnitOfWork, conversation: Conversation, event: StoredEvent) -> None:
    """Show the customer's newest sign under the message; nobody answers it."""
    assert event.target_message_id is not None
    message = await uow.conversations.by_part(conversation.id, event.target_message_id)
    if message is None or message.erased_at is not None:
        return
    message.reaction = event.text
    event.case_id = message.case_id
    uow.notify(conversation.lane)


async def judged(uow: UnitOfWork, conversation: Conversation, event: StoredEvent) -> None:
    """Show what the customer thinks of a message; an answer that did not help is something to learn from."""
    assert event.target_message_id is not None
    message = await uow.conversations.by_part(conversation.id, event.target_message_id)
    case = await uow.cases.get(message.case_id) if message is not None else None
    if message is None or case is None:
        return
    message.reaction = HELPED if event.own else DID_NOT_HELP
    event.case_id = case.id
    if not event.own and message.article_id is not None:
        await candidates.note(uow, case, Why.NOT_HELPFUL, answer=message)
    uow.notify(conversation.lane)


def passed(uow: UnitOfWork, conversation: Conversation, event: StoredEvent, *, read: bool) -> None:
    """Move a mark forward; what is read was delivered."""
    assert event.watermark is not None
    conversation.delivered_up_to = _later(conversation.delivered_up_to, event.watermark)
    if read:
        conversation.read_up_to = _later(conversation.read_up_to, event.watermark)
    uow.notify(conversation.lane)


async def referred(uow: UnitOfWork, case: Case, event: StoredEvent, *, opened: bool) -> None:
    """Note in the case's history by which link or advertisement the customer came, also if it was shortly before."""
    referral = event.referral
    if referral is None and opened:
        referral = await uow.inbound.last_referral(event.lane, event.occurred_at - REFERRAL_COUNTS)
    if referral is not None:
        uow.cases.happened(case, Happened.REFERRED, uow.now, actor="customer", referral=referral)


async def handed_back(uow: UnitOfWork, conversation: Conversation, case: Case | None) -> None:
    """The talk is ours again: the bot goes on, unless the customer waits for an officer by now."""
    conversation.answered_elsewhere_at = None
    silenced = case is not None and case.state is State.QUEUED
    if case is None or not silenced or case.handoff_reason is not HandoffReason.ANSWERED_ELSEWHERE:
        return
    if await promises.unanswered(uow, case.id):
        return
    case.move(Trigger.WITHDRAW, uow.now)
    case.rasa_session += 1
    uow.cases.happened(case, Happened.ASSIGNED_BACK, uow.now, actor="elsewhere")
    uow.notify(conversation.lane)
    uow.notify(QUEUE)


def _later(known: datetime | None, told: datetime) -> datetime:
    return max(known, told) if known else told
