"""The agent console's pages: the lists of cases and one case, each also in parts for the page's own script."""

from sanic import Blueprint, HTTPResponse

from bot.domain.errors import NotFound
from bot.store.worklist import View
from bot.web import console_views as views
from bot.web import console_words as words
from bot.web.console_page import Visit, page

blueprint = Blueprint("desk_console", url_prefix="/desk")


@page(blueprint, "/")
async def list_page(visit: Visit) -> HTTPResponse:
    """Show a list of cases."""
    return visit.show("desk_list.html", cases=await _list(visit), current=0, views=views)


@page(blueprint, "/live/list")
async def list_part(visit: Visit) -> HTTPResponse:
    """Give the list alone, to be put into the page that shows it."""
    return visit.show("desk_live_list.html", cases=await _list(visit), current=_number(visit, "current"), views=views)


@page(blueprint, "/cases/<case_id:int>")
async def case_page(visit: Visit, case_id: int) -> HTTPResponse:
    """Show one case, with the list beside it."""
    return await show_case(visit, case_id)


@page(blueprint, "/live/cases/<case_id:int>")
async def case_parts(visit: Visit, case_id: int) -> HTTPResponse:
    """Give the parts of one case that change."""
    return visit.show("desk_live_case.html", page=await views.case_page(visit, case_id), views=views)


async def show_case(visit: Visit, case_id: int, *, status: int = 200, **kept: str | int) -> HTTPResponse:
    """Show a case; ``kept`` is what the officer had typed, and what went wrong with it."""
    shown = await views.case_page(visit, case_id)
    said = words.SAID.get(visit.request.args.get("said", ""), "")
    blank = {"problem": "", "said": said, "text": "", "key": "", "seen": shown.last_seq}
    return visit.show(
        "desk_case.html", status=status, cases=await views.case_list(visit, View.WORK), current=case_id, page=shown,
        views=views, largest_file=visit.context.limits.largest_file // 1_000_000, **(blank | kept),
    )  # fmt: skip


async def _list(visit: Visit) -> views.CaseList:
    try:
        view = View(visit.request.args.get("view", View.WORK))
    except ValueError:
        raise NotFound from None
    return await views.case_list(visit, view, page=max(1, min(_number(visit, "page"), 1000)))


def _number(visit: Visit, name: str) -> int:
    given = visit.request.args.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0
