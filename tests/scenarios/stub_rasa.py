"""A Rasa that a test holds: it answers each turn when it is let go, and tells what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

ANSWER = [{"custom": {"proposal": "say", "script": "not_found"}}]


@dataclass
class StubRasa:
    """Keeps the turns; ``open`` lets answers out."""

    port: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def until_asked(self, times: int) -> None:
        async with asyncio.timeout(90):
            while len(self.asked) < times:
                await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    (
                        int(line.split(b":")[1])
                        for line in head.split(b"\r\n")
                        if line.lower().startswith(b"content-length")
                    ),
                    0,
                )
                body = await reader.readexactly(length)
                answer: Any = {"status": "ok"}
                if length:
                    self.asked.append(json.loads(body))
                    await self.open.wait()
                    answer = ANSWER
                content = json.dumps(answer).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(content)
                )
                writer.write(content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def stub_rasa() -> AsyncIterator[StubRasa]:
    """Run a stub on a free loopback port."""
    stub = StubRasa()
    server = await asyncio.start_server(stub._serve, "127.0.0.1", 0)
    stub.port = server.sockets[0].getsockname()[1]
    yield stub
    stub.open.set()
    server.close()
