"""The web chat's HTTP side: sessions, messages, long poll and server-sent events.

The page reads committed messages by ``seq``, so a reconnect asks for "after N" and neither loses nor doubles
anything. The token stands in a header only, never in an address.
"""

import asyncio
import uuid

from pydantic import BaseModel
from sanic import Blueprint, HTTPResponse, Request

from bot.domain.contact import WebChatSession
from bot.domain.conversation import lane_of
from bot.domain.errors import Unauthenticated
from bot.domain.tokens import new_token, token_hash
from bot.services import receive
from bot.store.conversations import AT_ONCE
from bot.store.unit_of_work import UnitOfWork
from bot.web.context import WebContext
from bot.web.endpoint import Call, bearer, describe, endpoint, render
from bot.web.schemas import (
    LARGEST,
    AfterQuery,
    Posted,
    PostMessage,
    Session,
    SessionRequest,
    WebChatMessages,
)
from bot.web.webchat_reading import CHANNEL, read_chat
from connectors.contract import EventKind, InboundEvent

KEEP_ALIVE_SECONDS = 15.0
blueprint = Blueprint("webchat", url_prefix="/webchat")


@endpoint(
    blueprint, "POST", "/sessions", summary="Open a chat", role=None,
    body=SessionRequest, response=Session, status=201,
)  # fmt: skip
async def open_session(call: Call) -> Session:
    """Open a chat: a new visitor, greeted at once."""
    call.context.throttle.open_chat(call.request)
    token, external_id = new_token(), str(uuid.uuid4())
    now = call.uow.now
    await call.uow.conversations.add_visitor(
        WebChatSession(token_hash=token_hash(token), external_id=external_id, created_at=now)
    )
    opened = InboundEvent(
        channel=CHANNEL, event_id=f"{external_id}#opened", external_id=external_id, kind=EventKind.OPENED,
        occurred_at=now, language=call.body.language,
    )  # fmt: skip
    await receive.accept(call.uow, [opened])
    return Session(token=token)


@endpoint(
    blueprint, "POST", "/messages", summary="Say something, or tap a button", role=None,
    body=PostMessage, response=Posted, status=202,
)  # fmt: skip
async def post_message(call: Call) -> Posted:
    """Take a message; the same client_id again is the same message."""
    external_id = await visitor_of(call.uow, call.request)
    call.context.throttle.write(call.request, external_id)
    said: PostMessage = call.body
    event = InboundEvent(
        channel=CHANNEL,
        event_id=f"{external_id}:{said.client_id}",
        external_id=external_id,
        kind=EventKind.TAPPED if said.payload is not None else EventKind.TEXT,
        occurred_at=call.uow.now,
        text=said.text,
        payload=said.payload,
        client_id=said.client_id,
    )
    await receive.accept(call.uow, [event])
    return Posted(client_id=said.client_id)


describe(
    blueprint,
    "GET",
    "/messages",
    summary="Read or wait for what is new",
    query=AfterQuery,
    response=WebChatMessages,
)
describe(blueprint, "GET", "/events", summary="Messages and states as server-sent events", query=AfterQuery)


@blueprint.get("/messages")
async def get_messages(request: Request) -> HTTPResponse:
    """Give the messages behind ``after``; with ``wait``, hold the answer until there is one or the time is over."""
    context: WebContext = request.app.ctx.web
    query = AfterQuery.model_validate({key: values[-1] for key, values in request.args.items()})
    reader, snapshot = await _begin(context, request, query.after)
    if not snapshot.messages and query.wait:
        deadline = asyncio.get_running_loop().time() + query.wait
        before = snapshot.state, snapshot.typing
        with context.wakeups.subscribe(*reader.topics) as wakeup:
            snapshot = await reader.read(query.after)  # something may have come before the subscription
            while not snapshot.messages and (snapshot.state, snapshot.typing) == before:
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    break
                await wakeup.wait(min(left, 5.0))
                snapshot = await reader.read(query.after)
    return render(snapshot)


@blueprint.get("/events")
async def stream_events(request: Request) -> None:
    """Stream messages and state changes as server-sent events, from behind ``after`` or the Last-Event-ID."""
    context: WebContext = request.app.ctx.web
    query = AfterQuery.model_validate({key: values[-1] for key, values in request.args.items() if key != "wait"})
    last = request.headers.get("last-event-id", "")
    after = int(last) if last.isdecimal() and len(last) < len(str(LARGEST)) else query.after
    reader, _ = await _begin(context, request, after)
    with context.throttle.stream(reader.external_id):
        await _follow(context, request, reader, after)


async def _follow(context: WebContext, request: Request, reader: "Reader", after: int) -> None:
    """Tell what is new for as long as somebody listens."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = await request.respond(content_type="text/event-stream; charset=utf-8", headers=headers)
    assert response is not None
    shown: tuple[str, bool] | None = None
    with context.wakeups.subscribe(*reader.topics) as wakeup:
        while True:
            snapshot = await reader.read(after)
            told = [_event("message", message, message.seq) for message in snapshot.messages]
            after = snapshot.messages[-1].seq if snapshot.messages else after
            more = len(snapshot.messages) == AT_ONCE  # there may be others behind them
            if not more and (snapshot.state, snapshot.typing) != shown:
                shown = snapshot.state, snapshot.typing
                told.append(_event("state", _StateChange(state=snapshot.state, typing=snapshot.typing)))
            await response.send("".join(told) or ": keep-alive\n\n")
            if more:
                continue
            await wakeup.wait(5.0 if snapshot.typing else KEEP_ALIVE_SECONDS)


class _StateChange(BaseModel):
    state: str
    typing: bool


def _event(kind: str, data: BaseModel, seq: int | None = None) -> str:
    head = f"id: {seq}\n" if seq is not None else ""
    return f"{head}event: {kind}\ndata: {data.model_dump_json()}\n\n"


class Reader:
    """Reads one visitor's conversation; every read is its own short transaction."""

    def __init__(self, context: WebContext, external_id: str) -> None:
        self._context = context
        self.external_id = external_id
        self.topics = (lane_of(CHANNEL, external_id),)

    async def read(self, after: int) -> WebChatMessages:
        """Read what stands behind ``after``, and how the case is."""
        async with self._context.uow().reading() as uow:
            return await read_chat(uow, self.external_id, after, self._context.limits)


async def _begin(context: WebContext, request: Request, after: int) -> tuple[Reader, WebChatMessages]:
    """Recognise the visitor, and read for the first time."""
    async with context.uow().reading() as uow:
        external_id = await visitor_of(uow, request)
        context.throttle.read(external_id)
        return Reader(context, external_id), await read_chat(uow, external_id, after, context.limits)


async def visitor_of(uow: UnitOfWork, request: Request) -> str:
    """Recognise the visitor by the chat's token."""
    token = bearer(request)
    external_id = await uow.conversations.visitor(token_hash(token)) if token else None
    if external_id is None:
        raise Unauthenticated("This chat is not known; open a new one.")
    return external_id
