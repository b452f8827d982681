"""What a page of the console is told while it is open: that the queue, or its case, has changed.

Server-sent events without content: the page then reads what it shows anew, so nothing can be told out of order. An
open stream is also the officer's sign of life (``agent gone``), and ends with the session.
"""

from sanic import Blueprint, HTTPResponse, Request

from bot.domain.errors import DeskError, Unauthenticated
from bot.services.agents import SEEN_EVERY
from bot.services.handoff import QUEUE
from bot.store.unit_of_work import UnitOfWork
from bot.web.console_page import enter, refuse
from bot.web.context import WebContext

blueprint = Blueprint("desk_events", url_prefix="/desk")
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@blueprint.get("/events")
async def events(request: Request) -> HTTPResponse | None:
    """Stream ``queue`` and ``case`` events; ``case`` names the case that the page shows."""
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
        while await _still_there(context, request):
            woken = await wakeup.wait(SEEN_EVERY.total_seconds())
            told = [name for topic, name in ((QUEUE, "queue"), (lane, "case")) if topic in woken]
            await response.send("".join(f"event: {name}\ndata:\n\n" for name in told) or ": still here\n\n")
        await response.send("event: signed-out\ndata:\n\n")
    return None


async def _still_there(context: WebContext, request: Request) -> bool:
    """Note the sign of life; False when the session is over."""
    async with context.uow() as uow:
        try:
            await enter(uow, request)
        except Unauthenticated:
            return False
        await uow.commit()
    return True


async def _lane(uow: UnitOfWork, case_id: str) -> str | None:
    case = await uow.cases.get(int(case_id)) if case_id.isdecimal() and len(case_id) < 10 else None
    if case is None or case.conversation_id is None:
        return None
    return await uow.conversations.lane_of_id(case.conversation_id)
