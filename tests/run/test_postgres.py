"""The embedded PostgreSQL: it comes up private, keeps its data, and is taken over after a crash."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from bot import postgres
from bot.processes import StartError, spawn, stop
from tests.run.standin import gone


@asynccontextmanager
async def _served(var: Path) -> AsyncIterator[tuple[postgres.Cluster, asyncio.subprocess.Process]]:
    cluster = await postgres.prepare(var, lambda _: None)
    program = cluster.server(var / "postgres.log")
    process = await spawn(program)
    try:
        while not await postgres.answers(cluster.url("postgres")):
            assert process.returncode is None, program.log.read_text(encoding="utf-8")
        yield cluster, process
    finally:
        await stop(process, program, grace=10)


async def _ask(url: str, question: str) -> str | None:
    async with await psycopg.AsyncConnection.connect(postgres.libpq(url), autocommit=True) as connection:
        cursor = await connection.execute(question.encode())
        row = await cursor.fetchone() if cursor.description else None
        return row and str(row[0])


async def test_it_keeps_its_data_and_ends_what_a_crash_left(tmp_path: Path) -> None:
    async with _served(tmp_path) as (cluster, left):
        await postgres.make_database(cluster)
        await postgres.make_schema(cluster.url())
        await _ask(cluster.url(), "create table kept as select 'ทุเรียน' as word")

        async with _served(tmp_path) as (again, process):
            assert gone(left.pid)
            await postgres.make_database(again)
            await postgres.make_schema(again.url())
            assert await _ask(again.url(), "select word from kept") == "ทุเรียน"
            assert await _ask(again.url(), "select nspname from pg_namespace where nspname = 'rasa'") == "rasa"
        assert process.returncode == 0


async def test_only_its_owner_comes_near_it(tmp_path: Path) -> None:
    async with _served(tmp_path) as (cluster, _):
        for folder in (tmp_path / "postgres", cluster.data, cluster.sockets):
            assert folder.stat().st_mode & 0o777 == 0o700
        assert await _ask(cluster.url("postgres"), "show listen_addresses") == ""
        assert await _ask(cluster.url("postgres"), "show synchronous_commit") == "on"


async def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    async with _served(tmp_path / ("long" * 30)) as (cluster, _):
        assert len(os.fsencode(cluster.sockets / postgres.SOCKET_NAME)) <= postgres.LONGEST_SOCKET
        assert await _ask(cluster.url("postgres"), "select 1") == "1"


async def test_a_customers_text_does_not_reach_its_log(tmp_path: Path) -> None:
    async with _served(tmp_path) as (cluster, _):
        with pytest.raises(psycopg.errors.UniqueViolation):
            await _ask(
                cluster.url("postgres"),
                "create table mails (address text unique); insert into mails values ('somchai@example.com'), "
                "('somchai@example.com')",
            )

    log = (tmp_path / "postgres.log").read_text(encoding="utf-8")
    assert "unique" in log
    assert "somchai" not in log


async def test_an_unreachable_database_is_one_sentence_without_the_password() -> None:
    with pytest.raises(StartError) as caught:
        await postgres.require("postgresql+psycopg://desk:hidden@127.0.0.1:9/desk")

    assert str(caught.value) == (
        "The database of DESK_DATABASE_URL (desk at 127.0.0.1:9) cannot be reached: connection refused."
    )


def test_rasa_gets_the_same_database_under_its_own_drivers_name() -> None:
    environ = postgres.tracker_environ("postgresql+psycopg://desk@/desk?host=%2Fvar%2Frun")

    assert environ["RASA_TRACKER_URL"] == "postgresql://desk@/desk?host=%2Fvar%2Frun&options=-csearch_path%3Drasa"


def test_a_password_reaches_rasa_as_it_is() -> None:
    address = postgres.tracker_url("postgresql+psycopg://desk:p%40ss@db:5433/desk")

    assert address == "postgresql://desk:p%40ss@db:5433/desk?options=-csearch_path%3Drasa"
