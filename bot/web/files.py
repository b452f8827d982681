"""Handing out a file: always as a download of the type that was found in it, which no browser runs or guesses anew.

What a reader must not break: every file leaves through ``hand_out``. Its bytes come from strangers, and the desk's
pages live on the same origin.
"""

import asyncio
from urllib.parse import quote

from pydantic import BaseModel
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import raw

from bot.domain.agent import Role
from bot.domain.attachment import Attachment
from bot.domain.errors import NotFound
from bot.services import agents, attachments, cases
from bot.store.files import Files
from bot.web.bodies import read_body
from bot.web.console_page import Visit, page
from bot.web.context import WebContext
from bot.web.endpoint import bearer, describe, render
from bot.web.schemas import NameQuery

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",  # what is taken back must be gone
}
blueprint = Blueprint("files", url_prefix="")
describe(
    blueprint, "GET", "/api/v1/attachments/{file_id}", summary="A file of a message, as a download", role=Role.AGENT
)


@blueprint.get("/api/v1/attachments/<file_id:int>")
async def get_file(request: Request, file_id: int) -> HTTPResponse:
    """Hand a file out to an officer of the API."""
    context: WebContext = request.app.ctx.web
    async with context.uow() as uow:
        await agents.who(uow, bearer(request))
        row = await attachments.saved(uow, file_id)
    return await hand_out(context.files, row)


class Uploaded(BaseModel):
    """An upload, to be named as ``attachment_ids`` of a reply within a day."""

    id: int
    name: str | None
    media_type: str | None
    size: int | None


describe(
    blueprint, "POST", "/api/v1/cases/{case_id}/attachments", summary="Hand in a file for a reply: its bytes",
    role=Role.AGENT, query=NameQuery, response=Uploaded, status=201,
)  # fmt: skip


@blueprint.post("/api/v1/cases/<case_id:int>/attachments", stream=True)
async def hand_in(request: Request, case_id: int) -> HTTPResponse:
    """Take an officer's file for a case that the officer has."""
    context: WebContext = request.app.ctx.web
    name = NameQuery.model_validate({"name": request.args.get("name", "")}).name
    async with context.uow() as uow:
        agent = await agents.who(uow, bearer(request))
    data = await read_body(request, context.limits.largest_file)
    row = await cases.upload(context.uow, context.files, agent, case_id, data=data, name=name, limits=context.limits)
    return render(Uploaded(id=row.id, name=row.file_name, media_type=row.media_type, size=row.size), 201)


@page(blueprint, "/desk/attachments/<file_id:int>")
async def show_file(visit: Visit, file_id: int) -> HTTPResponse:
    """Hand a file out to an officer of the console."""
    return await hand_out(visit.context.files, await attachments.saved(visit.uow, file_id))


async def hand_out(files: Files, row: Attachment) -> HTTPResponse:
    """Give a saved file's bytes."""
    data = await asyncio.to_thread(files.read, row.key) if row.key else None
    if data is None:
        raise NotFound("There is no such file.")
    named = f"attachment; filename*=UTF-8''{quote(row.file_name or 'file', safe='')}"
    return raw(
        data,
        content_type=row.media_type or "application/octet-stream",
        headers=HEADERS | {"Content-Disposition": named},
    )
