"""Personal details in a text, covered with a word that says what stood there.

What leaves the case it was said in (the filed summary, the review of messages, training data) is masked here and
nowhere else. Letters that only look different (full width, bold) become plain and invisible ones go, so that they hide
nothing. A reader must not break: ``mask`` accepts any string and changes nothing when applied twice. In doubt it
covers too much rather than too little; and a person looks at every text before anything is trained with it.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from functools import cache, partial
from typing import Final

from pythainlp.corpus.common import thai_family_names, thai_female_names, thai_male_names

EMAIL: Final = "[อีเมล]"
PHONE: Final = "[เบอร์โทร]"
NUMBER: Final = "[เลขประจำตัว]"  # of a person, a firm, an account, a card
NAME: Final = "[ชื่อ]"
COMPANY: Final = "[บริษัท]"
ADDRESS: Final = "[ที่อยู่]"
ACCOUNT: Final = "[บัญชีออนไลน์]"  # a LINE id, a page, a profile
MASKS: Final = (EMAIL, PHONE, NUMBER, NAME, COMPANY, ADDRESS, ACCOUNT)

TELLING = 3  # characters; a shorter name could be part of any word
SHORTEST_NAME = 4  # characters of a given name in PyThaiNLP's list; shorter ones are words, too
LONGEST_PHONE = 12  # digits, country code included
MASKED = re.compile("|".join(map(re.escape, MASKS)))
THAI = "\u0e01-\u0e4e"
STREET_PART = r"(?:หมู่(?:ที่|บ้าน)?|ซอย|ซ\.|ถนน|ถ\.|ตำบล|แขวง|[มต]\.(?!\s*ค\.))"  # ม.ค. and ต.ค. are months
PART = rf"(?:{STREET_PART}|อำเภอ|อ\.|เขต|จังหวัด|จ\.)"
HOUSE = r"(?:(?:บ้าน)?เลขที่\s*)?\d{1,4}(?:/\d{1,4})?"
LOCAL = r"[a-z0-9.+%_-]"  # of an e-mail address, before the @
MAILER = r"(?:gmail|hotmail|outlook|yahoo|icloud|live)"
AT = rf"(?:\s?@\s?|\s?[(\[{{]\s?(?:at|แอท|แอด)\s?[)\]}}]\s?|\s(?:at|แอท|แอด)\s(?={MAILER}))"
DOT = r"(?:\.|\s?[(\[{]\s?(?:dot|จุด)\s?[)\]}]\s?|\s(?:dot|จุด)\s)"
APPS = r"(?<![a-z0-9])(?:line|fb|facebook|ig|instagram|wechat|whatsapp|telegram|tiktok)(?![a-z])"
APP = rf"(?:{APPS}|ไลน์|เฟส(?:บุ๊[คก])?|ไอจี|วีแชท)"
HANDLE = r"(?=[\d._-]{0,30}[a-z])[a-z0-9][a-z0-9._-]{2,30}"
NO_HANDLE = r"(?:line|official|group|account|add|app|pay|shop|shopping|bot|call|notify|man|oa|id|ditp|production)\b"
OTHERWISE = r"[ \t]?[/_*|~•·–—][ \t]?"  # how a telephone number is spaced, too, beside what DIGITS knows
PREFIX = rf"(?<![a-z0-9_.,/])(?:\+?[6๖]{{2}}(?:{OTHERWISE})?|[0๐])(?:[2๒]|[3-9๓-๙]\d)"
PASSPORT = r"(?:passport|พาสปอร์ต|หนังสือเดินทาง)"
TITLE = r"(?:(?<!ขอบ)คุณ|นาย|นางสาว|นาง|(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss|Khun|Dr)\b\.?)"
NOT_A_NAME = r"(?!(?:e-?mail|tel|phone|line|from|and|company|id|fb|ig)\b)"
LATIN_NAME = rf"{NOT_A_NAME}[a-z][a-z'-]{{1,30}}(?:[ \t]{{1,2}}{NOT_A_NAME}[a-z][a-z'-]{{1,30}}){{0,2}}"
STREET = r"(?:road|rd|street|st|soi|lane|avenue|ave)\b\.?"
LEGAL = r"(?:co\.?,?\s*ltd|company\s+limited|limited|ltd|inc|llc|corp|gmbh)\b\.?"
FIRM = r"(?:บริษัท|บจก\.?|ห้างหุ้นส่วน|หจก\.?|บมจ\.?)"
CASE = r"(?<=LC-|HL-|CT-)\d{4}-\d{6}(?!\d)"  # a case's number (``Case.number``) tells nothing of anybody
DIGITS = re.compile(rf"(?!{CASE})(?<![^\W{THAI}])(?<![.,])\+?\(?\d(?:[\s().-]{{0,2}}\d){{8,}}(?!\d)")
KEYCAP = re.compile("(?<=[0-9])[\ufe0f\u20e3]+")  # a digit in a box, as emoji keyboards offer it
TARIFF = re.compile(r"\d{4}\.\d{2}")  # an HS code with its dots is no telephone number
# Who is named: a title, or "my name is". What follows counts as a name if PyThaiNLP lists it.
TITLED = re.compile(r"(?:นางสาว|นาย|นาง|น\.ส\.|ดร\.|คุณ|ชื่อ)\s*")
INTRODUCED = re.compile(r"(?:ผม|ดิฉัน|ฉัน|หนู|ป้า|ลุง|พี่)ชื่อ\s*$")
INTRODUCTION = len("ดิฉัน")  # characters before "ชื่อ", at most
WORD = re.compile(rf"[{THAI}]{{2,30}}?(?=[^{THAI}]|$|ค่ะ|คะ|ครับ|คับ|นะ|จาก|อยู่|โทร|เบอร์|อีเมล|บริษัท|อยาก|ขอ|สนใจ|ทำ|มี)")
SURNAME = re.compile(rf" ([{THAI}]{{2,30}})")

# In this order; what a pattern calls ``keep`` stays.
PATTERNS: Final = (
    (re.compile(rf"(?<!{LOCAL}){LOCAL}{{1,64}}{AT}(?:[a-z0-9-]{{1,63}}{DOT}){{1,5}}[a-z]{{2,}}", re.IGNORECASE), EMAIL),
    (re.compile(r"(?:https?://|www\.)(?!\S*\.go\.th(?![\w.-]))\S+", re.IGNORECASE), ACCOUNT),
    (re.compile(r"(?<![a-z0-9_@.-])(?:[a-z0-9-]{1,63}\.){1,4}(?<!\.go\.)[a-z]{2,6}/[^\s/]\S*", re.IGNORECASE), ACCOUNT),
    (re.compile(r"(?<![\w@])@[a-z0-9][\w.-]{2,}", re.IGNORECASE), ACCOUNT),
    (re.compile(r"(?P<keep>(?:\bline\s*id|ไอดี(?:ไลน์)?)\s*[:=]?\s*)[a-z0-9][\w.-]{2,}", re.IGNORECASE), ACCOUNT),
    (re.compile(rf"(?P<keep>{APP}\s*[:=]\s*){HANDLE}", re.IGNORECASE), ACCOUNT),
    (re.compile(rf"(?P<keep>{APP}\s*)(?=[a-z._-]{{0,30}}[\d_]){HANDLE}", re.IGNORECASE), ACCOUNT),
    (re.compile(rf"(?P<keep>ไลน์\s*)(?!{NO_HANDLE})(?=[a-z]{{4}}){HANDLE}", re.IGNORECASE), ACCOUNT),
    (re.compile(rf"(?P<keep>{PASSPORT}[^\d\n]{{0,20}}?)[a-z]{{0,2}}\d{{6,9}}(?!\d)", re.IGNORECASE), NUMBER),
    (re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{7}(?!\d)"), NUMBER),
    (re.compile(rf"{PREFIX}{OTHERWISE}\d{{3,4}}(?:{OTHERWISE})?\d{{3,4}}(?!\d)", re.IGNORECASE), PHONE),
    (re.compile(r"(?P<keep>(?:โทร|เบอร์|\btel|phone|มือถือ)[^\d+\n]{0,12})\+?\d[\d\s-]{5,}\d", re.IGNORECASE), PHONE),
    (re.compile(rf"{HOUSE}\s*{STREET_PART}\s*[^\s,]+(?:[\s,]*{PART}\s*[^\s,]+){{0,7}}(?:\s*\d{{5}}(?!\d))?"), ADDRESS),
    (re.compile(rf"\b\d{{1,5}}(?:/\d{{1,4}})?,?\s+(?:[A-Z]\w*\.?\s+){{1,4}}(?i:{STREET})"), ADDRESS),
    (re.compile(rf"{FIRM} {{0,3}}(?!จำกัด)[^\n\[\]]{{1,60}}?จำกัด(?: ?\(มหาชน\))?"), COMPANY),
    (re.compile(r"(?:บจก|หจก|บมจ)\.?\s*[^\s,\[\]]{3,}"), COMPANY),
    (re.compile(rf"(?<![\w&.-])(?:[A-Z][\w&.-]{{0,40}}\s+){{1,5}}(?i:{LEGAL})"), COMPANY),
    (re.compile(r"(?P<keep>(?i:my name is|this is m[rs]s?\.?)\s+)[A-Za-z]{2,20}(?:\s+[A-Z][a-z]{1,20})?"), NAME),
    (re.compile(rf"(?P<keep>(?:ผม|ดิฉัน|ฉัน|หนู|ป้า|ลุง|พี่|เรา|ข้าพเจ้า)ชื่อ(?:ว่า)?\s*){LATIN_NAME}", re.IGNORECASE), NAME),
    (re.compile(rf"(?P<keep>{TITLE}\s*)(?!Form\b)[A-Z][a-z]{{1,20}}(?:\s[A-Z][a-z]{{1,20}})?"), NAME),
)  # fmt: skip


def mask(text: str, known: Collection[tuple[str | None, str]] = ()) -> str:
    """Cover personal details; ``known`` are details on file with the mask for each, such as the customer's name."""
    text = _plain(text)
    while (better := _once(text, known)) != text:  # each round covers more of it, so this ends
        text = better
    return text


