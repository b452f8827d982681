"""The questions that the search is measured with, and the documents they are asked of."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import yaml
from pythainlp.corpus.common import thai_words

from bot.services.article_index import IndexDocument
from bot.services.articles import load_starter

TEST_SETS = Path(__file__).parents[1] / "nlu_data"
MOST_VARIANTS = max(len(entry.fields["variants"]) for entry in load_starter())


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question and the article that answers it; None: nothing may answer it, ``why`` says why."""

    text: str
    article: str | None
    why: str | None = None


@cache
def starter_documents(*, without_variant: int | None = None, drafts_serve: bool = True) -> tuple[IndexDocument, ...]:
    """Make the starter articles' documents, each lacking one of its variants if asked."""
    return tuple(
        IndexDocument(
            article_id=entry.article_id,
            version=1,
            title=entry.fields["title"],
            questions=(
                entry.fields["question"],
                *(v for n, v in enumerate(entry.fields["variants"]) if n != without_variant),
                entry.fields["title_en"],
            ),
            body=f"{entry.fields['body']}\n{entry.fields['body_en']}",
            topic=entry.fields["topic"],
            serving=drafts_serve or entry.verified,
        )
        for entry in load_starter()
    )


def left_out(number: int) -> Iterator[Asked]:
    """Give the variant of that number of every article, to be asked of an index that lacks it."""
    for entry in load_starter():
        for text in entry.fields["variants"][number : number + 1]:
            yield Asked(text=text, article=entry.article_id)


def independent() -> list[Asked]:
    """Read the questions written apart from the articles' own (tests/nlu_data)."""
    return [Asked(text=one["text"], article=one["article"], why=one.get("kind")) for one in _read("articles")]


def doubles() -> list[tuple[str, set[str]]]:
    """Read messages that ask two things, with the two articles that answer."""
    return [(one["text"], set(one["articles"])) for one in _read("double")]


def follow_ups() -> list[tuple[str, str, str]]:
    """Read a first question, the follow-up, and the article that answers the follow-up."""
    return [(one["first"], one["then"], one["article"]) for one in _read("follow_ups")]


def _read(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((TEST_SETS / f"{name}.yml").read_text(encoding="utf-8"))


def bench(path: Path) -> tuple[list[IndexDocument], list[Asked]]:
    """Read a foreign benchmark: one JSON object with ``passages`` (id, title, text) and ``queries`` (q, passage_id)."""
    data = json.loads(path.read_text(encoding="utf-8"))
    passages = [
        IndexDocument(article_id=one["id"], version=1, title=one["title"], questions=(), body=one["text"])
        for one in data["passages"]
    ]
    return passages, [Asked(text=one["q"], article=one["passage_id"]) for one in data["queries"]]


def many_documents(number: int) -> Sequence[IndexDocument]:
    """Make up articles beside the starter ones: questions as customers ask, about things of the Thai dictionary."""
    things, random = sorted(thai_words()), Random(1)  # noqa: S311 -- made-up texts, the same in every run
    asked = list(chain.from_iterable(document.questions for document in starter_documents()))

    def made_up(position: int) -> IndexDocument:
        thing = " ".join(random.sample(things, 2))
        return IndexDocument(
            article_id=f"made-up-{position}",
            version=1,
            title=thing,
            questions=tuple(f"{random.choice(asked)} {thing}" for _ in range(4)),
            body=" ".join(random.sample(things, 30)),
        )

    starter = starter_documents()
    return [*starter, *(made_up(position) for position in range(number - len(starter)))]
