"""``kill -9`` of the worker at the worst moments: the customer sees each answer once."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from bot.bootstrap import Desk, make_desk
from bot.domain.conversation import Author, Delivery, Message
from bot.settings import ROOT, load_settings
from connectors.contract import EventKind
from tests.drive import Customer
from tests.scenarios.stub_rasa import StubRasa, stub_rasa

Start = Callable[..., Awaitable[asyncio.subprocess.Process]]


@pytest_asyncio.fixture(name="desk")
async def _desk(database_url: str) -> AsyncIterator[Desk]:
    desk = make_desk(load_settings({"DESK_DATABASE_URL": database_url}))
    yield desk
    await desk.close()


@pytest_asyncio.fixture(name="rasa")
async def _rasa() -> AsyncIterator[StubRasa]:
    async with stub_rasa() as stub:
        yield stub


@pytest_asyncio.fixture(name="start")
async def _start(database_url: str, rasa: StubRasa) -> AsyncIterator[Start]:
    """Start worker processes; whatever still runs at the end is killed."""
    started: list[asyncio.subprocess.Process] = []

    async def start(*command: str) -> asyncio.subprocess.Process:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("DESK_")}
        environ |= {"DESK_DATABASE_URL": database_url, "DESK_RASA_URL": rasa.url}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *(command or ("bot", "worker")), cwd=ROOT, env=environ,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        await kill(process)


async def kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def until(customer: Customer, done: Callable[[Sequence[Message]], bool]) -> Sequence[Message]:
    async with asyncio.timeout(90):
        while True:
            messages = await customer.messages()
            if done(messages):
                return messages
            await asyncio.sleep(0.05)


def from_bot(messages: Sequence[Message]) -> list[str | None]:
    return [message.script for message in messages if message.author is Author.BOT]


def all_sent(messages: Sequence[Message]) -> bool:
    return bool(messages) and all(message.delivery is Delivery.SENT for message in messages)


@pytest.mark.timeout(180)
async def test_killed_while_rasa_is_asked(desk: Desk, rasa: StubRasa, start: Start) -> None:
    customer = Customer(desk)
    await customer.accept(customer.event(EventKind.TEXT, text="ขอ Form D ที่ไหน"))
    first = await start()
    await rasa.until_asked(1)
    await kill(first)
    await start()
    await rasa.until_asked(2)
    rasa.open.set()
    messages = await until(customer, lambda m: len(from_bot(m)) >= 2 and all_sent(m))

    assert from_bot(messages) == ["greeting_before_answer", "not_found"]
    assert len([m for m in messages if m.author is Author.CUSTOMER]) == 1
    assert [turn["sender"].split(".")[1] for turn in rasa.asked] == ["1", "2"]


@pytest.mark.timeout(180)
async def test_killed_between_answer_and_confirmation_on_a_keyed_channel(
    desk: Desk, rasa: StubRasa, start: Start, tmp_path: Path
) -> None:
    rasa.open.set()
    messages = await _kill_while_sending(desk, start, tmp_path, "keyed")
    shown = (tmp_path / "shown").read_text(encoding="utf-8").splitlines()

    assert from_bot(messages) == ["greeting_before_answer", "not_found"]
    assert all_sent(messages)
    assert sorted(shown) == sorted(str(m.retry_key) for m in messages if m.author is Author.BOT)


@pytest.mark.timeout(180)
async def test_killed_between_answer_and_confirmation_on_a_channel_without_keys(
    desk: Desk, rasa: StubRasa, start: Start, tmp_path: Path
) -> None:
    rasa.open.set()
    messages = await _kill_while_sending(desk, start, tmp_path, "unkeyed", count=3)
    shown = (tmp_path / "shown").read_text(encoding="utf-8").splitlines()
    bot = [m for m in messages if m.author is Author.BOT]

    assert [m.delivery for m in bot] == [Delivery.UNKNOWN, Delivery.SENT, Delivery.SENT]
    assert bot[2].script in ("handoff_open", "handoff_closed"), "a person looks after the lost one"
    assert len(shown) == len(set(shown)) == 3


async def _kill_while_sending(
    desk: Desk, start: Start, folder: Path, keyed: str, *, count: int = 2
) -> Sequence[Message]:
    command = ("tests.scenarios.stalling_worker", str(folder), keyed)
    customer = Customer(desk, channel="line")
    await customer.accept(customer.event(EventKind.TEXT, text="ขอ Form D ที่ไหน"))
    first = await start(*command)
    async with asyncio.timeout(90):
        while not (folder / "shown").exists():
            await asyncio.sleep(0.02)
    await until(customer, lambda m: len(from_bot(m)) == 2)
    await kill(first)
    (folder / "gate").touch()
    await start(*command)
    return await until(
        customer, lambda m: len(from_bot(m)) == count and all(x.delivery is not Delivery.PENDING for x in m)
    )


@pytest.mark.timeout(180)
async def test_two_workers_share_the_work_and_no_answer_is_doubled(desk: Desk, rasa: StubRasa, start: Start) -> None:
    rasa.open.set()
    await asyncio.gather(start(), start())
    customers = [Customer(desk) for _ in range(12)]
    for number in range(3):
        await asyncio.gather(*(c.accept(c.event(EventKind.TEXT, text=f"คำถาม {number}")) for c in customers))
    for customer in customers:
        messages = await until(customer, lambda m: len(from_bot(m)) >= 4 and all_sent(m))
        assert from_bot(messages) == ["greeting_before_answer", *["not_found"] * 3]
        assert [m.text for m in messages if m.author is Author.CUSTOMER] == ["คำถาม 0", "คำถาม 1", "คำถาม 2"]
