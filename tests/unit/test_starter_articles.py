"""The starter articles keep the form that search, buttons and chat windows need, and none answers for another."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain.thai import normalise
from bot.domain.topics import Topic
from bot.services.articles import STARTER_FOLDER, load_starter

KEYS = {
    "id", "topic", "title", "title_en", "state", "for_people_only", "body", "body_en", "levels", "question", "variants",
    "source", "source_url", "seen", "confidence", "kind", "note",
}  # fmt: skip
OPTIONAL = {"for_people_only", "levels", "note"}
LEVELS = {"not_yet_business", "preparing", "ready", "beginner_exporter", "active_exporter"}
BUTTON = 20  # characters that LINE shows of a button
FILES = sorted(STARTER_FOLDER.glob("*.yml"))
THAI = re.compile("[ก-๛]")


def _read(path: Path) -> list[dict[str, Any]]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


ARTICLES = [entry for path in FILES for entry in _read(path)]
each = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article["id"])


def test_every_topic_but_the_officer_has_its_file() -> None:
    assert {path.stem for path in FILES} == {topic.value for topic in Topic} - {Topic.OFFICER}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_holds_the_articles_of_its_topic(path: Path) -> None:
    assert {entry["topic"] for entry in _read(path)} == {path.stem}


@each
def test_an_article_has_every_field_and_no_other(article: dict[str, Any]) -> None:
    assert KEYS - OPTIONAL <= set(article) <= KEYS
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", article["id"])
    assert article["state"] in {"verified", "draft"}
    assert article["confidence"] in {"high", "medium", "low"}
    assert article["source"]


@each
def test_an_article_fits_a_phone(article: dict[str, Any]) -> None:
    texts = [article["body"], article["body_en"], *article.get("levels", {}).values()]

    assert max(len(text) for text in texts) <= 900
    assert max(len(article["title"]), len(article["title_en"])) <= 60
    assert set(article.get("levels", {})) <= LEVELS
    assert THAI.search(article["title"] + article["question"])
    assert not THAI.search(article["body_en"])


@each
def test_an_article_knows_how_customers_ask(article: dict[str, Any]) -> None:
    thai = [variant for variant in article["variants"] if THAI.search(variant)]

    assert len(thai) >= 6
    assert len(article["variants"]) > len(thai)


@each
def test_numbers_for_a_level_are_those_of_the_body(article: dict[str, Any]) -> None:
    known = set(re.findall(r"\d+", article["body"])) | {"1", "2"}

    for text in article.get("levels", {}).values():
        assert set(re.findall(r"\d+", text)) <= known


@each
def test_what_is_doubtful_starts_as_a_draft(article: dict[str, Any]) -> None:
    if article["confidence"] == "low":
        assert article["state"] == "draft"
    if article["state"] == "draft":
        assert article["note"]


def test_ids_titles_and_questions_are_told_apart() -> None:
    ids = Counter(article["id"] for article in ARTICLES)
    titles = Counter(article["title"][:BUTTON] for article in ARTICLES)
    questions = Counter(
        question
        for article in ARTICLES
        for question in {normalise(text) for text in [article["question"], *article["variants"]]}
    )

    assert [name for counted in (ids, titles, questions) for name, times in counted.items() if times > 1] == []


def test_beginners_get_their_own_words_where_it_helps() -> None:
    assert sum("levels" in article for article in ARTICLES) >= 8


def test_the_loader_reads_all_of_them() -> None:
    starter = load_starter()

    assert [entry.article_id for entry in starter] == [article["id"] for article in ARTICLES]
    assert sum(entry.verified for entry in starter) == sum(article["state"] == "verified" for article in ARTICLES)
