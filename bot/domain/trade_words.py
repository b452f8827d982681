"""The trade dictionary (``bot/data/trade_words.yml``): slips, words for cutting sentences, and names of things.

Loads in both Pythons with PyYAML alone; what is in the file is described at its head. ``bot.domain.thai`` uses slips
and words, ``bot.domain.terms`` the names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parents[1] / "data" / "trade_words.yml"
_THAI_WORD = re.compile(r"[\u0e01-\u0e4e]+\Z")


@dataclass(frozen=True)
class TradeWords:
    """The dictionary as read from its file."""

    slips: tuple[tuple[re.Pattern[str], str], ...]
    any_slip: re.Pattern[str]  # matches where one of the slips does: one look at a text that most often has none
    filler: frozenset[str]
    not_words: frozenset[str]
    terms: Mapping[str, Mapping[str, tuple[str, ...]]]  # kind -> name -> other ways to write it
    implied: Mapping[str, str]  # kind -> the term that everything of this kind says too

    @property
    def words(self) -> frozenset[str]:
        """The Thai words that the tokeniser has to know: all that is written here without spaces or signs."""
        written = (way for names in self.terms.values() for name, ways in names.items() for way in (name, *ways))
        return frozenset(word for word in (*written, *self.filler) if _THAI_WORD.match(word))


@cache
def load_trade_words(file: Path = FILE) -> TradeWords:
    """Read the dictionary."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    return TradeWords(
        any_slip=re.compile("|".join(entries["slips"])),
        slips=tuple((re.compile(wrong), right) for wrong, right in entries["slips"].items()),
        filler=frozenset(entries["filler"].split()),
        not_words=frozenset(entries["not_words"].split()),
        terms={
            kind: {str(name): tuple(map(str, ways)) for name, ways in names.items()}
            for kind, names in entries["terms"].items()
        },
        implied=entries["implied"],
    )
