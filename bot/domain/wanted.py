"""What a question wants of its subject: a number, a fee, a duration, names. Only an article that tells it answers it.

Only what is told in its own words counts here. "ยังไง" or the papers are told in many ways, and an article that lacks
the word may well answer. "ที่ไหน" is told by an agency, a place or a way to reach them, too: where none of these stands
in an article, that is said beside it.
"""

import re
from collections.abc import Sequence

from bot.domain.seeking import asks_of_a_market, speaks_of_markets, wants_buyers
from bot.domain.terms import Term, asked_in
from bot.domain.thai import normalise

BUYERS = Term("wanted", "ผู้ซื้อ")  # who looks for buyers wants no article on goods and countries
MARKET = Term("market", "ตลาด")  # nor does who asks how a market is, even if one names its country
WHAT = "คืออะไร"
_TOLD_IN_ITS_WORDS = frozenset({"เบอร์โทร", "ที่อยู่", "อีเมล", "เว็บไซต์", "เวลาทำการ", "ระยะเวลา", "ค่าธรรมเนียม"})
WHERE = "ที่ไหน"
# Only where something is obtained or submitted: "ส่งของไปที่ไหน" asks for a country, "ต่างกันตรงที่ไหน" for a difference.
_OBTAINS = (
    r"(?:ขอ(?!ง|บ|ทราบ|ถาม|สอบ|รู้)|ยื่น|สมัคร|ติดต่อ|(?<!ผู้)(?<!คน)(?<!รับ)ซื้อ(?!ขาย)|ทำ(?!ไม|ให้|การ|ตลาด|ธุรกิจ|สัญญา)"
    r"|(?:จด|ลง)ทะเบียน|ดาวน์โหลด)"
)
_PLACE = r"(?:(?:ที่|ทาง|จาก|แถว)ไหน|กับใคร)"  # "ช่องทางไหน" too
_ASKS_WHERE = re.compile(
    rf"{_OBTAINS}ไป{_PLACE}"
    rf"|{_OBTAINS}.{{0,40}}?(?<!กับ)(?<!ใช้)(?<!ตรง)(?<!ประเทศ)(?<!ไป)(?<!มา)(?<!อยู่)(?<!ขาย){_PLACE}"
    r"|\bwhere (?:to|(?:can|could|do|should|must|may)(?: \S+){1,5}?)(?: be)? "
    r"(?:get|got|obtain(?:ed)?|apply|submit(?:ted)?|file|request(?:ed)?|register|sign up|buy|contact|download)\b"
)
_TELLS_WHERE = frozenset({"เว็บไซต์", "ที่อยู่", "เบอร์โทร", "อีเมล", "ออนไลน์", "ติดต่อ"})
_WHERE_THINGS_ARE = frozenset({"agency", "place"})
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


def asks_where(text: str) -> bool:
    """Tell whether a text asks where, or of whom, something is obtained, applied for or submitted."""
    return _ASKS_WHERE.search(normalise(text)) is not None


def tells_where(mentions: frozenset[Term], asks: frozenset[str]) -> bool:
    """Tell whether an article can say where: whether it names an agency, a place or a way to reach one.

    ``mentions`` are the things it names, ``asks`` what can be asked about anything and stands in it.
    """
    return bool(asks & _TELLS_WHERE) or any(thing.kind in _WHERE_THINGS_ARE for thing in mentions)


def things_sought(text: str) -> frozenset[Term]:
    """Return what a text is about beside the things that it names (``bot.domain.terms.named_in``)."""
    if wants_buyers(text):
        return frozenset({BUYERS})
    return frozenset({MARKET}) if asks_of_a_market(text) else frozenset()


def things_told(text: str) -> frozenset[Term]:
    """Return what an article is about beside the things that its title or question names."""
    return things_sought(text) | (frozenset({MARKET}) if speaks_of_markets(text) else frozenset())
