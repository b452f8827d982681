"""What customers said and a platform's webhook did not bring: asked for now and then, stored once, shown to officers.

A subscription may be lost, or the desk may have been down for longer than a platform tries again. What is found goes
through ``receive`` as if the webhook had brought it: the event's id keeps it single, so that it is answered once. What
somebody has answered on the platform itself since then is kept and not answered again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.domain.channel_status import BEHIND, MISSED, SILENT, UNSUBSCRIBED, ChannelStatus
from bot.domain.conversation import Message, lane_of
from bot.domain.inbound import StoredEvent
from bot.services import receive, troubles
from bot.services.handoff import QUEUE
from bot.store.faults import EVENT_FAULTS
from bot.store.unit_of_work import UnitOfWork, UowFactory
from connectors.abilities import RecallingChannel
from connectors.contract import (
    FAULTS,
    Channel,
    ChannelError,
    ChannelHalted,
    DeliveryFailed,
    EventKind,
    InboundEvent,
    NotAllTold,
)

LOOK_SECONDS: Final = 60.0
EVERY: Final = timedelta(minutes=15)
ON_THE_WAY: Final = timedelta(minutes=2)  # what is younger may still come by itself
OVERLAP: Final = timedelta(minutes=10)
LONGEST: Final = timedelta(days=7)  # nobody may answer what is older
QUIET: Final = timedelta(hours=1)  # after which the webhook itself is looked at
TOO_LONG: Final = timedelta(hours=1)  # for a look that the platform lets nobody finish
LONG_SILENCE: Final = timedelta(hours=24)
SAME_MOMENT: Final = timedelta(seconds=5)  # between two accounts of one message
TELLING: Final = 12  # characters that nobody else says by chance
IN_PARTS: Final = 1_000  # characters from which on a message may be shown in several
log = structlog.get_logger()


async def look(new_uow: UowFactory, channels: Mapping[str, Channel]) -> None:
    """Ask every platform that keeps what was said, when it is time to; of others see whether they are heard again."""
    for name, channel in tuple(channels.items()):
        if isinstance(channel, RecallingChannel):
            await _look(new_uow, name, channel)
        else:
            async with new_uow() as uow:
                await _hear(uow, name, await uow.channels.get(name))
                await uow.commit()


async def _look(new_uow: UowFactory, name: str, channel: RecallingChannel) -> None:
    async with new_uow() as uow:
        known = await uow.channels.get(name)
        await _hear(uow, name, known)
        due = await uow.channels.turn_to_ask(name, uow.now, EVERY)
        if due and (known is None or known.asked_up_to is None):
            await uow.channels.asked(name, uow.now)  # what was said before the desk was connected is not its own
        now = uow.now
        await uow.commit()
    if not due or known is None or known.asked_up_to is None:
        return
    await _ask(new_uow, name, channel, known.asked_up_to, now)
    await _check(new_uow, name, channel)


async def _ask(new_uow: UowFactory, name: str, channel: RecallingChannel, asked_up_to: datetime, now: datetime) -> None:
    """Store talk by talk what is new; only when all was told, nothing before is asked for again."""
    up_to, watched = now - ON_THE_WAY, now - asked_up_to <= 2 * EVERY
    missed: list[datetime] = []
    error: Exception | None = None
    try:
        async for talk in channel.said_since(max(asked_up_to - OVERLAP, now - LONGEST)):
            if said := [event for event in talk if event.occurred_at <= up_to]:
                missed += [event.occurred_at for event in await _keep(new_uow, name, said)]
    except ChannelError as refusal:
        log.warning("missed.not_told", channel=name, reason=str(refusal))
        error = refusal
    except FAULTS as fault:
        log.exception("channel.failed", channel=name, error=fault)
        error = fault
    if missed:
        log.warning("missed.fetched", channel=name, count=len(missed), watched=watched)
    async with new_uow() as uow:
        if error is None:
            await _all_told(uow, name, up_to)
        if missed and watched:  # the desk was up all the time, so the webhook should have brought it
            await uow.channels.be_deaf(name, MISSED, min(missed), uow.now)
        if error is not None:
            await _not_told(uow, name, error, asked_up_to)
        uow.notify(QUEUE)
        await uow.commit()


async def _check(new_uow: UowFactory, name: str, channel: RecallingChannel) -> None:
    """On a quiet page, see before a customer writes whether the webhook would be called."""
    async with new_uow().reading() as uow:
        heard = await uow.inbound.newest_received(name)
        if heard is None or uow.now - heard < QUIET:
            return
    try:
        is_told = await channel.is_told()
    except ChannelError as error:
        log.warning("missed.not_checked", channel=name, reason=str(error))
        return
    except FAULTS as error:
        log.exception("channel.failed", channel=name, error=error)
        return
    async with new_uow() as uow:
        status = await uow.channels.get(name)
        deaf = status.deaf if status else None
        if not is_told and deaf is None:
            await uow.channels.be_deaf(name, UNSUBSCRIBED, uow.now, uow.now)
        elif is_told and deaf == UNSUBSCRIBED:
            await uow.channels.hear_again(name)
        uow.notify(QUEUE)
        await uow.commit()


async def _hear(uow: UnitOfWork, name: str, known: ChannelStatus | None) -> None:
    """End the alarm once the webhook has brought something; it does not bring what was said long before."""
    if known is None or known.deaf in (None, BEHIND) or known.deaf_at is None:
        return
    heard = await uow.inbound.newest_received(name)
    if heard is not None and heard > known.deaf_at:
        await uow.channels.hear_again(name)
        uow.notify(QUEUE)


async def _not_told(uow: UnitOfWork, name: str, error: Exception, asked_up_to: datetime) -> None:
    """Note what keeps the platform from telling; without its word a long silence is an alarm of its own."""
    match error:
        case NotAllTold():
            await uow.channels.be_deaf(name, BEHIND, asked_up_to, uow.now)
        case ChannelHalted(reason="rate_limited") | DeliveryFailed(reason="rate_limited"):
            if uow.now - asked_up_to > TOO_LONG:
                await uow.channels.be_deaf(name, BEHIND, asked_up_to, uow.now)
        case ChannelHalted():
            await troubles.begin(uow, name, error.reason)
        case DeliveryFailed(retry_after=None):
            heard = await uow.inbound.newest_received(name)
            if heard is not None and uow.now - heard > LONG_SILENCE:
                await uow.channels.be_deaf(name, SILENT, heard, uow.now)


async def _all_told(uow: UnitOfWork, name: str, up_to: datetime) -> None:
    await uow.channels.asked(name, up_to)
    await troubles.end(uow, name, only="no_access")
    status = await uow.channels.get(name)
    if status is not None and status.deaf == BEHIND:
        await uow.channels.hear_again(name)


async def _keep(new_uow: UowFactory, name: str, events: Sequence[InboundEvent]) -> Sequence[InboundEvent]:
    """Store what of one talk is not here, and give it; a talk that can't be stored does not hold back the others."""
    try:
        async with new_uow() as uow:
            missed = await _missed(uow, name, events)
            await receive.accept(uow, missed)
            await uow.commit()
    except EVENT_FAULTS as error:
        log.exception("missed.not_stored", channel=name, error=error)
        return []
    return missed


