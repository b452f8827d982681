"""What a question wants of its subject: a number, a fee, a duration, names. Only an article that tells it answers it.

Only what is told in its own words counts here. "ที่ไหน", "ยังไง" or the papers are told in many ways, and an article
that lacks the word may well answer.
"""

import re
from collections.abc import Sequence

from bot.domain.seeking import wants_buyers
from bot.domain.terms import Term, asked_in
from bot.domain.thai import normalise

BUYERS = Term("wanted", "ผู้ซื้อ")  # who looks for buyers wants no article on goods and countries
WHAT = "คืออะไร"
_TOLD_IN_ITS_WORDS = frozenset({"เบอร์โทร", "ที่อยู่", "อีเมล", "เว็บไซต์", "เวลาทำการ", "ระยะเวลา", "ค่าธรรมเนียม"})
# The dictionary's words for these two are wider: "ชื่ออะไร" wants one name, "what papers" no explanation.
_IN_PLAIN_WORDS = {
    "รายชื่อ": re.compile(r"รายชื่อ|รายนาม|ลิสต์|\b(?:names|directory)\b"),
    WHAT: re.compile(r"(?:คือ|หมายถึง|หมายความว่า|แปลว่า|ย่อมาจาก)(?:อะไร|ไร|อีหยัง|หยัง)|^what(?:'s| is| are) (?!the\b)"),
}
# Who tells the own number or address does not ask for one.
_TOLD_HERE = {
    "เบอร์โทร": re.compile(r"\d(?:[ -]?\d){7}"),
    "อีเมล": re.compile(r"\S@\S"),
    "เว็บไซต์": re.compile(r"https?://|\bwww\."),
}


def kinds_wanted(text: str, parsed: Sequence[Term | str]) -> frozenset[str]:
    """Return the kinds, by their names in the trade dictionary, that an article must tell to be the answer for sure."""
    plain = normalise(text)
    in_plain_words = {kind for kind, said in _IN_PLAIN_WORDS.items() if said.search(plain)}
    told_here = {kind for kind, said in _TOLD_HERE.items() if said.search(plain)}
    return (asked_in(parsed) & (_TOLD_IN_ITS_WORDS | in_plain_words)) - told_here


def things_sought(text: str) -> frozenset[Term]:
    """Return what a text is about beside the things that it names (``bot.domain.terms.named_in``): buyers."""
    return frozenset({BUYERS}) if wants_buyers(text) else frozenset()
