"""The gate before what is slow by design: few are inside at once, some wait in line, and further ones are sent away.

Comparing a password takes 64 MB and four threads (argon2's defaults), so a process does two at once, and 60 more wait a
few seconds. The threads are the gate's own: a comparison whose caller has gone runs on to its end, and must be in
nobody's way but the next one's.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from bot.domain.errors import TooBusy

AT_ONCE: Final = 2
WAITING: Final = 60
COME_BACK: Final = 5  # seconds
T = TypeVar("T")


class Gate:
    """One of a process; what is counted here is counted in its event loop."""

    def __init__(self) -> None:
        self._inside = asyncio.Semaphore(AT_ONCE)
        self._here = 0
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="gate")

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[None]:
        """Wait for a turn, or raise TooBusy where too many wait."""
        if self._here >= AT_ONCE + WAITING:
            raise TooBusy(retry_after=COME_BACK, thai="มีผู้เข้าสู่ระบบพร้อมกันจำนวนมาก โปรดรอสักครู่แล้วลองอีกครั้ง")
        self._here += 1
        try:
            async with self._inside:
                yield
        finally:
            self._here -= 1

    async def run(self, slow: Callable[..., T], *args: object) -> T:
        """Run it in one of the gate's threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, slow, *args)
