"""Signing in, and agents, over the JSON API."""

from sanic import Blueprint, HTTPResponse, Request

from bot.domain.agent import Role
from bot.services import agents
from bot.web.context import WebContext
from bot.web.endpoint import Call, describe, endpoint, json_bytes, render
from bot.web.schemas import AgentOut, Agents, Credentials, LoggedIn, NewAgent, PageQuery

blueprint = Blueprint("agents", url_prefix="/api/v1")


describe(blueprint, "POST", "/login", summary="Sign in", body=Credentials, response=LoggedIn)


@blueprint.post("/login")
async def login(request: Request) -> HTTPResponse:
    """Sign in with e-mail and password; not an ``endpoint``, as comparing a password is slow."""
    context: WebContext = request.app.ctx.web
    given = Credentials.model_validate_json(json_bytes(request))
    token, agent = await agents.login(
        context.uow, context.sign_ins, email=given.email, password=given.password,
        address=context.throttle.address_of(request),
    )  # fmt: skip
    return render(LoggedIn(token=token, agent=AgentOut.of(agent)))


@endpoint(blueprint, "GET", "/agents", summary="List agents", role=Role.ADMIN, query=PageQuery, response=Agents)
async def list_agents(call: Call) -> Agents:
    """List the agents by id."""
    found = await agents.listing(call.uow, after=call.query.after, limit=call.query.limit)
    items = [AgentOut.of(agent) for agent in found]
    return Agents(items=items, next=items[-1].id if len(items) == call.query.limit else None)


@endpoint(
    blueprint, "POST", "/agents", summary="Create an agent", role=Role.ADMIN,
    body=NewAgent, response=AgentOut, status=201,
)  # fmt: skip
async def create_agent(call: Call) -> AgentOut:
    """Create an agent."""
    agent = await agents.create(
        call.uow, email=call.body.email, name=call.body.name, role=call.body.role, password=call.body.password
    )
    return AgentOut.of(agent)
