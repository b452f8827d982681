"""Search in articles, in memory: which article answers this question, and how sure is that.

A text is compared with each question of an article (title, question, variants: the best one counts) and with the
article as a whole, by two signals: words (Thai cut by ``bot.domain.thai``), and runs of two to four characters, which
forgive slips, missing spaces and loan words spelt in several ways.

A reader must keep two things. Features are hashed, so a word that no article has is the rarest of all: it lowers the
score of a text about something else, which would otherwise be judged by its one common word. And ``score`` is
absolute: ``MIDDLE`` was chosen on questions outside the index (``tests/unit/test_article_index.py``), so whoever
changes a weight measures again and moves it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from bot.domain.thai import normalise, tokenise

GOOD_ENOUGH = 0.5  # the score from which an article may answer
MIDDLE = 0.2  # the likeness that becomes the score 0.5
STEEPNESS = 16.0  # how fast the score rises around it
WHOLE_ARTICLE = 0.7  # the share of the whole article; the rest is the best question's
SAME_TOPIC = 1.05  # a slight preference for the topic that the customer chose
LONGEST_QUERY = 500  # characters; what comes behind tells little

_TEXT = re.compile(r"[0-9a-z\u0e01-\u0e4e]+")


@dataclass(frozen=True, kw_only=True)
class IndexDocument:
    """What the index knows of one article; ``questions`` are its question and variants in any language."""

    article_id: str
    version: int
    title: str
    questions: tuple[str, ...]
    body: str
    topic: str | None = None


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An article found; ``score`` runs from 0 to 1, and from ``GOOD_ENOUGH`` the article may answer."""

    article_id: str
    version: int
    title: str
    score: float


def words(text: str) -> list[str]:
    """Cut a text into words without signs; "form-d" is two."""
    return [part for word in tokenise(text) for part in _TEXT.findall(word)]


def squeeze(text: str) -> str:
    """Leave only letters, marks and digits: "Form D", "form-d" and "formd" become one."""
    return "".join(_TEXT.findall(normalise(text)))


_HASHED = {"n_features": 2**18, "norm": None, "alternate_sign": False, "dtype": np.float32}
COUNTERS = (
    HashingVectorizer(analyzer=words, **_HASHED),
    HashingVectorizer(analyzer="char", preprocessor=squeeze, ngram_range=(2, 4), **_HASHED),
)
Counts = tuple[csr_matrix, ...]  # for each counter: a row for the title, each question, and last the body


class ArticleIndex:
    """An unchanging index; a changed article means a new index, which takes over what ``previous`` has counted."""

    def __init__(self, documents: Iterable[IndexDocument], previous: "ArticleIndex | None" = None) -> None:
        self._documents = tuple(documents)
        known = previous.counts if previous is not None else {}
        self.counts: dict[IndexDocument, Counts] = {d: known.get(d) or _count(d) for d in self._documents}
        self._topics = np.array([document.topic or "" for document in self._documents])
        lengths = [len(document.questions) + 1 for document in self._documents]
        self._first_question = np.cumsum([0, *lengths[:-1]])
        self._signals = [
            _Signal(counter, [self.counts[document][position] for document in self._documents])
            for position, counter in enumerate(COUNTERS if self._documents else ())
        ]

    def __len__(self) -> int:
        """Count the articles."""
        return len(self._documents)

    def search(self, text: str, *, topic: str | None = None, limit: int = 3) -> list[Hit]:
        """Find the articles most like the text, best first; a chosen ``topic`` is preferred, never required."""
        query = text[:LONGEST_QUERY]
        if not self._documents or not squeeze(query):
            return []
        likeness = self._likeness(query)
        if topic is not None:
            likeness = np.where(self._topics == topic, likeness * SAME_TOPIC, likeness)
        best = np.argsort(-likeness, kind="stable")[:limit]
        return [self._hit(int(position), float(likeness[position])) for position in best if likeness[position] > 0]

    def _likeness(self, query: str) -> NDArray[np.float64]:
        compared = [signal.compare(query) for signal in self._signals]
        questions = np.mean([questions for questions, _ in compared], axis=0)
        wholes = np.mean([wholes for _, wholes in compared], axis=0)
        best_question = np.maximum.reduceat(questions, self._first_question)
        return np.asarray((1 - WHOLE_ARTICLE) * best_question + WHOLE_ARTICLE * wholes)

    def _hit(self, position: int, likeness: float) -> Hit:
        document = self._documents[position]
        score = 1 / (1 + np.exp(-STEEPNESS * (likeness - MIDDLE)))
        return Hit(
            article_id=document.article_id, version=document.version, title=document.title, score=round(float(score), 4)
        )


class _Signal:
    """One way to see the texts: counts weighed by how few articles have a feature."""

    def __init__(self, counter: HashingVectorizer, counted: Sequence[csr_matrix]) -> None:
        self._counter = counter
        self._weigher = TfidfTransformer(sublinear_tf=True)
        rows = csr_matrix(vstack(counted))
        owners = np.repeat(np.arange(len(counted)), [part.shape[0] for part in counted])
        is_body = np.append(np.diff(owners) != 0, True)
        belongs = csr_matrix((np.ones(len(owners), np.float32), (owners, np.arange(len(owners)))))
        # Rarity counts articles, not rows: a word in every question of one article is telling, not common.
        self._wholes = csr_matrix(self._weigher.fit_transform(belongs @ rows)).T.tocsr()
        self._questions = csr_matrix(self._weigher.transform(rows[~is_body])).T.tocsr()

    def compare(self, query: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Give the cosine with every question and with every whole article."""
        vector = csr_matrix(self._weigher.transform(self._counter.transform([query])))
        return (vector @ self._questions).toarray().ravel(), (vector @ self._wholes).toarray().ravel()


def _count(document: IndexDocument) -> Counts:
    texts = [document.title, *document.questions, document.body]
    return tuple(csr_matrix(counter.transform(texts)) for counter in COUNTERS)
