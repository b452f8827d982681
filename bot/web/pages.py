"""Pages for people: the web chat. Static files are served from one folder."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from sanic import Blueprint, HTTPResponse, Request, file, html, redirect

from bot.domain.file_types import PAPERS
from bot.web.context import WebContext

HERE = Path(__file__).parent
blueprint = Blueprint("pages", url_prefix="")
blueprint.static("/static", HERE / "static", name="static")
templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(["html"]))
ACCEPTED = ",".join(sorted(ending for paper in PAPERS for ending in paper.extensions))
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
CHAT_CSP = CSP.replace("img-src", "img-src blob:")  # a picture of the customer's own, fetched with the chat's token
WIDGET = HERE / "static" / "widget.js"
WIDGET_HEADERS = {"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}


@blueprint.get("/")
async def front(request: Request) -> HTTPResponse:
    """Lead a visitor to the chat."""
    return redirect("/chat")


async def chat(request: Request) -> HTTPResponse:
    """Show the web chat."""
    context: WebContext = request.app.ctx.web
    origins = " ".join(context.widget_origins)
    page = templates.get_template("chat.html").render(
        accepted=ACCEPTED, largest=context.limits.largest_file, origins=origins, privacy_url=context.privacy_url
    )
    return html(page, headers={"Content-Security-Policy": f"{CHAT_CSP} {origins}".rstrip()})


async def widget(request: Request) -> HTTPResponse:
    """Give the script that embeds the chat in other sites."""
    return await file(WIDGET, mime_type="text/javascript; charset=utf-8", headers=WIDGET_HEADERS)


blueprint.add_route(chat, "/chat", methods=["GET", "HEAD"], name="chat")  # HEAD: link previews and monitors
blueprint.add_route(widget, "/chat/widget.js", methods=["GET", "HEAD"], name="widget")
