"""The worker: drains lanes and fires deadlines. Any number of workers may run, on any number of machines.

A lane's rows are handled in order by one worker at a time. Losing the connection that holds the lanes ends the
process (the supervisor starts another), because somebody else may own them by then.
"""

import asyncio
import contextlib
import signal
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import structlog
import uvloop

from bot.bootstrap import Desk, make_desk, settle
from bot.domain.errors import RasaUnavailable
from bot.domain.limits import Limits
from bot.log import configure
from bot.services import attachments, deadlines, erasing, errands, missed, quotas, receive, reply
from bot.services.receive import IN, Turn
from bot.services.say import OUT
from bot.services.thinking import thinking
from bot.settings import Settings
from bot.store import clock, dead_rows
from bot.store.faults import EVENT_FAULTS
from bot.store.lanes import Direction, Lanes, due_lanes
from bot.store.wakeups import Subscription

# So many lanes in each direction, so that a slow Rasa does not keep answers from leaving; a file fills memory.
LANES_AT_ONCE = {Direction.IN: 32, Direction.OUT: 32, Direction.FILE: 4}
SWEEP_SECONDS = 1.0
CLEAR_SECONDS = 60.0
log = structlog.get_logger()


@dataclass
class Worker:
    """One worker process: the lanes it holds and the tasks that drain them, by wake-up (``in webchat:…``)."""

    desk: Desk
    lanes: Lanes
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    put_off: set[str] = field(default_factory=set)  # woken while the lane was drained, or while there was no place

    @cached_property
    def limits(self) -> Limits:
        """The promises and patience of this installation."""
        return self.desk.limits

    async def run(self) -> None:
        """Work until cancelled; any error that is not a single event's ends the worker.

        Wake-ups name the lane that has work. What they miss (a retry whose time has come, a lost connection) is found
        by looking at all rows every second.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self.desk.wakeups.run())
            group.create_task(self._sweep_each_second())
            group.create_task(self._run_errands())
            group.create_task(self.desk.know_channels())
            group.create_task(self._watch_quotas())
            group.create_task(self._find_missed())
            group.create_task(self._clear_dead_rows())
            look_at, time = 0.0, asyncio.get_running_loop().time
            with self.desk.wakeups.subscribe(IN, OUT, attachments.FILES) as wakeup:
                woken: Iterable[str] = ()
                while True:
                    if time() >= look_at or not all(" " in key for key in woken):  # some name no lane
                        woken, look_at = await self._due(woken), time() + SWEEP_SECONDS
                    self._start(group, woken, wakeup)
                    woken = await wakeup.wait(look_at - time())

    async def _due(self, woken: Iterable[str]) -> set[str]:
        """Find all lanes with due rows, but for those that are drained right now: they see their own.

        What was woken meanwhile stays woken, as a lane may have looked for the last time before that.
        """
        async with self.desk.uow().reading() as uow:
            due = {f"{way} {lane}" for way in Direction for lane in await due_lanes(uow.session, way, uow.now)}
        return {key for key in due if key not in self.tasks} | {key for key in woken if " " in key}

    def _start(self, group: asyncio.TaskGroup, woken: Iterable[str], wakeup: Subscription) -> None:
        free = {way: LANES_AT_ONCE[way] - sum(key.startswith(f"{way} ") for key in self.tasks) for way in Direction}
        for key in woken:
            word, _, lane = key.partition(" ")
            way = Direction(word)
            if key in self.tasks or free[way] <= 0:
                self.put_off.add(key)
            else:
                free[way] -= 1
                self.tasks[key] = group.create_task(self._drain(key, way, lane, wakeup))

    async def _drain(self, key: str, way: Direction, lane: str, wakeup: Subscription) -> None:
        """Take the lane, do its due rows in order, let go; what was woken meanwhile gets its turn."""
        try:
            if not await self.lanes.take(way, lane):
                return
            try:
                while await self._step(way, lane):
                    pass
            finally:
                await self.lanes.let_go(way, lane)
        finally:
            del self.tasks[key]
            if self.put_off:
                wakeup.wake(*self.put_off)
                self.put_off.clear()

    async def _step(self, way: Direction, lane: str) -> bool:
        """Do the next due thing of a lane; False when there is none."""
        match way:
            case Direction.IN:
                return await self._handle_next(lane)
            case Direction.OUT:
                return await reply.deliver_next(self.desk.uow, self.desk.channels, lane, limits=self.limits)
            case Direction.FILE:
                desk = self.desk
                await attachments.work_off(desk.uow, desk.files, desk.channels, int(lane), limits=self.limits)
                return False

    async def _handle_next(self, lane: str) -> bool:
        """Handle the lane's next event; False when there is no other: what comes meanwhile brings its own wake-up."""
        event_id: int | None = None
        last = False
        try:
            async with self.desk.uow() as uow:
                found = await uow.inbound.next_of_lane(lane, uow.now)
                if found is None:
                    await uow.commit()
                    return False
                event_id, last = found
                with structlog.contextvars.bound_contextvars(event_id=event_id):
                    turn = await receive.handle(uow, event_id, limits=self.limits)
                    await uow.commit()
            with structlog.contextvars.bound_contextvars(event_id=event_id):
                async with thinking(self.desk.channels, lane):
                    await self._think(event_id, turn)
        except EVENT_FAULTS as error:
            if event_id is None:
                raise
            # One event's fault must not stop the others: it is retried, then set aside and shown.
            async with self.desk.uow() as uow:
                set_aside = await receive.postpone(uow, event_id, type(error).__name__, limits=self.limits)
                await uow.commit()
            log.exception("event.failed", event_id=event_id, set_aside=set_aside)
        return not last

    async def _think(self, event_id: int, turn: Turn | None) -> None:
        """Ask Rasa what the event needs, with no transaction open, and write down what comes back."""
        if turn is not None and turn.judge:
            intent = await self.desk.rasa.judge(turn)
            async with self.desk.uow() as uow:
                turn = await receive.judge(uow, event_id, intent, limits=self.limits)
                await uow.commit()
        if turn is None:
            return
        try:
            proposed = await self.desk.rasa.ask(turn)
        except RasaUnavailable as error:
            log.warning("rasa.unavailable", reason=str(error))
            async with self.desk.uow() as uow:
                await receive.apologise(uow, event_id, limits=self.limits)
                await uow.commit()
            return
        async with self.desk.uow() as uow:
            await receive.apply(uow, event_id, proposed, limits=self.limits)
            await uow.commit()
        log.info("event.handled")

    async def _run_errands(self) -> None:
        with self.desk.wakeups.subscribe(errands.ERRANDS) as wakeup:
            while True:
                while await errands.carry_out(self.desk.uow, self.desk.channels):
                    pass
                await wakeup.wait(SWEEP_SECONDS)

    async def _watch_quotas(self) -> None:
        with self.desk.wakeups.subscribe(quotas.QUOTA) as wakeup:
            while True:
                await quotas.ask(self.desk.uow, self.desk.channels)
                await wakeup.wait(quotas.ASK_SECONDS)

    async def _find_missed(self) -> None:
        with self.desk.wakeups.subscribe(clock.MOVED) as moved:
            while True:
                try:
                    await missed.look(self.desk.uow, self.desk.channels)
                except EVENT_FAULTS as error:
                    log.exception("missed.failed", error=error)
                await moved.wait(missed.LOOK_SECONDS)

    async def _clear_dead_rows(self) -> None:
        """Clear the database's files of erased words, at most once in a while."""
        with self.desk.wakeups.subscribe(erasing.DEAD_ROWS) as erased:
            while True:
                if await erased.wait():
                    await asyncio.sleep(CLEAR_SECONDS)  # transactions that may still see the words are over by then
                    async with self.desk.uow().reading() as uow:
                        await dead_rows.clear(uow.session)

    async def _sweep_each_second(self) -> None:
        with self.desk.wakeups.subscribe(clock.MOVED) as moved:
            while True:
                async with self.desk.uow().reading() as uow:
                    generation = await clock.generation(uow.session)
                await self.lanes.check()
                await deadlines.sweep(self.desk.uow, self.limits, self.desk.channels)
                if generation:
                    async with self.desk.uow() as uow:
                        await clock.mark_swept(uow.session, generation)
                        uow.notify(clock.SWEPT)
                        await uow.commit()
                await moved.wait(SWEEP_SECONDS)


async def work(settings: Settings) -> None:
    """Run one worker until SIGTERM or SIGINT."""
    desk = make_desk(settings)
    lanes = await Lanes.connect(desk.listen_url)
    settle()
    task = asyncio.ensure_future(Worker(desk, lanes).run())
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    log.info("worker.ready")
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    finally:
        await lanes.close()
        await desk.close()


def run(settings: Settings) -> None:
    """Be the worker process."""
    configure("worker")
    uvloop.run(work(settings))
