"""The probabilities of one message, as the fitted scikit-learn objects would give them, without their overhead.

For a single short text scikit-learn spends most of its time on checking and building sparse matrices. Here its
arithmetic is done directly, in the same order, so that not one bit differs (``tests/nlu/test_scoring.py``). A reader
must keep what is assumed of the fitted objects: TfidfVectorizer with ``sublinear_tf`` and the L2 norm, one
LogisticRegression of liblinear over all views side by side, in the order of the mapping.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _View:
    """One fitted vectorizer, and from which column on its features stand in the regression."""

    analyse: Callable[[str], Iterable[str]]
    vocabulary: Mapping[str, int]
    rarity: Numbers
    offset: int

    def weigh(self, features: Iterable[str]) -> tuple[Any, Numbers]:
        """Return the columns of the known features and their TF-IDF, of length one in all; last column first."""
        counts = Counter(features)
        known = sorted(((self.vocabulary[run], n) for run, n in counts.items() if run in self.vocabulary), reverse=True)
        places = np.array([place for place, _ in known], np.intp)
        weights = (np.log(np.array([n for _, n in known], np.float64)) + 1) * self.rarity[places]
        length = np.sqrt(np.add.accumulate(weights * weights)[-1]) if known else 1.0
        return places + self.offset, weights / length


class Scoring:
    """What is needed of fitted vectorizers and their regression to judge one message after the other."""

    def __init__(self, vectorizers: Mapping[str, TfidfVectorizer], regression: LogisticRegression) -> None:
        self._views: dict[str, _View] = {}
        offset = 0
        for name, fitted in vectorizers.items():
            self._views[name] = _View(fitted.build_analyzer(), fitted.vocabulary_, fitted.idf_, offset)
            offset += len(fitted.vocabulary_)
        self._columns = np.ascontiguousarray(regression.coef_.T)  # a row a feature: what a message has lies together
        self._intercept = regression.intercept_

    def features(self, view: str, text: str) -> list[str]:
        """Cut what one view shows of a message into its features."""
        return list(self._views[view].analyse(text))

    def knows(self, view: str, feature: str) -> bool:
        """Tell whether a feature was seen in training."""
        return feature in self._views[view].vocabulary

    def probabilities(self, features: Mapping[str, Iterable[str]]) -> Numbers:
        """Return the probability of every class for a message by its features in each view."""
        weighed = [view.weigh(features[name]) for name, view in self._views.items()]
        columns = np.concatenate([places for places, _ in weighed])
        weights = np.concatenate([weight for _, weight in weighed])
        scores = np.add.reduce(weights[:, np.newaxis] * self._columns[columns], axis=0) + self._intercept
        each: Numbers = expit(scores)
        if len(each) == 1:  # two classes have one regression
            return np.array([1 - each[0], each[0]])
        return each / float(each.sum())
