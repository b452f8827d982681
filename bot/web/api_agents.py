"""Signing in, and agents, over the JSON API."""

from sanic import Blueprint

from bot.domain.agent import Role
from bot.domain.errors import DeskError
from bot.services import agents
from bot.web.endpoint import Call, endpoint
from bot.web.schemas import AgentOut, Agents, Credentials, LoggedIn, NewAgent, PageQuery

blueprint = Blueprint("agents", url_prefix="/api/v1")


@endpoint(blueprint, "POST", "/login", summary="Sign in", role=None, body=Credentials, response=LoggedIn)
async def login(call: Call) -> LoggedIn:
    """Sign in with e-mail and password; failures are counted also though they raise."""
    address = call.context.throttle.address_of(call.request)
    try:
        token, agent = await agents.login(call.uow, email=call.body.email, password=call.body.password, address=address)
    except DeskError:
        await call.uow.commit()
        raise
    return LoggedIn(token=token, agent=AgentOut.of(agent))


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
