"""Pages for people: the web chat. Static files are served from one folder."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from sanic import Blueprint, HTTPResponse, Request, html, redirect

HERE = Path(__file__).parent
blueprint = Blueprint("pages", url_prefix="")
blueprint.static("/static", HERE / "static", name="static")
templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(["html"]))
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


@blueprint.get("/")
async def front(request: Request) -> HTTPResponse:
    """Lead a visitor to the chat."""
    return redirect("/chat")


async def chat(request: Request) -> HTTPResponse:
    """Show the web chat."""
    return html(templates.get_template("chat.html").render(), headers={"Content-Security-Policy": CSP})


blueprint.add_route(chat, "/chat", methods=["GET", "HEAD"], name="chat")  # HEAD: link previews and monitors
