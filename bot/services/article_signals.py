"""How alike a question and each article are, by words and by letters.

Words are those of ``bot.domain.terms``: synonyms, abbreviations and spellings of the trade dictionary are one word.
Letters are runs of two to four characters; they forgive what no dictionary knows: slips, missing spaces, loan words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.utils import murmurhash3_32

from bot.domain.terms import Term, asked_in, named_in, parse, squeeze
from bot.domain.trade_words import load_trade_words
from bot.domain.wanted import things_told

SATURATION = 1.2  # BM25's k1: how soon more of the same word in an article counts no more
LENGTH = 0.5  # BM25's b: how much a long article has to say a word more often

Parsed = Sequence[Term | str]
Numbers = NDArray[np.float64]
Floats = NDArray[np.float32]
Places = NDArray[np.int32]


def features(parsed: Parsed) -> list[str]:
    """Give the words that are compared; a form says "form" too, and a country "abroad" (``implied``)."""
    implied = load_trade_words().implied
    terms = [part for part in parsed if isinstance(part, Term)]
    plain = [part for part in parsed if not isinstance(part, Term)]
    return [*plain, *(term.name for term in terms), *(implied[term.kind] for term in terms if term.kind in implied)]


_FEATURES = 2**18
_HASHED = {"n_features": _FEATURES, "norm": None, "alternate_sign": False, "dtype": np.float32}
_WORDS = HashingVectorizer(analyzer=features, **_HASHED)
_LETTERS = HashingVectorizer(analyzer="char", preprocessor=squeeze, ngram_range=(2, 4), **_HASHED)
_runs = _LETTERS.build_analyzer()


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an article is about and says, by the dictionary: whether it tells the fee is no matter of score."""

    about: frozenset[Term] = frozenset()  # the things that its title and its question name
    mentions: frozenset[Term] = frozenset()
    asks: frozenset[str] = frozenset()  # what is asked or told anywhere in it: the fee, the documents, where …
    answers: frozenset[str] = frozenset()  # the same in its title and its question: what it was written to answer


NOTHING_TOLD = Told()


@dataclass(frozen=True)
class Counted:
    """The features of an article."""

    squeezed: frozenset[str]  # its title and questions, to know one that is asked verbatim
    words: csr_matrix  # a row for the title, one for each question, and last the body
    letters: csr_matrix  # one row
    told: Told


def count(title: str, questions: Sequence[str], body: str) -> Counted:
    """Count the words and letters of an article; ``questions`` begin with the one it was written for."""
    texts = [title, *questions, body]
    parsed = [parse(text) for text in texts]
    letters = csr_matrix(_LETTERS.transform(texts))
    head = list(chain(*parsed[: 2 if questions else 1]))
    besides = [things_told(text) for text in texts[:-1]]
    return Counted(
        squeezed=frozenset(squeeze(text) for text in texts[:-1]),
        words=csr_matrix(_WORDS.transform(parsed)),
        letters=csr_matrix(csr_matrix(np.ones((1, len(texts)), np.float32)) @ letters),
        told=Told(
            about=named_in(head).union(*besides[:2]),
            mentions=named_in(chain(*parsed)).union(*besides),
            asks=asked_in(chain(*parsed)),
            answers=asked_in(head),
        ),
    )


class Likeness:
    """Compares a question with every article."""

    def __init__(self, articles: Sequence[Counted]) -> None:
        self._words = _Words([article.words for article in articles])
        weigher = TfidfTransformer(sublinear_tf=True)
        self._letters = csr_matrix(weigher.fit_transform(vstack([article.letters for article in articles]))).T.tocsr()
        self._rarity: Floats = weigher.idf_

    def of(self, query: str, parsed: Parsed) -> dict[str, Numbers]:
        """Give ``question``, ``article``, ``share`` and ``letters`` (``article_index.Signals``) for every article."""
        places, counts = _counted(_runs(query))
        letters = _times(places, _unit(counts, self._rarity[places]), self._letters)
        return {**self._words.of(parsed), "letters": letters}


class _Words:
    """Rarity counts articles, not texts: a word in every question of one article is telling, not common."""

    def __init__(self, counted: Sequence[csr_matrix]) -> None:
        rows = csr_matrix(vstack(counted))
        lengths = [part.shape[0] for part in counted]
        is_body = np.zeros(rows.shape[0], bool)
        is_body[np.cumsum(lengths) - 1] = True
        owners = np.repeat(np.arange(len(counted)), lengths)
        belongs = csr_matrix((np.ones(len(owners), np.float32), (owners, np.arange(len(owners)))))
        together = csr_matrix(belongs @ rows)
        weigher = TfidfTransformer(sublinear_tf=True)
        articles = csr_matrix(weigher.fit_transform(together)).T
        questions = csr_matrix(weigher.transform(rows[~is_body])).T
        self._texts = csr_matrix(hstack([articles, questions]).tocsr())
        self._count = len(counted)
        self._first_question = np.cumsum([0, *(length - 1 for length in lengths[:-1])])
        self._said = _saturated(together).T.tocsr()
        self._rarity: Floats = weigher.idf_

    def of(self, parsed: Parsed) -> dict[str, Numbers]:
        places, counts = _counted(features(parsed))
        rarity = self._rarity[places]
        alike = _times(places, _unit(counts, rarity), self._texts)
        return {
            "question": np.maximum.reduceat(alike[self._count :], self._first_question),
            "article": alike[: self._count],
            "share": _times(places, rarity / (rarity.sum() or 1.0), self._said),
        }


def _counted(said: Iterable[str]) -> tuple[Places, Floats]:
    """Count the features of a question as HashingVectorizer does, whose checks take longer than the counting."""
    hashed = np.array([abs(murmurhash3_32(feature)) % _FEATURES for feature in said], np.int32)
    places, counts = np.unique(hashed, return_counts=True)
    return places, counts.astype(np.float32)


def _unit(counts: Floats, rarity: Floats) -> Floats:
    """Weigh the counts of a question as TfidfTransformer does, whose checks take longer than the rest of a search."""
    weights: Floats = (1 + np.log(counts)) * rarity
    return weights / (float(np.sqrt(weights @ weights)) or 1.0)


def _times(places: Places, weights: Floats, matrix: csr_matrix) -> Numbers:
    """Multiply the row that has these weights in these places."""
    row = csr_matrix((weights, places, np.array([0, len(places)], np.int32)), shape=(1, matrix.shape[0]))
    return np.asarray((row @ matrix).toarray(), np.float64).ravel()


def _saturated(counts: csr_matrix) -> csr_matrix:
    """Weigh counts as BM25 does, scaled so that endless repetition is 1 (Robertson and Zaragoza 2009, section 3)."""
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    average = float(lengths.mean()) or 1.0
    expected = SATURATION * (1 - LENGTH + LENGTH * lengths / average)
    weighed = counts.astype(np.float32)
    weighed.data /= weighed.data + np.repeat(expected, np.diff(weighed.indptr)).astype(np.float32)
    return weighed
