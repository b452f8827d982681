"""Measures the search: ``make eval-search``; with ``BENCH=path`` also a foreign benchmark, as a general guard.

An argument names a file with the intents of the questions (``tests.eval.article_intents``): then the way through both.

Sentences of the test sets are never printed, so that nobody tunes to them.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from actions.knowledge import replies_to
from actions.replies import reply_to
from actions.turn import QUESTION, Turn
from bot.domain.proposals import Answer, Choices, NotFound
from bot.services.article_index import SURE, ArticleIndex, Hit
from tests.eval import search_sets
from tests.eval.search_sets import MOST_VARIANTS, Asked, starter_documents

MANY = 10_000
UNANSWERED = ("off_topic", "draft_only", "not_covered")  # why no article may answer
Replies = Sequence[Answer | Choices | NotFound]


@dataclass(frozen=True)
class Found:
    """What the search made of one question."""

    asked: Asked
    hits: Sequence[Hit]
    sure: bool = True  # that something is asked that CKS may answer, as far as the intent tells

    def among(self, first: int) -> bool:
        """Whether the right article is one of the first."""
        return self.asked.article in [hit.article_id for hit in self.hits[:first]]

    @property
    def answered(self) -> bool:
        """Whether an article would be sent."""
        return isinstance(reply_to(self.hits, sure=self.sure), Answer)

    @property
    def asked_back(self) -> bool:
        """Whether choices would be offered."""
        return isinstance(reply_to(self.hits, sure=self.sure), Choices)


def find_all(index: ArticleIndex, questions: Sequence[Asked]) -> list[Found]:
    """Search for every question."""
    return [Found(asked, index.search(asked.text)) for asked in questions]


def find_left_out() -> list[Found]:
    """Ask each variant of the starter articles of an index that lacks it."""
    return [
        found
        for number in range(MOST_VARIANTS)
        for found in find_all(
            ArticleIndex(starter_documents(without_variant=number)), list(search_sets.left_out(number))
        )
    ]


def share(found: Sequence[Found], holds: Callable[[Found], bool]) -> float:
    """Give the part of the questions for which something holds."""
    return sum(map(holds, found)) / max(len(found), 1)


def summary(found: Sequence[Found]) -> str:
    """Put the figures of questions that have an answer into one line."""
    figures = {
        "right at 1": share(found, lambda one: one.among(1)),
        "among 3": share(found, lambda one: one.among(3)),
        "answered rightly": share(found, lambda one: one.answered and one.among(1)),
        "wrongly": share(found, lambda one: one.answered and not one.among(1)),
        "choices with the right one": share(found, lambda one: one.asked_back and one.among(3)),
        "without": share(found, lambda one: one.asked_back and not one.among(3)),
    }
    return f"{len(found)} questions: " + ", ".join(f"{name} {figure:.3f}" for name, figure in figures.items())


@dataclass(frozen=True)
class Cks:
    """The search as the actions know it."""

    index: ArticleIndex

    async def find(self, text: str, *, topic: str | None, limit: int) -> Sequence[Hit]:
        """Search."""
        return self.index.search(text, topic=topic, limit=limit)

    async def get(self, article_id: str) -> Hit | None:
        """Give an article."""
        return self.index.get(article_id)


def replies(index: ArticleIndex, text: str, *, before: Sequence[str] = (), last: str | None = None) -> Replies:
    """Reply to a message as the actions do; ``last`` is the article that the question before was answered with."""
    said_nothing: dict[str, Any] = dict.fromkeys(field.name for field in fields(Turn))
    turn = Turn(**said_nothing | {"text": text, "sure": 1.0, "asked_before": before, "last_article": last})
    return asyncio.run(replies_to(turn, Cks(index)))


def latency(index: ArticleIndex, texts: Sequence[str]) -> str:
    """Give the middle and the 95th of 100 times of a search, in milliseconds: passed, and of the processor alone."""
    passed, worked = [], []
    for text in texts:
        start, began = time.perf_counter(), time.thread_time()
        index.search(text)
        passed.append((time.perf_counter() - start) * 1000)
        worked.append((time.thread_time() - began) * 1000)
    return f"{_p50_p95(passed)}; processor {_p50_p95(worked)}"


def _p50_p95(times: Sequence[float]) -> str:
    ordered = sorted(times)
    return f"p50 {ordered[len(ordered) // 2]:.1f} ms, p95 {ordered[len(ordered) * 95 // 100]:.1f} ms"


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def report_questions(index: ArticleIndex) -> None:
    """Measure single questions: the articles' own left out in turn, and the independent set."""
    say(f"variants left out in turn, {summary(find_left_out())}")
    found = find_all(index, search_sets.independent())
    say(f"independent set, {summary([one for one in found if one.asked.article])}")
    for why in UNANSWERED:
        for sure in (True, False):
            these = [replace(one, sure=sure) for one in found if one.asked.why == why]
            say(f"{why}, {len(these)} texts, {'sure' if sure else 'unsure'} intent: {shares(these)}")


