"""Who looks for a buyer abroad, and tells of no harm; and who asks how a market is.

"หาผู้ซื้อลำไยที่จีน" shares its words with what is told of a buyer who doesn't pay, and must not be answered as fraud. A true
story must never be taken for a question, also one without a word of harm: so only plain seeking counts, and a sign of
a deal already made (money, goods sent, a certain buyer, something that is not done) outweighs it.
"""

import re

from bot.domain.thai import normalise

_PARTNER = (
    r"(?:ผู้(?:ซื้อ|นำเข้า|รับซื้อ)|ลูกค้า|คู่ค้า|คน(?:รับ)?ซื้อ|บายเออร์|ตัวแทน(?:จำหน่าย|ขาย)|ดิสทริบิวเตอร์"
    r"|(?:buyer|importer|customer|distributor)s?)"
)
_LIST = r"(?:ราย(?:ชื่อ|ใหญ่|ใหม่)|ข้อมูล|คอนแทค|ลิสต์|เบอร์|ช่องทาง|บริษัท|กลุ่ม|ของ|ที่เป็น|กับ|\s)*"
_WISH = r"(?:อยาก|ต้องการ|ประสงค์|สนใจ|จะ)(?:จะ|ที่จะ|ให้)?"
_LOOKS_FOR = (
    rf"(?<!ตาม)(?:มอง|ค้น|จัด|ช่วย)?หา(?!ย){_LIST}{_PARTNER}"
    rf"|{_WISH}(?:ได้|มี|เจอ|พบ|รู้จัก|เข้าถึง|ติดต่อ|คุยกับ)?{_LIST}{_PARTNER}"
    rf"|(?:ขอ|แนะนำ|มี){_LIST}(?<!ของ)(?:ราย(?:ชื่อ)|ข้อมูล|คอนแทค|ลิสต์){_LIST}{_PARTNER}"
    rf"|^ติดต่อ{_LIST}{_PARTNER}"
    r"|\b(?:find|finding|look(?:ing)? for|searching for|need|want|list of|sell to)\s+"
    r"(?:(?!my\b|our\b|the\b)\w+\s+){0,4}(?:buyer|importer|customer|distributor)s?\b"
)
_SEEKS = re.compile(rf"{_LOOKS_FOR}|{_WISH}(?:ขาย|ส่ง(?:ออก|ขาย)?|export).{{0,40}}?(?:ให้|กับ|ถึง)\s*{_PARTNER}")
_WANTS_NAMES = re.compile(
    rf"{_LOOKS_FOR}|(?:รายชื่อ|ลิสต์|ฐานข้อมูล){_LIST}{_PARTNER}|\b(?:buyer|importer)s? (?:list|database)\b"
    rf"|^มี{_LIST}{_PARTNER}(?!แล้ว).{{0,40}}?(?:ไหม|มั้ย|หรือเปล่า|บ้าง)"
)
# What is asked about a buyer that one has, or of every export.
_ASKS_ELSE = re.compile(
    r"ฟอร์ม|ฟอม|เอกสาร|ใบ(?!้)|หนังสือรับรอง|ขั้นตอน|ภาษี|อากร|ตรวจ|เช็[คก]|ประกัน|ระวัง|ปลอดภัย|เสี่ยง|เทอม|l/?c\b"
    r"|\b(?:forms?|documents?|certificates?|licen[cs]e|tax|tariff|check|verify|insurance|incoterms?|safe)\b"
)
# "ตลาดจีนขอโควตายังไง" and "ไปตลาดจีนยังไง" ask how something is done: only "เป็นยังไง", behind no such word, asks how it is.
_IS_DONE = r"ต้อง(?!การ)|ขอ(?!ง)|สมัคร|ส่ง(?!ออก)|เริ่ม|ทำ|ติดต่อ"
_ABOUT_A_MARKET = re.compile(
    r"(?:ข้อมูล|รายงาน|สภาพ|ภาวะ|แนวโน้ม|เทรนด์|ขนาด|วิเคราะห์|คู่แข่งใน|ขายดีใน)ตลาด|พฤติกรรม(?:ของ)?ผู้บริโภค"
    rf"|(?<!หา)(?<!ทำ)(?<!การ)(?<!เปิด)(?<!เจาะ)(?<!บุก)ตลาด(?:(?!{_IS_DONE}).){{0,40}}?"
    r"(?:เป็น(?:ยังไง|ไง|อย่างไร)|น่าสนใจ|โต(?!เกียว|รอนโต)|ใหญ่|แนวโน้ม|ต้องการอะไร|นิยม)"
    rf"|^ตลาด(?:(?!{_IS_DONE}|ยังไง|อย่างไร)\S){{2,20}}$"
    r"|\bmarket (?:information|info|data|reports?|research|trends?|size|situation|overview|outlook)\b"
    r"|\b(?:about|how(?: big)? is) the (?:\S+ ){0,3}market\b(?! access)"
    r"|\bwhat(?: is|'s) the (?:\S+ ){0,3}market\b.{0,40}\blike\b"
)
_A_MARKET = re.compile(r"ตลาด|\bmarkets?\b")
_FIGURES = re.compile(r"สถิติ|ตัวเลข|มูลค่า|\b(?:statistics?|figures)\b")  # CKS tells where those are found
_HARM = re.compile(
    r"โกง|หลอก|ฉ้อ|เบี้ยว|เชิด|ปลอม|มิจฉา|(?<!อิน)โดน|ถืก|(?<!ราคา)ถูก(?!ต้อง|ใจ)|เอาเปรียบ|ละเมิด|ลอกเลียน|ก๊อป|ผิด|ปัญหา|เดือดร้อน|ช่วยด้วย|เครียด"
    r"|พิพาท|ไกล่เกลี่ย|ร้องเรียน|ร้องทุกข์|เรียกร้อง|เคลม|ฟ้อง|แจ้งความ|คดี|เลิก|ปฏิเสธ|กัก|อายัด|ยึด|ตีกลับ|บล็อก"
    r"|เสีย(?!ภาษี)|ชำรุด|เน่า|พัง|หาย(?!าก|ัง)|หนี|เงียบ|ค้าง|ทวง|ผัด(?!ไท)|เลื่อน|คืน|หัก|ตามตัว|ติดตาม"
    r"|จ่าย|โอน|มัดจำ|ชำระ|เงิน|ตัง|หนี้|งวด|สัญญา|รับของ|เอาของ|ได้ของ|(?:ส่ง|ขาย)(?:ของ|สินค้า)?(?:ไป|ให้)\S{0,20}แล้ว"
    r"|มา\S{0,6}(?:วัน|อาทิตย์|สัปดาห์|เดือน|ปี|รอบ|ครั้ง)|ตู้|คันรถ|ถึงแล้ว"
    r"|เขา(?!ค้อ|ใหญ่)|เค้า|เปิ้น|คนเดิม|รายเดิม|เจ้าเดิม|เดือน(?:ก่อน|ที่แล้ว|แล้ว)|(?<!ยัง)บ่(?!มี|ฮู้)"
    r"|ไม่(?!รู้|ทราบ|แน่ใจ|มี(?:ลูกค้า|ผู้ซื้อ|คนซื้อ|ตลาด|ช่องทาง|ประสบการณ์)|ผ่าน|เคยส่งออก)"
    r"|scam|fraud|cheat|fake|paid|pay(?:s|ing|ment)?\b|disput|complain|claim|disappear|vanish|ghost|\bowe|overdue|refund|deposit"
    r"|stole|reject|refus|damage|defect|\bsue\b|lawsuit|debt|money|mediat|\bnot\b|n't\b|\bnever\b|\bno (?:answer|reply)"
    r"|cancel|\b(?:my|our|the) (?:\w+ )?(?:buyer|importer|customer|distributor)"
    r"|(?<!hong )\bkong\b|\b(?:biao|lok|jai|ngoen)\b"
)


def only_seeks_buyers(text: str) -> bool:
    """Tell whether a text looks for buyers, importers or agents abroad, and names no harm and no deal already made."""
    plain = normalise(text)
    return _SEEKS.search(plain) is not None and _HARM.search(plain) is None


def wants_buyers(text: str) -> bool:
    """Tell whether a text asks for buyers or their names, also in few words, and for nothing else."""
    plain = normalise(text)
    return all((_WANTS_NAMES.search(plain), not _ASKS_ELSE.search(plain), not _HARM.search(plain)))


def asks_of_a_market(text: str) -> bool:
    """Tell whether a text asks how a market is, what it wants or how it grows, and for nothing else."""
    plain = normalise(text)
    return _ABOUT_A_MARKET.search(plain) is not None and not any(
        other.search(plain) for other in (_ASKS_ELSE, _FIGURES, _WANTS_NAMES)
    )


def speaks_of_markets(text: str) -> bool:
    """Tell whether a text, such as an article's title or one of its questions, has to do with a market."""
    return _A_MARKET.search(normalise(text)) is not None
