"""One engine a process, made by the composition root and never at import."""

import select
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECTIONS: Final = 20  # of one process at most; all are kept, since making one costs more than a message does


def make_engine(url: str) -> AsyncEngine:
    """Make the process's engine; ``url`` is ``postgresql+psycopg://…``, a socket directory (``?host=``) included."""
    pool = {"pool_size": CONNECTIONS, "max_overflow": 0, "pool_use_lifo": True}
    engine = create_async_engine(url, hide_parameters=True, **pool)
    event.listen(engine.sync_engine, "checkout", refuse_closed)
    return engine


def refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Let the pool replace a connection that the server has closed.

    An idle connection has nothing to read; one that the server ended has its farewell. Looking costs a system call,
    where SQLAlchemy's ``pool_pre_ping`` costs a question to the server for every transaction.
    """
    poll = select.poll()
    poll.register(connection.driver_connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if poll.poll(0):
        raise DisconnectionError
