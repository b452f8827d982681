"""What was said while the webhook was silent, read from the page's conversations.

Graph keeps every talk; of each the last 20 messages can be read, and a page may ask twice a second (rate-limiting). A
message has the same ``mid`` here and in the webhook, so what came already is found out by its event id. It is written
as the webhook would have written it and read by the same reader; whether words of the page are ours Graph does not tell
here, so each is an echo without a sender.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/conversations and …/overview/
rate-limiting, …/docs/graph-api/reference/message. That the ids are the same: other integrations only (unverified).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from typing import Any, Final

import httpx

from connectors.contract import ChannelHalted, DeliveryFailed, InboundEvent, NotAllTold
from connectors.messenger_errors import SOON, meaning_of
from connectors.messenger_graph import Graph, GraphRefused
from connectors.messenger_values import Json, id_of, object_of, objects_of, text_of

PAUSE: Final = 0.6  # seconds between two calls
MOST_CALLS: Final = 500  # of 25 talks each, in one go: five minutes and more
FIELDS: Final = (
    "updated_time,participants,messages.limit(20){id,created_time,from,message,sticker,shares{link,name},"
    "attachments{mime_type,name,file_url,image_data,video_data}}"
)
QUERY: Final = {"platform": "messenger", "fields": FIELDS, "limit": "25"}
Read = Callable[[Json, str], InboundEvent]


async def said_since(graph: Graph, page: str, since: datetime, read: Read) -> AsyncIterator[list[InboundEvent]]:
    """Give what was said since then, talk by talk, the newest talk first; raises a ChannelError.

    It always begins anew: the list changes its order whenever somebody writes, so a place in it is worth nothing later.
    """
    after: str | None = None
    for call in range(MOST_CALLS):
        if graph.is_busy:
            raise ChannelHalted("rate_limited", retry_after=SOON)
        if call:
            await asyncio.sleep(PAUSE)
        answer = await _ask(graph, f"{page}/conversations", QUERY | ({"after": after} if after else {}))
        talks = objects_of(answer.get("data"))
        for talk in talks:
            if said := sorted(_events(talk, page, since, read), key=lambda event: event.occurred_at):
                yield said
        after = text_of(object_of(object_of(answer, "paging"), "cursors"), "after")
        if after is None or not talks or any(_is_older(talk.get("updated_time"), since) for talk in talks):
            return
    raise NotAllTold(f"after {MOST_CALLS} calls")


async def can_recall(graph: Graph, page: str) -> None:
    """Try whether the page's talks may be read; raises a ChannelError."""
    await _ask(graph, f"{page}/conversations", {"platform": "messenger", "limit": "1"})


async def _ask(graph: Graph, path: str, query: dict[str, str]) -> Json:
    try:
        answer = await graph.ask("GET", path, query=query)
    except GraphRefused as error:
        raise meaning_of(error.error) from error
    except (httpx.HTTPError, ValueError) as error:
        raise DeliveryFailed("platform_down", retry_after=SOON) from error
    return answer if isinstance(answer, dict) else {}


def _events(talk: Json, page: str, since: datetime, read: Read) -> Iterator[InboundEvent]:
    others = [id_of(one) for one in objects_of(object_of(talk, "participants").get("data"))]
    customer = next((one for one in others if one and one != page), None)
    for message in objects_of(object_of(talk, "messages").get("data")):
        at = _time(message.get("created_time"))
        if customer is None or at is None or at < since:
            continue
        yield read(_as_webhook(message, page, customer, at), page)


def _as_webhook(message: Json, page: str, customer: str, at: datetime) -> Json:
    """Write a message of a talk as the webhook does."""
    is_ours = id_of(object_of(message, "from")) == page
    content: Json = {"mid": message.get("id"), **({"is_echo": True} if is_ours else {})}
    if text := text_of(message, "message"):
        content["text"] = text
    if attachments := list(_attachments(message)):
        content["attachments"] = attachments
    elif not text:
        content["is_unsupported"] = True
    sender, recipient = (page, customer) if is_ours else (customer, page)
    return {
        "sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": int(at.timestamp() * 1000),
        "message": content,
    }  # fmt: skip


def _attachments(message: Json) -> Iterator[Json]:
    if sticker := text_of(message, "sticker"):
        yield {"type": "sticker", "payload": {"url": sticker}}
    for file in objects_of(object_of(message, "attachments").get("data")):
        kind = (text_of(file, "mime_type") or "").partition("/")[0]
        addresses = [text_of(object_of(file, f"{kind}_data"), "url"), text_of(file, "file_url")]
        url = next((address for address in addresses if address), None)
        yield {"type": kind if kind in ("image", "video", "audio") else "file", "payload": {"url": url}}
    for share in objects_of(object_of(message, "shares").get("data")):
        yield {"type": "fallback", "title": share.get("name"), "url": share.get("link")}


def _time(stamp: Any) -> datetime | None:
    """Read a time as Graph writes it: 2026-11-23T05:00:00+0000."""
    try:
        at = datetime.fromisoformat(stamp)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None


def _is_older(stamp: Any, since: datetime) -> bool:
    at = _time(stamp)
    return at is not None and at < since
