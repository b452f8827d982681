"""Three ways to look at a message: as it is spelt, as words, and as it sounds.

Spelling carries sentences without spaces, words carry meaning, sound carries what is dictated or misspelt: "ใบคน" and
"ใบขน", "ส่งอก" and "ส่งออก" sound nearly the same. Addresses and numbers are told by their shape, since no two are alike.
"""

import re

from bot.domain.romanised import as_thai
from bot.domain.thai import tokenise
from bot.nlu.courtesy import without_courtesy

_DIGIT_WORD = r"(?:ศูนย์|หนึ่ง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า)"
_SHAPES = (
    (re.compile(r"[^\s@:]+(?:@|\(at\))[a-z0-9.-]+\.[a-z]{2,}"), " <email> "),
    (re.compile(r"(?<!\d)5{3,}\+?(?!\d)"), " <laugh> "),  # ห้า is read "ha"
    (re.compile(r"\+?\d[\d -]{7,}\d"), " <phone> "),
    (re.compile(rf"(?:{_DIGIT_WORD}[\s-]?){{7,}}"), " <phone> "),
    (re.compile(r"\d+"), "0"),
)
_SILENT = re.compile(".์|[็่้๊๋]")  # a letter under thanthakhat; tone marks and mai taikhu
_LEADING = re.compile("[หอ](?=[งญนมยรลว])")  # ห and อ that only set the tone of the next letter
_LETTERS_OF_A_SOUND = ("ลรฬ", "สศษซ", "คขฆฃฅ", "ทธฑฒถฐ", "พภผ", "นณ", "ยญ", "ดฎ", "ตฏ", "ไใ", "ฟฝ", "ชฉฌ", "หฮ", "ิีึื", "ุู")
_SOUNDS = str.maketrans({letter: same[0] for same in _LETTERS_OF_A_SOUND for letter in same[1:]})
_TWICE = re.compile(r"(.)\1+")


def spelling(text: str) -> str:
    """Return what the message is about, normalised, with shapes in place of addresses and numbers."""
    core = without_courtesy(as_thai(text))
    for pattern, shape in _SHAPES:
        core = pattern.sub(shape, core)
    return core.strip()


def words(spelt: str) -> str:
    """Return the words of what ``spelling`` gave, a blank between two; a blank inside a word becomes ``_``."""
    return " ".join(word.replace(" ", "_") for word in tokenise(spelt))


def sound(spelt: str) -> str:
    """Return roughly how what ``spelling`` gave sounds: one letter a sound, no tones, silent letters or spaces."""
    plain = _LEADING.sub("", _SILENT.sub("", spelt)).replace(" ", "")
    return _TWICE.sub(r"\1", plain.replace("รร", "ั").replace("ทร", "ซ").translate(_SOUNDS))
