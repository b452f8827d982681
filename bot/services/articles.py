"""CKS articles: written, verified by a second person, put out of service; and the search that follows every change."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import yaml
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.agent import Agent, Role
from bot.domain.article import STARTER, ArticleState, ArticleVersion
from bot.domain.errors import AlreadyExists, Forbidden, Invalid, NotFound
from bot.domain.terms import squeeze
from bot.services.article_index import ArticleIndex, Hit, IndexDocument
from bot.store.articles import local_day
from bot.store.unit_of_work import UnitOfWork, UowFactory
from bot.store.wakeups import Wakeups

CHANGED = "articles"
FRESH_SECONDS = 1.0  # a lost wake-up costs this much; with making the index anew a process is at most 2 s behind
STARTER_WRITTEN_ON = date(2026, 11, 22)  # what customers read as the last review, until an officer has reviewed
STARTER_FOLDER = Path(__file__).parents[1] / "data" / "cks"
MOST_DRAFTS = 10_000
MOST_VARIANTS = 200
# What people write in an article; the rest of a version is the desk's.
WRITTEN = (
    "topic", "title", "title_en", "body", "body_en", "levels", "question", "variants", "source", "source_url", "owner",
    "confidence", "note", "for_people_only",
)  # fmt: skip
log = structlog.get_logger()


async def create(uow: UnitOfWork, agent: Agent, fields: Mapping[str, Any]) -> ArticleVersion:
    """Write a new article as a draft."""
    article = _version(uow, f"a-{secrets.token_hex(5)}", 1, {"owner": agent.name, **fields}, [agent.id])
    await uow.articles.add(article)
    await _changed(uow)
    return article


async def update(uow: UnitOfWork, agent: Agent, article_id: str, fields: Mapping[str, Any]) -> ArticleVersion:
    """Change the draft, or begin one beside the version in service; everybody who writes in a draft is its author."""
    versions = await _versions(uow, article_id)
    newest = versions[0]
    if newest.state is ArticleState.DRAFT:
        newest.rewrite({**fields, "author_ids": sorted({*newest.author_ids, agent.id}), "changed_at": uow.now})
        changed = newest
    else:
        changed = _version(uow, article_id, newest.version + 1, {"owner": newest.owner, **fields}, [agent.id])
        await uow.articles.add(changed)
    await _changed(uow)
    return changed


async def add_variant(uow: UnitOfWork, agent: Agent, article_id: str, question: str) -> ArticleVersion:
    """Add a question that customers ask to an article, as a draft that another person verifies."""
    newest = (await _versions(uow, article_id))[0]
    known = {squeeze(text) for text in (newest.title, newest.question, *newest.variants)}
    if squeeze(question) in known:
        raise AlreadyExists("The article has this question already.", thai="บทความนี้มีคำถามนี้อยู่แล้ว")
    if len(newest.variants) >= MOST_VARIANTS:
        raise Invalid("The article has enough questions.", thai="บทความนี้มีคำถามครบจำนวนที่รับได้แล้ว")
    kept = {name: getattr(newest, name) for name in WRITTEN}
    return await update(uow, agent, article_id, kept | {"variants": [*newest.variants, question]})


async def drop_variant(uow: UnitOfWork, article_id: str, question: str) -> None:
    """Take a question out of every version, whatever its state: who asked it has taken the words back."""
    for version in await uow.articles.lock(article_id):
        version.variants = [variant for variant in version.variants if variant != question]
    await _changed(uow)


async def verify(uow: UnitOfWork, agent: Agent, article_id: str) -> ArticleVersion:
    """Put the newest draft into service in place of the version before it."""
    if not agent.role.includes(Role.VERIFIER):
        raise Forbidden("Verifying needs the role verifier.")
    versions = await _versions(uow, article_id)
    draft = versions[0]
    for older in versions[1:]:
        if older.state is ArticleState.VERIFIED:
            older.expire()
            await uow.session.flush()  # before the draft takes its place: one verified version at a time
    draft.verify(agent_id=agent.id, name=agent.name, today=local_day(uow.now))
    draft.changed_at = uow.now
    await _changed(uow)
    return draft


async def expire(uow: UnitOfWork, agent: Agent, article_id: str) -> ArticleVersion:
    """Take the article out of service: the version that serves, or the draft where none does."""
    if not agent.role.includes(Role.VERIFIER):
        raise Forbidden("Taking an article out of service needs the role verifier.")
    versions = await _versions(uow, article_id)
    serving = [version for version in versions if version.state is ArticleState.VERIFIED]
    target = serving[0] if serving else versions[0]
    target.expire()
    target.changed_at = uow.now
    await _changed(uow)
    return target


async def get(uow: UnitOfWork, article_id: str) -> ArticleVersion:
    """Give the newest version of an article."""
    found = await uow.articles.newest_of(article_id)
    if found is None:
        raise NotFound("There is no such article.")
    return found


async def seed_starter(uow: UnitOfWork) -> int:
    """Add the starter articles that are not there yet; what officers have touched is never overwritten."""
    known = await uow.articles.known_ids()
    added = 0
    for entry in load_starter():
        if entry.article_id in known:
            continue
        article = _version(uow, entry.article_id, 1, entry.fields, [])
        if entry.verified:
            article.approve(STARTER, local_day(uow.now))
            article.reviewed_on = STARTER_WRITTEN_ON
        await uow.articles.add(article)
        added += 1
    if added:
        await _changed(uow)
    return added


@dataclass(frozen=True, kw_only=True)
class StarterArticle:
    """One entry of the starter files."""

    article_id: str
    verified: bool
    fields: Mapping[str, Any]


@cache
def load_starter(folder: Path = STARTER_FOLDER) -> Sequence[StarterArticle]:
    """Read the starter articles."""
    return [
        _starter(entry)
        for path in sorted(folder.glob("*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def _starter(entry: Mapping[str, Any]) -> StarterArticle:
    names = ("topic", "title", "title_en", "question", "variants", "source", "confidence", "note", "for_people_only")
    fields = {name: entry[name] for name in names if name in entry}
    fields["body"] = entry["body"].strip()
    fields["body_en"] = entry["body_en"].strip() if entry.get("body_en") else None
    fields["levels"] = {level: text.strip() for level, text in (entry.get("levels") or {}).items()}
    fields["source_url"] = entry.get("source_url") or None
    fields["owner"] = STARTER
    return StarterArticle(article_id=entry["id"], verified=entry["state"] == "verified", fields=fields)


async def _versions(uow: UnitOfWork, article_id: str) -> Sequence[ArticleVersion]:
    versions = await uow.articles.lock(article_id)
    if not versions:
        raise NotFound("There is no such article.")
    return versions


def _version(
    uow: UnitOfWork, article_id: str, version: int, fields: Mapping[str, Any], author_ids: list[int]
) -> ArticleVersion:
    return ArticleVersion(
        article_id=article_id,
        version=version,
        state=ArticleState.DRAFT,
        author_ids=author_ids,
        created_at=uow.now,
        changed_at=uow.now,
        **{"levels": {}, "variants": [], "for_people_only": False, **fields},
    )


async def _changed(uow: UnitOfWork) -> None:
    await uow.articles.touch()
    uow.notify(CHANGED)


@dataclass
class ArticleSearch:
    """The search of one process: an index in memory, made anew when an article changed or a day began."""

    uow: UowFactory
    _index: ArticleIndex = field(default_factory=lambda: ArticleIndex([]))
    _state: tuple[int, date] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find(self, text: str, *, topic: str | None = None, limit: int = 3) -> list[Hit]:
        """Search what customers may be told; best first, scores from 0 to 1."""
        return self._index.search(text, topic=topic, limit=limit)

    async def get(self, article_id: str) -> Hit | None:
        """Give one serving article by id, as if found for certain."""
        return self._index.get(article_id)

    async def refresh(self) -> bool:
        """Make the index anew if it is out of date; True when it was. Searching goes on in the old one meanwhile."""
        async with self._turn:
            async with self.uow().reading() as uow:
                state = (await uow.articles.revision(), local_day(uow.now))
                if state == self._state:
                    return False
                serving = await uow.articles.serving(uow.now)
                drafts = await uow.articles.newest(state=ArticleState.DRAFT, topic=None, after="", limit=MOST_DRAFTS)
            served = {article.article_id for article in serving}
            documents = [document_of(article) for article in serving]
            documents += [document_of(draft, serving=False) for draft in drafts if draft.article_id not in served]
            self._index = await asyncio.to_thread(ArticleIndex, documents, self._index)
            self._state = state
            return True

    async def keep_fresh(self, wakeups: Wakeups) -> None:
        """Follow every change within the poll time, until cancelled; a lost database is asked again later."""
        with wakeups.subscribe(CHANGED) as wakeup:
            while True:
                try:
                    await self.refresh()
                except SQLAlchemyError as error:
                    log.warning("articles.refresh_failed", error=type(error).__name__)
                await wakeup.wait(FRESH_SECONDS)


def document_of(article: ArticleVersion, *, serving: bool = True) -> IndexDocument:
    """Give what the index knows of an article; one that does not serve keeps neighbours from answering in its place."""
    titles = [article.title_en] if article.title_en else []
    bodies = [article.body, article.body_en or ""]
    return IndexDocument(
        article_id=article.article_id,
        version=article.version,
        title=article.title,
        questions=(article.question, *article.variants, *titles),
        body="\n".join(bodies),
        topic=article.topic,
        serving=serving,
    )
