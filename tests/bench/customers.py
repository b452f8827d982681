"""Customers as processes of their own: ``python -m tests.bench.customers …`` prints its figures as one line of JSON.

A customer opens the talk and is greeted, asks, waits until the answer can be read, and asks the next question (closed
loop). Every few questions a new customer comes, so that trackers stay as short as in life.
"""

import argparse
import asyncio
import itertools
import json
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import aiohttp
import uvloop

from tests.bench.questions import NOTHING_KNOWN, cases

PATIENCE = 30.0  # seconds for one answer, after which the run fails


class Customer(Protocol):
    """Somebody who asks.

    ``begin`` returns with the greeting, ``ask`` with the answer, or with False: the bot has the talk no more.
    """

    async def begin(self) -> None: ...

    async def ask(self, question: str) -> bool: ...


class ChatCustomer:
    """A visitor of the web chat, as its page is: posts, and reads the stream of committed messages."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._headers: dict[str, str] = {}
        self._stream: aiohttp.ClientResponse | None = None

    def end(self) -> None:
        if self._stream is not None:
            self._stream.close()

    async def begin(self) -> None:
        self.end()
        async with self._http.post("/webchat/sessions", json={"language": "th"}) as response:
            response.raise_for_status()
            self._headers = {"Authorization": f"Bearer {(await response.json())['token']}"}
        self._stream = await self._http.get("/webchat/events", headers=self._headers)
        self._stream.raise_for_status()
        await self._answered(None)

    async def ask(self, question: str) -> bool:
        body = {"client_id": uuid.uuid4().hex, "text": question}
        async with self._http.post("/webchat/messages", json=body, headers=self._headers) as response:
            response.raise_for_status()
        return await self._answered(body["client_id"])

    async def _answered(self, client_id: str | None) -> bool:
        """Read until the bot says something behind one's own message; what it said before answers another one."""
        assert self._stream is not None
        heard = client_id is None
        async for line in self._stream.content:
            if line.startswith(b"data: "):
                told = json.loads(line.removeprefix(b"data: "))
                heard = heard or told.get("client_id") == client_id
                if told.get("state", "bot") != "bot":
                    return False
                if heard and told.get("author") == "bot":
                    return True
        raise RuntimeError("The stream has ended.")


class RasaCustomer:
    """Somebody who asks Rasa itself through its REST channel, with what the desk would send along."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._sender = ""

    async def begin(self) -> None:
        """Open the talk as chat widgets do, with the intent that the bot greets back."""
        self._sender = uuid.uuid4().hex
        await self.ask("/greet")

    async def ask(self, question: str) -> bool:
        body = {"sender": self._sender, "message": question, "metadata": NOTHING_KNOWN}
        async with self._http.post("/webhooks/rest/webhook", json=body) as response:
            response.raise_for_status()
            if not await response.json():
                raise RuntimeError(f"Rasa has no answer to {question}.")
        return True


@dataclass
class Said:
    """What the bot said to all customers: when each was greeted; when each answer came, and how long it took."""

    greetings: list[float] = field(default_factory=list)
    answers: list[tuple[float, float]] = field(default_factory=list)


async def talk(customer: Customer, talks: Iterator[list[str]], until: float, said: Said) -> None:
    """Open one talk after the other, and in each ask one question after the other."""
    while time.perf_counter() < until:
        await customer.begin()
        said.greetings.append(time.perf_counter())
        for question in next(talks):
            began = time.perf_counter()
            async with asyncio.timeout(PATIENCE):
                if not await customer.ask(question):
                    break
            ended = time.perf_counter()
            said.answers.append((ended, ended - began))
            if ended > until:
                break


async def crowd(kind: type[ChatCustomer | RasaCustomer], url: str, chosen: argparse.Namespace) -> dict[str, object]:
    """Let so many customers talk at once; only what is answered after the warm-up and before the end counts."""
    said = Said()
    cpu, started = time.process_time(), time.perf_counter() + chosen.warm_up
    until = started + chosen.seconds
    talks = itertools.islice(cases(), chosen.skip, None)
    async with connected(url) as http, asyncio.TaskGroup() as group:
        for _ in range(chosen.customers):
            group.create_task(talk(kind(http), talks, until, said))
    return {
        "seconds": chosen.seconds,
        "latencies": [took for ended, took in said.answers if started <= ended <= until],
        "greetings": sum(started <= ended <= until for ended in said.greetings),
        "all": len(said.answers) + len(said.greetings),
        "cpu": time.process_time() - cpu,
    }


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Keep connections alive, as many as are needed."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=connector, timeout=aiohttp.ClientTimeout()) as http:
        yield http


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["chat", "rasa"])
    parser.add_argument("url")
    parser.add_argument("--customers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--warm-up", type=float, default=2.0)
    parser.add_argument("--skip", type=int, default=0, help="talks left out, so that another run asks other questions")
    chosen = parser.parse_args()
    kind = ChatCustomer if chosen.kind == "chat" else RasaCustomer
    json.dump(uvloop.run(crowd(kind, chosen.url, chosen)), sys.stdout)


if __name__ == "__main__":
    main()
