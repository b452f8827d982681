"""What a text says beside a greeting and the wish for a person, and who tells of fraud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.requests import beside_a_person, tells_of_fraud


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


@pytest.mark.parametrize(
    "text",
    [
        "โดนบริษัทจีนหลอกโอนเงินไป 5 แสน ทำไงดี",
        "โดนหลอกค่ะ",
        "ถูกโกงเงินไปสองล้าน",
        "ผมถูกผู้ซื้อที่ดูไบหลอก",
        "มีคนหลอกให้โอนเงินค่ามัดจำ",
        "นี่เราโดนหลอกหรือเปล่าคะ โอนไปแล้ว",
        "โอนเงินมัดจำไปแล้ว ผู้ขายหายเงียบเลย",
        "เพิ่งโดนสแกมมา",
        "I was scammed by a supplier in China",
        "the company cheated us out of 5000 dollars",
        "we have been defrauded",
    ],
)
def test_fraud_that_is_told(text: str) -> None:
    assert tells_of_fraud(text)


@pytest.mark.parametrize(
    "text",
    [
        "ทำยังไงไม่ให้โดนหลอก",
        "กลัวโดนโกง",
        "ถ้าโดนหลอกต้องทำยังไง",
        "จะโดนหลอกไหม",
        "อบรมเรื่องป้องกันการถูกหลอกลวง",
        "วิธีดูว่าผู้ซื้อหลอกเราไหม",
        "ราคาถูกมาก หลอกหรือเปล่า",
        "สินค้าถูกใจลูกค้า",
        "ถูกต้องค่ะ",
        "ยังไม่โดนหลอก",
        "โอนเงินไปแล้วค่ะ",
        "โอนเงินค่าอบรมไปแล้ว ติดต่อไม่ได้เลย",
        "โดนศุลกากรตีกลับ",
        "เจ้าหน้าที่พูดจาไม่ดี",
        "how do I avoid being scammed",
        "if we are cheated, who helps?",
        "scam alert list",
    ],
)
def test_fraud_that_is_not_told(text: str) -> None:
    assert not tells_of_fraud(text)
