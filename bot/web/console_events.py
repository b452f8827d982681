"""What a page of the console is told while it is open: that the queue, or its case, has changed.

Server-sent events without content: the page then reads what it shows anew, so nothing can be told out of order.
``still`` comes when nothing else does, and the page's reading is the officer's sign of life (``agent gone``): an open
stream alone proves nothing, a machine may have vanished behind it. The stream ends with the session.
"""

from sanic import Blueprint, HTTPResponse, Request

from bot.domain.errors import DeskError, Unauthenticated
from bot.services import agents
from bot.services.agents import SEEN_EVERY
from bot.services.handoff import QUEUE
from bot.store.unit_of_work import UnitOfWork
from bot.web.console_page import enter, refuse
from bot.web.context import WebContext
from bot.web.session import session_token

blueprint = Blueprint("desk_events", url_prefix="/desk")
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@blueprint.get("/events")
async def events(request: Request) -> HTTPResponse | None:
    """Stream ``queue``, ``case`` and ``still``; ``case`` names the case that the page shows."""
    context: WebContext = request.app.ctx.web
    try:
        async with context.uow() as uow:
            await enter(uow, request)
            lane = await _lane(uow, request.args.get("case", ""))
            await uow.commit()
    except DeskError as error:
        return refuse(request, error)
    response = await request.respond(content_type="text/event-stream; charset=utf-8", headers=HEADERS)
    assert response is not None
    with context.wakeups.subscribe(QUEUE, *([lane] if lane else [])) as wakeup:
        await response.send("retry: 2000\nevent: ready\ndata:\n\n")
        while await _is_signed_in(context, request):
            woken = await wakeup.wait(SEEN_EVERY.total_seconds())
            told = [name for topic, name in ((QUEUE, "queue"), (lane, "case")) if topic in woken]
            await response.send("".join(f"event: {name}\ndata:\n\n" for name in told or ["still"]))
        await response.send("event: signed-out\ndata:\n\n")
    return None


async def _is_signed_in(context: WebContext, request: Request) -> bool:
    async with context.uow().reading() as uow:
        try:
            await agents.who(uow, session_token(request))
        except Unauthenticated:
            return False
    return True


async def _lane(uow: UnitOfWork, case_id: str) -> str | None:
    case = await uow.cases.get(int(case_id)) if case_id.isdecimal() and len(case_id) < 10 else None
    if case is None or case.conversation_id is None:
        return None
    return await uow.conversations.lane_of_id(case.conversation_id)
