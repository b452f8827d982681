"""An article as a customer reads it: the text for the level, and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.domain.scripts import Language

MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
BUDDHIST = 543
THAI_ONLY_NOTE = "(This information is available in Thai only.)"


@dataclass(frozen=True, kw_only=True)
class ArticleText:
    """One served version of an article; ``levels`` holds the texts that differ for a readiness level."""

    article_id: str
    version: int
    title: str
    title_en: str | None = None
    body: str
    body_en: str | None = None
    levels: Mapping[str, str] = field(default_factory=dict)
    source: str
    reviewed_on: date
    for_people_only: bool = False


def render_article(article: ArticleText, level: str | None, language: Language) -> str:
    """Write the customer's text: title, body for the level, and the line of source and review date."""
    if language == "en":
        body = article.body_en or f"{THAI_ONLY_NOTE}\n{article.body}"
        title = article.title_en or article.title
        return f"{title}\n{body}\n\n{source_line(article, language)}"
    return f"{article.title}\n{article.levels.get(level or '', article.body)}\n\n{source_line(article, language)}"


def source_line(article: ArticleText, language: Language) -> str:
    """Name source and last review; Thai dates are in the Buddhist era."""
    day = date_in(language, article.reviewed_on)
    if language == "en":
        return f"Source: {article.source} · Last reviewed {day}"
    return f"ที่มา: {article.source} · ทบทวนล่าสุด {day}"


def date_in(language: Language, day: date) -> str:
    """Write a date as people of the language do: 22 พ.ย. 2569, 22 Nov 2026."""
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}" if language == "en" else thai_date(day)


def thai_date(day: date) -> str:
    """Write a date as Thais do, such as 22 พ.ย. 2569."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year + BUDDHIST}"
