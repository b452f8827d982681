"""Romanised Thai is read as Thai, however it is spelt; English and Thai stay as they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.romanised import as_thai, is_romanised_thai


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yak song ork durian pai jeen tong tham yang ngai", "อยาก ส่งออก ทุเรียน ไป จีน ต้อง ทำยังไง"),
        ("yaak song ok turian pai chin tong tam yangngai", "อยาก ส่งออก ทุเรียน ไป จีน ต้อง ทำยังไง"),
        ("samak pen samachik tee nai krub", "สมัคร เป็น สมาชิก ที่ไหน ครับ"),
        ("rcep mee kee prathet", "rcep มี กี่ประเทศ"),
        ("look ka mai jai ngern", "ลูกค้า ไม่จ่ายเงิน"),
        ("krom mee app mai ka", "กรม มี app ไหม ค่ะ"),
    ],
)
def test_romanised_thai_is_written_in_thai(text: str, expected: str) -> None:
    assert is_romanised_thai(text)
    assert as_thai(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "where to get Form D",
        "I want to export durian to China",
        "which payment terms are safest",
        "sing a song",
        "Form D",
        "ok thanks",
        "ขอ form d tee nai krub",
        "how can I export rice krub",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert as_thai(text) == text


@settings(deadline=None)
@given(st.text() | st.text(alphabet="yak song ork tham mai krub 1?"))
def test_any_text_is_read_and_what_is_read_stays(text: str) -> None:
    assert as_thai(as_thai(text)) == as_thai(text)
