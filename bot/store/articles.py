"""Articles in SQL. ``revision`` grows with every committed change, so that other processes notice within a poll."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import BigInteger, Column, String, Table, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.article import ArticleState, ArticleVersion
from bot.domain.articles_text import ArticleText
from bot.domain.base import Base
from bot.domain.case import BANGKOK

# One row: its lock puts the changes in order, so a reader who saw revision n saw every change up to n.
article_revision = Table(
    "article_revision",
    Base.metadata,
    Column("name", String, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)

# Asked by every answer, so built once.
SERVING_OF = select(ArticleVersion).where(
    ArticleVersion.article_id.in_(bindparam("article_ids", expanding=True)),
    ArticleVersion.state == ArticleState.VERIFIED,
    ArticleVersion.review_due >= bindparam("day"),
)


class ArticleStore:
    """The rows of ``article_versions``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, article: ArticleVersion) -> None:
        """Store a new version."""
        self._session.add(article)
        await self._session.flush()

    async def get(self, article_id: str, version: int) -> ArticleVersion | None:
        """Read one version."""
        return await self._session.get(ArticleVersion, (article_id, version))

    async def newest_of(self, article_id: str) -> ArticleVersion | None:
        """Read the newest version of an article."""
        query = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
        return (
            await self._session.execute(query.order_by(ArticleVersion.version.desc()).limit(1))
        ).scalar_one_or_none()

    async def lock(self, article_id: str) -> Sequence[ArticleVersion]:
        """Lock an article, and give all its versions, newest first.

        The article itself is locked, not only its rows: who waits here sees the version that was added meanwhile.
        """
        await self._session.execute(
            text("select pg_advisory_xact_lock(hashtextextended(:article, 2))"), {"article": article_id}
        )
        query = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
        return (
            (
                await self._session.execute(
                    query.order_by(ArticleVersion.version.desc())
                    .with_for_update()
                    .execution_options(populate_existing=True)
                )
            )
            .scalars()
            .all()
        )

    async def serving(self, now: datetime) -> Sequence[ArticleVersion]:
        """List what customers may be told at this moment."""
        return (
            (
                await self._session.execute(
                    select(ArticleVersion)
                    .where(ArticleVersion.state == ArticleState.VERIFIED, ArticleVersion.review_due >= local_day(now))
                    .order_by(ArticleVersion.article_id)
                )
            )
            .scalars()
            .all()
        )

    async def serving_text(self, article_id: str, now: datetime) -> ArticleText | None:
        """Give what customers are told by this article at this moment, if anything."""
        return (await self.serving_texts([article_id], now)).get(article_id)

    async def serving_texts(self, article_ids: Sequence[str], now: datetime) -> dict[str, ArticleText]:
        """Give what customers are told by those of these articles that serve at this moment, in the order asked."""
        if not article_ids:
            return {}
        found = await self._session.execute(SERVING_OF, {"article_ids": list(article_ids), "day": local_day(now)})
        texts = {article.article_id: article.text() for article in found.scalars()}
        return {article_id: texts[article_id] for article_id in article_ids if article_id in texts}

    async def newest(
        self, *, state: ArticleState | None, topic: str | None, after: str, limit: int
    ) -> Sequence[ArticleVersion]:
        """List articles by id: the newest version of each, or the newest in a given state."""
        versions = select(ArticleVersion.article_id, func.max(ArticleVersion.version).label("version"))
        if state is not None:
            versions = versions.where(ArticleVersion.state == state)
        newest = versions.group_by(ArticleVersion.article_id).subquery()
        query = (
            select(ArticleVersion)
            .join(
                newest,
                (ArticleVersion.article_id == newest.c.article_id) & (ArticleVersion.version == newest.c.version),
            )
            .where(ArticleVersion.article_id > after)
            .order_by(ArticleVersion.article_id)
            .limit(limit)
        )
        if topic is not None:
            query = query.where(ArticleVersion.topic == topic)
        return (await self._session.execute(query)).scalars().all()

    async def known_ids(self) -> set[str]:
        """List the ids of all articles, whatever their state."""
        return set((await self._session.execute(select(ArticleVersion.article_id).distinct())).scalars())

    async def touch(self) -> None:
        """Note a change; call it before commit in every transaction that changes an article."""
        await self._session.execute(
            text(
                "insert into article_revision (name, revision) values ('articles', 1)"
                " on conflict (name) do update set revision = article_revision.revision + 1"
            )
        )

    async def revision(self) -> int:
        """Read how many changes have been committed."""
        row = await self._session.execute(text("select revision from article_revision where name = 'articles'"))
        return int(row.scalar() or 0)


def local_day(now: datetime) -> date:
    """Give the department's date at a moment."""
    return now.astimezone(BANGKOK).date()
