"""What customers type on phones becomes one spelling; nothing they can type breaks it."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.thai import _MAX_PASSES, _REPAIRS, language_of, normalise, tokenise
from bot.domain.trade_words import load_trade_words

THAI_SOUP = st.text(
    alphabet=st.characters(min_codepoint=0x0E00, max_codepoint=0x0E5B) | st.sampled_from(" a1\u200bﾞﷺİß")
)
SLIPS = st.lists(st.sampled_from([*"ส่งอก ใบคนสินค้า เบอโท สมัค อยุ่ เวป ศุลกาก ร้องเรีย ไก่ ร น อ ไหม ค่ะ ์ ่".split(), " "]))
SIGNS = st.text(alphabet=st.sampled_from("กรำาะเแใํิี่้๊ๆaeb!. 🙏👍☎\ufe0f\U0001f3fd\u200b\u00a0’'๑ฺ"))  # what is repaired
ANYTHING = (  # lone surrogates included
    st.text(alphabet=st.characters(exclude_categories=())) | THAI_SOUP | SIGNS | SLIPS.map("".join)
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ส่ง ออก ผล ไม้", "ส่งออก ผลไม้"),
        ("ขอฟอรม์ดี", "ขอฟอร์มดี"),
        ("สวัดดีค่ะ", "สวัสดีค่ะ"),
        ("เเบบฟอร์ม", "แบบฟอร์ม"),
        ("นํ้าตาล", "น้ำตาล"),
        ("น้ํา", "น้ำ"),
        ("นำ้", "น้ำ"),
        ("ทํายังไง", "ทำยังไง"),
        ("ก่ีบาท", "กี่บาท"),
        ("ที่่่ไหน", "ที่ไหน"),
        ("มากกกกก", "มาก"),
        ("ค่าาาาา", "ค่า"),
        ("กรรมการ", "กรรมการ"),
        ("ปี ๒๕๖๙", "ปี 2569"),
        ("ＤＩＴＰ　１１６９", "ditp 1169"),
        ("ส่ง\u200bออก\ufeff", "ส่งออก"),
        ("ยอด 1000000 บาท", "ยอด 1000000 บาท"),
        ("www.ditp.go.th", "www.ditp.go.th"),
        ("Helloooo", "hello"),
        ("  ขอ \n ถาม  ", "ขอ ถาม"),
        ("ไหมคะ???!!!", "ไหมคะ?!"),
        ("\ud83d", ""),
        ("", ""),
        ("ส่งอกข้าว", "ส่งออกข้าว"),
        ("ส่งอกไก่", "ส่งอกไก่"),
        ("ใบคนสินค้า", "ใบขนสินค้า"),
        ("เบอโทกรม", "เบอร์โทรกรม"),
        ("สมัคสมาชิก", "สมัครสมาชิก"),
        ("แสงออก", "แสงออก"),
        ("ฟอมดีอยู่ไหน ใบข้นสินค้า", "ฟอมดีอยู่ไหน ใบขนสินค้า"),
        ("ขอบคุณ 🙏🏻🙏🏻 🙏", "ขอบคุณ 🙏"),
        ("😭😭😭", "😭"),
    ],
)
def test_one_spelling(typed: str, expected: str) -> None:
    assert normalise(typed) == expected


@given(ANYTHING)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@settings(max_examples=1000, deadline=None)
@given(ANYTHING)
def test_what_is_passed_over_because_it_would_change_nothing_would_change_nothing(text: str) -> None:
    expected = text
    for _ in range(_MAX_PASSES):
        expected = _every_step(expected)

    assert normalise(text) == expected


def _every_step(text: str) -> str:
    """One pass of normalising as it is defined: every step, whether the text needs it or not."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    digits = folded.translate(str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789"))
    spaced = "".join(" " if character.isspace() else character for character in digits)
    seen = "".join(character for character in spaced if unicodedata.category(character)[0] != "C")
    for pattern, replacement in (*_REPAIRS, *load_trade_words().slips):
        seen = pattern.sub(replacement, seen)
    return seen.strip()


def test_the_words_given_belong_to_who_asked_for_them() -> None:
    tokenise("ขอฟอร์มดี").clear()

    assert tokenise("ขอฟอร์มดี") == ["ขอ", "ฟอร์มดี"]


@settings(deadline=None)  # the first call loads the dictionary
@given(ANYTHING)
def test_tokens_hold_the_normalised_text_without_its_spaces(text: str) -> None:
    assert "".join(tokenise(text)).replace(" ", "") == normalise(text).replace(" ", "")


def test_words_of_a_sentence_without_spaces() -> None:
    assert tokenise("จดบริษัทแล้วมีโรงงานเอง") == ["จด", "บริษัท", "แล้ว", "มี", "โรงงาน", "เอง"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ฟอร์มดีขอที่ไหน", ["ฟอร์มดี", "ขอ", "ที่ไหน"]),
        ("ให้ชิปปิ้งทำให้", ["ให้", "ชิปปิ้ง", "ทำให้"]),
        ("แอปกรม", ["แอป", "กรม"]),
        ("ส่งออกข้าวต้องขออนุญาต", ["ส่งออก", "ข้าว", "ต้อง", "ขออนุญาต"]),
    ],
)
def test_words_of_trade(text: str, expected: list[str]) -> None:
    assert tokenise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ขอ Form E ค่ะ", "th"),
        ("How do I export rice?", "en"),
        ("hello", "en"),
        ("HOW DO I EXPORT", "en"),
        ("555", None),
        ("👍🏻", None),
        ("1169", None),
        ("OK", None),
        ("ok", None),
        ("HS CODE", None),
        ("Form E", None),
        ("somchai@example.com", None),
        ("https://www.ditp.go.th/about", None),
        ("", None),
        ("你好", None),
    ],
)
def test_language(text: str, expected: str | None) -> None:
    assert language_of(text) == expected


@given(ANYTHING)
def test_language_of_anything(text: str) -> None:
    assert language_of(text) in {"th", "en", None}
