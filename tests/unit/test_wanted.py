"""What a question wants: the kinds of thing that an answer has to tell."""

import pytest

from bot.domain.terms import parse
from bot.domain.wanted import BUYERS, kinds_wanted, things_sought


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Form E ใช้เวลากี่วัน", {"ระยะเวลา"}),
        ("ค่าธรรมเนียม form d เท่าไหร่", {"ค่าธรรมเนียม"}),
        ("เบอร์โทรกรมวิชาการเกษตร", {"เบอร์โทร"}),
        ("ใบ CO คืออะไร", {"คืออะไร"}),
        ("what is a certificate of origin", {"คืออะไร"}),
        ("what documents do I need", set()),
        ("รายชื่อโรงงานทุเรียน", {"รายชื่อ"}),
        ("งานเพชรพลอยที่กรมจัดชื่ออะไร", set()),
        ("ขอ form d ที่ไหน", set()),
        ("โทร 0812345678 อยากทราบว่าขอ form d ที่ไหนครับ", set()),
        ("ส่งมาที่เมล somchai@example.com ขอ form d ที่ไหน", set()),
        ("ส่งออกต้องใช้เอกสารอะไรบ้าง", set()),
        ("", set()),
    ],
)
def test_kinds_that_an_article_tells_in_their_own_words(text: str, kinds: set[str]) -> None:
    assert kinds_wanted(text, parse(text)) == kinds


@pytest.mark.parametrize(
    "text", ["รายชื่อผู้นำเข้าผลไม้ที่เกาหลี", "มีผู้ซื้อข้าวในดูไบไหม", "find fruit buyers in china", "buyer list"]
)
def test_who_looks_for_buyers(text: str) -> None:
    assert things_sought(text) == {BUYERS}


@pytest.mark.parametrize(
    "text",
    [
        "หาลูกค้าได้แล้ว ต้องใช้เอกสารอะไร",
        "จะส่งทุเรียนให้ลูกค้าจีนต้องใช้ฟอร์มอะไร",
        "ตรวจสอบผู้ซื้อก่อนทำสัญญาได้ที่ไหน",
        "มีลูกค้าแล้ว ต้องทำอะไรต่อบ้าง",
        "ผู้ซื้อไม่จ่ายเงิน",
        "ขอ form d ที่ไหน",
    ],
)
def test_who_asks_about_a_buyer_or_something_else(text: str) -> None:
    assert things_sought(text) == set()
