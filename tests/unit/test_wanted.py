"""What a question wants: the kinds of thing that an answer has to tell."""

import pytest

from bot.domain.terms import Term, parse
from bot.domain.wanted import BUYERS, MARKET, asks_where, kinds_wanted, tells_where, things_sought


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


@pytest.mark.parametrize(
    "text",
    [
        *("ตลาดญี่ปุ่นเป็นยังไงบ้าง", "ตลาดเวียดนาม", "ขอข้อมูลตลาดจีนหน่อย", "แนวโน้มตลาดอาหารในยุโรป", "พฤติกรรมผู้บริโภคเกาหลี"),
        *("ตลาดส่งออกทุเรียนของจีนเป็นอย่างไร", "ตลาดจีนกำลังโตไหม", "สินค้าอะไรขายดีในตลาดจีน"),
        *("market trends in Japan", "how is the coffee market in Vietnam", "how is the market for durian in China"),
        *("Tell me about the Japanese market", "What is the market in Japan like"),
    ],
)
def test_who_asks_how_a_market_is(text: str) -> None:
    assert things_sought(text) == {MARKET}


@pytest.mark.parametrize(
    "text",
    [
        *("อยากหาตลาดต่างประเทศ", "เข้าตลาดจีนต้องใช้ฟอร์มอะไร", "สถิติตลาดเวียดนาม", "ปรึกษาเรื่องทำตลาดต่างประเทศ"),
        *("ภาษีนำเข้าตลาดอินเดียเป็นยังไง", "sell on Thaitrade online marketplace"),
        *("กิจกรรมบุกตลาดต่างประเทศสมัครอย่างไร", "อยากไปขายตลาดเวียดนาม เริ่มต้นยังไง", "ตลาดจีนขอโควตายังไง"),
        *("ส่งไปตลาดจีนกล่องต้องเป็นยังไง", "ตลาดจีนจ่ายเงินยังไง", "ตลาดญี่ปุ่น สคต. โตเกียวอยู่ไหน"),
        *("ส่งไปตลาดอเมริกาต้องสมัครงานไหนน่าสนใจ", "ส่งออกไปตลาดจีนยังไง", "how is the market access map used"),
    ],
)
def test_a_market_in_passing_is_not_what_is_asked_about(text: str) -> None:
    assert MARKET not in things_sought(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("ขอ form e ที่ไหน", True), ("ใบ CO ขอกับใคร", True), ("where can I apply for Form E", True)),
        *(("form e ขอได้ที่ไหน", True), ("ขอใบอนุญาตส่งออกข้าวที่ไหน", True), ("ต้องยื่นไปที่ไหนคะ", True)),
        *(("สมัครผ่านช่องทางไหน", True), ("ติดต่อกรมได้ทางไหน", True), ("ทำใบ CO ที่ไหนได้บ้าง", True)),
        *(("where to get Form E", True), ("where can Form E be obtained", True), ("where do we submit it", True)),
        *(("ส่งไปจีนใช้ฟอร์มไหน", False), ("Form AANZ ใช้กับที่ไหน", False), ("แอลซีต้องดูตรงไหน", False)),
        *(("Form E ส่งของไปที่ไหน", False), ("ขอทราบว่า Form E ใช้ที่ไหน", False), ("ขอ form e แล้วส่งของไปที่ไหน", False)),
        *(("RCEP ประเทศที่ไหนบ้าง", False), ("FOB กับ CIF ต่างกันตรงที่ไหน", False), ("ทำตลาดที่ไหนดี", False)),
        *(("ช่องทางรับเงินจากลูกค้าต่างประเทศมีอะไรบ้าง", False), ("ทำสัญญากับใคร", False)),
        *(("รับเงินจากต่างประเทศช่องทางไหนเสี่ยงน้อย", False), ("ขอ Form E วัตถุดิบต้องมาจากไหน", False)),
        *(("ผู้ซื้ออยู่ที่ไหน", False), ("how to become a member and where", False)),
        ("where can I use Form E", False),
        ("what are the rules for VAT where I export goods", False),
    ],
)
def test_whether_it_is_asked_where(text: str, expected: bool) -> None:
    assert asks_where(text) is expected


def test_where_is_told_by_an_agency_a_place_or_a_way_to_reach_one() -> None:
    assert tells_where(frozenset({Term("agency", "กรมศุลกากร")}), frozenset())
    assert tells_where(frozenset(), frozenset({"เว็บไซต์"}))
    assert not tells_where(frozenset({Term("country", "จีน")}), frozenset({"ที่ไหน", "ขั้นตอน"}))