def without_masks(text: str) -> str:
    """Leave out what is masked: a search or a question of an article must not be about the masks' own words."""
    return " ".join(MASKED.sub(" ", text).split())


def _plain(text: str) -> str:
    """Write each sign in its plain form if that is one of ASCII, and leave out what can't be seen; Thai stays."""
    return KEYCAP.sub("", "".join(map(_plain_sign, text)))


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign
    if unicodedata.category(sign) == "Cf":
        return ""
    folded = unicodedata.normalize("NFKC", sign)
    return folded if len(folded) == 1 and folded.isascii() else sign


def _once(text: str, known: Collection[tuple[str | None, str]]) -> str:
    for detail, covered in known:
        plain = _plain(detail or "").strip()
        if len(plain) >= TELLING:
            said = re.compile(re.escape(plain), re.IGNORECASE)
            text = _between_masks(text, partial(said.sub, covered))
    for pattern, covered in PATTERNS:
        text = _between_masks(text, partial(pattern.sub, partial(_cover, covered)))
    return _between_masks(_between_masks(text, _without_numbers), _without_names)


def _between_masks(text: str, change: Callable[[str], str]) -> str:
    """Change what is not masked yet."""
    pieces = MASKED.split(text)
    masks = MASKED.findall(text)
    return "".join(change(piece) + covered for piece, covered in zip(pieces, [*masks, ""], strict=True))


