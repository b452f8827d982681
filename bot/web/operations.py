"""Health, readiness, metrics and the test clock."""

import asyncio
from ipaddress import ip_address

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import raw
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import Forbidden, NotFound, Unavailable
from bot.store import clock
from bot.store.lanes import WORKER
from bot.store.wakeups import Subscription
from bot.web.context import WebContext
from bot.web.endpoint import Call, endpoint, render
from bot.web.schemas import ClockNow, ClockRequest, Health

SWEEP_PATIENCE_SECONDS = 20.0
PROXIED = ("x-forwarded-for", "x-real-ip", "forwarded")  # headers that say that a proxy stands between
blueprint = Blueprint("operations", url_prefix="")
REQUESTS = Counter("desk_http_requests_total", "HTTP requests", ["method", "route", "status"])
SECONDS = Histogram("desk_http_request_seconds", "Time to answer a request", ["method", "route"])


@blueprint.get("/healthz")
async def healthz(request: Request) -> HTTPResponse:
    """Tell that this process is alive; it asks nothing else."""
    return render(Health(status="ok", parts={}))


@blueprint.get("/readyz")
async def readyz(request: Request) -> HTTPResponse:
    """Tell whether a customer would be answered: database, a worker, Rasa."""
    context: WebContext = request.app.ctx.web
    database, worker = await _database_and_worker(context)
    parts = {"database": database, "worker": worker, "rasa": await context.rasa_ready()}
    ready = all(parts.values())
    return render(Health(status="ok" if ready else "unavailable", parts=parts), 200 if ready else 503)


async def _database_and_worker(context: WebContext) -> tuple[bool, bool]:
    try:
        async with context.uow().reading() as uow:
            found = await uow.session.execute(
                text("select 1 from pg_stat_activity where application_name = :worker limit 1"), {"worker": WORKER}
            )
            return True, found.first() is not None
    except SQLAlchemyError:
        return False, False


@blueprint.get("/metrics")
async def metrics(request: Request) -> HTTPResponse:
    """Give this process's metrics and the work that waits, for Prometheus."""
    return raw(generate_latest(REGISTRY) + await _backlog(request.app.ctx.web), content_type=CONTENT_TYPE_LATEST)


async def _backlog(context: WebContext) -> bytes:
    queries = {
        "desk_inbound_events_waiting": "select count(*) from inbound_events where state in ('new', 'asking')",
        "desk_inbound_events_dead": "select count(*) from inbound_events where state = 'dead'",
        "desk_messages_pending": "select count(*) from messages where delivery = 'pending'",
        "desk_files_pending": "select count(*) from attachments where state = 'pending'",
        "desk_channels_in_trouble": "select count(*) from channel_status where trouble is not null",
        "desk_pushes_left": "select coalesce(min(greatest(quota_limit - quota_used, 0)), -1) from channel_status",
        "desk_cases_open": "select count(*) from cases where state <> 'closed'",
    }
    lines = []
    async with context.uow().reading() as uow:
        for name, query in queries.items():
            count = (await uow.session.execute(text(query))).scalar_one()
            lines.append(f"# TYPE {name} gauge\n{name} {count}\n")
    return "".join(lines).encode()


@endpoint(
    blueprint, "PUT", "/test/clock", summary="Move the test clock", role=None, body=ClockRequest, response=ClockNow
)
async def move_clock(call: Call) -> ClockNow:
    """Move the desk's clock; answers after the sweep ran at the new time. Only with DESK_TEST_CLOCK, from loopback."""
    if not call.context.test_clock:
        raise NotFound("The test clock is off.")
    if not ip_address(call.request.ip).is_loopback or any(name in call.request.headers for name in PROXIED):
        raise Forbidden("The test clock can be moved from this machine only.")
    with call.context.wakeups.subscribe(clock.SWEPT) as swept:
        generation = await clock.set_now(call.uow.session, call.body.now)
        call.uow.notify(clock.MOVED)
        await call.uow.commit()
        await _until_swept(call.context, generation, swept)
    return ClockNow(now=call.body.now)


async def _until_swept(context: WebContext, generation: int, swept: Subscription) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SWEEP_PATIENCE_SECONDS
    while loop.time() < deadline:
        async with context.uow().reading() as uow:
            if await clock.swept_generation(uow.session) >= generation:
                return
        await swept.wait(1.0)
    raise Unavailable("No worker swept at the new time; is one running?")
