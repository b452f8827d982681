"""The terms of foreign trade in a text: one name for every way to write them, and the things that the text names.

"ฟอร์มดี", "Form-D" and "e-Form D" are one thing, and another than "ฟอร์มอี"; "โทร", "เบอร์" and "hotline" say the same.
The trade dictionary (``bot.domain.trade_words``) knows both; of several terms the one of most words is read.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from bot.domain.thai import normalise, tokenise
from bot.domain.trade_words import load_trade_words

ASK = "ask"  # the kind of what can be asked about anything: where, how long, which papers
_SYNONYMS = frozenset({ASK, "word"})  # the kinds whose entries name no thing
_TEXT = re.compile(r"[0-9a-z\u0e01-\u0e4e]+")
_RECENT = 256  # texts that are remembered: several functions ask for the terms of the same message


class Term(NamedTuple):
    """An entry of the dictionary: its kind there and its name."""

    kind: str
    name: str

    @property
    def names_a_thing(self) -> bool:
        """Whether the text is about this very form, country, agency …; False for mere synonyms."""
        return self.kind not in _SYNONYMS


def words(text: str) -> list[str]:
    """Cut a text into words without signs; "form-d" is two."""
    return [part for word in tokenise(text) for part in _TEXT.findall(word)]


def squeeze(text: str) -> str:
    """Leave only letters, marks and digits: "Form D", "form-d" and "formd" become one."""
    return "".join(_TEXT.findall(normalise(text)))


def parse(text: str) -> list[Term | str]:
    """Read a text as terms and other words, in their order; filler ("ครับ", "ขอ", "please") is left out."""
    return list(_parsed(text))


@lru_cache(_RECENT)
def _parsed(text: str) -> tuple[Term | str, ...]:
    filler = load_trade_words().filler
    return tuple(part for part in _longest_terms(words(text)) if part not in filler)


def named_in(parsed: Iterable[Term | str]) -> frozenset[Term]:
    """Return the things that a text names, by what ``parse`` made of it."""
    return frozenset(part for part in parsed if isinstance(part, Term) and part.names_a_thing)


def asked_in(parsed: Iterable[Term | str]) -> frozenset[str]:
    """Return what can be asked about anything, such as the fee or the documents, and stands in what was parsed."""
    return frozenset(part.name for part in parsed if isinstance(part, Term) and part.kind == ASK)


def _longest_terms(cut: Sequence[str]) -> Iterator[Term | str]:
    known, position = _known(), 0
    while position < len(cut):
        ends = range(min(position + _most_words(), len(cut)), position, -1)
        end = next((end for end in ends if tuple(cut[position:end]) in known), position + 1)
        yield known.get(tuple(cut[position:end]), cut[position])
        position = end


@cache
def _known() -> dict[tuple[str, ...], Term]:
    return {
        tuple(words(way)): Term(kind, name)
        for kind, names in load_trade_words().terms.items()
        for name, ways in names.items()
        for way in (name, *ways)
    }


@cache
def _most_words() -> int:
    return max(map(len, _known()))
