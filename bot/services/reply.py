"""Delivery of what was said: claimed in a committed row before the call, settled in another after it.

A message is visible at most once and never silently lost: it ends ``sent``, ``failed`` or ``unknown``. A claim that
was never settled (its worker died between) is repeated with the same retry key on a keyed channel, and is ``unknown``
on any other.
"""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.case import State
from bot.domain.conversation import Author, Delivery, Message
from bot.services import promises
from bot.services.handoff import QUEUE
from bot.store.unit_of_work import UnitOfWork, UowFactory
from connectors.contract import (
    Channel,
    DeliveryFailed,
    DeliveryUnknown,
    OutboundButton,
    OutboundMessage,
    Receipt,
    RecipientUnreachable,
)

MAX_TRIES = 8
Channels = Mapping[str, Channel]
Outcome = Receipt | DeliveryFailed | RecipientUnreachable | DeliveryUnknown


async def deliver(new_uow: UowFactory, channels: Channels, message_id: int) -> None:
    """Send one message: claim, call the platform with no transaction open, settle."""
    async with new_uow() as uow:
        claimed = await claim(uow, channels, message_id)
        await uow.commit()
    if claimed is None:
        return
    channel, outbound = claimed
    outcome = await _send(channel, outbound)
    async with new_uow() as uow:
        await settle(uow, message_id, outcome)
        await uow.commit()


async def claim(uow: UnitOfWork, channels: Channels, message_id: int) -> tuple[Channel, OutboundMessage] | None:
    """Mark the row as being sent and return what to send, or None if there is nothing to send any more."""
    message = await uow.conversations.lock_message(message_id)
    if message.delivery is not Delivery.PENDING:
        return None
    name, _, external_id = message.lane.partition(":")
    channel = channels.get(name)
    if channel is None:
        _finish(message, Delivery.FAILED, "channel_off")
        return None
    if message.claimed_at is not None and not channel.keyed:
        _finish(message, Delivery.UNKNOWN, "interrupted")
        return None
    message.claimed_at = uow.now
    message.attempts += 1
    buttons = await uow.conversations.buttons_of([message.id])
    assert message.retry_key is not None
    return channel, OutboundMessage(
        external_id=external_id,
        text=message.text,
        retry_key=message.retry_key,
        sender_name=message.name,
        buttons=[OutboundButton(id=button.id, title=button.title) for button in buttons],
    )


async def settle(uow: UnitOfWork, message_id: int, outcome: Outcome) -> None:
    """Write down how a send ended; a failure that may pass is tried again later, with growing pauses.

    An officer's reply that the platform accepted answers the case's promises, so the case's rows are locked first.
    """
    message = await uow.conversations.message_by_id(message_id)
    assert message is not None
    if message.author is Author.AGENT:
        await uow.conversations.lock(message.conversation_id)
        await uow.cases.open_in(message.conversation_id)
    message = await uow.conversations.lock_message(message_id)
    match outcome:
        case Receipt():
            message.external_message_id = outcome.external_message_id
            message.sent_at = uow.now
            _finish(message, Delivery.SENT, None)
            await _answered(uow, message)
        case DeliveryFailed(retry_after=timedelta() as pause) if message.attempts < MAX_TRIES:
            message.claimed_at = None
            message.next_attempt_at = uow.now + max(pause, timedelta(seconds=2 ** (message.attempts - 1)))
            message.delivery_reason = outcome.reason
        case DeliveryFailed():
            await _not_shown(uow, message, Delivery.FAILED, outcome.reason)
        case RecipientUnreachable():
            await _not_shown(uow, message, Delivery.FAILED, "unreachable")
        case DeliveryUnknown():
            await _not_shown(uow, message, Delivery.UNKNOWN, "no_answer")
    uow.notify(message.lane)


async def _not_shown(uow: UnitOfWork, message: Message, delivery: Delivery, reason: str) -> None:
    """End a send that did not succeed for certain; of a case that ended meanwhile nothing is promised any more."""
    _finish(message, delivery, reason)
    case = await uow.cases.get(message.case_id) if message.author is Author.AGENT else None
    if case is not None and case.state not in (State.AGENT, State.QUEUED):
        await promises.cancel(uow, case)


async def _answered(uow: UnitOfWork, message: Message) -> None:
    case = await uow.cases.get(message.case_id) if message.author is Author.AGENT else None
    if case is not None:
        await promises.answer(uow, case, uow.now)
        uow.notify(QUEUE)


async def _send(channel: Channel, outbound: OutboundMessage) -> Outcome:
    try:
        return await channel.send(outbound)
    except (DeliveryFailed, RecipientUnreachable, DeliveryUnknown) as error:
        return error


def _finish(message: Message, delivery: Delivery, reason: str | None) -> None:
    message.delivery, message.delivery_reason = delivery, reason
    message.next_attempt_at = None
