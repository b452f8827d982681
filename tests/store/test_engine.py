"""The pool of connections: what a rush of work opens is there for the next rush."""

import asyncio

from sqlalchemy import text

from bot.bootstrap import Desk
from bot.store.engine import CONNECTIONS


async def test_a_rush_opens_connections_that_the_next_rush_uses(desk: Desk) -> None:
    first, second = await rush(desk), await rush(desk)

    assert len(first) == CONNECTIONS
    assert second == first


async def test_more_work_than_connections_waits_for_its_turn(desk: Desk) -> None:
    assert len(await rush(desk, 3 * CONNECTIONS)) == CONNECTIONS


async def rush(desk: Desk, tasks: int = CONNECTIONS) -> set[int]:
    """Ask the server's process ids in so many transactions at once; each stays open until all places are taken."""
    full = asyncio.Barrier(CONNECTIONS)

    async def one() -> int:
        async with desk.uow() as uow:
            pid: int = (await uow.session.execute(text("select pg_backend_pid()"))).scalar_one()
            await full.wait()
            return pid

    return set(await asyncio.gather(*(one() for _ in range(tasks))))
