"""Reading a customer's 1/2/3: digits in any script and the words of the scale, but nothing that only looks so.

1 impressed (ประทับใจ), 2 satisfied (พึงพอใจ), 3 not satisfied (ไม่พึงพอใจ). A text is a rating only when it says
nothing else: "ขอ 2 เล่ม" and "3 วันแล้วยังไม่ได้" are requests, "4" is no rating.
"""

import re
from enum import IntEnum

from bot.domain.thai import normalise


class Score(IntEnum):
    """The scale of the service standard; 1 and 2 count as satisfied."""

    IMPRESSED = 1  # ประทับใจ
    SATISFIED = 2  # พึงพอใจ
    NOT_SATISFIED = 3  # ไม่พึงพอใจ

    @property
    def satisfied(self) -> bool:
        """Tell whether this rating counts as satisfied."""
        return self is not Score.NOT_SATISFIED


PARTICLES = r"(?:\s*(?:นะ|น้า|จ้า|จ้ะ|จ๊ะ|ค่ะ|คะ|ค่า|คับ|ครับ|ครับผม|ฮะ|เลย|มาก|มากๆ|แล้ว|👍|🙏|😊|❤|!|\.))*$"
LEAD = r"^(?:(?:ให้|กด|เลือก|ขอให้|คะแนน|ระดับ|ข้อ|เบอร์|หมายเลข|แค่|ก็|รู้สึก|score|rating|no\.?)\s*)*"
ONLY_PARTICLES = re.compile("^" + PARTICLES)
SPELT = {"หนึ่ง": "1", "สอง": "2", "สาม": "3", "one": "1", "two": "2", "three": "3"}
SPELT_FIRST = re.compile(f"({LEAD})({'|'.join(SPELT)})")
DIGIT = re.compile(LEAD + r"([123])(?:\s*(?:คะแนน|ดาว))?\s*[-=:.]?\s*(.*)$")
NOT_SATISFIED = r"(?:ไม่(?:ค่อย)?(?:พึงพอใจ|พอใจ|ประทับใจ|โอเค)|not satisfied|unsatisfied|dissatisfied|bad)"
IMPRESSED = r"(?:ประทับใจ|ดีมาก|เยี่ยม|เยี่ยมมาก|very satisfied|impressed|excellent|great)"
SATISFIED = r"(?:พึงพอใจ|พอใจ|โอเค|satisfied|ok|okay|good)"
WORDS = tuple(
    (re.compile(LEAD + words + PARTICLES), score)
    for words, score in (
        (NOT_SATISFIED, Score.NOT_SATISFIED),
        (IMPRESSED, Score.IMPRESSED),
        (SATISFIED, Score.SATISFIED),
    )
)


def read_rating(text: str) -> Score | None:
    """Read a rating, or None for everything that is not clearly one."""
    plain = normalise(text.replace("\u20e3", "")).strip()
    digit = DIGIT.match(SPELT_FIRST.sub(lambda spelt: spelt[1] + SPELT[spelt[2]], plain))
    if digit is None:
        return _by_words(plain)
    score, rest = Score(int(digit[1])), digit[2]
    if ONLY_PARTICLES.match(rest) or _by_words(rest) is score:
        return score
    return None  # it says something else too, or contradicts itself: "1 ไม่พอใจ"


def _by_words(plain: str) -> Score | None:
    return next((score for pattern, score in WORDS if pattern.match(plain)), None)
