"""The platforms' webhooks: check, store every event in one transaction, answer. Thinking comes later.

An answer before the commit would lose events; an answer other than 200 for stored ones would double them. A database
that is down gives 5xx, so that the platform delivers again.
"""

from sanic import Blueprint, HTTPResponse, Request, text

from bot.domain.errors import NotFound
from bot.services import receive, troubles
from bot.web.context import WebContext
from bot.web.endpoint import describe
from connectors.contract import SecretWrong, VerifiedChannel, WebhookChannel

blueprint = Blueprint("webhooks", url_prefix="/webhooks")
describe(blueprint, "POST", "/{name}", summary="Events of a platform, signed by it")
describe(blueprint, "GET", "/{name}", summary="A platform asks whether the address is ours")


@blueprint.post("/<name:str>")
async def take_events(request: Request, name: str) -> HTTPResponse:
    """Store a batch of events; 401 and none stored when the signature is not the platform's."""
    context: WebContext = request.app.ctx.web
    try:
        events = _channel(context, name).parse(_headers(request), request.body)
    except SecretWrong:
        async with context.uow() as uow:
            await troubles.refuse_all(uow, name)
            await uow.commit()
        raise
    async with context.uow() as uow:
        await receive.accept(uow, events)
        await uow.commit()
    return text("ok")


@blueprint.get("/<name:str>")
async def verify(request: Request, name: str) -> HTTPResponse:
    """Answer the platform's question with its own challenge."""
    channel = _channel(request.app.ctx.web, name)
    if not isinstance(channel, VerifiedChannel):
        raise NotFound("This platform does not ask.")
    return text(channel.verify({key: values[-1] for key, values in request.args.items()}))


def _channel(context: WebContext, name: str) -> WebhookChannel:
    channel = context.channels.get(name)
    if not isinstance(channel, WebhookChannel):
        raise NotFound("There is no such channel here.")
    return channel


def _headers(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}
