"""Words by which a customer declines a person: "ไม่ต้องการคุยกับเจ้าหน้าที่" is no wish for one."""

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
