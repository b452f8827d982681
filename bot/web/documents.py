"""``GET /d/{token}``: a document that an officer sent, for whoever has its signed address, until the address ends."""

from sanic import Blueprint, HTTPResponse, Request, html

from bot.domain.errors import NotFound
from bot.domain.signed_link import read
from bot.services import attachments, uploads
from bot.web.context import WebContext
from bot.web.files import hand_out
from bot.web.pages import CSP, templates

blueprint = Blueprint("documents", url_prefix="")


async def document(request: Request, token: str) -> HTTPResponse:
    """Hand the document out, or say that the address has ended, or never was one."""
    context: WebContext = request.app.ctx.web
    async with context.uow() as uow:
        named = read(await uow.attachments.installation_key(uploads.LINKS), token)
        await uow.commit()
        if named is None:
            return _sorry("unknown", 404)
        file_id, ends_at = named
        if ends_at <= uow.now:
            return _sorry("ended", 410)
        try:
            row = await attachments.saved(uow, file_id)
        except NotFound:
            return _sorry("gone", 410)
    return await hand_out(context.files, row)


def _sorry(why: str, status: int) -> HTTPResponse:
    headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return html(templates.get_template("document_sorry.html").render(why=why), status=status, headers=headers)


blueprint.add_route(document, "/d/<token:str>", methods=["GET", "HEAD"], name="document")
