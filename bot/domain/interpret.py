"""What a customer's event means before Rasa is asked: a tapped button, a typed number, or text for Rasa.

Text that a customer types never reaches Rasa as a command: only ``Command`` does, and only the desk makes those, from
buttons it stored itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.conversation import Button
from bot.domain.erasure_text import refuses_to_be_kept
from bot.domain.romanised import is_romanised_thai
from bot.domain.scripts import Language
from bot.domain.thai import language_of, normalise
from connectors.contract import MediaKind

# A number alone, as people type it to choose: "2", "๒", "ข้อ 2", "2.", "2 ค่ะ".
COMMAND_SIGNS = re.compile(r"^[\s/／]+")  # in any mixture: "/ /restart" is no command either
CHOICE = re.compile(r"^(?:ข้อ|เลือก|no\.?|number)?\s*(\d{1,2})\s*[.)]?\s*(?:ครับ|คับ|ค่ะ|คะ|ค่า|จ้า|นะคะ|นะครับ)?$")
POLITE = r"(?:\s*(?:นะ|เลย|แล้ว|จ้า|จ้ะ|ค่ะ|คะ|ค่า|ครับ|คับ))*$"
CONSENT_NO = re.compile(r"^(?:ไม่(?:ยินยอม|ตกลง|อนุญาต|ให้|เก็บ|ต้อง|โอเค|ได้)?|no|i do not agree)" + POLITE)
CONSENT_YES = re.compile(r"^(?:ยินยอม|ตกลง|อนุญาต|ได้|โอเค|ใช่|เก็บได้|ok|okay|yes|i agree|agree)" + POLITE)
WITHDRAW = re.compile(
    r"^(?:ยกเลิก(?:การรอ|คิว)?|ขอยกเลิก|ไม่(?:ต้อง)?รอแล้ว|ไม่รอละ|cancel|stop waiting)"
    r"\s*(?:นะ|แล้ว)?\s*(?:ครับ|คับ|ค่ะ|คะ|ค่า|จ้า)?$"
)
GIVES_UP = re.compile(
    r"^(?:พอ(?:ละ|แล้ว)|ช่างเถอะ|ช่างมัน|ไม่(?:เอา|คุย|ถาม|ต้อง|ต้องการ|อยากรอ)(?:ละ|แล้ว)|เลิกรอ|ไม่เป็นไร|never ?mind|forget it)"
    r"(?:แล้ว)?" + POLITE
)
UPSET = re.compile(
    r"ไม่ตรง|ไม่ใช่(?:เรื่อง|คำถาม)|ช้า(?:จัง|มาก|ไป)|รอนาน|รอตั้งนาน|ไม่มีใครตอบ|ไม่(?:เห็น)?ตอบ(?:เลย|สักที|ซักที)|ทำไมเงียบ|เงียบเลย|แย่มาก|แย่จัง"
    r"|ห่วย|ไม่ได้เรื่อง|ใช้ไม่ได้เลย|ไม่รู้เรื่อง|\b(?:too slow|no ?body|no one|useless|terrible)\b"
    r"|ทำไม\S{0,20}แค่นี้|แค่นี้(?:เอง)?\s*(?:หรอ|เหรอ|หรือ(?!เปล่า|ไม่|ยัง)|รึ(?!เปล่า|ยัง))|(?:ตอบ|ช่วย|ทำ|รู้)(?:ได้)?แค่นี้เอง"
    r"|\bis (?:that|this) all\b"
)
NONE_OF_THEM = re.compile(
    r"^(?:ไม่|มิ)ใช่|^ไม่(?:มี|ตรง)|^(?:ไม่|nope|none|neither)" + POLITE + r"|^(?:no|not)\b(?!.*\bthank)|^none of"
)
HESITATES = re.compile(r"(?:(?:ก็)?คือ(?:แบบ)?(?:ว่า)?|แบบว่า|เอ่อ|เอิ่ม|\b(?:um+|uh+|erm?)\b|ค่ะ|คะ|ค่า|ครับ|คับ|[\s.,…~ๆ])*+")
ENGLISH_OPENERS = frozenset({"hello", "hi", "hey", "good morning", "good afternoon", "good evening", "thanks", "help"})
WORDS_TO_SWITCH = 3  # English words that make a first message English
WORDS_TO_SWITCH_BACK = 6  # and that many once Thai was written in the case
NO_QUESTION = frozenset(
    {"thanks", "goodbye", "greet", "affirm", "deny", "done", "chitchat"}
)  # intents that ask nothing


@dataclass(frozen=True, kw_only=True)
class Command:
    """A choice the desk offered: an intent with its entities."""

    intent: str
    entities: dict[str, Any]
    title: str


@dataclass(frozen=True, kw_only=True)
class Text:
    """Free text, safe to hand to Rasa."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """Nothing that Rasa could work with: an unknown button, or only signs that mean a command to Rasa."""


@dataclass(frozen=True, kw_only=True)
class Media:
    """A sticker, picture, recording or file: seen, never read."""

    kind: MediaKind


Meaning = Command | Text | Media | Nothing


def tapped(button: Button | None) -> Meaning:
    """Read a tap: only a button offered in this conversation means anything."""
    return Command(intent=button.intent, entities=button.entities, title=button.title) if button else Nothing()


def typed(text: str, offered: Sequence[Button]) -> Meaning:
    """Read a typed text: the number or the words of a button offered last, or free text."""
    plain = normalise(text)
    choice = CHOICE.match(plain)
    if choice and 1 <= int(choice[1]) <= len(offered):
        return tapped(offered[int(choice[1]) - 1])
    for button in offered:
        if plain == normalise(button.title):
            return tapped(button)
    words = harmless(text)
    return Text(text=words) if words else Nothing()


def harmless(text: str) -> str:
    """Give a text as it is handed to Rasa: no sign at its beginning makes a command of it."""
    return COMMAND_SIGNS.sub("", text).strip()


def consent_in(text: str) -> bool | None:
    """Read a typed yes or no to the question of consent; None for anything else."""
    plain = normalise(text)
    if CONSENT_NO.match(plain) or refuses_to_be_kept(text):
        return False
    return True if CONSENT_YES.match(plain) else None


def wants_to_withdraw(text: str) -> bool:
    """Read the exact phrases by which a waiting customer stops waiting; nothing longer counts."""
    return WITHDRAW.match(normalise(text)) is not None


def gives_up(text: str) -> bool:
    """Tell whether a waiting customer seems to have had enough: too vague to stop the waiting, enough to offer it."""
    return GIVES_UP.match(normalise(text)) is not None


def is_upset(text: str) -> bool:
    """Tell whether a text complains about the answers or the waiting, in plain words."""
    return UPSET.search(normalise(text)) is not None


def is_none_of_them(text: str) -> bool:
    """Tell whether a "no" turns down the articles just offered to choose from, and not every help: "ไม่เป็นไรค่ะ"."""
    return NONE_OF_THEM.search(normalise(text)) is not None


def only_hesitates(text: str) -> bool:
    """Tell whether a text is nothing but how one begins to speak: "คือว่า", "เอ่อ…"; what matters is yet to come."""
    plain = normalise(text)
    return HESITATES.fullmatch(plain) is not None and re.search("คือ|แบบ|เอ|[a-z]", plain) is not None


def language_after(text: str, current: Language, *, wrote_thai: bool) -> Language:
    """Tell the language to answer in.

    Thai always switches to Thai, in Latin letters too. English switches only when it is clearly the customer's
    language, a sentence or a greeting, since Thai customers write "Form D" or "FOB" all the time.
    """
    written = language_of(text)
    if written == "th" or is_romanised_thai(text):
        return "th"
    if written is None:
        return current
    words = re.findall(r"[a-z']+", text.lower())
    enough = WORDS_TO_SWITCH_BACK if wrote_thai else WORDS_TO_SWITCH
    greeting = not wrote_thai and " ".join(words) in ENGLISH_OPENERS
    return "en" if greeting or len(words) >= enough else current
