"""Words that only close a conversation: thanks and good-byes, which never reopen or open a case."""

import re

from bot.domain.thai import normalise

LEAD_IN = r"(?:โอเค|ok|okay|ได้|รับทราบ|เข้าใจแล้ว|จ้า|ค่ะ|ครับ)"
SAYS_THANKS = r"(?:ขอ(?:บ|ง)?\s*(?:พระ)?คุณ|ขอบใจ|แต๊งกิ้ว|แต้งกิ้ว|thank(?:s| you)?|thx|ty)"
WITH_THANKS = r"(?:มาก(?:ๆ|มาย)?|ที่(?:ช่วย|ตอบ)(?:เหลือ|เร็ว)?|so much|very much)"
THANKS = rf"(?:{SAYS_THANKS}|บาย|ลาก่อน|ดีมาก|เยี่ยม|สุดยอด)"
TRAILING = rf"(?:{WITH_THANKS}|จ้า|จ้ะ|ค่ะ|คะ|ค่า|ครับ(?:ผม)?|คับ|นะ|เลย|bye|สวัสดี|[\s!.,~ๆ🙏😊👍❤️])"
CLOSING = re.compile(rf"^(?:{LEAD_IN}[\s,]*)*(?:{THANKS}{TRAILING}*)+$")
ASKS = re.compile(r"[?？]|^[.…]+$")  # a sign that something is still wanted
LONGEST = 80  # characters; who writes more says more than thanks
ONLY_SIGNS = re.compile(r"^[^\w\u0e00-\u0e7f]+$")


def only_thanks(text: str) -> bool:
    """Tell whether a text says nothing but thanks or good-bye (or is only emoji)."""
    plain = normalise(text)
    return (
        0 < len(plain) <= LONGEST and not ASKS.search(plain) and bool(CLOSING.match(plain) or ONLY_SIGNS.match(plain))
    )
