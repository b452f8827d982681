"""What a text says beside a greeting and the wish for a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.requests import beside_a_person


@pytest.mark.parametrize(
    "text",
    [
        "ขอคุยกับเจ้าหน้าที่", "ขอคุยกับเจ้าหน้าที่ค่ะ", "สวัสดีค่ะ", "อยากคุยกับคนจริงๆ ครับ", "สวัสดีครับ รบกวนขอคุยกับเจ้าหน้าที่หน่อยครับ",
        "I would like to talk to a person please", "Hello", "hi", "ติดต่อเจ้าหน้าที่ได้ไหมคะ", "", "🙏", "2",
    ],
)  # fmt: skip
def test_nothing_else(text: str) -> None:
    assert beside_a_person(text) == ""


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("ขอ Form D ที่ไหน", "form d"), ("สวัสดีค่ะ ส่งออกทุเรียนไปจีนต้องใช้อะไร", "ทุเรียน"),
        ("ขอคุยกับเจ้าหน้าที่เรื่อง Form E", "form e"),
        ("ติดต่อเจ้าหน้าที่ศุลกากรที่ไหน", "ศุลกากร"), ("Hi, where do I get Form D?", "where do i get form d"),
    ],
)  # fmt: skip
def test_what_else(text: str, rest: str) -> None:
    assert rest in beside_a_person(text)


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    assert isinstance(beside_a_person(text), str)
