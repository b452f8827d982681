"""What the customers of the benchmark ask: the question variants of the starter articles, in Thai."""

import itertools
import random
from collections.abc import Iterator

from bot.services.articles import load_starter

SEED = 20261122
A_CASE = 4  # questions of one customer before the next one comes, about as many as in a real case
NOTHING_KNOWN = {
    "case": {
        "topic": None,
        "language": "th",
        "readiness": {"answers": {}, "finished": False},
        "last_article": None,
        "pending_question": None,
        "misunderstood": 0,
    }
}  # what the desk sends along for a new case


def all_questions() -> list[str]:
    """All of them once, in an order that is the same in every run."""
    found = [
        variant
        for article in load_starter()
        if article.verified
        for variant in (article.fields["question"], *article.fields["variants"])
        if any("ก" <= letter <= "ฮ" for letter in variant)
    ]
    random.Random(SEED).shuffle(found)  # noqa: S311 - an order, no secret
    return found


def cases() -> Iterator[list[str]]:
    """The questions of one customer after the other, for ever."""
    questions = itertools.cycle(all_questions())
    while True:
        yield list(itertools.islice(questions, A_CASE))
