"""The month's messages that cost something: known to the desk, asked for now and then, spared when few are left."""

from collections.abc import Mapping
from typing import Final

import structlog

from bot.services import troubles
from bot.store.unit_of_work import UowFactory
from connectors.abilities import QuotaChannel
from connectors.contract import FAULTS, Channel, ChannelError, ChannelHalted

QUOTA: Final = "quota"  # wakes who asks the platforms
ASK_SECONDS: Final = 300.0
log = structlog.get_logger()


async def ask(new_uow: UowFactory, channels: Mapping[str, Channel]) -> None:
    """Ask every platform that counts, and note what keeps it from answering us."""
    for name, channel in channels.items():
        if not isinstance(channel, QuotaChannel):
            continue
        try:
            quota = await channel.quota()
        except ChannelHalted as error:
            async with new_uow() as uow:
                await troubles.begin(uow, name, error.reason)
                await uow.commit()
            continue
        except ChannelError:
            continue  # it is asked again soon
        except FAULTS as error:
            log.exception("channel.failed", channel=name, error=error)
            continue
        async with new_uow() as uow:
            await uow.channels.set_quota(name, quota.limit, quota.used, uow.now)
            await troubles.end(uow, name, only="no_access")
            await uow.commit()
