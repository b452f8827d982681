"""What the lanes themselves can do: ``python -m tests.bench.lanes DATABASE_URL`` on an empty, migrated database.

Measured in one process with one worker and a Rasa that answers at once with an article: from the stored rows of what
customers wrote to the last settled row of what they are answered. Prints one line of JSON.
"""

import asyncio
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import event, text

from bot.bootstrap import Desk, make_desk
from bot.log import configure
from bot.rasa_client import RasaClient
from bot.services import articles, receive
from bot.settings import load_settings
from bot.store.lanes import Lanes
from bot.worker import Worker
from connectors.contract import EventKind, InboundEvent
from tests.bench.questions import A_CASE, all_questions

CUSTOMERS = 100
ANSWER = b'[{"custom": {"proposal": "answer", "article_id": "customs-registration", "version": 1, "score": 0.9}}]'
OPEN = text(
    "select (select count(*) from inbound_events where state in ('new', 'asking'))"
    " + (select count(*) from messages where delivery = 'pending')"
)
SENT = text("select count(*) from messages where author = 'bot' and delivery = 'sent'")


class Scripted:
    """A Rasa that answers at once."""

    async def call(self, _method: str, _path: str, _body: Any = None, **_: Any) -> bytes:
        return ANSWER

    async def close(self) -> None:
        pass


def written(count: int) -> list[InboundEvent]:
    """What so many customers wrote, a few questions each, one after the other."""
    questions = all_questions()
    return [
        InboundEvent(
            channel="webchat",
            event_id=f"bench-{customer}:{number}",
            external_id=f"bench-{customer}",
            kind=EventKind.TEXT,
            occurred_at=datetime.now(UTC),
            text=questions[(customer * A_CASE + number) % len(questions)],
            client_id=str(number),
        )
        for number in range(A_CASE)
        for customer in range(count)
    ]


async def fill(desk: Desk) -> int:
    """Store the articles and what was written; give the number of events."""
    events = written(CUSTOMERS)
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await receive.accept(uow, events)
        await uow.commit()
    return len(events)


async def drain(desk: Desk) -> float:
    """Let one worker work until nothing is open; give the seconds it took."""
    lanes = await Lanes.connect(desk.listen_url)
    began = time.perf_counter()
    worker = asyncio.create_task(Worker(desk, lanes).run())
    while await scalar(desk, OPEN):
        await asyncio.sleep(0.1)
    took = time.perf_counter() - began
    worker.cancel()
    await asyncio.wait({worker})
    await lanes.close()
    return took


async def scalar(desk: Desk, query: Any) -> int:
    async with desk.engine.connect() as connection:
        return int((await connection.execute(query)).scalar_one())


async def measure(database_url: str) -> dict[str, float]:
    """Fill, drain and count, statements included."""
    desk = make_desk(load_settings({"DESK_DATABASE_URL": database_url}))
    object.__setattr__(desk, "rasa", RasaClient(Scripted()))
    events = await fill(desk)
    statements = 0

    @event.listens_for(desk.engine.sync_engine, "before_cursor_execute")
    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    cpu = time.process_time()
    seconds = await drain(desk)
    figures = {
        "events": events,
        "sent": await scalar(desk, SENT),
        "seconds": seconds,
        "statements": statements,
        "cpu": time.process_time() - cpu,
    }
    await desk.close()
    return figures


def main() -> None:
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        configure("worker", stream=nowhere)  # writing the log is part of the work
        figures = uvloop.run(measure(sys.argv[1]))  # as the worker does
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
