"""The page on which verifiers judge what the assistant may learn from: a list, one message at a time, a file.

Everything works without the script: articles are searched by reloading the page, and a judgement leads on to the next
message. What a reader must not break: only masked words are shown here, and nobody below verifier sees them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sanic import Blueprint, HTTPResponse, Request, redirect

from bot.domain.article import ArticleVersion
from bot.domain.candidate import Candidate, Judgement, Why
from bot.domain.errors import DeskError, Forbidden, Invalid, NotFound
from bot.domain.intents import load_intents
from bot.domain.masking import without_masks
from bot.services import learning
from bot.services.article_index import Hit
from bot.web import console_words as words
from bot.web.api_learning import yaml_file
from bot.web.console_page import Visit, enter, page, refuse
from bot.web.errors import status_of
from bot.web.session import FormRefused, check_form, field

PAGE = 50
OFFERED = 5  # articles to choose from
LONGEST_SEARCH = 300  # characters
LARGEST_ID = 2**63 - 1
blueprint = Blueprint("desk_learning", url_prefix="/desk/learning")
Act = Callable[[Visit, int], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which messages are looked at."""

    state: Judgement
    why: Why | None

    @property
    def query(self) -> str:
        """The filter as it stands in an address."""
        return urlencode({"state": self.state, "why": self.why or ""})


@page(blueprint, "/")
async def list_page(visit: Visit) -> HTTPResponse:
    """List messages, newest first."""
    _only_verifiers(visit)
    chosen = _filter(visit.request)
    found = await visit.uow.candidates.page(
        state=chosen.state, why=chosen.why, before=_number(visit.request, "before"), limit=PAGE + 1
    )
    return visit.show(
        "desk_learning.html", chosen=chosen, rows=found[:PAGE], more=len(found) > PAGE, said=_said(visit.request),
        counts=_by_state(await visit.uow.candidates.counts(), chosen.why),
    )  # fmt: skip


@page(blueprint, "/<candidate_id:int>")
async def one_page(visit: Visit, candidate_id: int) -> HTTPResponse:
    """Show one message with what can be made of it."""
    return await _show(visit, candidate_id)


@page(blueprint, "/learned.yml")
async def labelled_file(visit: Visit) -> HTTPResponse:
    """Hand out what was labelled as training data."""
    _only_verifiers(visit)
    return yaml_file(await learning.export(visit.uow))


def action(path: str, said: str) -> Callable[[Act], Act]:
    """Register a form's ``async def act(visit, candidate_id)``; it leads on to the next message of the filter."""

    def register(act: Act) -> Act:
        async def view(request: Request, candidate_id: int) -> HTTPResponse:
            try:
                async with request.app.ctx.web.uow() as uow:
                    visit = await enter(uow, request)
                    check_form(request, visit.token)
                    await act(visit, candidate_id)
                    way = await _next(visit, candidate_id)
                    await uow.commit()
            except FormRefused as error:
                return refuse(request, error)
            except DeskError as error:
                return await _failed(request, candidate_id, error)
            return redirect(f"{way}&said={said}", status=303)

        blueprint.add_route(view, f"/<candidate_id:int>{path}", methods=["POST"], name=act.__name__)
        return act

    return register


@action("/label", "labelled")
async def label(visit: Visit, candidate_id: int) -> None:
    """Say what the message means."""
    await learning.label(visit.uow, visit.agent, candidate_id, field(visit.request, "intent"), text=_text(visit))


@action("/variant", "added")
async def add_variant(visit: Visit, candidate_id: int) -> None:
    """Make it a question of an article."""
    article = field(visit.request, "article")
    if not article:
        raise Invalid(thai="โปรดเลือกบทความก่อน")
    await learning.add_variant(visit.uow, visit.agent, candidate_id, article[:100], text=_text(visit))


