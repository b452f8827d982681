"""Personas: a name and a picture of their own for the assistant and each officer, where Meta gives them.

A persona is made when its name first speaks, and found again by its name. Whatever goes wrong costs nothing but the
picture: for a while the name stands before the text instead.

Source: developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/personas.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import httpx

from connectors.messenger_graph import Graph, GraphRefused
from connectors.texts import shorten

LONGEST_NAME: Final = 50  # UTF-16 units
PATIENCE: Final = 3.0  # seconds for each step of a call; an answer waits for it once
FIELDS: Final = {"fields": "id,name", "limit": "200"}
OFF_FOR: Final = 600.0  # seconds without personas after a failure

_log = logging.getLogger(__name__)


class Personas:
    """The personas of a page; ``picture`` is where Meta gets their picture, None where no https address reaches us."""

    def __init__(self, graph: Graph, page: str, *, picture: str | None, monotonic: Callable[[], float]) -> None:
        self._graph = graph
        self._path = f"{page}/personas"
        self._picture = picture
        self._monotonic = monotonic
        self._off_until = -1.0
        self._turn = asyncio.Lock()
        self._known: dict[str, str] | None = None

    async def id_of(self, name: str | None) -> str | None:
        """Give the persona of this name, made if need be; None while there are none."""
        if not name or self._picture is None:
            return None
        async with self._turn:  # so that two messages of an officer make one persona
            if self._monotonic() < self._off_until:
                return None
            try:
                return await self._found(shorten(name, LONGEST_NAME, by_units=True), self._picture)
            except (GraphRefused, httpx.HTTPError, ValueError, LookupError, TypeError) as error:
                self.fail(error)
                return None

    def fail(self, error: Exception) -> None:
        """Do without for a while, and then look anew which there are."""
        _log.warning("messenger.personas_off", extra={"reason": str(error)[:200]})
        self._off_until, self._known = self._monotonic() + OFF_FOR, None

    async def _found(self, name: str, picture: str) -> str:
        if self._known is None:
            self._known = _by_name(await self._graph.ask("GET", self._path, patience=PATIENCE, query=FIELDS))
        if name not in self._known:
            self._known[name] = await self._make(name, picture)
        return self._known[name]

    async def _make(self, name: str, picture: str) -> str:
        body = {"name": name, "profile_picture_url": picture}
        return str((await self._graph.ask("POST", self._path, body, patience=PATIENCE))["id"])


def _by_name(answer: Any) -> dict[str, str]:
    return {str(persona["name"]): str(persona["id"]) for persona in answer["data"]}
