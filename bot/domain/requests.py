"""What is asked for beside what a message tells: "จดแล้วค่ะ ขอคุยกับเจ้าหน้าที่ด้วย" is an answer and a request.

One message has one intent, and a readiness answer or contact details often outweigh what stands beside it. Only the two
requests that people must see to are read here, and only in plain words; whole messages are the classifier's.
"""

import re

from bot.domain.thai import normalise

_OFFICER = r"(?:เจ้าหน้าที่|จนท|แอดมิน|พนักงาน|คนจริง)(?!\s*(?:ศุลกากร|กรมศุล|ด่าน|ตรวจ))"
_PERSON = re.compile(
    rf"(?:คุย|พูด|ติดต่อ|ปรึกษา|สอบถาม|ต่อสาย|โอนสาย|ขอ|ให้|เรียก|รบกวน)\s*(?:สาย)?\s*(?:กับ|หา|ให้)?\s*(?:ทาง|พี่|คุณ)?\s*{_OFFICER}"
    r"|\b(?:talk|speak|chat)\s+(?:to|with)\s+(?:an?|the|your|some)?\s*(?:real|live)?\s*(?:person|human|officer|agent|staff|one)\b"
)
_DOCUMENTS = re.compile(
    r"(?:ช่วย|รบกวน|ขอ|ฝาก|กรุณา|อยากให้|วาน)\s*(?:ให้)?\s*ส่ง(?!ออก).{0,40}(?:เมล|e-?mail)"
    r"|ส่ง(?!ออก).{0,25}(?:มา|เข้า|ให้)\s*(?:ที่|ทาง|ใน)?\s*(?:อี)?เมล"
    r"|\b(?:send|e-?mail)\s+(?:it|them|me|us)\b.{0,40}(?:documents?|forms?|files?|lists?|e-?mail|to)\b"
)


def asked_beside(text: str) -> str | None:
    """Return the intent of a request for a person or for documents by e-mail; None if the text has neither."""
    plain = normalise(text)
    if _PERSON.search(plain):
        return "ask_agent"
    return "ask_documents" if _DOCUMENTS.search(plain) else None
