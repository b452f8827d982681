"""Contact details in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.profile_text import check_phone, find_details, tells


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("อีเมล somchai@durian.co.th ค่ะ", {"email": "somchai@durian.co.th"}),
        ("ติดต่อ 081-234-5678 นะคะ", {"phone": "+66812345678"}),
        ("โทร ๐๒ ๕๐๗ ๗๙๙๙", {"phone": "+6625077999"}),
        ("Somchai@Example.com หรือ 0812345678", {"email": "somchai@example.com", "phone": "+66812345678"}),
        ("HS 0810.60 ราคา 1,250,000 บาท", {}),
        (
            "อีเมลหนู a@b.co.th ชื่อสมชายค่ะ บริษัทกาแฟดอยงาม โทร 081-234-5678",
            {"email": "a@b.co.th", "phone": "+66812345678", "name": "สมชาย", "company": "บริษัทกาแฟดอยงาม"},
        ),
        ("บริษัทกาแฟดอยงามอยู่ที่ไหน", {}),
        ("สายด่วน 1169", {}),
        ("แบบ กศก. 101", {}),
    ],
)
def test_details(text: str, fields: dict[str, str]) -> None:
    assert find_details(text).fields == fields


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("+66812345678", True), ("somchai@durian.co.th", True), ("บริษัท Durian Trat จำกัด", True),
        ("+6625077999", False), ("บริษัทกาแฟ", False), ("เม", False),
    ],
)  # fmt: skip
def test_what_is_on_file_is_found_again_in_the_words_it_came_from(detail: str, told: bool) -> None:
    said = "บริษัท durian trat จำกัด อีเมล Somchai@Durian.co.th โทร ๐๘๑-๒๓๔-๕๖๗๘"

    assert tells(said, detail) is told


@given(st.text(max_size=300))
def test_looking_never_fails(text: str) -> None:
    assert find_details(text).rest is not None


def test_a_number_is_checked() -> None:
    assert check_phone("02 507 7999") == "+6625077999"
    assert check_phone("12") is None
    assert check_phone("ไม่มี") is None
