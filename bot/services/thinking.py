"""Shows on a platform that an answer is being made, when it takes a moment; never in the answer's way."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from connectors.abilities import ThinkingChannel
from connectors.contract import Channel, ChannelError

A_MOMENT = 0.7  # seconds; most answers are there before


@asynccontextmanager
async def thinking(channels: Mapping[str, Channel], lane: str) -> AsyncIterator[None]:
    """Show the sign if the block takes longer than a moment; the block never waits for it."""
    name, _, external_id = lane.partition(":")
    channel = channels.get(name)
    if not isinstance(channel, ThinkingChannel):
        yield
        return
    showing = asyncio.create_task(_show(channel, external_id))
    try:
        yield
    finally:
        showing.cancel()


async def _show(channel: ThinkingChannel, external_id: str) -> None:
    await asyncio.sleep(A_MOMENT)
    with suppress(ChannelError):
        await channel.show_thinking(external_id)
