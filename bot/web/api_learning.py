"""Learning over the JSON API: what went wrong, judged by officers, exported as training data."""

from pydantic import BaseModel, Field
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import text as plain_text

from bot.domain.candidate import Candidate, Judgement, Why
from bot.domain.case import HandoffReason
from bot.services import learning
from bot.web.api_articles import ArticleOut
from bot.web.context import WebContext
from bot.web.endpoint import Call, authorise, describe, endpoint
from bot.web.schemas import LARGEST, Strict, Time

blueprint = Blueprint("learning", url_prefix="/api/v1/learning")
YAML_HEADERS = {"Content-Disposition": 'attachment; filename="learned.yml"', "Cache-Control": "no-store"}


class CandidatesQuery(Strict):
    """Which messages to list; ``before`` goes on behind the last id of the page before."""

    state: Judgement = Judgement.NEW
    why: Why | None = None
    before: int | None = Field(default=None, ge=1, le=LARGEST)
    limit: int = Field(default=50, ge=1, le=200)


class CandidateOut(BaseModel):
    """A message to learn from: masked, with what the assistant made of it and what an officer did."""

    id: int
    case_id: int
    at: Time
    why: Why
    handoff_reason: HandoffReason | None
    text: str
    intent: str | None
    confidence: float | None
    answered_with: str | None
    state: Judgement
    label: str | None
    article_id: str | None
    reviewed_by: str | None
    reviewed_at: Time | None

    @classmethod
    def of(cls, candidate: Candidate) -> "CandidateOut":
        """Render a candidate."""
        return cls(**{name: getattr(candidate, name) for name in cls.model_fields})


class Candidates(BaseModel):
    """Messages to learn from, newest first; ``next`` is the ``before`` of the next page."""

    items: list[CandidateOut]
    next: int | None


class LabelIn(Strict):
    """The intent that the words mean; ``text`` puts them straight."""

    intent: str = Field(min_length=1, max_length=100)
    text: str | None = Field(default=None, max_length=5000)


class VariantIn(Strict):
    """The article that the words ask for; ``text`` puts them straight."""

    article_id: str = Field(min_length=1, max_length=100)
    text: str | None = Field(default=None, max_length=5000)


@endpoint(
    blueprint, "GET", "/", summary="List messages to learn from", role=learning.NEEDED, query=CandidatesQuery,
    response=Candidates,
)  # fmt: skip
async def list_candidates(call: Call) -> Candidates:
    """List messages in a state, newest first."""
    query: CandidatesQuery = call.query
    found = await call.uow.candidates.page(state=query.state, why=query.why, before=query.before, limit=query.limit)
    items = [CandidateOut.of(candidate) for candidate in found]
    return Candidates(items=items, next=items[-1].id if len(items) == query.limit else None)


@endpoint(
    blueprint, "POST", "/<candidate_id:int>/label", summary="Say what a message means", role=learning.NEEDED,
    body=LabelIn, response=CandidateOut,
)  # fmt: skip
async def label_candidate(call: Call, candidate_id: int) -> CandidateOut:
    """Label a message with an intent."""
    body: LabelIn = call.body
    return CandidateOut.of(await learning.label(call.uow, call.officer, candidate_id, body.intent, text=body.text))


@endpoint(
    blueprint, "POST", "/<candidate_id:int>/variant", summary="Make a message a question of an article",
    role=learning.NEEDED, body=VariantIn, response=ArticleOut,
)  # fmt: skip
async def add_candidate(call: Call, candidate_id: int) -> ArticleOut:
    """Add the words to an article, as a draft that another person verifies."""
    body: VariantIn = call.body
    draft = await learning.add_variant(call.uow, call.officer, candidate_id, body.article_id, text=body.text)
    return ArticleOut.of(draft)


@endpoint(
    blueprint, "POST", "/<candidate_id:int>/dismiss", summary="Nothing to learn from a message", role=learning.NEEDED,
    response=CandidateOut,
)  # fmt: skip
async def dismiss_candidate(call: Call, candidate_id: int) -> CandidateOut:
    """Dismiss a message."""
    return CandidateOut.of(await learning.dismiss(call.uow, call.officer, candidate_id))


@endpoint(
    blueprint, "POST", "/<candidate_id:int>/reopen", summary="Take a judgement back", role=learning.NEEDED,
    response=CandidateOut,
)  # fmt: skip
async def reopen_candidate(call: Call, candidate_id: int) -> CandidateOut:
    """Put a labelled or dismissed message back among the new ones."""
    return CandidateOut.of(await learning.reopen(call.uow, call.officer, candidate_id))


describe(blueprint, "GET", "/export", summary="The labelled messages as Rasa YAML", role=learning.NEEDED)


@blueprint.get("/export")
async def export_labelled(request: Request) -> HTTPResponse:
    """Give everything labelled as Rasa's training data."""
    context: WebContext = request.app.ctx.web
    async with context.uow() as uow:
        await authorise(uow, request, learning.NEEDED)
        written = await learning.export(uow)
        await uow.commit()
    return yaml_file(written)


def yaml_file(written: str) -> HTTPResponse:
    """Hand out training data as a file."""
    return plain_text(written, content_type="application/yaml; charset=utf-8", headers=YAML_HEADERS)
