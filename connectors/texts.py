"""Cutting text to a platform's limits without breaking what a reader sees as one sign.

Platforms count a message in UTF-16 units and a button's label in grapheme clusters. Python's library knows no
clusters, so ``graphemes`` has the part of Unicode's rules (UAX #29) that Thai, Latin text and emoji need; where it
simplifies, it finds more clusters than the full rules do, so that a shortened label is never too long.
"""

import unicodedata
from datetime import date
from itertools import accumulate
from typing import Final
from urllib.parse import urlsplit

from pythainlp.tokenize import word_tokenize

LONGEST_ADDRESS: Final = 1_000  # characters that LINE takes; Meta names no limit
_ZERO_WIDTH_JOINER: Final = "\u200d"
_SARA_AM: Final = "\u0e33\u0eb3"  # letters by category, marks to a reader
_LOOK_BACK: Final = 120  # clusters before a cut in which a word border is looked for
_LOOK_AHEAD: Final = 40  # and after it, so that the word at the cut is seen whole
BUDDHIST: Final = 543  # so many years more than ours


def split(text: str, limit: int) -> list[str]:
    """Cut a text into parts of at most ``limit`` UTF-16 units (2 or more); one that fits comes back as it is.

    A cut goes to the last empty line, else end of line, else space, in the second half of what fits; else to the last
    border between Thai words, else between two clusters. White space at a cut is dropped, nothing else. Only a single
    cluster that is longer than the limit is broken.
    """
    if units(text) <= limit:
        return [text]
    rest = [piece for cluster in graphemes(text) for piece in ([cluster] if units(cluster) <= limit else cluster)]
    parts = []
    while rest:
        end = _fitting(rest, limit)
        cut = end if end == len(rest) else _border(rest, end)
        parts.append("".join(rest[:cut]).rstrip())
        rest = _from_first_visible(rest[cut:])
    return [part for part in parts if part] or [""]


def shorten(title: str, limit: int, *, by_units: bool = False) -> str:
    """Cut a title to at most ``limit`` grapheme clusters (or UTF-16 units), of which the last is then "…"."""
    clusters = graphemes(title)
    sizes = [units(cluster) if by_units else 1 for cluster in clusters]
    if sum(sizes) <= limit:
        return title
    fitting = sum(total <= limit - 1 for total in accumulate(sizes))
    return "".join(clusters[:fitting]).rstrip() + "…"


def can_open(address: str | None) -> bool:
    """Tell whether platforms open an address from a card: plain http or https, not too long, without odd signs."""
    if address is None or len(address) > LONGEST_ADDRESS or not address.isascii() or not address.isprintable():
        return False
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and " " not in address


def day(at: date, language: str) -> str:
    """Write a day with the year as its readers count it: 30/12/2569 in Thai, 30/12/2026 in English."""
    return f"{at:%d/%m}/{at.year if language == 'en' else at.year + BUDDHIST}"


def units(text: str) -> int:
    """Count UTF-16 units: 1 for a Thai sign, 2 for most emoji."""
    return len(text) + sum(character > "\uffff" for character in text)


def graphemes(text: str) -> list[str]:
    """Cut a text into grapheme clusters: what a reader sees as one sign."""
    clusters: list[str] = []
    for character in text:
        if clusters and _continues(clusters[-1], character):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _continues(cluster: str, character: str) -> bool:
    if character < "\u0300":
        return cluster + character == "\r\n"
    return (
        unicodedata.category(character).startswith("M")
        or character in _SARA_AM + _ZERO_WIDTH_JOINER
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin colours
        or "\U000e0020" <= character <= "\U000e007f"  # the letters inside the flag of Scotland
        or (cluster.endswith(_ZERO_WIDTH_JOINER) and unicodedata.category(character) in ("So", "Sm"))
        or (len(cluster) == 1 and _is_flag_half(cluster) and _is_flag_half(character))
    )


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _fitting(pieces: list[str], limit: int) -> int:
    """Count how many of the first pieces fit."""
    for count, size in enumerate(accumulate(map(units, pieces))):
        if size > limit:
            return count
    return len(pieces)


def _border(pieces: list[str], end: int) -> int:
    """Find the best cut at or before ``end``, as a number of pieces; never 0."""
    first = end // 2 + 1
    spaces = [cut for cut in range(first, end + 1) if pieces[cut].isspace()]
    lines = [cut for cut in spaces if "\n" in pieces[cut]]
    empty = [cut for cut in lines if cut + 1 < len(pieces) and "\n" in pieces[cut + 1]]
    for cuts in (empty, lines, spaces):
        if cuts:
            return cuts[-1]
    return _word_border(pieces, first, end)


def _word_border(pieces: list[str], first: int, end: int) -> int:
    start = max(0, end - _LOOK_BACK)
    words = word_tokenize("".join(pieces[start : end + _LOOK_AHEAD]), engine="newmm")
    borders = set(accumulate(map(len, words)))
    position = sum(map(len, pieces[start:end]))
    for cut in range(end, max(first, start) - 1, -1):
        if position in borders:
            return cut
        position -= len(pieces[cut - 1])
    return end


def _from_first_visible(pieces: list[str]) -> list[str]:
    for number, piece in enumerate(pieces):
        if not piece.isspace():
            return pieces[number:]
    return []
