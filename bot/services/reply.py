"""Delivery of what was said: claimed in a committed row before the call (``claims``), settled in another after it.

A message is visible at most once and never silently lost: it ends ``sent``, ``failed`` or ``unknown``. A claim that
was never settled (its worker died between) is repeated with the same retry key on a keyed channel, and is ``unknown``
on any other, unless the platform's echo of it comes in time.

Messages that went with a reply token belong to that call: after an unknown outcome only the same token is tried, while
it is fresh, and never a push of the same words. Only a clear refusal sets them free for a push.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.domain.case import Case, HandoffReason, State
from bot.domain.conversation import Author, Delivery, Message
from bot.domain.limits import Limits
from bot.services import ending, handoff, promises, troubles
from bot.services.claims import Channels, Interrupted, Parcel, Settled, claim
from bot.services.handoff import QUEUE
from bot.services.platform import pause
from bot.services.quotas import QUOTA
from bot.store.unit_of_work import UnitOfWork, UowFactory
from connectors.contract import (
    FAULTS,
    BundleChannel,
    ChannelError,
    ChannelHalted,
    DeliveryFailed,
    DeliveryUnknown,
    Receipt,
    RecipientUnreachable,
    ReplyChannel,
    ReplyTokenInvalid,
    ThreadTakenOver,
)

MAX_TRIES = 10
LONGEST_PAUSE = timedelta(minutes=5)
AWAITED = "awaiting_echo"  # the reason of a message that nobody answered for, while its echo may still come
ONE_TO_BLAME = ("refused", "too_long")  # reasons that lie in one message of a call
log = structlog.get_logger()
Outcome = Sequence[Receipt] | ChannelError


async def deliver_next(new_uow: UowFactory, channels: Channels, lane: str, *, limits: Limits) -> bool:
    """Send what the lane has to send next, with what fits into the same call; False when nothing is due.

    Claim, call with no transaction open, settle. Where customers read the stored rows themselves one transaction
    settles all of them.
    """
    channel = channels.get(lane.partition(":")[0])
    if channel is not None and channel.pulled:
        await _settle_pulled(new_uow, lane)
        return False
    async with new_uow() as uow:
        message = await uow.conversations.next_to_send(lane, uow.now)
        if message is None:
            await uow.commit()
            return False
        claimed = await claim(uow, channel, message, limits=limits)
        await uow.commit()
    if claimed is None:
        return False  # the lane's oldest waits, and those behind it
    outcome = claimed.outcome if isinstance(claimed, Settled) else await _call(claimed)
    async with new_uow() as uow:
        await settle(uow, claimed, outcome, limits=limits)
        await uow.commit()
    return True


async def _settle_pulled(new_uow: UowFactory, lane: str) -> None:
    async with new_uow() as uow:
        messages = await uow.conversations.unsent(lane)
        if not messages:
            await uow.commit()
            return
        if any(message.author is Author.AGENT for message in messages):
            await uow.conversations.lock(messages[0].conversation_id)
            await uow.cases.open_in(messages[0].conversation_id)
        for message in messages:
            await _sent(uow, message, Receipt())
        uow.notify(lane)
        await uow.commit()


async def _call(parcel: Parcel) -> Outcome:
    try:
        if parcel.reply_token is not None and isinstance(parcel.channel, ReplyChannel):
            return await parcel.channel.reply(parcel.reply_token, parcel.messages)
        if len(parcel.messages) > 1 and isinstance(parcel.channel, BundleChannel):
            return await parcel.channel.send_all(parcel.messages)
        return [await parcel.channel.send(parcel.messages[0])]
    except ChannelError as error:
        return error
    except FAULTS as error:
        # A connector's own bug must not end the worker, nor be repeated: nobody knows whether anything was shown.
        log.exception("channel.failed", channel=parcel.channel.name, error=error)
        return Interrupted()


async def settle(uow: UnitOfWork, claimed: Parcel | Settled, outcome: Outcome, *, limits: Limits) -> None:
    """Write down how a call ended, for each message that it carried.

    Whatever touches the case (an officer's reply answers its promises, a lost answer calls for a person) needs the
    conversation's and the case's rows, which are locked before the messages'.
    """
    first = await uow.conversations.message_by_id(claimed.ids[0])
    assert first is not None
    case: Case | None = None
    if first.author is Author.AGENT or isinstance(outcome, ChannelError):
        await uow.conversations.lock(first.conversation_id)
        case = await uow.cases.open_in(first.conversation_id)
    await _note_channel(uow, first.lane.partition(":")[0], outcome)
    replied = isinstance(claimed, Parcel) and claimed.reply_token is not None
    alone = len(claimed.ids) == 1
    again = isinstance(claimed, Parcel) and claimed.again
    for position, message_id in enumerate(claimed.ids):
        message = await uow.conversations.lock_message(message_id)
        receipt = _receipt(outcome, position)
        if message.delivery is not Delivery.PENDING:  # its echo was faster, and told of one part only
            message.more_external_ids = list(receipt.more_ids) or message.more_external_ids
        elif not isinstance(outcome, ChannelError):
            await _sent(uow, message, receipt)
        elif replied:
            await _reply_failed(uow, message, case, outcome, again=again, alone=alone, limits=limits)
        elif not alone and isinstance(outcome, DeliveryFailed) and outcome.reason in ONE_TO_BLAME:
            _unbundle(uow, message)
        else:
            await _push_failed(uow, message, case, outcome, limits=limits)
    uow.notify(first.lane)


def _receipt(outcome: Outcome, position: int) -> Receipt:
    """Give what the platform told of one message of a call; nothing where it told nothing."""
    told = () if isinstance(outcome, ChannelError) else outcome
    return told[position] if position < len(told) else Receipt()


async def _note_channel(uow: UnitOfWork, channel: str, outcome: Outcome) -> None:
    """Let the desk see what keeps a channel from sending, and that it works again."""
    match outcome:
        case ChannelHalted(reason=reason):
            await troubles.begin(uow, channel, reason)
        case DeliveryFailed(reason="quota_used"):
            await uow.channels.use_up(channel)
            uow.notify(QUOTA)
        case ChannelError():
            pass
        case _:
            await troubles.end(uow, channel)


def _unbundle(uow: UnitOfWork, message: Message) -> None:
    """Send each of several alone, under a key of its own: the call was refused for one of them."""
    _free(message)
    message.push_leader_id = None
    message.retry_key = uuid.uuid4()
    message.next_attempt_at = uow.now


async def _sent(uow: UnitOfWork, message: Message, receipt: Receipt) -> None:
    message.external_message_id, message.more_external_ids = receipt.external_message_id, list(receipt.more_ids)
    message.sent_at = uow.now
    _finish(message, Delivery.SENT, None)
    case = await uow.cases.get(message.case_id) if message.author is Author.AGENT else None
    if case is not None:
        await promises.answer(uow, case, uow.now)
        uow.notify(QUEUE)


async def _reply_failed(
    uow: UnitOfWork, message: Message, case: Case | None, error: ChannelError, *, again: bool, alone: bool,
    limits: Limits,
) -> None:  # fmt: skip
    """A reply call did not succeed for certain: after a clear refusal of the first try the message may be pushed."""
    match error:
        case ReplyTokenInvalid() if again:  # used up by the first try, or too old: nobody knows which
            await _not_shown(uow, message, case, Delivery.UNKNOWN, "no_answer", limits)
        case RecipientUnreachable() | ThreadTakenOver():
            await _push_failed(uow, message, case, error, limits=limits)
        case _ if again:
            _later(uow, message, timedelta(), "no_answer")
        case DeliveryUnknown():
            _later(uow, message, timedelta(), "no_answer")
        case DeliveryFailed(retry_after=None) if alone:
            await _push_failed(uow, message, case, error, limits=limits)
        case DeliveryFailed(retry_after=timedelta() as pause_) | ChannelHalted(retry_after=pause_):
            _free(message)
            _later(uow, message, pause_, None)
        case _:  # the token was refused, or one message of several was: pushed alone, only that one fails
            _free(message)
            message.next_attempt_at = uow.now


async def _push_failed(
    uow: UnitOfWork, message: Message, case: Case | None, error: ChannelError, *, limits: Limits
) -> None:
    echo_within = limits.echoes.get(message.lane.partition(":")[0])
    match error:
        case ChannelHalted():
            _free(message)
            message.attempts -= 1
            message.next_attempt_at, message.delivery_reason = uow.now + error.retry_after, error.reason
        case DeliveryFailed(retry_after=timedelta() as pause_) if message.attempts < (error.most_tries or MAX_TRIES):
            _free(message)
            _later(uow, message, pause_, error.reason)
        case DeliveryFailed():
            await _not_shown(uow, message, case, Delivery.FAILED, error.reason, limits)
        case RecipientUnreachable():
            await _not_shown(uow, message, case, Delivery.FAILED, "unreachable", limits)
        case ThreadTakenOver():
            await _not_shown(uow, message, case, Delivery.FAILED, "thread_elsewhere", limits)
        case _ if echo_within is not None and message.delivery_reason != AWAITED:
            message.next_attempt_at, message.delivery_reason = uow.now + echo_within, AWAITED  # still claimed
        case _:
            lost = isinstance(error, Interrupted) and message.delivery_reason != AWAITED
            reason = "interrupted" if lost else "no_answer"
            await _not_shown(uow, message, case, Delivery.UNKNOWN, reason, limits)


async def _not_shown(
    uow: UnitOfWork, message: Message, case: Case | None, delivery: Delivery, reason: str, limits: Limits
) -> None:
    """End a send that did not succeed for certain, and see to it that somebody notices."""
    _finish(message, delivery, reason)
    if message.author is Author.AGENT:
        ended = await uow.cases.get(message.case_id)
        if ended is not None and ended.state not in (State.AGENT, State.QUEUED):
            await promises.cancel(uow, ended)
    elif case is not None and case.id == message.case_id and case.state is State.BOT:
        await _call_a_person(uow, message, case, reason, limits)
    uow.notify(QUEUE)


async def _call_a_person(uow: UnitOfWork, message: Message, case: Case, reason: str, limits: Limits) -> None:
    """Queue a bot case whose answer did not arrive; a customer who can't be reached needs nobody."""
    if reason == "unreachable":
        await ending.discard(uow, case, "blocked", actor="desk")
    elif reason == "thread_elsewhere":
        await pause(uow, case)
    elif case.first_written_at is not None:
        conversation = await uow.conversations.lock(message.conversation_id)
        unknown = message.delivery is Delivery.UNKNOWN
        why = HandoffReason.DELIVERY_UNKNOWN if unknown else HandoffReason.DELIVERY_FAILED
        await handoff.request(uow, conversation, case, why, limits=limits)


def _later(uow: UnitOfWork, message: Message, pause_: timedelta, reason: str | None) -> None:
    """Try again after a pause that grows with the tries, and is at least the platform's."""
    growing = min(timedelta(seconds=2 ** min(message.attempts - 1, 9)), LONGEST_PAUSE)
    message.next_attempt_at = uow.now + max(pause_, growing)
    message.delivery_reason = reason


def _free(message: Message) -> None:
    """Undo the claim: surely nothing was shown, or the same retry key makes it safe to repeat."""
    message.claimed_at = message.reply_event_id = None


def _finish(message: Message, delivery: Delivery, reason: str | None) -> None:
    message.delivery, message.delivery_reason = delivery, reason
    message.next_attempt_at = None
