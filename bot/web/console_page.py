"""What every page of the console shares: who visits, how a page is rendered, how an error reaches a person.

A handler gets a ``Visit`` with an open unit of work, which is committed after it. What a reader must not break: pages
carry personal data, so they are never cached; the policy allows no inline script or style, so templates have none.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sanic import Blueprint, HTTPResponse, Request, html, json, redirect

from bot.domain.agent import Agent
from bot.domain.errors import DeskError, Unauthenticated
from bot.services import agents
from bot.store.unit_of_work import UnitOfWork
from bot.web import console_words as words
from bot.web import file_words
from bot.web.context import WebContext
from bot.web.errors import status_of
from bot.web.pages import ACCEPTED
from bot.web.session import form_token, session_token

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {"Content-Security-Policy": CSP, "Cache-Control": "no-store", "X-Frame-Options": "DENY"}
SIGN_IN = "/desk/sign-in"
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
_templates.globals |= {"w": words, "f": file_words, "accepted": ACCEPTED}


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request of a signed-in officer, with its open unit of work."""

    request: Request
    context: WebContext
    uow: UnitOfWork
    agent: Agent
    token: str

    @property
    def now(self) -> datetime:
        """The time of this visit."""
        return self.uow.now

    def show(self, template: str, *, status: int = 200, **values: Any) -> HTTPResponse:
        """Render a page or a part of one for this officer."""
        shared = {"me": self.agent, "form_token": form_token(self.token), "now": self.now}
        return render(template, status=status, **shared, **values)


Handler = Callable[..., Awaitable[HTTPResponse]]


def page(blueprint: Blueprint, path: str) -> Callable[[Handler], Handler]:
    """Register ``async def handler(visit, **path_arguments)`` for officers who are signed in."""

    def register(handler: Handler) -> Handler:
        async def view(request: Request, **arguments: Any) -> HTTPResponse:
            try:
                async with request.app.ctx.web.uow() as uow:
                    visit = await enter(uow, request)
                    response = await handler(visit, **arguments)
                    await uow.commit()
            except DeskError as error:
                return refuse(request, error)
            return response

        blueprint.add_route(view, path, methods=["GET"], name=handler.__name__)
        return handler

    return register


async def enter(uow: UnitOfWork, request: Request) -> Visit:
    """Tell whose visit this is, and note that the officer is there."""
    token = session_token(request)
    agent = await agents.who(uow, token)
    assert token is not None
    await agents.sign_of_life(uow, agent)
    return Visit(request=request, context=request.app.ctx.web, uow=uow, agent=agent, token=token)


def render(template: str, *, status: int = 200, **values: Any) -> HTTPResponse:
    """Render a template with the console's headers."""
    headers = dict(HEADERS)
    if isinstance(now := values.get("now"), datetime):
        headers["X-Desk-Now"] = now.isoformat()
    return html(_templates.get_template(template).render(**values), status=status, headers=headers)


def is_live(request: Request) -> bool:
    """Tell whether the page's own script asks, which wants JSON instead of a page."""
    return request.headers.get("x-desk") == "live" or request.path == "/desk/events"


def refuse(request: Request, error: DeskError) -> HTTPResponse:
    """Tell a person, or the page's script, what went wrong; who is not signed in is led to the door."""
    status = status_of(error)
    if is_live(request):
        body = {**error.details, "code": error.code, "message": words.problem(error)}
        return json(body, status=status, headers={"Cache-Control": "no-store"})
    if isinstance(error, Unauthenticated):
        return redirect(f"{SIGN_IN}?next={quote(_way_back(request))}", headers={"Cache-Control": "no-store"})
    return render("desk_problem.html", status=status, title="ทำรายการไม่สำเร็จ", problem=words.problem(error))


def safe_way(path: str) -> str:
    """Accept only a place of the console itself to go on to."""
    plain = path.startswith(("/desk/", "/desk?")) or path == "/desk"
    return path if plain and "\\" not in path and "//" not in path and path.isprintable() else "/desk"


def _way_back(request: Request) -> str:
    if request.method != "GET":
        return "/desk"
    return request.path + (f"?{request.query_string}" if request.query_string else "")
