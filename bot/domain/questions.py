"""How many questions a message asks, and what a short follow-up asks in the light of the questions before it.

Both are careful guesses: who uses them searches with what they give, and keeps to the message as it came if that finds
nothing better (``actions.knowledge``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from bot.domain.terms import ASK, Term, asked_in, named_in, parse
from bot.domain.thai import normalise
from bot.domain.wanted import things_sought

MOST_QUESTIONS = 3

_ASKS = (
    r"(?:(?<!ผ้า)(?<!เส้น)ไหม|มั้ย|มั๊ย|ไม๊|เปล่า|ป่าว|หรือไม่|หรือยัง|รึยัง|เหรอ|หรอ|(?:ยัง|ทำ)?ไง|อย่างไร|ที่ไหน|ตรงไหน|ทางไหน|อะไร|ไหน|ใด"
    r"|เมื่อไร|เมื่อไหร่|เท่าไร|เท่าไหร่|ใคร|บ้าง|กี่(?:วัน|บาท|ประเทศ|แห่ง|ที่|ปี|เดือน|แบบ|ประเภท|อย่าง|ชนิด|ข้อ|ขั้นตอน|เปอร์เซ็นต์|%|คน|ครั้ง|โมง))"
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
    rf"|[\s,]+and\s+(?={_ENGLISH_START})|\s+แล้ว(?=จะ|ถ้า|อยาก|ต้อง|ขอ|ควร|เรา|ก็|สมัคร)"
)
_ASKING = re.compile(rf"{_ASKS}|\?|\b{_ENGLISH_START}")
# Two questions in one breath: "ขอที่ไหนใช้เอกสารอะไร". What may follow these words in one question is left with them.
_GLUED = re.compile(
    rf"(?:ที่ไหน|ตรงไหน|ยังไง|อย่างไร|เท่าไร|เท่าไหร่|เมื่อไร|เมื่อไหร่|คืออะไร|อะไรบ้าง|(?<!ผ้า)(?<!เส้น)ไหม|มั้ย|กี่วัน|กี่บาท)\s?{_POLITE}*"
    r"(?!\s|$|ยังไง|ทำไง|อย่างไร|ที่ไหน|เมื่อ|บ้าง|ดี|ได้|ก็|แหละ|ของ|ที่|นะ|ๆ|ต่อ|แบบ|ถึง|จึง|อ่ะ|อะ|เอ่ย|กัน)"
)
_OPEN = re.compile(r"(?:ที่|กับ|ของ|ให้|คือ|ว่า|จาก|ไป|ใน|และ|หรือ|เป็น)\s*$")  # what must go on
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
_ADDED = re.compile(
    r"(?:ด้วย|อยู่|รวม|เป็นสมาชิก|ใน\S{0,8})(?:ด้วย|ใช่|อยู่|กัน)*(?:ไหม|มั้ย|มั๊ย|ไม๊|หรือเปล่า|รึเปล่า|ป่าว|เหรอ|หรอ)"
    rf"(?:{_POLITE}|[\s?!.])*$|\b(?:too|as well|included|in it|a member)[\s?!.]*$"
)

# What is asked beside something that has a name: in "ค่าธรรมเนียมเท่าไหร่" the fee is asked for.
VAGUE = frozenset({"กี่", "ยังไง", "คืออะไร", "ที่ไหน", "เมื่อไร", "ใคร", "ประเภท"})
_OF_US = re.compile(r"เจ้าหน้าที่|จนท|อีก|(?<!โท)รอ(?!ก(?!ี่)|บ|ย)|ของ(?:ผม|ฉัน|ดิฉัน|หนู|เรา|พี่)|\b(?:still|more|my)\b")
_FEW = 5  # the terms and words that a follow-up has at most
_VERY_FEW = 2  # with no more, and no thing named, a text may be one though nothing marks it
# A form belongs to an agreement with a country: who names another of one of them means another of all.
_GOODS = frozenset({"product", "country"})
_TOGETHER = frozenset({"form", "country", "agreement"})


def questions_in(text: str) -> list[str]:
    """Cut a message into its questions, at most three; a message that asks one thing is returned whole.

    A part is a question of its own if it asks about something, or says two things; else it stays with what is before.
    """
    lines = "\n".join(normalise(line) for line in text.splitlines())
    marked = _SOFT.sub(lambda cut: f"{cut[1] or ''}\n", _HARD.sub("\n", lines))
    parts = [part for line in marked.split("\n") for part in _unmarked(line)]
    questions = reduce(_join_fragment, parts, list[str]())
    return questions if 1 < len(questions) <= MOST_QUESTIONS else [normalise(text)]


def _unmarked(line: str) -> list[str]:
    """Cut at a blank, or behind a word that ends a question, if both sides ask something and say enough."""
    ends = [match.end() for match in _GLUED.finditer(line)] + [match.start() for match in re.finditer(r"\s", line)]
    for end in sorted(ends):
        left, right = line[:end], _LEADING.sub("", line[end:].strip())
        if _OPEN.search(left) is None and all(_asks_by_a_word(side) and _is_whole(side) for side in (left, right)):
            return [left, *_unmarked(right)]
    return [line]


def _asks_by_a_word(part: str) -> bool:
    """Behind a word that asks at the very beginning ("ใครขอ T Mark ได้บ้าง") the question is still to come."""
    return any(match.start() > 0 and match.group() != "บ้าง" for match in re.finditer(_ASKS, part.strip()))


def asks(text: str) -> bool:
    """Tell whether a text asks something."""
    return _ASKING.search(normalise(text)) is not None


def things_in(text: str) -> frozenset[Term]:
    """Return the things that a text names."""
    return named_in(parse(text))


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
    return len(said) >= 2 or (bool(said) and _ASKING.search(part) is not None)


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """What a short text asks in the light of the questions before it."""

    completed: str  # words to search with, not a sentence
    within: str  # the same if the new thing does not take the place of what it goes with (China within RCEP)
    alone: str  # the same for what it says itself
    only_asks: bool  # it names nothing of its own ("ใช้เวลากี่วัน"), so alone it asks nothing
    certain: bool  # False: so short that it may be one, or a question of its own
    adds: bool  # it asks whether something else belongs to it, too ("อินเดียอยู่ด้วยไหม")
    asks: frozenset[str]  # what it asks anew: the fee, the documents …
    things: frozenset[Term]  # what it names anew
    brings: bool  # it has a word of the trade, or names a thing, that the questions before do not have
    subject: frozenset[Term]  # what the questions before named


def in_context(text: str, earlier: Sequence[str]) -> FollowUp | None:
    """Complete a follow-up ("แล้วจีนล่ะ", "ใช้เวลากี่วัน") with the customer's ``earlier`` questions, oldest first.

    None if the text is no follow-up or nothing was asked before it.
    """
    asked: list[Term | str] = []
    for question in earlier:
        asked = _completed(question, asked) if _is_follow_up(question) and asked else parse(question)
    new, certain = _core(normalise(text)), _is_follow_up(text)
    if not asked or not (certain or (_may_be_follow_up(new) and not things_sought(text))):
        return None
    return FollowUp(
        completed=_written(_completed(text, asked)),
        within=_written(_completed(text, asked, added=True)),
        alone=_written(new),
        only_asks=_only_asks(new),
        certain=certain,
        adds=_ADDED.search(normalise(text)) is not None,
        asks=asked_in(new) - VAGUE or asked_in(new),
        things=named_in(new),
        brings=any(isinstance(part, Term) and part.kind != ASK and part not in asked for part in new),
        subject=named_in(asked),
    )


def _written(parsed: Sequence[Term | str]) -> str:
    return " ".join(part.name if isinstance(part, Term) else part for part in parsed)


def _completed(text: str, asked: Sequence[Term | str], *, added: bool = False) -> list[Term | str]:
    plain = normalise(text)
    new, added = _core(plain), added or _ADDED.search(plain) is not None
    kinds = {part.kind for part in new if isinstance(part, Term) and part.names_a_thing}
    replaced = kinds | (_TOGETHER if kinds & _TOGETHER and not added else set())
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


def only_names_goods(text: str) -> bool:
    """Tell whether a text names goods or countries and says nothing of them ("ทุเรียน จีน"): any article on them fits."""
    said = parse(text)
    return bool(said) and all(isinstance(part, Term) and part.kind in _GOODS for part in said)


def names_goods(text: str) -> bool:
    """Tell whether a text names a product or a country."""
    return any(thing.kind in _GOODS for thing in things_in(text))


def asks_on(text: str) -> bool:
    """Tell whether a text can only be about what was just read ("นานไหม"), not about waiting for us ("อีกนานไหม")."""
    plain = normalise(text)
    new = _core(plain)
    return bool(new) and _only_asks(new) and _OF_US.search(plain) is None


def _only_asks(new: Sequence[Term | str]) -> bool:
    return all(isinstance(part, Term) and part.kind == ASK for part in new)


def _is_follow_up(text: str) -> bool:
    """A marked text is one if it is short; an unmarked one if it only asks, and about nothing."""
    plain = normalise(text)
    new = _core(plain)
    marked = _MARKED.search(plain) or _ADDED.search(plain)
    return 0 < len(new) <= _FEW and (_only_asks(new) or marked is not None)


def _may_be_follow_up(new: Sequence[Term | str]) -> bool:
    """Few words that name nothing, or only a country ("ในจีนมีกี่แห่ง")."""
    rest = [part for part in new if not (isinstance(part, Term) and part.kind == "country")]
    return bool(rest) and len(rest) <= _VERY_FEW and not named_in(rest)