async def _missed(uow: UnitOfWork, name: str, events: Sequence[InboundEvent]) -> list[InboundEvent]:
    """Give what of one talk is not here, in its order; what was answered elsewhere stands by."""
    lane, since = lane_of(name, events[0].external_id), events[0].occurred_at - OVERLAP
    here = await uow.inbound.since(lane, since)
    mids = {event.message_id for event in here if event.message_id}
    ours = await uow.conversations.ours_since(lane, since)
    new = [
        event
        for event in events
        if event.message_id
        and event.message_id not in mids
        and not any(_is_same(event, known) for known in here)
        and not (event.kind is EventKind.ECHO and _is_ours(event, ours))
    ]
    answered = max((event.occurred_at for event in new if event.kind is EventKind.ECHO), default=None)
    return [
        replace(event, standby=True)
        if answered and event.kind is not EventKind.ECHO and event.occurred_at < answered
        else event
        for event in new
    ]


def _is_same(event: InboundEvent, known: StoredEvent) -> bool:
    """Recognise by moment and words what has another id here, or none: an answer twice is worse than one too few."""
    if abs(event.occurred_at - known.occurred_at) > SAME_MOMENT:
        return False
    if known.kind is EventKind.TAPPED:
        return known.message_id is None  # of a tap the platform keeps the button's words
    return (known.kind, known.text) == (event.kind, event.text)


def _is_ours(echo: InboundEvent, ours: Sequence[Message]) -> bool:
    """Recognise our own words, which may come in parts, with a name or a list of choices; a card has no words."""
    said = _squeezed(echo.text or "")
    return not said or any(_says(said, _squeezed(message.text)) for message in ours)


def _says(said: str, text: str) -> bool:
    whole = said == text or said.endswith(")" + text) or (len(text) >= TELLING and text in said)
    return whole or (len(text) >= IN_PARTS and len(said) >= TELLING and said in text)


def _squeezed(text: str) -> str:
    return "".join(text.split())
