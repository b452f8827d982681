"""The figures by which pipelines are compared, from what they said about each message of a labelled set.

``truth`` and ``said`` are intents, one a message; ``sure`` is the probability of the intent that was said and ``out``
the probability of ``out_of_scope``, both 0 to 1. All have the same length n.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score

OUT = "out_of_scope"
REFUSED = 0.03  # share of messages in scope that may be refused
BINS = 10  # of the expected calibration error


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One trained model on one labelled set."""

    accuracy: float
    macro_f1: float
    out_auc: float
    out_recall: float  # at the threshold that refuses at most REFUSED of the messages in scope
    ece: float


def figures(truth: Sequence[str], said: Sequence[str], sure: Sequence[float], out: Sequence[float]) -> Figures:
    """Compute all figures."""
    right = np.array([a == b for a, b in zip(truth, said, strict=True)])
    is_out = np.array([intent == OUT for intent in truth])
    scores = np.asarray(out, dtype=float)
    return Figures(
        accuracy=float(right.mean()),
        macro_f1=float(f1_score(truth, said, labels=sorted(set(truth)), average="macro", zero_division=0)),
        out_auc=float(roc_auc_score(is_out, scores)),
        out_recall=float((scores[is_out] > threshold(scores[~is_out])).mean()),
        ece=calibration_error(right, np.asarray(sure, dtype=float)),
    )


def threshold(in_scope: NDArray[np.float64]) -> float:
    """Return the lowest score above which at most REFUSED of the messages in scope lie."""
    return float(np.sort(in_scope)[::-1][int(REFUSED * len(in_scope))])


def calibration_error(right: NDArray[np.bool_], sure: NDArray[np.float64]) -> float:
    """Return how far being sure is from being right, on average over equally wide bins weighed by their size."""
    which = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs(right[which == b].mean() - sure[which == b].mean()) * (which == b).sum() for b in set(which)]
    return float(sum(gaps) / len(right))
