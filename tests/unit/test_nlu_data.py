"""The test sets keep their form, ask only for what is served, and share no sentence with what was trained on."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain.thai import normalise
from bot.services.articles import STARTER_FOLDER, load_starter

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "nlu_data"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
TRAINING = sorted((ROOT / "nlu_data" / "nlu").glob("*.yml"))

INTENTS = set(
    """
    greet bot_challenge choose_topic ask_knowledge ask_agent complaint dispute affirm deny skip_question stop_questions
    answer_readiness check_readiness thanks goodbye done not_helpful give_email give_profile ask_documents case_status
    office_hours show_menu show_article abuse chitchat out_of_scope foreign_buyer
    """.split()
)
PERSONAS = set("orchard startup clerk teacher foreigner youngster isan north south merchant angry second".split())
AT_LEAST = dict.fromkeys(INTENTS, 12) | {"ask_knowledge": 60, "out_of_scope": 45, "dispute": 20}
SERVING = {entry.article_id for entry in load_starter() if entry.verified}

ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")  # how Rasa marks one inside an example
NO_LETTER = re.compile(r"[^\w\u0e31-\u0e4e]|_")  # Thai vowels and tones above or below are no \w


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


MESSAGES: list[dict[str, str]] = _load(FOLDER / "messages.yml")
ARTICLES: list[dict[str, Any]] = _load(FOLDER / "articles.yml")
FOLLOW_UPS: list[dict[str, str]] = _load(FOLDER / "follow_ups.yml")
DOUBLE: list[dict[str, Any]] = _load(FOLDER / "double.yml")

SETS = {"messages": MESSAGES, "articles": ARTICLES, "follow_ups": FOLLOW_UPS, "double": DOUBLE}
SHAPES = {
    "messages": [{"text", "intent", "persona"}],
    "articles": [{"text", "article", "persona"}, {"text", "article", "kind", "persona"}],
    "follow_ups": [{"first", "then", "article", "persona"}],
    "double": [{"text", "articles", "persona"}],
}
SIZES = {"messages": 450, "articles": 240, "follow_ups": 25, "double": 25}
each_set = pytest.mark.parametrize("name", SETS)


@each_set
def test_an_entry_has_its_fields_and_no_other(name: str) -> None:
    assert [entry for entry in SETS[name] if set(entry) not in SHAPES[name]] == []
    assert [text for text in _texts_of(SETS[name]) if not text.strip() or text != text.strip()] == []


@each_set
def test_a_set_is_large_enough(name: str) -> None:
    assert len(SETS[name]) >= SIZES[name]


@each_set
def test_the_readme_states_the_size_of_a_set(name: str) -> None:
    assert f"| `{name}.yml` | {len(SETS[name])} |" in README


def test_the_readme_presents_every_persona() -> None:
    used = {entry["persona"] for entries in SETS.values() for entry in entries}

    assert used == PERSONAS
    assert [persona for persona in PERSONAS if f"| `{persona}` |" not in README] == []


def test_every_intent_is_asked_often_enough() -> None:
    counts = Counter(message["intent"] for message in MESSAGES)

    assert set(counts) == INTENTS
    assert {intent: counts[intent] for intent in INTENTS if counts[intent] < AT_LEAST[intent]} == {}


def test_every_serving_article_is_asked_at_least_twice() -> None:
    counts = Counter(entry["article"] for entry in ARTICLES)

    assert {article for article in SERVING if counts[article] < 2} == set()


def test_only_serving_articles_are_expected() -> None:
    expected = {entry["article"] for entry in [*ARTICLES, *FOLLOW_UPS] if entry["article"]}
    expected |= {article for entry in DOUBLE for article in entry["articles"]}

    assert expected - SERVING == set()


def test_what_no_article_answers_says_why() -> None:
    kinds = Counter(entry["kind"] for entry in ARTICLES if entry["article"] is None and "kind" in entry)

    assert [entry for entry in ARTICLES if (entry["article"] is None) != ("kind" in entry)] == []
    assert set(kinds) == {"off_topic", "draft_only", "not_covered"}
    assert kinds["off_topic"] >= 60


def test_a_double_question_asks_for_two_articles() -> None:
    assert [entry for entry in DOUBLE if len(set(entry["articles"])) != 2 or len(entry["articles"]) != 2] == []


def test_no_text_stands_twice() -> None:
    counts = Counter(_key(text) for entries in SETS.values() for text in _texts_of(entries))

    assert [text for text, count in counts.items() if count > 1] == []


def test_no_text_was_trained_on() -> None:
    trained = {_key(text) for text in _trained_texts()}
    tested = [text for entries in SETS.values() for text in _texts_of(entries)]

    assert trained
    assert [text for text in tested if _key(text) in trained] == []


def _texts_of(entries: list[dict[str, Any]]) -> list[str]:
    return [entry[field] for entry in entries for field in ("text", "first", "then") if field in entry]


def _key(text: str) -> str:
    """Give what two spellings of one sentence share: no spaces, punctuation or emoji (all, where it is only that)."""
    plain = normalise(text)
    return NO_LETTER.sub("", plain) or plain


def _trained_texts() -> Iterable[str]:
    for path in TRAINING:
        for entry in _load(path)["nlu"]:
            for line in entry["examples"].splitlines():
                yield ENTITY.sub(r"\1", line.strip().removeprefix("- "))
    for path in sorted(STARTER_FOLDER.glob("*.yml")):
        for article in _load(path):
            yield from (article["title"], article["title_en"], article["question"], *article["variants"])
