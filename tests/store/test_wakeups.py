"""Wake-ups and the worker's lanes: whoever is woken learns which lane has work, and no wake-up is lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot import worker
from bot.bootstrap import Desk, make_desk
from bot.services.receive import IN
from bot.services.say import OUT
from bot.store import dead_rows, wakeups
from bot.store.lanes import Direction
from bot.worker import LANES_AT_ONCE, Worker
from connectors.contract import EventKind
from tests.drive import Customer


@pytest_asyncio.fixture(name="listening")
async def _listening(desk: Desk) -> AsyncIterator[None]:
    """Listen to the database; the first wake-up of all tells that we do."""
    task = asyncio.create_task(desk.wakeups.run())
    with desk.wakeups.subscribe(IN) as wakeup:
        await wakeup.wait()
    yield
    task.cancel()


@pytest.mark.usefixtures("listening")
async def test_a_stored_event_wakes_with_its_lane(desk: Desk) -> None:
    customer = Customer(desk)
    with desk.wakeups.subscribe(IN, OUT) as wakeup:
        await customer.accept(customer.event(EventKind.TEXT, text="ขอ Form D ที่ไหน"))

        assert await wakeup.wait() == {f"in {customer.lane}"}


@pytest.mark.usefixtures("listening")
async def test_only_what_must_be_sent_wakes_the_lane_out(desk: Desk) -> None:
    for channel, expected in (("line", {"out"}), ("webchat", set())):
        customer = Customer(desk, channel=channel)
        with desk.wakeups.subscribe(OUT, customer.lane) as wakeup:
            await customer.accept(customer.event(EventKind.OPENED))
            await customer.handle()

            assert {woken.partition(" ")[0] for woken in await wakeup.wait()} == {customer.lane, *expected}


@pytest.mark.usefixtures("listening")
async def test_what_is_rolled_back_wakes_nobody(desk: Desk) -> None:
    with desk.wakeups.subscribe("one", "two") as wakeup:
        async with desk.uow() as uow:
            uow.notify("one")
        async with desk.uow() as uow:
            uow.notify("two", "about")
            await uow.commit()

        assert await wakeup.wait() == {"two about"}


@pytest.mark.usefixtures("listening")
async def test_wakeups_get_through_after_the_connection_that_sends_them_was_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wakeups, "RECONNECT_SECONDS", 0)
    with desk.wakeups.subscribe("one", "two", "three") as wakeup:
        desk.announcer.announce(["one"])
        assert await wakeup.wait() == {"one"}
        async with desk.uow() as uow:
            ended = text(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where query like '%pg_notify%' and pid <> pg_backend_pid() and datname = current_database()"
            )
            assert (await uow.session.execute(ended)).scalar_one() == 1
        desk.announcer.announce(["two"])
        desk.announcer.announce(["three", "two"])
        woken = await wakeup.wait()

        assert woken | (await wakeup.wait() if len(woken) < 2 else set()) == {"two", "three"}


@pytest.mark.usefixtures("listening")
async def test_what_the_database_refuses_holds_up_nothing_behind_it(desk: Desk) -> None:
    with desk.wakeups.subscribe("one") as wakeup:
        desk.announcer.announce(["x" * 8000])
        await asyncio.sleep(0)  # it leaves alone
        desk.announcer.announce(["one"])

        assert await wakeup.wait() == {"one"}


@pytest.mark.usefixtures("listening")
async def test_a_command_that_ends_at_once_still_wakes_the_others(desk: Desk) -> None:
    command = make_desk(desk.settings)
    with desk.wakeups.subscribe("articles") as wakeup:
        async with command.uow() as uow:
            uow.notify("articles")
            await uow.commit()
        await command.close()

        assert await wakeup.wait() == {"articles"}


async def test_a_process_ends_though_the_database_is_away() -> None:
    announcer = wakeups.Announcer("postgresql://127.0.0.1:1/nowhere")
    announcer.announce(["one"])
    async with asyncio.timeout(60):  # it would go on trying for ever
        await announcer.close()


async def test_a_reading_unit_of_work_is_in_no_transaction_and_commits_nothing(desk: Desk) -> None:
    async with desk.uow().reading() as uow:
        first = (await uow.session.execute(text("select pg_current_xact_id()::text"))).scalar_one()
        second = (await uow.session.execute(text("select pg_current_xact_id()::text"))).scalar_one()
        with pytest.raises(AssertionError):
            await uow.commit()
    async with desk.uow() as uow:
        inside = {(await uow.session.execute(text("select pg_current_xact_id()::text"))).scalar_one() for _ in "ab"}

    assert first != second
    assert len(inside) == 1


class GatedLanes:
    """Lanes that can be taken; whoever lets one go waits until the gate is open."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.gate = asyncio.Event()

    async def take(self, way: Direction, lane: str) -> bool:
        self.taken.append(f"{way} {lane}")
        return True

    async def let_go(self, way: Direction, lane: str) -> None:
        await self.gate.wait()


async def test_a_lane_woken_while_it_is_drained_and_one_without_a_place_get_their_turn(desk: Desk) -> None:
    lanes = GatedLanes()
    ours = Worker(desk, lanes)  # type: ignore[arg-type]
    many = [f"in webchat:{number}" for number in range(LANES_AT_ONCE[Direction.IN])]
    async with asyncio.TaskGroup() as group:
        with desk.wakeups.subscribe(IN, OUT) as wakeup:
            ours._start(group, many, wakeup)
            ours._start(group, [many[0], "in webchat:later", "out webchat:0"], wakeup)
            assert set(ours.tasks) == {*many, "out webchat:0"}

            lanes.gate.set()
            while ours.tasks:
                ours._start(group, await wakeup.wait(), wakeup)

    assert sorted(lanes.taken) == sorted([*many, "out webchat:0", many[0], "in webchat:later"])


async def test_a_lane_woken_while_it_is_drained_stays_woken_when_all_rows_are_looked_at(desk: Desk) -> None:
    customer = Customer(desk)
    await customer.accept(customer.event(EventKind.TEXT, text="ขอ Form D ที่ไหน"))
    key, done = f"in {customer.lane}", asyncio.get_running_loop().create_future()
    ours = Worker(desk, GatedLanes())  # type: ignore[arg-type]
    assert await ours._due({IN}) == {key}

    ours.tasks[key] = done  # type: ignore[assignment]

    assert await ours._due({IN}) == set()
    assert await ours._due({IN, key}) == {key}, "it may have come after the last look"


@pytest.mark.usefixtures("listening")
async def test_an_erasure_lets_the_worker_clear_the_databases_files(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "CLEAR_SECONDS", 0.0)
    cleared = asyncio.Event()

    async def clear(_session: object) -> None:
        cleared.set()

    monkeypatch.setattr(dead_rows, "clear", clear)
    customer = Customer(desk, channel="line")
    await customer.accept(customer.event(EventKind.TEXT, text="โทร 0812345678", message_id="m1"))
    assert await customer.handle() is None
    task = asyncio.create_task(Worker(desk, GatedLanes())._clear_dead_rows())  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert not cleared.is_set()

    await customer.accept(customer.event(EventKind.UNSENT, target_message_id="m1"))
    assert await customer.handle() is None
    await asyncio.wait_for(cleared.wait(), 10)

    task.cancel()