def report_whole_way(index: ArticleIndex, intents: Path) -> None:
    """Measure the same set behind the intent classifier: what is no question for CKS does not reach the search."""
    read = {one["text"]: one for one in json.loads(intents.read_text(encoding="utf-8"))}
    found = find_all(index, search_sets.independent())
    searched = [
        replace(one, sure=read[one.asked.text]["sure"] >= SURE)
        for one in found
        if read[one.asked.text]["intent"] == QUESTION
    ]
    for why, name in ((None, "questions"), *((why, why.replace("_", " ")) for why in UNANSWERED)):
        these = [one for one in searched if one.asked.why == why]
        number = sum(one.asked.why == why for one in found)
        rightly, wrongly = (sum(one.answered and one.among(1) is right for one in these) for right in (True, False))
        say(f"whole way, {name}: {len(these)} of {number} searched, {rightly} answered rightly, {wrongly} wrongly")


def shares(found: Sequence[Found]) -> str:
    """Give the shares of texts that an article is sent to, and that choices are offered to."""
    return (
        f"answered {share(found, lambda one: one.answered):.3f}, choices {share(found, lambda one: one.asked_back):.3f}"
    )


def report_talk(index: ArticleIndex) -> None:
    """Measure messages with two questions, and follow-ups."""
    doubles = [(sent(replies(index, text)), articles) for text, articles in search_sets.doubles()]
    counts = {
        "both answered": sum(given == articles for given, articles in doubles),
        "one answered": sum(bool(given) and given < articles for given, articles in doubles),
        "one answered wrongly": sum(not given <= articles for given, articles in doubles),
    }
    say(f"two questions in {len(doubles)} messages: {counts}")
    follow_ups = [
        (replies(index, then, before=[first], last=index.search(first)[0].article_id), article)
        for first, then, article in search_sets.follow_ups()
    ]
    counts = {
        "answered rightly": sum(sent(given) == {article} for given, article in follow_ups),
        "answered wrongly": sum(bool(sent(given)) and sent(given) != {article} for given, article in follow_ups),
        "choices with the right one": sum(article in offered(given) for given, article in follow_ups),
    }
    say(f"{len(follow_ups)} follow-ups: {counts}")


def sent(given: Replies) -> set[str]:
    """Give the articles sent."""
    return {reply.article_id for reply in given if isinstance(reply, Answer)}


def offered(given: Replies) -> set[str]:
    """Give the articles offered to choose from."""
    return {article for reply in given if isinstance(reply, Choices) for article in reply.article_ids}


def report_latency(index: ArticleIndex) -> None:
    """Measure how long searching takes, also among many articles."""
    texts = [asked.text for asked in search_sets.independent()]
    say(f"{len(index)} articles: {latency(index, texts)}")
    documents = search_sets.many_documents(MANY)
    many = ArticleIndex(documents)
    say(f"{len(many)} articles: {latency(many, texts)}")
    began = time.thread_time()
    ArticleIndex(documents[1:], many)
    say(f"{len(many)} articles, made anew after a change: processor {time.thread_time() - began:.1f} s")


def report_bench(path: Path) -> None:
    """Measure the general guard."""
    passages, questions = search_sets.bench(path)
    index = ArticleIndex(passages)
    found = [Found(asked, index.search(asked.text, limit=5)) for asked in questions]
    first, five = (share(found, lambda one, n=n: one.among(n)) for n in (1, 5))
    say(f"guard, {len(found)} questions: right at 1 {first:.3f}, among 5 {five:.3f}")
    starter = find_all(ArticleIndex(starter_documents(drafts_serve=False)), questions)
    for sure in (True, False):
        these = shares([replace(one, sure=sure) for one in starter])
        say(f"guard asked of CKS, where nothing answers, {'sure' if sure else 'unsure'} intent: {these}")


def main() -> None:
    """Print every figure."""
    index = ArticleIndex(starter_documents(drafts_serve=False))
    report_questions(index)
    if len(sys.argv) > 1:
        report_whole_way(index, Path(sys.argv[1]))
    report_talk(index)
    if os.environ.get("BENCH"):
        report_bench(Path(os.environ["BENCH"]))
    report_latency(index)


if __name__ == "__main__":
    main()
