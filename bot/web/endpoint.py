"""One way to write a JSON endpoint: parse, authorise, call a service, render.

An endpoint declares its models; the same declaration parses the request, checks the role and describes itself in
OpenAPI (``bot.web.openapi``), so the description can't drift from the code.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sanic import Blueprint, HTTPResponse, Request, empty
from sanic.response import raw

from bot.domain.agent import Agent, Role
from bot.domain.errors import Forbidden, Invalid, Unauthenticated
from bot.services import agents
from bot.store.unit_of_work import UnitOfWork
from bot.web.context import WebContext


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """What an endpoint takes and gives."""

    method: str
    path: str
    summary: str
    role: Role | None
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    response: type[BaseModel] | None
    status: int


@dataclass(frozen=True, kw_only=True)
class Call:
    """One parsed and authorised request, with its open unit of work."""

    request: Request
    context: WebContext
    uow: UnitOfWork
    agent: Agent | None
    query: Any
    body: Any

    @property
    def officer(self) -> Agent:
        """Who is signed in; only for endpoints that need a role."""
        if self.agent is None:
            raise Unauthenticated
        return self.agent


Handler = Callable[..., Awaitable[BaseModel | None]]
ENDPOINTS: dict[tuple[str, str], Endpoint] = {}


def describe(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    summary: str,
    role: Role | None = None,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    response: type[BaseModel] | None = None,
    status: int = 200,
) -> None:
    """Enter a route into the description; a route that is no ``endpoint`` (it waits or streams) calls it itself."""
    whole = f"{blueprint.url_prefix or ''}{path}"
    ENDPOINTS[method, whole] = Endpoint(
        method=method, path=whole, summary=summary, role=role, query=query, body=body, response=response, status=status
    )


def endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    summary: str,
    role: Role | None = Role.AGENT,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    response: type[BaseModel] | None = None,
    status: int = 200,
) -> Callable[[Handler], Handler]:
    """Register ``async def handler(call, **path_arguments)``; ``role=None`` makes it public.

    The handler's unit of work is committed after it returns and rolled back when it raises.
    """
    describe(
        blueprint, method, path, summary=summary, role=role, query=query, body=body, response=response, status=status
    )

    def register(handler: Handler) -> Handler:
        async def view(request: Request, **arguments: Any) -> HTTPResponse:
            context: WebContext = request.app.ctx.web
            parsed_query = query.model_validate(_flat(request)) if query else None
            parsed_body = body.model_validate_json(json_bytes(request)) if body else None
            async with context.uow() as uow:
                agent = await authorise(uow, request, role)
                call = Call(
                    request=request, context=context, uow=uow, agent=agent, query=parsed_query, body=parsed_body
                )
                result = await handler(call, **arguments)
                answer = empty(status) if result is None else render(result, status)
                await uow.commit()
            return answer

        blueprint.add_route(view, path, methods=[method], name=handler.__name__)
        return handler

    return register


def render(model: BaseModel, status: int = 200) -> HTTPResponse:
    """Turn a model into a JSON response."""
    return raw(model.model_dump_json().encode(), status=status, content_type="application/json")


def bearer(request: Request) -> str | None:
    """Read the bearer token of the Authorization header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def authorise(uow: UnitOfWork, request: Request, role: Role | None) -> Agent | None:
    """Tell who asks, and refuse whose role is not enough; None where anybody may."""
    if role is None:
        return None
    agent = await agents.who(uow, bearer(request))
    if not agent.role.includes(role):
        raise Forbidden(f"This needs the role {role}.")
    await agents.sign_of_life(uow, agent)
    return agent


def _flat(request: Request) -> dict[str, str]:
    return {key: values[-1] for key, values in request.args.items()}


def json_bytes(request: Request) -> bytes:
    """Give the body, which must be there."""
    if not request.body:
        raise Invalid("A JSON body is needed.")
    return bytes(request.body)
