"""One PostgreSQL for the whole run; every test that asks for a database gets an empty, migrated one of its own."""

import asyncio
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from bot import postgres, processes
from bot.bootstrap import Desk, make_desk
from bot.settings import load_settings
from bot.store.migrate import migrate
from tests.clocks import HandClock

# An interrupted run tidies up as a finished one does: `make` passes SIGTERM on.
signal.signal(signal.SIGTERM, signal.default_int_handler)
TEMPLATE = "desk_template"
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # a Monday, 12:00 in Bangkok


@pytest.fixture(name="cluster", scope="session")
def _cluster() -> Iterator[postgres.Cluster]:
    """A running embedded PostgreSQL with a migrated template database.

    Not under pytest's temporary folder: another pytest run closes that to the server's own user.
    """
    folder = Path(tempfile.mkdtemp(prefix="desk-test-"))
    cluster = asyncio.run(postgres.prepare(folder, lambda _: None))
    program = cluster.server(folder / "postgres.log")
    with Path(program.log).open("ab") as log:
        server = subprocess.Popen(program.argv, stdout=log, stderr=log, **processes.options(program))
    try:
        _until_it_answers(cluster)
        _execute(cluster, f"create database {TEMPLATE}")
        migrate(cluster.url(TEMPLATE))
        yield cluster
    finally:
        server.send_signal(program.stop_signal)
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(name="database_url")
def _database_url(cluster: postgres.Cluster) -> Iterator[str]:
    """The address of a fresh database."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    _execute(cluster, f"create database {name} template {TEMPLATE}")
    yield cluster.url(name)
    _execute(cluster, f"drop database {name} with (force)")


@pytest_asyncio.fixture(name="desk")
async def _desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk on a fresh database and in a fresh folder, with a clock that the test moves by hand."""
    settings = load_settings({"DESK_DATABASE_URL": database_url, "DESK_VAR": str(tmp_path)})
    desk = make_desk(settings, clock=HandClock(NOON))
    yield desk
    await desk.close()


def _until_it_answers(cluster: postgres.Cluster) -> None:
    deadline = time.monotonic() + 30
    while not asyncio.run(postgres.answers(cluster.url("postgres"))):
        if time.monotonic() > deadline:
            pytest.fail("the embedded PostgreSQL does not answer")


def _execute(cluster: postgres.Cluster, statement: str) -> None:
    with psycopg.connect(postgres.libpq(cluster.url("postgres")), autocommit=True) as connection:
        connection.execute(statement.encode())
