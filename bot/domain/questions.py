"""How many questions a message asks, and what a short follow-up asks in the light of the questions before it.

Both are careful guesses: who uses them searches with what they give, and keeps to the message as it came if that finds
nothing better (``actions.knowledge``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from bot.domain.terms import ASK, Term, named_in, parse
from bot.domain.thai import normalise

MOST_QUESTIONS = 3

_ASKS = (
    r"(?:ไหม|มั้ย|มั๊ย|ไม๊|เปล่า|ป่าว|หรือไม่|ยังไง|อย่างไร|ที่ไหน|ตรงไหน|ทางไหน|อะไร|ไหน|ใด|เมื่อไร|เมื่อไหร่|เท่าไร|เท่าไหร่|ใคร|บ้าง"
    r"|กี่(?:วัน|บาท|ประเทศ|แห่ง|ที่|ปี|เดือน))"
)
_POLITE = r"(?:นะคะ|นะครับ|คะ|ค่ะ|ครับ|คับ|ค้าบ|จ้า|จ้ะ|ฮะ|หน่อย|ด้วย)"
_ENGLISH_START = r"(?:how|where|what|which|who|when|do|does|can|is|are|should)\b"
_HARD = re.compile(
    r"\n+|(?<=[?!])\s*|(?:^|\s)\(?[1-9][.)]\s+|(?:^|\s)[-•*]\s+"
    r"|[\s,]*(?:แล้วก็|และ|แล้ว|กับ)?\s*(?:อีกเรื่อง|อีกอย่าง|อีกข้อ|อีกคำถาม)(?:นึง|หนึ่ง|คือ)*[\s,:]*"
    r"|[\s,]*(?:นอกจากนี้|นอกจากนั้น|และอยาก(?:ทราบ|รู้|ถาม|สอบถาม)|และขอ(?:ทราบ|ถาม|สอบถาม)|แล้วก็อยาก(?:ทราบ|รู้|ถาม))[\s,:]*"
    r"|[\s,;.]*\b(?:and also|another question|one more thing)\b[\s,:]*"
)
_SOFT = re.compile(
    rf"((?:{_ASKS}\s?{_POLITE}*|{_POLITE}+)[?]?)(?:[\s,]+|(?=แล้ว|และ|ส่วน))(?:แล้วก็|แล้ว(?!แต่)|และ|ส่วน|กับ)?\s*(?=\S)"
    rf"|[\s,]+and\s+(?={_ENGLISH_START})"
)
_JOINT = re.compile(r"แล้วก็|และ|กับ|\s(?:and|plus|&)\s")
_LEADING = re.compile(
    r"^(?:แล้วก็|แล้ว|และ|ส่วน|กับ|ก็|ละ|ถ้า(?:เป็น|หาก)?|กรณี|สำหรับ|เปลี่ยนเป็น"
    r"|(?:and|also|then|what about|how about|what if|or|but)\b)\s*"
)
_ENDING = re.compile(rf"\s*(?:{_POLITE}|\s)*(?:ล่ะ|ละ|หล่ะ|หละ|เล่า)(?:{_POLITE}|[\s?!.])*$|\s*(?:{_POLITE}|[\s?!.])+$")
_MARKED = re.compile(
    r"^(?:แล้ว(?!แต่)|ส่วน|ละ|ถ้า|กรณี|สำหรับ|เปลี่ยนเป็น|(?:and|what about|how about|what if|or|but)\b)"
    r"|(?:ล่ะ|หล่ะ|หละ|เล่า|ด้วยไหม|ด้วยมั้ย|เหมือนกันไหม|เหมือนกันมั้ย|\btoo|\bas well)(?:คะ|ค่ะ|ครับ|คับ|[\s?!.])*$"
)
_ADDED = re.compile(rf"ด้วย(?:ไหม|มั้ย|มั๊ย|ไม๊|หรือเปล่า|ป่าว|เหรอ)(?:{_POLITE}|[\s?!.])*$|\b(?:too|as well)[\s?!.]*$")

_FEW = 5  # the terms and words that a follow-up has at most
_VERY_FEW = 2  # with no more, and no thing named, a text may be one though nothing marks it
# A form belongs to an agreement with a country: who names another of one of them means another of all.
_TOGETHER = frozenset({"form", "country", "agreement"})


def questions_in(text: str) -> list[str]:
    """Cut a message into its questions, at most three; a message that asks one thing is returned whole.

    A part is a question of its own if it asks about something, or says two things; else it stays with what is before.
    """
    lines = "\n".join(normalise(line) for line in text.splitlines())
    marked = _SOFT.sub(lambda cut: f"{cut[1] or ''}\n", _HARD.sub("\n", lines))
    questions = reduce(_join_fragment, marked.split("\n"), list[str]())
    return questions if 1 < len(questions) <= MOST_QUESTIONS else [normalise(text)]


def joined_in(text: str) -> list[str]:
    """Cut one question about two things ("เบอร์ศุลกากรกับเบอร์กรม") at the joint; whole if it has no or several joints."""
    plain = normalise(text)
    parts = [part.strip() for part in _JOINT.split(plain)]
    return parts if len(parts) == 2 and all(map(_names_or_asks, parts)) else [plain]


def _names_or_asks(part: str) -> bool:
    named = [said.kind for said in parse(part) if isinstance(said, Term) and (said.names_a_thing or said.kind == ASK)]
    return any(kind != "product" for kind in named)  # two products may be one question ("ข้าวกับน้ำตาล")


def _join_fragment(questions: list[str], part: str) -> list[str]:
    if not questions or (_is_whole(part) and _is_whole(questions[-1])):
        return [*questions, part.strip()]
    return [*questions[:-1], f"{questions[-1]} {part}".strip()]


def _is_whole(part: str) -> bool:
    said = parse(part)
    return len(said) >= 2 or (bool(said) and re.search(_ASKS, part) is not None)


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """What a short text asks in the light of the questions before it."""

    completed: str  # words to search with, not a sentence
    alone: str  # the same for what it says itself
    only_asks: bool  # it names nothing of its own ("ใช้เวลากี่วัน"), so alone it asks nothing
    certain: bool  # False: so short that it may be one, or a question of its own


def in_context(text: str, earlier: Sequence[str]) -> FollowUp | None:
    """Complete a follow-up ("แล้วจีนล่ะ", "ใช้เวลากี่วัน") with the customer's ``earlier`` questions, oldest first.

    None if the text is no follow-up or nothing was asked before it.
    """
    asked: list[Term | str] = []
    for question in earlier:
        asked = _completed(question, asked) if _is_follow_up(question) and asked else parse(question)
    new, certain = _core(normalise(text)), _is_follow_up(text)
    if not asked or not (certain or _may_be_follow_up(new)):
        return None
    completed = _written(_completed(text, asked))
    return FollowUp(completed=completed, alone=_written(new), only_asks=_only_asks(new), certain=certain)


def _written(parsed: Sequence[Term | str]) -> str:
    return " ".join(part.name if isinstance(part, Term) else part for part in parsed)


def _completed(text: str, asked: Sequence[Term | str]) -> list[Term | str]:
    plain = normalise(text)
    new = _core(plain)
    kinds = {part.kind for part in new if isinstance(part, Term) and part.names_a_thing}
    replaced = kinds | (_TOGETHER if kinds & _TOGETHER and not _ADDED.search(plain) else set())
    asks_anew = any(isinstance(part, Term) and part.kind == ASK for part in new)
    kept = [
        part
        for part in asked
        if not (isinstance(part, Term) and (part.kind in replaced or (asks_anew and part.kind == ASK)))
    ]
    return [*kept, *new]


def _core(plain: str) -> list[Term | str]:
    return parse(_ENDING.sub("", _LEADING.sub("", plain)))


def only_asks(text: str) -> bool:
    """Tell whether a text asks, but about nothing ("ค่าธรรมเนียมเท่าไหร่"): any article about fees fits it a little."""
    return _only_asks(_core(normalise(text)))


def _only_asks(new: Sequence[Term | str]) -> bool:
    return all(isinstance(part, Term) and part.kind == ASK for part in new)


def _is_follow_up(text: str) -> bool:
    """A marked text is one if it is short; an unmarked one if it only asks, and about nothing."""
    plain = normalise(text)
    new = _core(plain)
    return 0 < len(new) <= _FEW and (_only_asks(new) or _MARKED.search(plain) is not None)


def _may_be_follow_up(new: Sequence[Term | str]) -> bool:
    return 0 < len(new) <= _VERY_FEW and not named_in(new)
