"""Wake-ups: a process hears them on one connection and sends them on another; losing one costs at most the poll.

A wake-up carries a topic and at most the name of what it is about (``out webchat:…``); the truth is in the rows. After
a reconnect every waiter is woken, since notifications may have been missed meanwhile.

They leave behind the commit that they tell of, not within it: PostgreSQL lets only one transaction that notifies commit
at a time, its wait for the disk included, so that webhooks would queue behind the worker.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from typing import Final, Self

import psycopg
import structlog

POLL_SECONDS = 5.0
RECONNECT_SECONDS = 1.0
CLOSE_SECONDS = 2.0  # what a process that ends gives its last wake-ups; after that the polls find the rows
LISTEN: Final = "listen desk"
NOTIFY: Final = "select pg_notify('desk', topic) from unnest(%s::text[]) topic"
NOT_DURABLE: Final = "set synchronous_commit = off"  # a wake-up outlives no crash anyhow
log = structlog.get_logger()


class Wakeups:
    """Waiters by topic, woken by NOTIFY."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiters: dict[str, set[Subscription]] = defaultdict(set)

    def subscribe(self, *topics: str) -> "Subscription":
        """Get a waiter that is woken whenever one of the topics is (``with`` unsubscribes)."""
        return Subscription(self._waiters, topics)

    async def run(self) -> None:
        """Listen until cancelled, reconnecting for ever."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(LISTEN)
                    self._wake_all()
                    async for notification in connection.notifies():
                        self._wake(notification.payload)
            except psycopg.Error as error:
                log.warning("wakeups.lost", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    def _wake(self, wakeup: str) -> None:
        for waiter in self._waiters.get(wakeup.partition(" ")[0], ()):
            waiter.wake(wakeup)

    def _wake_all(self) -> None:
        for topic in list(self._waiters):
            self._wake(topic)


class Announcer:
    """Sends wake-ups, in the order of commits; those that come while some are under way leave together after them.

    What the database refuses (a topic of 8000 bytes) is let go, for the polls to find.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: dict[str, None] = {}
        self._connection: psycopg.AsyncConnection | None = None
        self._sending: asyncio.Task[None] | None = None

    def announce(self, wakeups: Collection[str]) -> None:
        """Send these soon; nothing is waited for, and a database that is away gets them when it is back."""
        self._waiting.update(dict.fromkeys(wakeups))
        if self._waiting and (self._sending is None or self._sending.done()):
            self._sending = asyncio.create_task(self._send(), name="announcements")

    async def close(self) -> None:
        """Send what is left, unless the database is away, and let go of the connection."""
        if self._sending is not None:
            await asyncio.wait({self._sending}, timeout=CLOSE_SECONDS)
            self._sending.cancel()
            await asyncio.wait({self._sending})
        await self._hang_up()

    async def _send(self) -> None:
        while self._waiting:
            wakeups = list(self._waiting)
            self._waiting.clear()
            try:
                connection = self._connection or await self._connect()
                await connection.execute(NOTIFY, (wakeups,))
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("wakeups.unsent", error=type(error).__name__)
                self._waiting = dict.fromkeys(wakeups) | self._waiting
                await self._hang_up()
                await asyncio.sleep(RECONNECT_SECONDS)
            except psycopg.Error as error:  # refused, as it would be again, and all others behind it
                log.warning("wakeups.refused", error=type(error).__name__)

    async def _connect(self) -> psycopg.AsyncConnection:
        self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        await self._connection.execute(NOT_DURABLE)
        return self._connection

    async def _hang_up(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


class Subscription:
    """One waiter; ``wait`` returns when woken or after the poll time, whichever is first."""

    def __init__(self, waiters: dict[str, set["Subscription"]], topics: tuple[str, ...]) -> None:
        self._waiters = waiters
        self._topics = topics
        self._event = asyncio.Event()
        self._woken: set[str] = set()

    def __enter__(self) -> Self:
        for topic in self._topics:
            self._waiters[topic].add(self)
        return self

    def __exit__(self, *_: object) -> None:
        for topic in self._topics:
            self._waiters[topic].discard(self)
            if not self._waiters[topic]:
                del self._waiters[topic]

    async def wait(self, seconds: float = POLL_SECONDS) -> frozenset[str]:
        """Wait for a wake-up, at most this long; tell all that came since the last wait."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        self._event.clear()
        woken = frozenset(self._woken)
        self._woken.clear()
        return woken

    def wake(self, *wakeups: str) -> None:
        """Wake this waiter."""
        self._woken.update(wakeups)
        self._event.set()