def _cover(covered: str, found: re.Match[str]) -> str:
    return (found.groupdict().get("keep") or "") + covered


def _without_numbers(text: str) -> str:
    return DIGITS.sub(_number, text)


def _number(found: re.Match[str]) -> str:
    if TARIFF.match(found[0]):
        return found[0]
    digits = sum(character.isdecimal() for character in found[0])
    telephone = digits <= LONGEST_PHONE and (found[0][0] in "+(" or found[0].startswith(("0", "๐", "66")))
    return PHONE if telephone else NUMBER


def _without_names(text: str) -> str:
    done, at = "", 0
    for title in TITLED.finditer(text):
        end = _end_of_name(text, title) if title.start() >= at else 0
        if end:
            done, at = done + text[at : title.end()] + NAME, end
    return done + text[at:]


def _end_of_name(text: str, title: re.Match[str]) -> int:
    """Tell where the name behind a title ends; 0 if no name stands there."""
    begin = title.end()
    lengths = range(min(len(text) - begin, _longest_name()), SHORTEST_NAME - 1, -1)
    listed = next((begin + n for n in lengths if text[begin : begin + n] in _given_names()), 0)
    word = (
        WORD.match(text, begin) if INTRODUCED.search(text, max(0, title.start() - INTRODUCTION), title.end()) else None
    )
    end = max(listed, 0 if listed or word is None else word.end())
    surname = SURNAME.match(text, end) if end else None
    if surname and (surname[1] in _family_names() or title[0].startswith(("นาย", "นาง", "น.ส."))):
        return surname.end()
    return end


@cache
def _given_names() -> frozenset[str]:
    return frozenset(name for name in thai_female_names() | thai_male_names() if len(name) >= SHORTEST_NAME)


@cache
def _longest_name() -> int:
    return max(map(len, _given_names()))


@cache
def _family_names() -> frozenset[str]:
    return frozenset(thai_family_names())
