"""A CKS article lives in versions: draft → verified → expired.

What customers are told is the newest verified version whose review is not overdue. A change to a verified article is
a new draft beside it; the verified text serves until the draft is verified by somebody who did not write in it.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.articles_text import ArticleText
from bot.domain.base import Base, enum_column
from bot.domain.errors import Forbidden, IllegalTransition

REVIEW_EVERY = timedelta(days=180)
STARTER = "starter set"  # who stands for the starter articles until an officer has reviewed them


class ArticleState(StrEnum):
    """Where a version of an article stands."""

    DRAFT = "draft"  # being written; customers don't see it
    VERIFIED = "verified"  # checked by another person than its author; may be sent
    EXPIRED = "expired"  # withdrawn, or followed by a newer version


class ArticleVersion(Base):
    """One version of an article; (article_id, version) names it for ever."""

    __tablename__ = "article_versions"
    __table_args__ = (
        Index("articles_verified", "article_id", unique=True, postgresql_where="state = 'verified'"),
        Index("articles_draft", "article_id", unique=True, postgresql_where="state = 'draft'"),
    )

    article_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[ArticleState] = mapped_column(enum_column(ArticleState))
    topic: Mapped[str]
    title: Mapped[str]
    title_en: Mapped[str | None]
    body: Mapped[str]
    body_en: Mapped[str | None]
    levels: Mapped[dict[str, str]]
    question: Mapped[str]
    variants: Mapped[list[str]]
    source: Mapped[str]
    source_url: Mapped[str | None]
    owner: Mapped[str]
    confidence: Mapped[str | None]
    note: Mapped[str | None]
    for_people_only: Mapped[bool] = mapped_column(default=False)
    author_ids: Mapped[list[int]]
    verified_by: Mapped[str | None]
    reviewed_on: Mapped[date | None]
    review_due: Mapped[date | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    def verify(self, *, agent_id: int, name: str, today: date) -> None:
        """Put a draft into service; nobody who wrote in it may do that (four eyes)."""
        self._must_be(ArticleState.DRAFT)
        if agent_id in self.author_ids:
            raise Forbidden("An article is verified by a person who did not write any of it.")
        self.approve(name, today)

    def approve(self, name: str, today: date) -> None:
        """Note who stands for the text from which day."""
        self.state = ArticleState.VERIFIED
        self.verified_by, self.reviewed_on, self.review_due = name, today, today + REVIEW_EVERY

    def expire(self) -> None:
        """Take the version out of service."""
        if self.state is ArticleState.EXPIRED:
            raise IllegalTransition("The article is expired already.")
        self.state = ArticleState.EXPIRED

    def rewrite(self, fields: dict[str, Any]) -> None:
        """Change a draft."""
        self._must_be(ArticleState.DRAFT)
        for name, value in fields.items():
            setattr(self, name, value)

    def text(self) -> ArticleText:
        """Give what a customer reads; only for a verified version."""
        assert self.reviewed_on is not None
        return ArticleText(
            article_id=self.article_id,
            version=self.version,
            title=self.title,
            title_en=self.title_en,
            body=self.body,
            body_en=self.body_en,
            levels=self.levels,
            source=self.source,
            reviewed_on=self.reviewed_on,
            for_people_only=self.for_people_only,
        )

    def _must_be(self, state: ArticleState) -> None:
        if self.state is not state:
            raise IllegalTransition(f"This needs a version in state {state}; this one is {self.state}.")
