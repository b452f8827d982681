"""Ask Rasa for one turn over its REST channel. Whatever is not a list of well-formed proposals is RasaUnavailable.

No transaction is open while this waits. Rasa answers 200 with ``[]`` when an action failed, so an empty turn is a
failed one: every rule of ours says something.
"""

from typing import Annotated, Any, Protocol

import aiohttp
import orjson
from pydantic import Field, TypeAdapter, ValidationError

from bot.domain.errors import RasaUnavailable
from bot.domain.proposals import Proposal, Say
from bot.domain.scripts import load_scripts
from bot.services.receive import Turn

PATIENCE = 10.0  # seconds for an answer
CONNECT_SECONDS = 2.0
AT_ONCE = 64
KEPT_SECONDS = 4.0  # an idle connection; `rasa run` closes it after 120, proxies may after 5
JSON = {"Content-Type": "application/json"}
_PROPOSAL: TypeAdapter[Proposal] = TypeAdapter(Annotated[Proposal, Field(discriminator="proposal")])


class Wire(Protocol):
    """The way to Rasa."""

    async def call(self, method: str, path: str, body: Any = None, *, seconds: float = PATIENCE) -> bytes:
        """Give what is answered with 200 in this time; raise RasaUnavailable for anything else."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


class HttpWire:
    """A pool of connections with one Rasa server."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def call(self, method: str, path: str, body: Any = None, *, seconds: float = PATIENCE) -> bytes:
        """Give what is answered with 200 in this time; raise RasaUnavailable for anything else."""
        if self._session is None:  # made in the loop that uses it
            connector = aiohttp.TCPConnector(limit=AT_ONCE, keepalive_timeout=KEPT_SECONDS)
            self._session = aiohttp.ClientSession(connector=connector, headers=JSON)
        data = None if body is None else orjson.dumps(body)
        timeout = aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)
        try:
            async with self._session.request(
                method, self._base_url + path, data=data, timeout=timeout, allow_redirects=False
            ) as response:
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RasaUnavailable(type(error).__name__) from error
        if response.status != 200:
            raise RasaUnavailable(f"status {response.status}")
        return answer

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()


class RasaClient:
    """What the desk asks one Rasa server."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def ask(self, turn: Turn) -> list[Proposal]:
        """Send one turn and return its proposals, at least one; raise RasaUnavailable for anything else."""
        body = {"sender": turn.sender, "message": turn.message, "metadata": turn.metadata}
        answer = await self._wire.call("POST", "/webhooks/rest/webhook", body)
        try:
            replies = orjson.loads(answer)
        except orjson.JSONDecodeError as error:
            raise RasaUnavailable("nonsense") from error
        return read_proposals(replies)

    async def judge(self, turn: Turn) -> str:
        """Ask only what a text means; give the intent, or "unknown" when Rasa does not say (then it is a question)."""
        try:
            answer = await self._wire.call("POST", "/model/parse", {"text": turn.message})
            return str(orjson.loads(answer)["intent"]["name"])
        except (RasaUnavailable, orjson.JSONDecodeError, KeyError, TypeError):
            return "unknown"

    async def is_ready(self) -> bool:
        """Tell whether Rasa answers with a loaded model."""
        try:
            await self._wire.call("GET", "/status", seconds=2.0)
        except RasaUnavailable:
            return False
        return True

    async def close(self) -> None:
        """Let go of every connection."""
        await self._wire.close()


def read_proposals(replies: Any) -> list[Proposal]:
    """Read a turn's replies: each must be one ``custom`` proposal."""
    try:
        proposals = [_PROPOSAL.validate_python(reply["custom"]) for reply in replies]
    except (KeyError, TypeError, ValidationError) as error:
        raise RasaUnavailable("nonsense") from error
    if not proposals:
        raise RasaUnavailable("empty turn")
    if any(isinstance(proposal, Say) and proposal.script not in load_scripts() for proposal in proposals):
        raise RasaUnavailable("unknown script")
    return proposals
