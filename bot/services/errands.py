"""Errands on platforms: wished for with a state change, carried out beside the lanes, never in an answer's way."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.domain.case import Case
from bot.domain.contact import Identity
from bot.domain.conversation import Conversation, lane_of
from bot.domain.errand import Errand, ErrandKind
from bot.domain.inbound import StoredEvent
from bot.domain.scripts import load_scripts
from bot.services import troubles
from bot.store.unit_of_work import UnitOfWork, UowFactory
from connectors.abilities import GroupChannel, MenuChannel, NamingChannel, ReadChannel
from connectors.contract import FAULTS, Channel, ChannelError, ChannelHalted, DeliveryFailed, Menu

ERRANDS = "errands"  # wakes the workers
AT_ONCE = 8
MAX_TRIES = 8
FIRST_PAUSE = timedelta(seconds=2)
NAMED_FOR = timedelta(days=30)  # a display name older than this is asked for again
log = structlog.get_logger()


async def ask_name(uow: UnitOfWork, conversation: Conversation) -> None:
    """Want the customer's display name, unless it is known well enough; who came to our own page has none."""
    if conversation.pulled:
        return
    identity = await uow.session.get(Identity, conversation.identity_id)
    if identity is not None and (identity.named_at is None or uow.now - identity.named_at > NAMED_FOR):
        await _ask(uow, conversation.lane, ErrandKind.NAME, "")


async def mark_read(uow: UnitOfWork, lane: str, token: str | None = None) -> None:
    """Want everything the customer has written up to a token shown as read; the newest one, unless it is known."""
    token = token or await uow.inbound.newest_read_token(lane)
    if token is not None:
        await _ask(uow, lane, ErrandKind.READ, token)


async def show_menu(uow: UnitOfWork, case: Case, menu: Menu) -> None:
    """Want the customer to see this menu; a case that never was with people has the usual one."""
    if case.conversation_id is None or (menu is Menu.BOT and case.handoff_at is None):
        return
    conversation = await uow.conversations.get(case.conversation_id)
    if not conversation.pulled:
        await _ask(uow, conversation.lane, ErrandKind.MENU, menu)


async def decline(uow: UnitOfWork, event: StoredEvent) -> None:
    """Want a group told that it can't be served, and left."""
    await _ask(uow, lane_of(event.channel, event.external_id), ErrandKind.DECLINE, event.reply_token or "")


async def _ask(uow: UnitOfWork, lane: str, kind: ErrandKind, value: str) -> None:
    await uow.errands.ask(lane, kind, value, uow.now)
    uow.notify(ERRANDS)


async def carry_out(new_uow: UowFactory, channels: Mapping[str, Channel]) -> int:
    """Do what is due, some at a time; give how many there were."""
    async with new_uow() as uow:
        taken = await uow.errands.take_due(uow.now, AT_ONCE)
        await uow.commit()
    await asyncio.gather(*[_carry_out(new_uow, channels.get(errand.channel), errand) for errand in taken])
    return len(taken)


async def _carry_out(new_uow: UowFactory, channel: Channel | None, errand: Errand) -> None:
    try:
        name = await _do(channel, errand)
    except ChannelError as error:
        await _failed(new_uow, errand, error)
        return
    except FAULTS as error:
        log.exception("channel.failed", kind=errand.kind, channel=errand.channel, error=error)
        await _failed(new_uow, errand, DeliveryFailed("failed", retry_after=FIRST_PAUSE))
        return
    async with new_uow() as uow:
        if errand.kind is ErrandKind.NAME and isinstance(channel, NamingChannel):
            await uow.errands.name(errand.channel, errand.external_id, name, uow.now)
            uow.notify(errand.lane)
        await uow.errands.done(errand)
        await uow.commit()


async def _do(channel: Channel | None, errand: Errand) -> str | None:
    """Call the channel, if it has such a thing; a name comes back where one was asked for."""
    match errand.kind:
        case ErrandKind.NAME if isinstance(channel, NamingChannel):
            return await channel.name_of(errand.external_id)
        case ErrandKind.READ if isinstance(channel, ReadChannel):
            await channel.mark_read(errand.external_id, errand.value)
        case ErrandKind.MENU if isinstance(channel, MenuChannel):
            await channel.show_menu(errand.external_id, Menu(errand.value))
        case ErrandKind.DECLINE if isinstance(channel, GroupChannel):
            words = load_scripts()["group_declined"].text["th"]
            await channel.decline(errand.external_id, errand.value or None, words)
    return None


async def _failed(new_uow: UowFactory, errand: Errand, error: ChannelError) -> None:
    """Try again later what may still succeed; nothing is lost with the rest."""
    async with new_uow() as uow:
        match error:
            case ChannelHalted(reason=reason, retry_after=pause):
                await uow.errands.later(errand, uow.now + pause, counted=False)
                await troubles.begin(uow, errand.channel, reason)
            case DeliveryFailed(retry_after=timedelta() as pause) if errand.attempts < MAX_TRIES:
                await uow.errands.later(errand, uow.now + max(pause, FIRST_PAUSE * 2**errand.attempts))
            case _:
                log.warning("errand.dropped", kind=errand.kind, channel=errand.channel, error=error)
                await uow.errands.done(errand)
        await uow.commit()
