"""One process of the desk that is kept running: started, found ready, started again when it dies, ended on request.

What a reader must not break: ``on_change`` is told of every new process before anybody can depend on it (it goes into
``run.json``), and a child that is being ended is never started again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from bot.processes import Identity, Program, Say, StartError, bound_log, how_it_ended, identify, spawn, stop

FIRST_PAUSE: Final = 0.5  # seconds before a dead process is started again; doubled each time
LONGEST_PAUSE: Final = 30.0
STEADY: Final = 60.0  # a process that ran this long has earned a short pause again
TRIES_AT_START: Final = 3
POLL: Final = 0.2

Probe = Callable[[], Awaitable[bool]]
OnChange = Callable[[str, Identity | None], None]


class Child:
    """A program that is to run until we say otherwise."""

    def __init__(self, program: Program, probe: Probe, *, say: Say, on_change: OnChange) -> None:
        self.program = program
        self._probe = probe
        self._say = say
        self._on_change = on_change
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._ready = False
        self._deaths = 0

    def start(self) -> None:
        """Begin to keep the program running."""
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.program.name}")

    async def wait_ready(self, limit: float) -> None:
        """Wait until the program serves; raise StartError if it keeps dying or takes longer than the limit."""
        deadline = time.monotonic() + limit
        while not await self._is_ready():
            if self._deaths >= TRIES_AT_START:
                raise StartError(f"{self.program.name} does not start; the reason is at the end of {self.program.log}.")
            if time.monotonic() > deadline:
                raise StartError(f"{self.program.name} was not ready within {limit:.0f} s; see {self.program.log}.")
            await asyncio.sleep(POLL)
        self._ready = True

    async def stop(self, grace: float) -> None:
        """End the program and start it no more."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
        if self._process is not None:
            await stop(self._process, self.program, grace=grace)
            self._on_change(self.program.name, None)

    def tidy(self) -> None:
        """Keep its log small."""
        bound_log(self.program.log)

    async def _is_ready(self) -> bool:
        return self._process is not None and self._process.returncode is None and await self._probe()

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            how = await self._live_once()
            self._deaths += 1
            if time.monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            if self._ready or self._deaths < TRIES_AT_START:
                self._say(f"{self.program.name} has ended ({how}); starting it again in {pause:g} s.")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _live_once(self) -> str:
        try:
            process = await self._launch()
        except OSError as error:
            return f"it could not be started: {error.strerror}"
        return how_it_ended(await process.wait())

    async def _launch(self) -> asyncio.subprocess.Process:
        """Start it and take it down; a cancellation in between must not leave a process that nobody knows."""
        launching = asyncio.ensure_future(spawn(self.program))
        try:
            await asyncio.shield(launching)
        finally:
            self._process = await launching
            self._on_change(self.program.name, identify(self._process, self.program))
        if self._ready:
            self._say(f"{self.program.name} runs again (process {self._process.pid}).")
        return self._process
