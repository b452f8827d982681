"""The pool of connections: a rush of work opens as many as there may be, and the next one finds them open."""

import asyncio

from sqlalchemy import text

from bot.bootstrap import Desk
from bot.store.engine import CONNECTIONS

OPEN = text("select count(*) from pg_stat_activity where datname = current_database()")


async def test_what_a_rush_opens_serves_the_next_rush(desk: Desk) -> None:
    first, second = await rush(desk), await rush(desk)

    assert len(first) == CONNECTIONS
    assert first == second


async def test_more_work_than_connections_waits_for_its_turn(desk: Desk) -> None:
    seen: list[int] = []
    await rush(desk, 3 * CONNECTIONS, seen)

    assert len(seen) == 3 * CONNECTIONS
    assert max(seen) == CONNECTIONS


async def rush(desk: Desk, tasks: int = CONNECTIONS, seen: list[int] | None = None) -> set[int]:
    """Ask the server's process ids in so many transactions at once; each stays open until all places are taken.

    ``seen`` gets how many connections of the desk the server had at each.
    """
    full = asyncio.Barrier(CONNECTIONS)

    async def one() -> int:
        async with desk.uow() as uow:
            pid: int = (await uow.session.execute(text("select pg_backend_pid()"))).scalar_one()
            await full.wait()
            if seen is not None:
                seen.append((await uow.session.execute(OPEN)).scalar_one())
            return pid

    return set(await asyncio.gather(*(one() for _ in range(tasks))))
