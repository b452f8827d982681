"""CKS articles over the JSON API: list, write, verify, expire, search."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sanic import Blueprint

from bot.domain.agent import Role
from bot.domain.article import ArticleState, ArticleVersion
from bot.domain.topics import Topic
from bot.services import articles
from bot.web.endpoint import Call, endpoint
from bot.web.schemas import Strict, Time

blueprint = Blueprint("articles", url_prefix="/api/v1/articles")
Line = Field(min_length=1, max_length=300)


class ArticleIn(Strict):
    """An article as an officer writes it; ``levels`` holds the texts that differ for a readiness level."""

    title: str = Field(min_length=1, max_length=80)
    title_en: str | None = Field(default=None, max_length=80)
    body: str = Field(min_length=1, max_length=4000)
    body_en: str | None = Field(default=None, max_length=4000)
    question: str | None = Field(default=None, max_length=300)
    variants: list[str] = Field(default_factory=list, max_length=200)
    topic: Topic
    levels: dict[str, str] = Field(default_factory=dict)
    source: str = Line
    source_url: str | None = Field(default=None, max_length=500)
    owner: str | None = Field(default=None, max_length=200)
    note: str | None = Field(default=None, max_length=1000)
    for_people_only: bool = False

    def fields(self) -> dict[str, Any]:
        """Give the columns; the title stands for a question that is not given."""
        given = self.model_dump(mode="json", exclude={"owner"})
        given["question"] = self.question or self.title
        return given | ({"owner": self.owner} if self.owner else {})


class ArticleOut(BaseModel):
    """One version of an article."""

    id: str
    version: int
    state: ArticleState
    title: str
    title_en: str | None
    body: str
    body_en: str | None
    question: str
    variants: list[str]
    topic: str
    levels: dict[str, str]
    source: str
    source_url: str | None
    owner: str
    confidence: str | None
    note: str | None
    for_people_only: bool
    verified_by: str | None
    reviewed_on: date | None
    review_due: date | None
    changed_at: Time

    @classmethod
    def of(cls, article: ArticleVersion) -> "ArticleOut":
        """Render a version."""
        names = [name for name in cls.model_fields if name != "id"]
        return cls(id=article.article_id, **{name: getattr(article, name) for name in names})


class ArticlesQuery(Strict):
    """Which articles to list."""

    state: ArticleState | None = None
    topic: Topic | None = None
    after: str = ""
    limit: int = Field(default=50, ge=1, le=200)


class Articles(BaseModel):
    """Articles by id, the newest version of each (in the given state); ``next`` is the ``after`` of the next page."""

    items: list[ArticleOut]
    next: str | None


class SearchQuery(Strict):
    """What to search for."""

    q: str = Field(min_length=1, max_length=500)
    topic: Topic | None = None
    limit: int = Field(default=5, ge=1, le=20)
    explain: bool = Field(default=False, description="Tell with each hit which signals made its score")


class SearchSignals(BaseModel):
    """Why an article was found; a weighted sum of the likenesses, times the two factors, becomes the score."""

    model_config = ConfigDict(from_attributes=True)

    verbatim: float = Field(description="1 if the article has this very question, else 0")
    question: float = Field(description="Likeness in words to the article's most alike question, 0 to 1")
    article: float = Field(description="Likeness in words to the whole article, 0 to 1")
    share: float = Field(
        description="Part of what is asked that stands in the article, rare words counting most, 0 to 1"
    )
    letters: float = Field(description="Likeness in runs of two to four letters to the whole article, 0 to 1")
    names: float = Field(description="Factor: 1.1 if it is about the thing that is named, less if about another one")
    topic: float = Field(description="Factor: 1.05 if it belongs to the topic that is given, else 1")


class SearchHit(BaseModel):
    """An article with its score, 0 to 1; ``signals`` only with ``explain=1``."""

    article: ArticleOut
    score: float
    signals: SearchSignals | None = None


class SearchHits(BaseModel):
    """What was found, best first."""

    items: list[SearchHit]


@endpoint(blueprint, "GET", "/", summary="List articles", query=ArticlesQuery, response=Articles)
async def list_articles(call: Call) -> Articles:
    """List articles by id."""
    query: ArticlesQuery = call.query
    found = await call.uow.articles.newest(state=query.state, topic=query.topic, after=query.after, limit=query.limit)
    items = [ArticleOut.of(article) for article in found]
    return Articles(items=items, next=items[-1].id if len(items) == query.limit else None)


@endpoint(blueprint, "POST", "/", summary="Write an article", body=ArticleIn, response=ArticleOut, status=201)
async def create_article(call: Call) -> ArticleOut:
    """Write a new article as a draft."""
    return ArticleOut.of(await articles.create(call.uow, call.officer, call.body.fields()))


@endpoint(blueprint, "GET", "/search", summary="Search articles", query=SearchQuery, response=SearchHits)
async def search_articles(call: Call) -> SearchHits:
    """Search what customers may be told, as the bot does."""
    query: SearchQuery = call.query
    await call.uow.commit()  # gives its connection back: the index is read over another one, and may be made anew
    await call.context.search.refresh()
    items = []
    for hit in await call.context.search.find(query.q, topic=query.topic, limit=query.limit):
        article = await call.uow.articles.get(hit.article_id, hit.version)
        if article is not None:
            signals = SearchSignals.model_validate(hit.signals) if query.explain else None
            items.append(SearchHit(article=ArticleOut.of(article), score=round(hit.score, 4), signals=signals))
    return SearchHits(items=items)


@endpoint(blueprint, "GET", "/<article_id:str>", summary="One article, its newest version", response=ArticleOut)
async def get_article(call: Call, article_id: str) -> ArticleOut:
    """Give the newest version of an article."""
    return ArticleOut.of(await articles.get(call.uow, article_id))


@endpoint(blueprint, "PUT", "/<article_id:str>", summary="Change an article", body=ArticleIn, response=ArticleOut)
async def update_article(call: Call, article_id: str) -> ArticleOut:
    """Change the draft, or begin one beside the version in service."""
    return ArticleOut.of(await articles.update(call.uow, call.officer, article_id, call.body.fields()))


@endpoint(
    blueprint, "POST", "/<article_id:str>/verify", summary="Put a draft into service", role=Role.VERIFIER,
    response=ArticleOut,
)  # fmt: skip
async def verify_article(call: Call, article_id: str) -> ArticleOut:
    """Verify the newest draft; its author may not."""
    return ArticleOut.of(await articles.verify(call.uow, call.officer, article_id))


@endpoint(
    blueprint, "POST", "/<article_id:str>/expire", summary="Take an article out of service", role=Role.VERIFIER,
    response=ArticleOut,
)  # fmt: skip
async def expire_article(call: Call, article_id: str) -> ArticleOut:
    """Take an article out of service."""
    return ArticleOut.of(await articles.expire(call.uow, call.officer, article_id))
