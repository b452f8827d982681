"""Ask Rasa for one turn over its REST channel. Whatever is not a list of well-formed proposals is RasaUnavailable.

No transaction is open while this waits. Rasa answers 200 with ``[]`` when an action failed, so an empty turn is a
failed one: every rule of ours says something.
"""

from typing import Annotated, Any

import httpx
from pydantic import Field, TypeAdapter, ValidationError

from bot.domain.errors import RasaUnavailable
from bot.domain.proposals import Proposal, Say
from bot.domain.scripts import load_scripts
from bot.services.receive import Turn

TIMEOUT = httpx.Timeout(10.0, connect=2.0)
LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=64)
_PROPOSAL: TypeAdapter[Proposal] = TypeAdapter(Annotated[Proposal, Field(discriminator="proposal")])


class RasaClient:
    """A pooled client of one Rasa server."""

    def __init__(self, base_url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT, limits=LIMITS, transport=transport)

    async def ask(self, turn: Turn) -> list[Proposal]:
        """Send one turn and return its proposals, at least one; raise RasaUnavailable for anything else."""
        body = {"sender": turn.sender, "message": turn.message, "metadata": turn.metadata}
        try:
            response = await self._http.post("/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            replies = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise RasaUnavailable(type(error).__name__) from error
        return read_proposals(replies)

    async def judge(self, turn: Turn) -> str:
        """Ask only what a text means; give the intent, or "unknown" when Rasa does not say (then it is a question)."""
        try:
            response = await self._http.post("/model/parse", json={"text": turn.message})
            response.raise_for_status()
            return str(response.json()["intent"]["name"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return "unknown"

    async def is_ready(self) -> bool:
        """Tell whether Rasa answers with a loaded model."""
        try:
            response = await self._http.get("/status", timeout=2.0)
        except httpx.HTTPError:
            return False
        return response.status_code == httpx.codes.OK

    async def close(self) -> None:
        """Close the pool."""
        await self._http.aclose()


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
