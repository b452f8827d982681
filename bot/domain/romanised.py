"""Thai written in Latin letters ("yak song ork tong tam yang ngai krab"): its writer reads Thai, so Thai is answered.

Telling it from English needs care, since "song", "tam" or "ok" are words of both: most words must be of the list, or
the text must end as only Thai does.

``as_thai`` writes such a text in Thai, word by word: nobody romanises as another, so words are compared by their sound.
It is for finding what is asked, not for reading to anybody; what is no word of the dictionary stays as it is.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

import yaml

FILE = Path(__file__).parents[1] / "data" / "romanised.yml"

_PARTICLES = frozenset("krab krap krub krup khrap khrab kub kab kap kha khaa kaa naka nakrab nakha jaa".split())
_WORDS = _PARTICLES | frozenset(
    "yak yaak song ork ok aok auk tong tam tham yang ngai yangngai arai alai kor kho khor tee thi nai "
    "tinai teenai dai mai mak maak chai kap gub gab gap khun khon chan pom phom rao mee mi laew leaw lew "
    "ja jao nah na nathi natee kui kuy kuay tor tho thor sawasdee sawatdee sawaddee wasdee khob kob khop "
    "kop khorb sobtham sob thaam tarm taam sin sinka kha kaa ekkasan ekasan ngern tao rai taorai thaorai "
    "kee wan meuarai muarai hai duay noi nid reung ruang kong khong tang prathet pratet thang jot job".split()
)
_MOST = 2 / 3
_SURE = 3  # words of the dictionary that tell romanised Thai if most are
_LATIN = re.compile(r"[a-z]+")
# Words of English sentences; with one of them a text is no romanised Thai, however much sounds like it.
_ENGLISH = frozenset(
    "the is are was what how where which who when why to for of and or my your we they it can with from".split()
)
_THAI = re.compile("[\u0e01-\u0e5b]")
_TOKEN = re.compile(r"[a-z]+|[^a-z\s]+")
_FINAL_NO = re.compile(r"ไม่(?=(?: (?:ครับ|ค่ะ|นะ|หน่อย))*$)")  # "mai" is "not", or asks at the end
_LONGEST = 6  # syllables of a word
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "p"), ("th", "t"), ("[kg]h", "k"), ("[cs]h", "j"), ("c(?!h)k?", "k"), ("v", "w"), ("z", "s"),
        ("bp", "p"), ("dt", "t"), ("ee|ii", "i"), ("oo|ou|uu|ue|eu", "u"), ("aw|or(?![aeiou])", "o"),
        ("ar(?![aeiou])", "a"), ("ern?(?![aeiou])|oen?", "E"), ("ae|ea", "e"), ("[ae]y", "ai"), ("(?<=[ou])y", "i"),
        (r"(.)\1+", r"\1"), ("(?<!n)g", "k"), ("r", "l"), ("b$", "p"), ("d$", "t"), ("(?<=[aeiou])h$", ""),
    )
)  # fmt: skip


def is_romanised_thai(text: str) -> bool:
    """Tell whether a text without Thai letters is Thai all the same."""
    words = _LATIN.findall(text.casefold())
    thai = sum(word in _WORDS for word in words)
    ends_thai = len(words) > 1 and words[-1] in _PARTICLES
    if ends_thai or (thai >= 2 and thai >= _MOST * len(words)):
        return True
    known = sum(length for length, thai_word in _read(words) if thai_word)
    return known >= max(_SURE, _MOST * len(words)) and _ENGLISH.isdisjoint(words)


def as_thai(text: str) -> str:
    """Write romanised Thai in Thai; any other text is returned as it is."""
    if _THAI.search(text) or not is_romanised_thai(text):
        return text
    tokens = _TOKEN.findall(text.casefold())
    if not _ENGLISH.isdisjoint(tokens):
        return text
    ends = accumulate(length for length, _ in _read(tokens))
    written = (thai or tokens[end - 1] for end, (_, thai) in zip(ends, _read(tokens), strict=True))
    return _FINAL_NO.sub("ไหม", " ".join(written))


def _read(tokens: Sequence[str]) -> list[tuple[int, str]]:
    """Read words of the most syllables first: how many tokens each takes, and its Thai, "" if it is unknown."""
    read, position = [], 0
    while position < len(tokens):
        lengths = range(min(_LONGEST, len(tokens) - position), 0, -1)
        sounds = ((length, "".join(map(_sound, tokens[position : position + length]))) for length in lengths)
        read.append(next(((n, _dictionary()[sound]) for n, sound in sounds if sound in _dictionary()), (1, "")))
        position += read[-1][0]
    return read


@cache
def _dictionary() -> dict[str, str]:
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {"".join(map(_sound, way.split())): thai for thai, ways in entries.items() for way in ways}


@lru_cache(4096)
def _sound(token: str) -> str:
    sound = token
    for pattern, replacement in _SOUNDS:
        sound = pattern.sub(replacement, sound)
    return sound
