"""The Sanic app: routes, limits, security headers, one log line a request."""

import time
from typing import Any

import structlog
from sanic import HTTPResponse, Request, Sanic

from bot.web import (
    api_agents,
    api_articles,
    api_calendar,
    api_cases,
    api_learning,
    api_reports,
    api_work,
    console,
    console_actions,
    console_events,
    console_kpi,
    console_learning,
    console_sign,
    documents,
    errors,
    files,
    openapi,
    operations,
    pages,
    webchat,
    webchat_files,
    webhooks,
)
from bot.web.context import WebContext

BODY_LIMIT = 1_000_000
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
BLUEPRINTS = (
    pages.blueprint,
    webchat.blueprint,
    webchat_files.blueprint,
    webhooks.blueprint,
    api_agents.blueprint,
    api_articles.blueprint,
    api_calendar.blueprint,
    api_cases.blueprint,
    api_learning.blueprint,
    console.blueprint,
    console_actions.blueprint,
    console_events.blueprint,
    console_kpi.blueprint,
    console_learning.blueprint,
    console_sign.blueprint,
    files.blueprint,
    documents.blueprint,
    api_work.blueprint,
    api_reports.blueprint,
    openapi.blueprint,
    operations.blueprint,
)
log = structlog.get_logger()


def create_app(context: WebContext, *, name: str = "desk") -> Sanic[Any, Any]:
    """Build the app around a context; nothing starts here."""
    app: Sanic[Any, Any] = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = BODY_LIMIT
    app.config.RESPONSE_TIMEOUT = 60
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.ctx.web = context
    for blueprint in BLUEPRINTS:
        app.blueprint(blueprint)
    errors.install(app)
    app.register_middleware(_begin, "request")
    app.register_middleware(_finish, "response")  # type: ignore[arg-type]  # typed for three of its four shapes
    return app


async def _begin(request: Request) -> None:
    request.ctx.began = time.perf_counter()


async def _finish(request: Request, response: HTTPResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    route = f"/{request.route.path}" if request.route else "unknown"
    seconds = time.perf_counter() - getattr(request.ctx, "began", time.perf_counter())
    operations.REQUESTS.labels(request.method, route, response.status).inc()
    operations.SECONDS.labels(request.method, route).observe(seconds)
    if route not in QUIET:
        log.info(
            "request", method=request.method, route=route, status=response.status,
            milliseconds=round(seconds * 1000, 1), request_id=str(request.id),
        )  # fmt: skip
