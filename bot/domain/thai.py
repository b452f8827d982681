"""Thai text as people type it on a phone, made comparable: one spelling, words, language.

Used on both sides of Rasa (Python 3.10 and 3.11 and later), so it needs nothing but PyThaiNLP and the standard
library. A reader must not break two promises that the tests hold it to: ``normalise`` accepts any string and gives
the same text when applied twice; and it changes spelling only, never the order or number of words.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any, Literal

from pythainlp.corpus.common import thai_words
from pythainlp.tokenize import word_tokenize
from pythainlp.util import dict_trie

from bot.domain.trade_words import load_trade_words

_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"  # every Thai sign that stands above or below a letter
_TONES = "\u0e48-\u0e4b"
_VOWELS_ABOVE_BELOW = "\u0e31\u0e34-\u0e39\u0e47\u0e4d"
_SARA_AM = ("\u0e4d\u0e32", "\u0e33")  # the vowel of น้ำ, as NFKC takes it apart and as it is typed
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, format (zero width), surrogate, private, unassigned
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_THAI_DIGIT = re.compile("[๐-๙]")
_MAX_PASSES = 8
_RECENT = 256  # texts that are remembered: a message is looked at by many functions, each of which normalises it

_REPAIRS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]"), ""),  # how an emoji is drawn, skin colour
    (re.compile("([\u2190-\u2bff\U0001f000-\U0001faff])(?: ?\\1)+"), r"\1"),  # 🙏🙏🙏
    (re.compile("[‘’ʼ`´]"), "'"),  # phones type a curly apostrophe
    (re.compile("เเ"), "แ"),
    (re.compile(f"([{_MARKS}])\\1+"), r"\1"),
    (re.compile(f"([{_TONES}])([{_VOWELS_ABOVE_BELOW}])"), r"\2\1"),  # the vowel is typed before the tone
    (re.compile(f"[{_TONES}]+([{_TONES}])"), r"\1"),
    (re.compile(f"ํ([{_TONES}]?)า"), r"\1ำ"),
    (re.compile(f"([{_TONES}])ํา"), r"\1ำ"),
    (re.compile(f"ำ([{_TONES}])"), r"\1ำ"),
    (re.compile("([ะาำเแโใไๆ])\\1+"), r"\1"),
    (re.compile("([\u0e01-\u0e2e])\\1{2,}"), r"\1"),  # มากกกก; two are a spelling (กรรม)
    (re.compile("([aeiouy])\\1{2,}"), r"\1"),  # sooo; not www, not 1000
    (re.compile("([!?.,~*\\-_=+…])\\1+"), r"\1"),
    (re.compile(r"\s+"), " "),
)

# Matches every text that one of the repairs would change; most need none, and one look is cheaper than fifteen.
_TO_REPAIR = re.compile(
    f"([{_MARKS}ะาำเแโใไๆ!?.,~*\\-_=+…\\s])\\1"
    "|([\u0e01-\u0e2eaeiouy])\\2\\2"
    "|([\u2190-\u2bff\U0001f000-\U0001faff]) ?\\3"
    "|[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff‘’ʼ`´]"
    f"|[{_TONES}][{_TONES}{_VOWELS_ABOVE_BELOW}]|ํ|ำ[{_TONES}]"
)

_THAI = re.compile("[\u0e01-\u0e5b]")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\S+\.(?:com|org|net|th)\b\S*", re.IGNORECASE)
_LATIN_WORD = re.compile("[A-Za-z]+")
_OF_NO_LANGUAGE = {"ok", "okay", "okie", "oke", "e", "d", "co", "form"}

Language = Literal["th", "en"]


@lru_cache(_RECENT)
def normalise(text: str) -> str:
    """Give the one spelling of a text: visible characters, composed vowels, Arabic digits, lower case, single spaces.

    Never fails, and ``normalise(normalise(text)) == normalise(text)`` for every string.
    """
    for _ in range(_MAX_PASSES):
        better = _normalise_once(text)
        if better == text:
            break
        text = better
    return text


def _normalise_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFKC", text)
    if _THAI_DIGIT.search(text):
        text = text.translate(_THAI_DIGITS)
    if not text.isprintable():  # then something is invisible, or a space of another kind
        text = "".join(_visible(character) for character in text)
    text = _repaired(text)
    slips = load_trade_words()
    if slips.any_slip.search(text):
        for pattern, replacement in slips.slips:
            text = pattern.sub(replacement, text)
    return text.strip()


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _INVISIBLE else character


def _repaired(text: str) -> str:
    """Apply the repairs in their order; where nothing but sara am is to be put together again, do that at once."""
    composed = text.replace(*_SARA_AM)
    if not _TO_REPAIR.search(composed):
        return composed
    for pattern, replacement in _REPAIRS:
        text = pattern.sub(replacement, text)
    return text


def tokenise(text: str) -> list[str]:
    """Cut a text into words (PyThaiNLP's newmm and the trade dictionary); spaces are left out."""
    return list(_words_of(normalise(text)))


@lru_cache(_RECENT)
def _words_of(normalised: str) -> tuple[str, ...]:
    words = word_tokenize(normalised, engine="newmm", keep_whitespace=False, custom_dict=_dictionary())
    return tuple(word.strip() for word in words if word.strip())


@cache
def _dictionary() -> Any:
    own = load_trade_words()
    return dict_trie((thai_words() | own.words) - own.not_words)


def has_words(text: str) -> bool:
    """Tell whether a text has a letter or a digit; emoji, punctuation and what can't be seen are none."""
    return any(character.isalnum() for character in normalise(text))


def language_of(text: str) -> Language | None:
    """Say whether a text is Thai or English; None when it shows neither.

    Any Thai letter makes it Thai (Thai customers mix in English words). Digits, emoji, addresses, and what people of
    every language type alone ("OK", "EL", "HS CODE", "Form E") show neither, so that the language of a case stays.
    """
    if _THAI.search(text):
        return "th"
    words = _LATIN_WORD.findall(_ADDRESS.sub(" ", unicodedata.normalize("NFKC", text)))
    telling = [word for word in words if not word.isupper() and word.lower() not in _OF_NO_LANGUAGE]
    shouted = [word for word in words if word.isupper()]
    return "en" if telling or len(shouted) > 2 else None
