"""Words in which a person is declined or only spoken of.

"ไม่ต้องการคุยกับเจ้าหน้าที่" is no wish for one, and "ใครกันที่เรียกว่าเจ้าหน้าที่ศุลกากร" asks about those of another office.
"""

import re

from bot.domain.thai import normalise

_NOT = (
    r"(?:(?:ยัง)?ไม่(?:ต้องการ|อยาก|ต้อง|เอา|ขอ|คุย|จำเป็นต้อง|สะดวก)|อย่า(?:เพิ่ง|พึ่ง)?"
    r"|do(?:n't| not) (?:want|need|send)|no need)"
)
# Only these may stand between: in "ไม่อยากคุยกับบอท ขอคุยกับเจ้าหน้าที่" a person is wanted.
_BETWEEN = (
    r"(?:จะ|ให้|ส่ง|ต่อ|โอน|คุย|ติดต่อ|กับ|หา|เรียก|พูด|ไป|ถึง|สาย|เรื่อง|รอ"
    r"|to|a|an|the|me|for|with|talk|speak|wait|real|\s)*"
)
_PERSON = r"(?:เจ้าหน้าที่(?!คน|ท่าน|เดิม|เก่า|ที่)|แอดมิน|คนจริง|พนักงาน|officer|human|agent|person|staff)"
_DECLINES = re.compile(rf"{_NOT}{_BETWEEN}{_PERSON}")


def declines_a_person(text: str) -> bool:
    """Tell whether a text says that no person is wanted."""
    return _DECLINES.search(normalise(text)) is not None


_OF_ANOTHER_OFFICE = re.compile(
    r"(?:เจ้าหน้าที่|พนักงาน|จนท\.?)\s*(?:ของ|ประจำ|ที่)?\s*(?:กรม|ด่าน)?\s*"
    r"(?:ศุลกากร|ศุล|ด่าน|สรรพากร|วิชาการเกษตร|ประมง|ปศุสัตว์|การค้าต่างประเทศ|ทูตพาณิชย์|อย\.?(?![ก-๎]))"
    r"|\b(?:customs|revenue|fda|plant quarantine) (?:officer|official|inspector)s?\b"
)
_ASKS_WHO = re.compile(r"ใคร|อะไร|ยังไง|อย่างไร|ไหน|หมายถึง|\b(?:who|what|which|how)\b")
_WISH = re.compile(r"คุย|พูด|ขอ(?!ง)|ติดต่อ|สอบถาม|ปรึกษา|ต่อสาย|โอนสาย|เรียก(?!ว่า)|\b(?:talk|speak|contact|connect|call)\b")


def asks_about_officers(text: str) -> bool:
    """Tell whether a text asks who the officers of another office are or what they do, and wishes for none."""
    plain = normalise(text)
    return all(words.search(plain) for words in (_OF_ANOTHER_OFFICE, _ASKS_WHO)) and _WISH.search(plain) is None
