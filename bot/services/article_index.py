"""Search in articles, in memory: which article answers this question, and how sure is that.

Signals of words and letters (``bot.services.article_signals``) are added up to one likeness. Then the things that are
named decide (``article_names``): a question about Form E is not answered by the article about Form D, however alike the
rest is.

A reader must keep two things. Features are hashed, so a word that no article has is the rarest of all: it lowers the
score of a text about something else, which would otherwise be judged by its one common word. And ``score`` is
absolute: the weights, ``MIDDLE`` and the thresholds from ``GOOD_ENOUGH`` to ``CLEAR`` were chosen together on questions
outside the index (docs/nlu.md), so whoever changes one measures again (``make eval-search``) and moves the others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from bot.domain.romanised import as_thai
from bot.domain.terms import named_in, parse, squeeze
from bot.domain.wanted import WHAT, kinds_wanted, things_sought
from bot.services.article_names import NamedThings
from bot.services.article_signals import NOTHING_TOLD, Counted, Likeness, Numbers, Told, count

GOOD_ENOUGH = 0.55  # the score from which an article may answer
NEAR = 0.4  # the score from which it may be offered as what was perhaps meant
GOOD_ENOUGH_IF_SURE = 0.37  # the same two, if it is sure that something is asked that CKS may answer
NEAR_IF_SURE = 0.28
SURE = 0.9  # the probability from which that is sure
CLEAR = 0.24  # how far the best must be ahead of the next, in log odds of the scores, to be sent without asking back
BESIDE_A_BETTER = 0.2  # the highest score of any article if one that may not be told fits best
MIDDLE = 0.22  # the likeness that becomes the score 0.5
STEEPNESS = 8.0  # how fast the score rises around it
SAME_TOPIC = 1.05  # a slight preference for the topic that the customer chose
LONGEST_QUERY = 500  # characters; what comes behind tells little

# What each signal contributes to the likeness; names and topic multiply it.
WEIGHTS: Mapping[str, float] = {"question": 0.12, "article": 0.3, "share": 0.18, "letters": 0.4, "verbatim": 0.3}


@dataclass(frozen=True, kw_only=True)
class IndexDocument:
    """What the index knows of one article; ``questions`` are its question and variants in any language."""

    article_id: str
    version: int
    title: str
    questions: tuple[str, ...]
    body: str
    topic: str | None = None
    serving: bool = True  # False: known, but not to be told (a draft); what it would answer best, no other answers


@dataclass(frozen=True, kw_only=True)
class Signals:
    """Why an article was found: likenesses from 0 to 1, and two factors."""

    verbatim: float  # 1 if the article has this very question

    question: float  # words: the article's most alike question
    article: float  # words: the whole article
    share: float  # words: how much of what is asked stands in the article, rare words counting most
    letters: float  # runs of characters: the whole article
    names: float  # the rule of named things (``bot.services.article_names``)
    topic: float


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An article found; ``score`` runs from 0 to 1, and from ``GOOD_ENOUGH`` the article may answer."""

    article_id: str
    version: int
    title: str
    score: float
    signals: Signals | None = None  # None: not found by searching, but asked for by id
    told: Told = NOTHING_TOLD
    tells: bool = True  # False: it says nothing of the kind that is asked for (``bot.domain.wanted``)


class ArticleIndex:
    """An unchanging index; a changed article means a new index, which takes over what ``previous`` has counted."""

    def __init__(self, documents: Iterable[IndexDocument], previous: "ArticleIndex | None" = None) -> None:
        self._documents = tuple(documents)
        known = previous.counted if previous is not None else {}
        self.counted: dict[IndexDocument, Counted] = {
            d: known.get(d) or count(d.title, d.questions, d.body) for d in self._documents
        }
        counted = [self.counted[document] for document in self._documents]
        self._topics = np.array([document.topic or "" for document in self._documents])
        self._any_topic = np.ones(len(self._documents))
        self._serving = np.array([document.serving for document in self._documents], bool)
        self._names = NamedThings([one.told.about for one in counted], [one.told.mentions for one in counted])
        self._likeness = Likeness(counted) if counted else None
        self._by_id = {
            d.article_id: Hit(article_id=d.article_id, version=d.version, title=d.title, score=1.0, told=one.told)
            for d, one in zip(self._documents, counted, strict=True)
            if d.serving
        }
        self._verbatim: dict[str, list[int]] = {}
        for place, one in enumerate(counted):
            for question in one.squeezed:
                self._verbatim.setdefault(question, []).append(place)

    def __len__(self) -> int:
        """Count the articles."""
        return len(self._documents)

    def get(self, article_id: str) -> Hit | None:
        """Give one serving article, as if found for certain."""
        return self._by_id.get(article_id)

    def search(self, text: str, *, topic: str | None = None, limit: int = 3) -> list[Hit]:
        """Find the serving articles most like the text, best first; a chosen ``topic`` is preferred, never required."""
        query = as_thai(text[:LONGEST_QUERY])
        if self._likeness is None or not squeeze(query):
            return []
        parsed = parse(query)
        named = named_in(parsed) | things_sought(query)
        signals = self._likeness.of(query, parsed) | {
            "verbatim": self._asked_verbatim(query),
            "names": self._names.fit(named),
            "topic": np.where(self._topics == topic, SAME_TOPIC, 1.0) if topic else self._any_topic,
        }
        likeness = sum(WEIGHTS[name] * signals[name] for name in WEIGHTS) * signals["names"] * signals["topic"]
        scores = self._scores(likeness)
        best = largest(np.where(self._serving, likeness, 0.0), limit)
        wanted, about = kinds_wanted(query, parsed), self._names.about(named)
        return [
            self._hit(place, scores[place], signals, wanted - ({WHAT} if about == {place} else set())) for place in best
        ]

    def _asked_verbatim(self, query: str) -> Numbers:
        verbatim = np.zeros(len(self._documents))
        verbatim[self._verbatim.get(squeeze(query), [])] = 1.0
        return verbatim

    def _scores(self, likeness: Numbers) -> Numbers:
        scores = 1 / (1 + np.exp(-STEEPNESS * (likeness - MIDDLE)))
        withheld = float(np.max(likeness, where=~self._serving, initial=0.0))
        served = float(np.max(likeness, where=self._serving, initial=0.0))
        return np.minimum(scores, BESIDE_A_BETTER) if withheld > served else scores

    def _hit(self, place: int, score: float, signals: Mapping[str, Numbers], wanted: frozenset[str]) -> Hit:
        document = self._documents[place]
        told = self.counted[document].told
        return Hit(
            article_id=document.article_id,
            version=document.version,
            title=document.title,
            score=round(float(score), 4),
            told=told,
            tells=wanted <= told.asks,
            signals=Signals(**{name: round(float(signal[place]), 4) for name, signal in signals.items()}),
        )


def largest(values: Numbers, limit: int) -> list[int]:
    """Give the places of the largest values above zero, largest first, of equal ones the earlier place first."""
    least = np.partition(values, -limit)[-limit] if limit < len(values) else 0.0
    places = np.flatnonzero((values >= least) & (values > 0))
    return [int(place) for place in places[np.argsort(-values[places], kind="stable")[:limit]]]
