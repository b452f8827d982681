"""Wake-ups: one LISTEN connection a process, outside the pool; losing one costs at most the poll.

A wake-up carries a topic and at most the name of what it is about (``out webchat:…``); the truth is in the rows. After
a reconnect every waiter is woken, since notifications may have been missed meanwhile.
"""

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Self

import psycopg
import structlog

from bot.store.unit_of_work import NOTIFY_CHANNEL

POLL_SECONDS = 5.0
RECONNECT_SECONDS = 1.0
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
                    await connection.execute(f"listen {NOTIFY_CHANNEL}".encode())
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
