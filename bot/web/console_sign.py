"""The console's door: the sign-in page and the way out."""

from sanic import Blueprint, HTTPResponse, Request, redirect

from bot.domain.errors import DeskError, Unauthenticated
from bot.services import agents
from bot.web import console_words as words
from bot.web.console_page import SIGN_IN, refuse, render, safe_way
from bot.web.context import WebContext
from bot.web.errors import status_of
from bot.web.session import (
    VISIT_COOKIE,
    FormRefused,
    check_form,
    end_session,
    field,
    form_token,
    session_token,
    set_session,
    set_visit,
    visit_token,
)

blueprint = Blueprint("desk_sign", url_prefix="/desk")


@blueprint.get("/sign-in")
async def sign_in_page(request: Request) -> HTTPResponse:
    """Show the sign-in page; who is signed in already goes on."""
    way = safe_way(request.args.get("next", "/desk"))
    context: WebContext = request.app.ctx.web
    async with context.uow() as uow:
        try:
            await agents.who(uow, session_token(request))
        except Unauthenticated:
            return _form(request, way=way)
    return redirect(way)


@blueprint.post("/sign-in")
async def sign_in(request: Request) -> HTTPResponse:
    """Sign in with e-mail and password."""
    way = safe_way(field(request, "next"))
    context: WebContext = request.app.ctx.web
    email = field(request, "email")
    try:
        check_form(request, request.cookies.get(VISIT_COOKIE))
        token, _ = await agents.login(
            context.uow, context.sign_ins, email=email, password=field(request, "password"),
            address=context.throttle.address_of(request),
        )  # fmt: skip
    except DeskError as error:
        return _form(request, way=way, email=email, error=error)
    response = redirect(way, status=303)
    set_session(response, request, token)
    return response


@blueprint.post("/sign-out")
async def sign_out(request: Request) -> HTTPResponse:
    """End the session in the database and in the browser."""
    context: WebContext = request.app.ctx.web
    token = session_token(request)
    try:
        check_form(request, token)
    except FormRefused as error:
        return refuse(request, error)
    async with context.uow() as uow:
        await agents.logout(uow, token)
        await uow.commit()
    response = redirect(SIGN_IN, status=303)
    end_session(response, request)
    return response


def _form(request: Request, *, way: str, email: str = "", error: DeskError | None = None) -> HTTPResponse:
    visit = visit_token(request)
    response = render(
        "desk_sign_in.html", status=status_of(error) if error else 200, way=way, email=email,
        form_token=form_token(visit), problem=words.problem(error) if error else None,
    )  # fmt: skip
    set_visit(response, request, visit)
    return response
