"""The console's session: a cookie that holds an API token, and the secret that every form must carry.

The cookie is HttpOnly and SameSite=Strict, and Secure wherever the request came over https. A form's secret is an HMAC
under the session's token, so nothing is stored for it and it ends with the session. Before signing in, a random visit
cookie takes the token's place. What a reader must not break: no ``POST`` of the console runs before ``check_form``.
"""

import hashlib
import hmac
from datetime import timedelta

from sanic import HTTPResponse, Request

from bot.domain.errors import Forbidden
from bot.domain.tokens import new_token
from bot.services.agents import SESSION_LENGTH

SESSION_COOKIE = "desk_session"
VISIT_COOKIE = "desk_visit"
FORM_FIELD = "form_token"
PATH = "/desk"
VISIT_LENGTH = timedelta(hours=1)
PURPOSE = b"desk form"


class FormRefused(Forbidden):
    """The form does not come from this session."""

    code = "form_refused"


def session_token(request: Request) -> str | None:
    """Read the session's token, if the browser sent one."""
    return request.cookies.get(SESSION_COOKIE) or None


def visit_token(request: Request) -> str:
    """Read the visit's token, or make one for the sign-in page to set."""
    return request.cookies.get(VISIT_COOKIE) or new_token()


def form_token(token: str) -> str:
    """Derive the secret of a session's forms."""
    return hmac.new(token.encode(), PURPOSE, hashlib.sha256).hexdigest()


def check_form(request: Request, token: str | None) -> None:
    """Refuse a form that does not carry the secret of this session."""
    given = field(request, FORM_FIELD)
    if not token or not hmac.compare_digest(given.encode(), form_token(token).encode()):
        raise FormRefused


def field(request: Request, name: str) -> str:
    """Read a form's field as text with plain line ends; a missing one is empty."""
    value = request.form.get(name) if request.form else None
    return str(value or "").replace("\r\n", "\n")


def set_session(response: HTTPResponse, request: Request, token: str) -> None:
    """Begin a session in the browser, and end the visit before it."""
    _set(response, request, SESSION_COOKIE, token, SESSION_LENGTH)
    _set(response, request, VISIT_COOKIE, "", timedelta())


def set_visit(response: HTTPResponse, request: Request, token: str) -> None:
    """Give the sign-in form something to be bound to."""
    _set(response, request, VISIT_COOKIE, token, VISIT_LENGTH)


def end_session(response: HTTPResponse, request: Request) -> None:
    """Take the session's cookie away."""
    _set(response, request, SESSION_COOKIE, "", timedelta())


def _set(response: HTTPResponse, request: Request, name: str, value: str, length: timedelta) -> None:
    response.add_cookie(
        name, value, path=PATH, httponly=True, samesite="Strict", secure=_over_https(request),
        max_age=int(length.total_seconds()),
    )  # fmt: skip


def _over_https(request: Request) -> bool:
    """A proxy in front says so itself; a false claim only harms whoever makes it."""
    return request.scheme == "https" or request.headers.get("x-forwarded-proto", "").split(",")[0].strip() == "https"