@action("/dismiss", "dismissed")
async def dismiss(visit: Visit, candidate_id: int) -> None:
    """Nothing to learn."""
    await learning.dismiss(visit.uow, visit.agent, candidate_id)


@action("/reopen", "reopened")
async def reopen(visit: Visit, candidate_id: int) -> None:
    """Take the judgement back."""
    await learning.reopen(visit.uow, visit.agent, candidate_id)


async def _show(visit: Visit, candidate_id: int, *, status: int = 200, problem: str = "") -> HTTPResponse:
    _only_verifiers(visit)
    candidate = await learning.get(visit.uow, _id(candidate_id))
    case = await visit.uow.cases.get(candidate.case_id)
    typed = field(visit.request, "text") or candidate.text
    wanted = visit.request.args.get("q", "").strip() or without_masks(typed)
    return visit.show(
        "desk_learning_one.html", status=status, candidate=candidate, case=case, chosen=_filter(visit.request),
        problem=problem, said=_said(visit.request), typed=typed, question=without_masks(typed),
        wanted=wanted[:LONGEST_SEARCH], groups=load_intents(),
        label=field(visit.request, "intent") or candidate.label or "",
        found=await _articles(visit, wanted), article=field(visit.request, "article"),
        known=await _titles(visit, candidate),
    )  # fmt: skip


async def _failed(request: Request, candidate_id: int, error: DeskError) -> HTTPResponse:
    """Show the message again with what went wrong and what was typed; the failed unit of work is rolled back by now."""
    if status_of(error) in (401, 403, 404):
        return refuse(request, error)
    async with request.app.ctx.web.uow() as uow:
        visit = await enter(uow, request)
        response = await _show(visit, candidate_id, status=status_of(error), problem=words.problem(error))
        await uow.commit()
    return response


async def _next(visit: Visit, candidate_id: int) -> str:
    """Find the way on: the next older message of the same filter, else the list."""
    chosen = _filter(visit.request)
    found = await visit.uow.candidates.page(state=chosen.state, why=chosen.why, before=candidate_id, limit=1)
    return f"/desk/learning{f'/{found[0].id}' if found else ''}?{chosen.query}"


async def _articles(visit: Visit, wanted: str) -> Sequence[Hit]:
    await visit.uow.commit()  # gives its connection back: the index is read over another one, and may be made anew
    await visit.context.search.refresh()
    return await visit.context.search.find(wanted, limit=OFFERED)


async def _titles(visit: Visit, candidate: Candidate) -> Mapping[str, ArticleVersion]:
    """Read the articles that the message has to do with."""
    named = {name for name in (candidate.answered_with, candidate.article_id) if name}
    found = [await visit.uow.articles.newest_of(name) for name in named]
    return {article.article_id: article for article in found if article is not None}


def _only_verifiers(visit: Visit) -> None:
    if not visit.agent.role.includes(learning.NEEDED):
        raise Forbidden(thai=learning.FOR_VERIFIERS)


def _filter(request: Request) -> Filter:
    """Read the filter from the address, or from the form that carries it on."""
    state, why = (request.args.get(name) or field(request, name) for name in ("state", "why"))
    try:
        return Filter(state=Judgement(state or Judgement.NEW), why=Why(why) if why else None)
    except ValueError:
        raise NotFound from None


def _by_state(counts: Mapping[tuple[Judgement, Why], int], why: Why | None) -> Mapping[Judgement, int]:
    return {s: sum(n for (state, w), n in counts.items() if state is s and why in (None, w)) for s in Judgement}


def _said(request: Request) -> str:
    return words.LEARNT.get(request.args.get("said", ""), "")


def _text(visit: Visit) -> str:
    return field(visit.request, "text")


def _number(request: Request, name: str) -> int | None:
    given = request.args.get(name, "")
    return _id(int(given)) if given.isdecimal() and len(given) < 20 else None


def _id(number: int) -> int:
    if number > LARGEST_ID:
        raise NotFound
    return number
