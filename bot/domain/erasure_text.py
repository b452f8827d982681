"""Words by which a customer wants to be forgotten, as the text of consent promises: "ขอลบได้ทุกเมื่อ โดยแจ้งในแชตนี้".

Data with an owner ("ข้อมูลของผม") are meant wherever they stand in a text. Data that nobody is named for are the
customer's own only where the text says nothing else: "ลบข้อมูลสินค้าในระบบยังไง" asks about another office's system.
"""

import re

from bot.domain.thai import normalise

_ME = r"(?:ผม|กระผม|ดิฉัน|ฉัน|หนู|เรา|ข้าพเจ้า|พี่|ตัวเอง|my|our|me)"
_DETAILS = r"(?:ข้อมูล|ประวัติ|อีเมล์?|อีเมลล์|เมล|เบอร์(?:โทร)?(?:ศัพท์)?|ชื่อ|ที่อยู่)"
# What begins another alternative stands behind it, and nothing is taken back (``*+``): long texts are read in one pass.
_FILLER = (
    r"(?:ช่วย|รบกวน|ของ|ขอ(?:ให้|บคุณ)?|อยาก|ต้องการ|กรุณา|โปรด|ฝาก|วาน|ทาง|คุณ|แอดมิน|เจ้าหน้าที่|งั้น|ถ้างั้น|พอดี|เปลี่ยนใจ"
    r"|(?:ที่)?(?:เคย)?(?:ให้|เก็บ|กรอก|พิมพ์|ส่ง|แจ้ง|บันทึก)(?:ไว้|ไป|มา)?|ไม่(?:เอา|สนใจ|ใช้|ต้อง|ส่งออก)|แล้ว|จะ|ได้|ไหม|มั้ย|หรือเปล่า"
    r"|หน่อย|ด้วย|เลย|ทิ้ง|ออก|ไป|ทั้งหมด|หมด|ทุกอย่าง|ตอนนี้|เดี๋ยวนี้|นี้|ก่อน|และ|กับ|ส่วนตัว|ส่วนบุคคล|ติดต่อ|การ(?:คุย|สนทนา)|บริษัท"
    rf"|{_ME}|สวัสดี|ที(?!่)|นะ|น้า|จ้า|จ้ะ|ค่ะ|คะ|ค่า|ครับ(?:ผม)?|คับ|ๆ|[\s.,!?])"
)
_ONLY_ERASE = re.compile(
    rf"{_FILLER}*+(?:ลบ|เอา(?=.*ออก)){_FILLER}*+{_DETAILS}(?:{_FILLER}|{_DETAILS})*+"
    r"|(?:please|can you|could you|i want(?: you)? to|\s)*+"
    r"(?:delete|erase|remove)\s+(?:all\s+)?(?:the\s+)?(?:data|information|details)"
    r"(?:you have|i gave(?: you)?|about me|please|now|[\s.!?])*+"
)
_WHEREVER_IT_STANDS = re.compile(
    rf"ลบ(?:ข้อมูล|ประวัติ)\s*(?:ส่วนตัว|ส่วนบุคคล|ติดต่อ(?!ลูกค้า)|(?:ของ\s*)?(?:บริษัท\s*)?(?:ของ\s*)?{_ME}(?!สินค้า))|ลบประวัติ"
    r"|(?:ถอน|เพิกถอน|ยกเลิก)(?:ความ|การ|คำ)?(?:ให้)?ยินยอม"
    r"|\b(?:delete|erase|remove) (?:all )?my (?:\w+ )?(?:data|info(?:rmation)?|details|e-?mail|number)\b"
    r"|\bforget (?:me|about my data)\b|\bwithdraw (?:my )?consent\b"
    r"|\b(?:no longer|don't|do not) (?:consent|agree) (?:any ?more|to (?:you )?(?:keeping|storing))"
)
_NOT_KEPT = re.compile(
    r"(?:ขอ|ผม|ดิฉัน|ฉัน|หนู|เรา|ตอนนี้|เปลี่ยนใจ|แล้ว|\s)*+"
    r"ไม่\s*(?:(?:ยินยอม|อนุญาต|ยอม|อยาก|ต้องการ|ประสงค์|สะดวก|ต้อง|โอเค)\s*(?:จะ)?(?:ที่จะ)?(?:ให้)?|ให้)"
    rf"\s*(?:คุณ|ทาง|กรม|บอท|แอดมิน|เจ้าหน้าที่)*\s*(?:เก็บ|ใช้|บันทึก|จด)\s*(?:รวบรวม)?\s*{_DETAILS}{_FILLER}*+"
)
_NO_LONGER = re.compile(
    rf"(?:{_ME}|ขอ|ตอนนี้|เปลี่ยนใจ|\s)*+ไม่(?:ยินยอม|อนุญาต)(?:ให้เก็บ)?(?:อีก)?(?:แล้ว|ต่อไป)"
    r"(?:นะ|จ้า|ค่ะ|คะ|ค่า|ครับ|คับ|[\s.!])*+"
)
_ONLY_SUPPOSED = re.compile(r"ถ้า(?!งั้น)|หาก")


def wants_data_erased(text: str) -> bool:
    """Tell whether a customer wants personal data deleted or takes a consent back: people see to that."""
    plain = normalise(text)
    if _WHEREVER_IT_STANDS.search(plain) or refuses_to_be_kept(text):
        return True
    return any(words.fullmatch(plain) for words in (_ONLY_ERASE, _NO_LONGER))


def refuses_to_be_kept(text: str) -> bool:
    """Tell whether a text says that no details may be kept: a "no" to the question of consent, later its withdrawal."""
    plain = normalise(text)
    return _NOT_KEPT.fullmatch(plain) is not None and not _ONLY_SUPPOSED.search(plain)
