"""What a customer sees of us beside messages, and by which name they go; nothing of it is worth a wait.

Sources: developers.facebook.com/docs/messenger-platform/reference/send-api (``sender_action``),
…/business-messaging/messenger-platform/identity/user-profile.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

import httpx

from connectors import json_body
from connectors.contract import ChannelHalted, DeliveryFailed
from connectors.messenger_errors import SOON, meaning_of
from connectors.messenger_graph import Graph, GraphRefused

PATIENCE: Final = 3.0  # seconds for each step of a call
NAMELESS: Final = frozenset({2018218, 2018247, 230, 100})  # no profile for us, or no permission to read it
AFTER_FAILURE: Final = timedelta(minutes=5)  # then a name is asked for again
LONGEST_NAME: Final = 200  # characters


async def act(graph: Graph, page: str, external_id: str, action: str) -> None:
    """Show ``typing_on`` or ``mark_seen``; left out while the page's rate is nearly used up. Raises a ChannelError."""
    if graph.is_busy:
        raise ChannelHalted("rate_limited", retry_after=SOON)
    try:
        body = {"recipient": {"id": external_id}, "sender_action": action}
        await graph.ask("POST", f"{page}/messages", body, patience=PATIENCE)
    except GraphRefused as error:
        raise meaning_of(error.error) from error
    except (httpx.HTTPError, ValueError) as error:
        raise DeliveryFailed("platform_down") from error


async def name_of(graph: Graph, external_id: str) -> str | None:
    """Ask for a customer's name; None where Meta gives none. Raises a ChannelError to be asked again later."""
    if graph.is_busy:
        raise ChannelHalted("rate_limited", retry_after=AFTER_FAILURE)
    path, fields = quote(external_id, safe=""), {"fields": "first_name,last_name,name"}
    try:
        return _name(await graph.ask("GET", path, patience=PATIENCE, query=fields))
    except GraphRefused as error:
        if NAMELESS & {error.error.code, error.error.subcode}:
            return None
        raise DeliveryFailed("platform_down", retry_after=AFTER_FAILURE) from error
    except (httpx.HTTPError, ValueError) as error:
        raise DeliveryFailed("platform_down", retry_after=AFTER_FAILURE) from error


def _name(profile: Any) -> str | None:
    """Read a profile, which may hold the whole name alone."""
    if not isinstance(profile, Mapping):
        return None
    parts = [profile.get("first_name"), profile.get("last_name")]
    whole = " ".join(part for part in parts if isinstance(part, str)) or profile.get("name")
    words = " ".join(whole.split()) if isinstance(whole, str) else ""
    return json_body.storable(words).strip()[:LONGEST_NAME] or None
