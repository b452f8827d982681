"""Files in the web chat: a visitor sends one as the body of a request, and gets back only those of the own chat."""

from pydantic import Field
from sanic import Blueprint, HTTPResponse, Request

from bot.domain.conversation import lane_of
from bot.domain.errors import NotFound
from bot.services import attachments, chat_files
from bot.services.chat_files import ChatFile
from bot.web.bodies import read_body
from bot.web.context import WebContext
from bot.web.endpoint import describe, render
from bot.web.files import hand_out
from bot.web.schemas import NameQuery, Posted
from bot.web.webchat import visitor_of
from bot.web.webchat_reading import CHANNEL

blueprint = Blueprint("webchat_files", url_prefix="/webchat/attachments")


class UploadQuery(NameQuery):
    """A file's name, and the id that makes a repeated request the same message."""

    client_id: str = Field(min_length=1, max_length=100)


describe(
    blueprint, "POST", "/", summary="Send a file: its bytes as the body", query=UploadQuery, response=Posted, status=202
)
describe(blueprint, "GET", "/{file_id}", summary="A file of this chat, as a download")


@blueprint.post("/", stream=True)
async def send_file(request: Request) -> HTTPResponse:
    """Take a visitor's file; the body is read only once the visitor is known."""
    context: WebContext = request.app.ctx.web
    query = UploadQuery.model_validate({key: values[-1] for key, values in request.args.items()})
    async with context.uow() as uow:
        external_id = await visitor_of(uow, request)
    context.throttle.send_file(request, external_id, limit=context.limits.largest_file)
    data = await read_body(request, context.limits.largest_file)
    sent = ChatFile(channel=CHANNEL, external_id=external_id, client_id=query.client_id, name=query.name, data=data)
    await chat_files.say(context.uow, context.files, sent, limits=context.limits)
    return render(Posted(client_id=query.client_id), 202)


@blueprint.get("/<file_id:int>")
async def get_file(request: Request, file_id: int) -> HTTPResponse:
    """Hand a file of this very chat out."""
    context: WebContext = request.app.ctx.web
    async with context.uow() as uow:
        external_id = await visitor_of(uow, request)
        row = await attachments.saved(uow, file_id)
    if row.lane != lane_of(CHANNEL, external_id):
        raise NotFound("There is no such file.")
    return await hand_out(context.files, row)
