"""What of a text is covered before it leaves its case, and what of it must stay readable."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.masking import ACCOUNT, ADDRESS, COMPANY, EMAIL, MASKS, NAME, NUMBER, PHONE, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("LC-2569-0000011234", "LC-[เลขประจำตัว]"),
        ("LC-0812345678", "LC-[เบอร์โทร]"),
        ("อีเมล somchai@durian.co.th ค่ะ", f"อีเมล {EMAIL} ค่ะ"),
        ("a@b.co.th หรือ c.d@e.com", f"{EMAIL} หรือ {EMAIL}"),
        ("ติดต่อ 081-234-5678 หรือ ๐๒ ๕๐๗ ๗๙๙๙", f"ติดต่อ {PHONE} หรือ {PHONE}"),
        ("โทร.+66 81 234 5678นะคะ", f"โทร.{PHONE}นะคะ"),
        ("เบอร์ 5077-999", f"เบอร์ {PHONE}"),
        ("บัตรประชาชน 1-2345-67890-12-3 ค่ะ", f"บัตรประชาชน {NUMBER} ค่ะ"),
        ("เลขผู้เสียภาษี 0105536000123", f"เลขผู้เสียภาษี {NUMBER}"),
        ("โอนเข้าบัญชี 123-4-56789-0", f"โอนเข้าบัญชี {NUMBER}"),
        ("ส่งมาที่ 99/1 หมู่ 4 ต.บางรัก อ.เมือง จ.ตรัง 92000 ค่ะ", f"ส่งมาที่ {ADDRESS} ค่ะ"),
        ("บ้านเลขที่ 12 ซอยสุขใจ ถนนสุขุมวิท ค่ะ", f"{ADDRESS} ค่ะ"),
        ("12 Sukhumvit Road Bangkok", f"{ADDRESS} Bangkok"),
        ("บริษัท สยามผลไม้ จำกัด อยากส่งออก", f"{COMPANY} อยากส่งออก"),
        ("หจก.ทวีทรัพย์ อยากส่งออก", f"{COMPANY} อยากส่งออก"),
        ("we are Siam Fruit Co., Ltd. in Trat", f"we are {COMPANY} in Trat"),
        ("ผมชื่อสมชายอยากส่งออกทุเรียน", f"ผมชื่อ{NAME}อยากส่งออกทุเรียน"),
        ("ดิฉันชื่อ ปุ๊กลุ๊ก ค่ะ", f"ดิฉันชื่อ {NAME} ค่ะ"),
        ("นายวิชัย รุ่งเรืองดี โกงเงินผม", f"นาย{NAME} โกงเงินผม"),
        ("my name is John Smith from Osaka", f"my name is {NAME} from Osaka"),
        ("line id: durian_99 ค่ะ", f"line id: {ACCOUNT} ค่ะ"),
        ("ดูที่ https://facebook.com/durian.99 นะ", f"ดูที่ {ACCOUNT} นะ"),
        ("โทร 08\u200b12345678 ค่ะ", f"โทร {PHONE} ค่ะ"),
        ("08\u200b12\u2060345\ufeff678", PHONE),
        ("0️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", PHONE),
        ("ติดต่อ ０８１-２３４-５６７８", f"ติดต่อ {PHONE}"),
        ("ติดต่อ 081/234/5678 ค่ะ", f"ติดต่อ {PHONE} ค่ะ"),
        ("ติดต่อ 081_234_5678", f"ติดต่อ {PHONE}"),
        ("+66/81/234/5678 หรือ 02–507–7999", f"{PHONE} หรือ {PHONE}"),
        ("somchai＠gmail.com", EMAIL),
        ("ｓｏｍ@gmail.com", EMAIL),
        ("𝐬𝐨𝐦@𝐠𝐦𝐚𝐢𝐥.com", EMAIL),
        ("somchai(at)gmail.com", EMAIL),
        ("somchai [at] durian [dot] co [dot] th ค่ะ", f"{EMAIL} ค่ะ"),
        ("somchai at gmail dot com", EMAIL),
        ("somchai แอท hotmail.com", EMAIL),
        ("ไลน์ somchai99 ค่ะ", f"ไลน์ {ACCOUNT} ค่ะ"),
        ("ไลน์ somchai", f"ไลน์ {ACCOUNT}"),
        ("line: somchai99", f"line: {ACCOUNT}"),
        ("LINE = Somchai.D ครับ", f"LINE = {ACCOUNT} ครับ"),
        ("ทัก ig durian_99 ได้", f"ทัก ig {ACCOUNT} ได้"),
        ("ผมชื่อ John Smith ครับ", f"ผมชื่อ {NAME} ครับ"),
        ("ดิฉันชื่อ mary jane email a@b.com", f"ดิฉันชื่อ {NAME} email {EMAIL}"),
        ("ขอสายคุณ John Smith หน่อย", f"ขอสายคุณ {NAME} หน่อย"),
        ("Mr. John Smith called", f"Mr. {NAME} called"),
        ("fb.com/somchai", ACCOUNT),
        ("ดู m.facebook.com/somchai.d นะ", f"ดู {ACCOUNT} นะ"),
        ("ทักfb.com/somchai", f"ทัก{ACCOUNT}"),
        ("ทักline: somchai99", f"ทักline: {ACCOUNT}"),
        ("ติดต่อ081/234/5678", f"ติดต่อ{PHONE}"),
        ("ติดต่อ0812345678ค่ะ", f"ติดต่อ{PHONE}ค่ะ"),
        ("ติดต่อ ๐๘๑/๒๓๔/๕๖๗๘", f"ติดต่อ {PHONE}"),
        ("passport AA1234567", f"passport {NUMBER}"),
        ("หนังสือเดินทางเลขที่ a1234567", f"หนังสือเดินทางเลขที่ {NUMBER}"),
        ("เลข AA1234567 ค่ะ", f"เลข {NUMBER} ค่ะ"),
    ],
)
def test_personal_details_are_covered(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "HS 0810.60.00.000 ภาษีเท่าไหร่",
        "พิกัด 08106000",
        "ราคา 1,250,000,000 บาท",
        "สายด่วน 1169 โทรได้ไหม",
        "แบบ กศก. 101 ยื่นปี 2569",
        "คุณช่วยบอกหน่อยได้ไหมคะ",
        "นายหน้าส่งออกต้องจดทะเบียนไหม",
        "ชื่อสินค้าต้องเป็นภาษาอังกฤษไหม",
        "บริษัทขนส่งเจ้าไหนดี",
        "จดทะเบียนบริษัทจำกัดที่ไหน",
        "อยู่จังหวัดเชียงใหม่ ขอใบรับรองที่ไหน",
        "เข้าเว็บ https://www.ditp.go.th ไม่ได้",
        "ส่งไป 3 จังหวัดภาคใต้",
        "งานวันที่ 25 ต.ค. 2569 ถึง 10 ม.ค. 2570",
        "ขอ Form D ที่ไหน",
        "HS 0810.60 กับ 0810.90 ต่างกันไหม",
        "เรื่อง LC-2569-000001 ถึงไหนแล้วคะ",
        "พิกัด 0810/0811/0812 ใช้ใบไหน",
        "จอง 25/10/2569 ถึง 01/11/2569 เวลา 10:30",
        "ปี 2567/2568/2569 ยอดเท่าไหร่",
        "โทร 1169 หรือทักไลน์ 1169 ได้ไหม",
        "แอดไลน์ official ของกรมยังไง",
        "ส่งทาง LINE OA ได้ไหม",
        "a product line for export",
        "linear2x is a machine",
        "ขอบคุณ Admin",
        "รบกวนคุณ Form D ขอที่ไหน",
        "ดู www.ditp.go.th/form กับ ditp.go.th/th ไม่ได้",
        "ตู้ MSKU1234567 อยู่ไหน",
        "ราคา F.O.B./CIF ต่างกันอย่างไร",
        "ขอบคุณมากค่ะ 😊 น้ำตาล…",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert mask(text) == text


def test_details_on_file_are_covered_wherever_they_stand() -> None:
    known = [("ปุ๊ก", NAME), ("กาแฟดอยงาม", COMPANY), (None, NAME), ("ก", NAME), ("\u200b" * 3, NAME)]

    assert mask("กาแฟดอยงามของปุ๊ก ส่งไปจีนได้ไหม กก", known) == f"{COMPANY}ของ{NAME} ส่งไปจีนได้ไหม กก"


WORDS = """บริษัท จำกัด ชื่อ ผมชื่อ นาย สมชาย 081 2345678 @ a.co line id 12/3 หมู่ ต. ไลน์ fb : / _ (at) dot gmail John Smith
    คุณ Mr. passport AA1234567 ＠ ｓ \u200b \ufe0f \u20e3 ０ ［ ］ อีเมล""".split()
PIECES = st.sampled_from([*MASKS, *WORDS, " ", "\n"])


@given(st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=25).map("".join)))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)

    assert mask(once) == once


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "A ",
        "Aa-",
        "a.",
        "1 ",
        "12 ซอย",
        "บริษัท ",
        "บริษัท" + " " * 60,
        "@",
        "นายสมชาย ",
        "https://",
        "a(at)",
        "a dot ",
        "ไลน์",
        "ไลน์ a",
        "line ",
        "line:",
        "a.bc/",
        "081/",
        "0_",
        "passport ",
        "ผมชื่อ a ",
        "Mr. A",
        "คุณ ",
        "\u200b",
    ],
)
def test_a_long_message_is_masked_in_no_time(piece: str) -> None:
    text = (piece * 5000)[:5000]
    mask(text)  # the lists of names are read once
    began = time.perf_counter()
    mask(text)

    assert time.perf_counter() - began < 2.0  # quadratic patterns took seconds
