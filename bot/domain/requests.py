"""What is asked for beside what a message tells: "จดแล้วค่ะ ขอคุยกับเจ้าหน้าที่ด้วย" is an answer and a request.

One message has one intent, and a readiness answer or contact details often outweigh what stands beside it. Only what
people must see to is read here, and only in plain words; whole messages are the classifier's.
"""

import re

from bot.domain.thai import normalise

_OFFICER = (
    r"(?:เจ้าหน้าที่|จนท|แอดมิน|พนักงาน|คนจริง|(?<=กับ)คน(?=ครับ|คับ|ค่ะ|คะ|ได้|หน่อย|จริง|\s|$))"
    r"(?!\s*(?:ศุลกากร|กรมศุล|ด่าน|ตรวจ))"
)
_PERSON = re.compile(
    rf"(?:คุย|พูด|ติดต่อ|ปรึกษา|สอบถาม|ต่อสาย|โอนสาย|ขอ|ให้|เรียก|รบกวน)\s*(?:สาย)?\s*(?:กับ|หา|ให้)?\s*(?:ทาง|พี่|คุณ)?\s*{_OFFICER}"
    r"|\b(?:talk|speak|chat)\s+(?:to|with)\s+(?:an?|the|your|some)?\s*(?:real|live)?\s*(?:person|human|officer|agent|staff|one)\b"
)
_DOCUMENTS = re.compile(
    r"(?:ช่วย|รบกวน|ขอ|ฝาก|กรุณา|อยากให้|วาน)\s*(?:ให้)?\s*ส่ง(?!ออก).{0,40}(?:เมล|e-?mail)"
    r"|ส่ง(?!ออก).{0,25}(?:มา|เข้า|ให้)\s*(?:ที่|ทาง|ใน)?\s*(?:อี)?เมล"
    r"|ส่ง(?!ออก)\s*(?:เอกสาร|ข้อมูล|รายละเอียด|รายชื่อ|ไฟล์|แบบฟอร์ม|ฟอร์ม|ลิงก์).{0,40}(?:มา(?:ให้|ด้วย|ที่|ทาง)|ให้(?:ด้วย|หน่อย))"
    r"|\b(?:send|e-?mail)\s+(?:it|them|me|us)\b.{0,40}(?:documents?|forms?|files?|lists?|e-?mail|to)\b"
)
_DISPUTE = re.compile(
    r"(?:โดน|ถูก)(?:หลอก|โกง|เชิดเงิน|เบี้ยว)|(?:ลูกค้า|คู่ค้า|ผู้ซื้อ|ผู้นำเข้า|ผู้ขาย|โรงงาน|ซัพ|supplier|buyer|customer).{0,40}"
    r"(?:ไม่(?:ยอม)?(?:จ่าย|โอน|ชำระ)|ค้างจ่าย|เบี้ยว|โกง|เชิด|หนีหาย|เงียบหาย|ติดต่อไม่ได้"
    r"|(?:not|never|refuses? to) pay|disappeared)"
)
# Told as done to somebody, "โดนบริษัทจีนหลอกโอนเงิน": neither asked how to avoid it nor a topic ("การถูกหลอก").
_FRAUD = re.compile(
    r"(?<!การ)(?<!ราคา)(?<!ที่)(?<!จะ)(?<!ไม่)(?<!ไม่ได้)(?<!ไม่เคย)(?<!ไม่ให้)(?<!ไม่อยาก)(?<!วิธี)"
    r"(?:โดน|ถูก(?!ต้อง|ใจ|กว่า|มาก))(?:(?!ไม่)\S){0,30}?(?:หลอก|โกง|เชิดเงิน|ต้มตุ๋น|ฉ้อโกง|สแกม|scam)"
    r"|(?<!จะ)หลอก(?:ลวง)?(?:เอา|ให้)?(?:เรา|ผม|ฉัน|ดิฉัน|หนู|พี่)?(?:ให้|เอา)?(?:โอน|เงิน|ตัง)"
    r"|โอน(?:เงิน|ตัง|มัดจำ|ค่า).{0,30}(?:แล้ว|ไป).{0,30}(?:หนีหาย|หายเงียบ|เงียบหาย|เชิดเงิน|บล็อกหนี|บล็อกไลน์)"
    r"|\b(?:was|were|been|got)\s+(?:scammed|cheated|defrauded|swindled|ripped off)\b"
    r"|\b(?:scammed|cheated|defrauded|swindled)\s+(?:me|us|my|our)\b"
)
_ONLY_ASKED = re.compile(
    r"ยังไง(?:ไม่ให้|ถึงจะไม่)|(?:ไม่ให้|ไม่อยาก|จะได้ไม่|จะไม่|ได้ไม่)(?:โดน|ถูก)"
    r"|(?:วิธี|ตัวอย่าง|กรณี|สถิติ|อบรม|สัมมนา)\S{0,20}(?:โดน|ถูก|หลอก|โกง)"
)
_ONLY_FEARED = re.compile(r"ถ้า|หาก|กลัว|ป้องกัน|เผื่อ|ระวัง|\b(?:if|avoid|afraid|risk)\b")
_HELLO = re.compile(
    r"^(?:(?:สวัสดี|หวัดดี|ดี(?=ค่ะ|คะ|ค่า|ค้า|ครับ|คับ|ค้าบ|คร้าบ|จ้า|จ้ะ|จ๊ะ))(?:ตอน)?(?:เช้า|บ่าย|เย็น)?"
    r"|(?:hello|hi|hey|good (?:morning|afternoon|evening))\b)"
)
_ONLY_POLITE = re.compile(
    r"(?:อยาก|ต้องการ|ขอ|รบกวน|ช่วย|ให้|จะ|ได้|ไหม|มั้ย|หน่อย|ด้วย|เลย|จริง|ตัว|แอดมิน|เจ้าหน้าที่|ทาง|ที่เป็น|สาย|ตอนนี้|ก่อน|แทน|ดีกว่า"
    r"|นะ|น้า|จ้า|ค่ะ|คะ|ค่า|ครับ|คับ|ผม|ๆ|[^\w\u0e00-\u0e7f]|\d"
    r"|(?<![a-z])(?:please|i|want|would|like|need|can|could|may|to|now)(?![a-z]))*"
)


def says_nothing(text: str) -> bool:
    """Tell whether a text is only a greeting, politeness or a number: nothing that an officer has to know of."""
    return _ONLY_POLITE.fullmatch(_HELLO.sub("", normalise(text))) is not None


def tells_of_fraud(text: str) -> bool:
    """Tell whether a text says that somebody was cheated out of money: what then cannot wait is said at once."""
    plain = normalise(text)
    only_spoken_of = _ONLY_FEARED.search(plain) or _ONLY_ASKED.search(plain)
    return _FRAUD.search(plain) is not None and not only_spoken_of


def asked_beside(text: str) -> str | None:
    """Return the intent of a dispute that is told, or of a wish for a person or documents; None if there is none."""
    plain = normalise(text)
    if _DISPUTE.search(plain) and not _ONLY_FEARED.search(plain):
        return "dispute"
    if _PERSON.search(plain):
        return "ask_agent"
    return "ask_documents" if _DOCUMENTS.search(plain) else None


def beside_a_person(text: str) -> str:
    """Give what a text says beside a greeting and the wish for a person, normalised; empty if that is all."""
    rest = _PERSON.sub(" ", _HELLO.sub("", normalise(text)))
    return "" if _ONLY_POLITE.fullmatch(rest) else rest.strip()
