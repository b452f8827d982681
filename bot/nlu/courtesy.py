"""What a message is about, without the hello before it and the thanks behind it.

"สวัสดีค่ะ รบกวนสอบถามหน่อยค่ะ ขอ Form D ที่ไหน ขอบคุณค่ะ" is a question, not a greeting: without this, most questions
that begin politely were taken for one. A message that is nothing but courtesy stays as it is.
"""

import re

from bot.domain.thai import normalise, tokenise

_PARTICLE = (
    r"นะคะ|นะครับ|ครับผม|ครับ|คับ|ค้าบ|ค่ะ|คะ|ค่า|จ้า|จ้ะ|เด้อ|เจ้า(?!หน้าที่|ของ)|นะ|น้า"
    r"|หน่อย|แหน่|นิดนึง|ที(?![่ม])|ด้วย|ๆ|krub|krap|ka\b"
)
_ADDRESSED = r"ผม|ท่าน|แอดมิน|แอด|เจ้าหน้าที่|ทีมงาน|ทุกท่าน|ทุกคน|พี่น้อง|พี่บ่าว|พี่|น้อง|บังง?|เพจ|admin|team|everyone|there|sir|madam"
_POLITE = rf"(?:{_PARTICLE}|{_ADDRESSED})"
_HELLO = (
    r"(?:(?:(?:กราบ)?สวัสดี(?!ปีใหม่)|หวัดดี|ดี(?=ค่ะ|ครับ|คับ|จ้า)|เรียน(?=แอด|เจ้าหน้าที่))(?:ตอน|ยาม)?(?:เช้า|บ่าย|เย็น|สาย|ค่ำ)?"
    r"|(?:hello|hi|hey|dear|good (?:morning|afternoon|evening))\b(?![@._-]\w|@))"
)
_MAY_I_ASK = r"(?:ขออนุญาต|รบกวน|ขอ|อยาก)(?:จะ)?(?:สอบถาม|ถาม|ปรึกษา)(?:ข้อมูล|เพิ่มเติม)?"
_ASKING = r"(?:รบกวน|ขออนุญาต)(?:จะ)?(?:สอบถาม|ถาม)(?:ข้อมูล|เพิ่มเติม)?"  # says so much that no "ค่ะ" need follow
_MUCH = r"มาก|ๆ|หลาย|จ้าดนัก|นัก|จัง|จริง|ล่วงหน้า| so much| in advance| very much| a lot"
_THANKS = rf"(?:ขอบคุณ|ขอบพระคุณ|ขอบใจ|thank you|thanks|thx)(?:{_MUCH})*"
_BEFORE = re.compile(
    rf"^(?:{_HELLO}(?:\s?{_POLITE})*[\s,.!:]*)?"
    rf"(?:(?:{_ASKING}(?:\s?{_POLITE})*|{_MAY_I_ASK}(?:\s?{_POLITE})+)[\s,.!:]*)?"
)
_THANKS_AROUND = re.compile(
    # "ขอบคุณสำหรับข้อมูล" says what for: no courtesy before a question
    rf"^{_THANKS}(?:(?:\s?{_POLITE})+|(?=[\s,.!🙏]))[\s,.!🙏]*(?!สำหรับ|ที่|for )"
    rf"|[\s,.]*{_THANKS}(?:\s?{_POLITE})*[\s.!🙏]*$"
)
_ONLY_POLITE = re.compile(rf"(?:{_POLITE}|\W)*")
_WORDS_BESIDE_THANKS = 4  # "โอเค ขอบคุณค่ะ" is thanks; a question is longer


def without_courtesy(text: str) -> str:
    """Return the normalised text without hello and thanks around it, if something else remains."""
    plain = normalise(text)
    core = _BEFORE.sub("", plain)
    if _ONLY_POLITE.fullmatch(core):
        core = plain
    asked = _THANKS_AROUND.sub("", core)
    return asked if len(tokenise(asked)) >= _WORDS_BESIDE_THANKS else core
