"""Everything that is measured, running: the desk as an operator starts it, and what it is compared with.

Stock Rasa is started from the command line of the desk's own Rasa (same model, same action server, same PostgreSQL),
without our caches, and with its own SQL tracker store in a schema of its own.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql

from bot import postgres, rasa_server
from bot.settings import ROOT
from bot.store.migrate import migrate
from bot.supervisor import free_port
from tests.run.desk import Desk

LINE_SECRET = "bench-secret"
STOCK_SCHEMA = "rasa_stock"
READY_WITHIN = 120.0


class Stage:
    """The desk, stock Rasa, the floor; all end with the ``with`` block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[float] = []  # seconds to ready of each start
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            self._open = opening
            sink = self._serve("sink", module("sink", port := free_port()), f"{local(port)}/v2/bot/message/push")
            self.desk = Desk(self.folder / "var", environ=line_settings(sink.removesuffix("/v2/bot/message/push")))
            opening.callback(self.desk.end)
            self._start_twice()
            self._start_rivals()
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def database_url(self) -> str:
        return str(self.desk.record()["database_url"])

    @property
    def rasa_url(self) -> str:
        return str(self.desk.record()["rasa_url"])

    def load(self, name: str, *arguments: object) -> dict[str, Any]:
        """Run a load generator in a process of its own and give its figures."""
        done = subprocess.run(module(name, *arguments), cwd=ROOT, stdout=subprocess.PIPE, check=True, env=environ())
        figures: dict[str, Any] = json.loads(done.stdout)
        return figures

    def count(self, query: str) -> int:
        """Ask the desk's database for one number."""
        with psycopg.connect(postgres.libpq(self.database_url)) as connection:
            row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return int(row[0])

    def postgres_version(self) -> str:
        with psycopg.connect(postgres.libpq(self.database_url)) as connection:
            return connection.info.parameter_status("server_version") or "unknown"

    def empty_database(self) -> str:
        """Make a migrated database beside the desk's, on the same server; give its address."""
        name = f"bench_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(postgres.libpq(self.database_url), autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        url = self.database_url.replace(f"/{postgres.DATABASE}?", f"/{name}?")
        migrate(url)
        return url

    def _start_twice(self) -> None:
        """A first start makes the database; only the second tells about every day."""
        self.desk.train()
        self.started.append(self.desk.start())
        self.desk.stop()
        self.started.append(self.desk.start())

    def _start_rivals(self) -> None:
        asyncio.run(postgres.make_schema(self.database_url, STOCK_SCHEMA))
        endpoints = self.folder / "stock-endpoints.yml"
        endpoints.write_text(stock_endpoints((ROOT / "endpoints.yml").read_text(encoding="utf-8")), encoding="utf-8")
        command, port = stock_command(self.desk.record()["children"]["rasa"]["command"], endpoints)
        settings = rasa_server.server_environ(self.database_url, int(self.desk.record()["actions_port"]))
        tracker = postgres.tracker_url(self.database_url).partition("&options=")[0]
        settings |= {"RASA_TRACKER_URL": tracker, "POSTGRESQL_SCHEMA": STOCK_SCHEMA}
        self.stock_url = self._serve("stock-rasa", command, f"{local(port)}/status", settings).removesuffix("/status")
        floor = module("floor", port := free_port(), self.database_url)
        self.floor_url = self._serve("floor", floor, f"{local(port)}/floor")

    def _serve(
        self, name: str, command: Sequence[str], url: str, settings: Mapping[str, str] | None = None
    ) -> str:  # fmt: skip
        """Start a server, wait until something answers there, and end it when everything ends; give the address."""
        with (self.folder / f"{name}.log").open("wb") as log:
            server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=settings or environ())
        self._open.enter_context(ending(server))
        deadline = time.monotonic() + READY_WITHIN
        while not answers(url):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} does not start; see {log.name}.")
            time.sleep(0.1)  # a process of another kind can only be polled
        return url


@contextmanager
def ending(server: "subprocess.Popen[bytes]") -> Iterator[None]:
    """End the process with the block."""
    try:
        yield
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def stock_command(ours: Sequence[str], endpoints: Path) -> tuple[list[str], int]:
    """Turn our Rasa's command line into ``python -m rasa run …`` on another port, with other endpoints."""
    port = free_port()
    command = [ours[0], "-m", "rasa", *ours[ours.index("run") :]]
    command[command.index("--port") + 1] = str(port)
    command[command.index("--endpoints") + 1] = str(endpoints)
    return command, port


def stock_endpoints(ours: str) -> str:
    """Give our endpoints with Rasa's own tracker store."""
    stock = ours.replace("type: bot.rasa_trackers.Trackers", "type: SQL")
    assert stock != ours
    return stock


def line_settings(api: str) -> dict[str, str]:
    """Switch LINE on, with the sink as its platform."""
    return {
        "DESK_LINE_CHANNEL_SECRET": LINE_SECRET,
        "DESK_LINE_CHANNEL_ACCESS_TOKEN": "bench-token",
        "DESK_LINE_API_BASE": api,
    }


def environ() -> dict[str, str]:
    """The shell's environment without settings of a desk."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DESK_")}


def module(name: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", f"tests.bench.{name}", *map(str, arguments)]


def local(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def answers(url: str) -> bool:
    """Tell whether a server is there; that it refuses GET is an answer too."""
    try:
        urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own server on loopback
    except urllib.error.HTTPError as error:
        return error.code == 405
    except OSError:
        return False
    return True
