"""The rule of named things: who names a form, country, agency … wants the article about it, not one about another.

An article is about what its title and its question name, and mentions what its other texts name. For each kind that a
question names, an article fits best if it is about that thing; one about another thing of the kind is ruled out
(forms, countries, fairs) or pushed back, unless it mentions the thing; one silent about the kind may be general.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.domain.terms import Term

ABOUT_IT = 1.1
ABOUT_ANOTHER = 0.5
RULED_OUT = frozenset({"form", "country", "fair"})  # kinds where an answer about another one would mislead
# A form or a fair has its own rules; passwords, costs, buyers and markets are a matter apart: the silent are unlikely.
SILENT: Mapping[str, float] = {"form": 0.7, "fair": 0.7, "login": 0.5, "cost": 0.5, "wanted": 0.6, "market": 0.4}


class NamedThings:
    """What each article is about and mentions, by thing."""

    def __init__(self, about: Sequence[frozenset[Term]], mentioned: Sequence[frozenset[Term]]) -> None:
        self._articles = len(about)
        self._about = _places(about)
        self._mentioned = _places(mentioned)
        self._kinds = _places([{Term(thing.kind, "") for thing in things} for things in about])

    def fit(self, named: frozenset[Term]) -> NDArray[np.float64]:
        """Give the factor for every article by the things that a question names; 1 if it names nothing."""
        factors = np.ones(self._articles)
        for kind in {thing.kind for thing in named}:
            factors *= self._fit_of_kind(kind, [thing for thing in named if thing.kind == kind])
        return factors

    def about(self, named: frozenset[Term]) -> frozenset[int]:
        """Give the places of the articles that are about one of these things."""
        return frozenset(place for thing in named for place in self._about.get(thing, ()))

    def _fit_of_kind(self, kind: str, things: Sequence[Term]) -> NDArray[np.float64]:
        factors = np.full(self._articles, SILENT.get(kind, 1.0))
        factors[self._kinds.get(Term(kind, ""), [])] = 0.0 if kind in RULED_OUT else ABOUT_ANOTHER
        for places, factor in ((self._mentioned, 1.0), (self._about, ABOUT_IT)):
            for thing in things:
                factors[places.get(thing, [])] = factor
        return factors


def _places(things: Sequence[Iterable[Term]]) -> Mapping[Term, list[int]]:
    places: dict[Term, list[int]] = {}
    for place, named in enumerate(things):
        for thing in named:
            places.setdefault(thing, []).append(place)
    return places
