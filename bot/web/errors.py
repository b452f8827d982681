"""The only place where the desk's errors become HTTP: ``{code, message, request_id}`` with the right status."""

from typing import Any

import structlog
from pydantic import ValidationError
from sanic import HTTPResponse, Request, Sanic, json
from sanic.exceptions import SanicException
from sqlalchemy.exc import DataError

from bot.domain.errors import (
    Conflict,
    DeskError,
    FileNotTaken,
    FileTooLarge,
    Forbidden,
    Invalid,
    NotFound,
    TooManyTries,
    Unauthenticated,
    Unavailable,
)
from connectors.contract import SignatureInvalid

STATUS: dict[type[DeskError], int] = {
    NotFound: 404,
    FileTooLarge: 413,
    FileNotTaken: 415,
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    TooManyTries: 429,
    Conflict: 409,
    Unavailable: 503,
}
SANIC_CODES = {400: "invalid", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 503: "unavailable"}
log = structlog.get_logger()


def install(app: Sanic[Any, Any]) -> None:
    """Make every error of the app leave in the one shape."""
    app.error_handler.add(DeskError, desk_error)
    app.error_handler.add(SignatureInvalid, signature_invalid)
    app.error_handler.add(ValidationError, validation_error)
    app.error_handler.add(SanicException, sanic_error)
    app.error_handler.add(DataError, data_error)
    app.error_handler.add(IsADirectoryError, no_file)
    app.error_handler.add(Exception, unexpected)


def status_of(error: DeskError) -> int:
    """Give the status of the error's nearest listed class."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def desk_error(request: Request, error: Exception) -> HTTPResponse:
    """Render one of our own errors."""
    assert isinstance(error, DeskError)
    retry = error.details.get("retry_after")
    headers = {"Retry-After": str(retry)} if retry else {}
    return _body(request, status_of(error), error.code, str(error), headers, **error.details)


def signature_invalid(request: Request, _error: Exception) -> HTTPResponse:
    """Refuse what the platform has not signed; asked by GET, a wrong token is forbidden (Meta's word for it)."""
    if request.method == "GET":
        return _body(request, 403, "forbidden", "The token is not ours.")
    return _body(request, 401, "signature_invalid", "The signature is missing or wrong.")


def validation_error(request: Request, error: Exception) -> HTTPResponse:
    """Say which field is off and why, without repeating its value."""
    assert isinstance(error, ValidationError)
    problems = [
        {"field": ".".join(str(part) for part in problem["loc"]), "problem": problem["msg"]}
        for problem in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    said = "; ".join(f"{problem['field'] or 'body'}: {problem['problem']}" for problem in problems)
    return _body(request, 400, "invalid", said, problems=problems)


def sanic_error(request: Request, error: Exception) -> HTTPResponse:
    """Render what Sanic itself refused."""
    assert isinstance(error, SanicException)
    status = error.status_code or 500
    return _body(request, status, SANIC_CODES.get(status, "error"), str(error))


def data_error(request: Request, _error: Exception) -> HTTPResponse:
    """Refuse a value that no column can hold, such as an id beyond 64 bits or a NUL in an address."""
    return _body(request, 400, "invalid", "A value is out of range.")


def no_file(request: Request, _error: Exception) -> HTTPResponse:
    """Refuse a folder of the static files."""
    return _body(request, 404, "not_found", "There is no such file.")


def unexpected(request: Request, error: Exception) -> HTTPResponse:
    """Log a bug with its place, and tell the caller nothing but the request's id."""
    log.error("request.failed", request_id=str(request.id), method=request.method, path=request.path, exc_info=error)
    return _body(request, 500, "internal", "Something went wrong on our side.")


def _body(
    request: Request, status: int, code: str, message: str, headers: dict[str, str] | None = None, **details: object
) -> HTTPResponse:
    body = {"code": code, "message": message, "request_id": str(request.id), **details}
    return json(body, status=status, headers=headers)
