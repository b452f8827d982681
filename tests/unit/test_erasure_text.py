"""Who wants to be forgotten, and who only asks how something is deleted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.erasure_text import refuses_to_be_kept, wants_data_erased


@pytest.mark.parametrize(
    "text",
    [
        "ขอลบข้อมูลด้วย",
        "ขอลบข้อมูล",
        "ลบข้อมูลค่ะ",
        "ช่วยลบข้อมูลให้หน่อยครับ",
        "ลบข้อมูลทั้งหมดที่ให้ไว้เลยนะคะ",
        "ขอให้ลบข้อมูลของผม",
        "เปลี่ยนใจแล้ว ขอลบข้อมูลด้วยค่ะ",
        "อยากให้ลบอีเมลกับเบอร์โทรออกด้วย",
        "ลบข้อมูลที่เก็บไว้ได้ไหมคะ",
        "ลบเบอร์ผมออกที",
        "เอาข้อมูลผมออกด้วย",
        "ขอลบข้อมูลส่วนตัวของฉัน",
        "ไม่ส่งออกแล้ว ช่วยลบข้อมูลบริษัทของเราด้วย",
        "ลบข้อมูลบริษัทของผมที",
        "ขอถอนความยินยอมค่ะ",
        "ลบประวัติการคุย",
        "ไม่ยินยอมให้เก็บข้อมูลแล้ว",
        "ไม่อยากให้เก็บข้อมูลแล้วค่ะ",
        "ผมไม่อนุญาตให้ใช้ข้อมูลส่วนตัวครับ",
        "ไม่ต้องเก็บข้อมูลนะคะ",
        "ไม่ให้เก็บเบอร์แล้ว",
        "ไม่ยินยอมแล้วค่ะ",
        "please delete my data",
        "Delete the data please",
        "remove my e-mail",
        "remove my phone number",
        "I withdraw my consent",
        "forget me",
        "I do not agree to keeping my data",
    ],
)
def test_a_wish_to_be_forgotten(text: str) -> None:
    assert wants_data_erased(text)


@pytest.mark.parametrize(
    "text",
    [
        "ลบข้อมูลสินค้าในระบบ DITP Drive ยังไง",
        "ลบข้อมูลใน invoice ผิดทำยังไง",
        "ขอลบข้อมูลสินค้าหน่อย",
        "ลบข้อมูลของสินค้าใน Thaitrade ได้ไหม",
        "ขอข้อมูลด้วย",
        "ขอข้อมูลส่วนตัวของผู้ซื้อ",
        "ลบชื่อบริษัทออกจากทะเบียนผู้ส่งออกต้องทำอะไรบ้าง",
        "แก้ไขข้อมูลในระบบยังไง",
        "ลบรายการใน Form D ได้ไหม",
        "ลูกค้าไม่ให้ข้อมูลเลย",
        "ไม่มีข้อมูลเก็บไว้",
        "ถ้าไม่ยินยอมให้เก็บข้อมูลจะเป็นอะไรไหม",
        "ไม่ต้องใช้ข้อมูลอะไรบ้าง",
        "ไม่ยินยอม",
        "ยกเลิกการรอ",
        "ลูกค้าไม่ยอมให้เก็บเงินปลายทาง",
        "how do I delete data in DITP Drive",
        "delete the data of a product in Thaitrade",
        "ลบ",
        "ข้อมูล",
    ],
)
def test_no_wish_to_be_forgotten(text: str) -> None:
    assert not wants_data_erased(text)


def test_no_details_may_be_kept() -> None:
    assert refuses_to_be_kept("ไม่ให้เก็บข้อมูลค่ะ")
    assert not refuses_to_be_kept("ขอลบข้อมูลด้วย")


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    assert wants_data_erased(text) in (True, False)


def test_a_long_text_is_read_at_once() -> None:
    assert not wants_data_erased("ขอให้ที่ให้ไว้" * 300 + "x")
