"""The least that storing a webhook costs: Sanic as the desk runs it, one committed INSERT, 200.

``python -m tests.bench.floor PORT DATABASE_URL``; the body is kept as it comes and nobody acts on it.
"""

import asyncio
import sys
from typing import Any

import psycopg
from sanic import HTTPResponse, Request, Sanic, empty

from bot.postgres import libpq
from bot.web.app import BODY_LIMIT

CONNECTIONS = 10  # as many as the desk's pool keeps
MAKE = b"create table if not exists bench_floor (id bigserial primary key, body text not null)"
INSERT = b"insert into bench_floor (body) values (%s)"


def make_app(database_url: str) -> Sanic[Any, Any]:
    """Build the app; each connection commits every statement by itself."""
    app: Sanic[Any, Any] = Sanic("floor", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = BODY_LIMIT
    app.config.KEEP_ALIVE_TIMEOUT = 75
    free: asyncio.Queue[psycopg.AsyncConnection] = asyncio.Queue()

    @app.before_server_start
    async def connect(app: Sanic[Any, Any]) -> None:
        for _ in range(CONNECTIONS):
            free.put_nowait(await psycopg.AsyncConnection.connect(libpq(database_url), autocommit=True))

    @app.post("/floor")
    async def keep(request: Request) -> HTTPResponse:
        connection = await free.get()
        try:
            await connection.execute(INSERT, (request.body.decode(),))
        finally:
            free.put_nowait(connection)
        return empty(200)

    return app


def main() -> None:
    port, database_url = int(sys.argv[1]), sys.argv[2]
    with psycopg.connect(libpq(database_url), autocommit=True) as connection:
        connection.execute(MAKE)
    make_app(database_url).run(host="127.0.0.1", port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
