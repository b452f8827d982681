"""Reading a customer's 1/2/3: digits in any script and the words of the scale, but nothing that only looks so.

1 impressed (ประทับใจ), 2 satisfied (พึงพอใจ), 3 not satisfied (ไม่พึงพอใจ). A text is a rating only when it says
nothing else, except thanks: "ขอ 2 เล่ม" and "3 วันแล้วยังไม่ได้" are requests, "4" is no rating.
"""

import re
from enum import IntEnum

from bot.domain.thai import normalise
from bot.domain.thanks import SAYS_THANKS, WITH_THANKS


class Score(IntEnum):
    """The scale of the service standard; 1 and 2 count as satisfied."""

    IMPRESSED = 1  # ประทับใจ
    SATISFIED = 2  # พึงพอใจ
    NOT_SATISFIED = 3  # ไม่พึงพอใจ

    @property
    def satisfied(self) -> bool:
        """Tell whether this rating counts as satisfied."""
        return self is not Score.NOT_SATISFIED


CORRECTS = (
    r"(?:ไม่ใช่(?:ค่ะ|คะ|ครับ|คับ)?\s*(?=ขอ|แก้|เปลี่ยน))?"
    r"(?:ขอ)?(?:แก้(?:ไข)?|เปลี่ยน)(?:คะแนน)?(?:ใหม่)?(?:เป็น)?|change (?:it |my rating )?to"
)
LEAD = rf"(?:(?:{CORRECTS}|ให้|กด|เลือก|ขอให้|คะแนน|ระดับ|ข้อ|เบอร์|หมายเลข|แค่|ก็|รู้สึก|ค่ะ|คะ|ครับ|คับ|score|rating|no\.?)\s*)*"
IN_FIGURES = r"(?:{figure}(?![.,:/=-]?\d)|{spelt})(?:\s*(?:คะแนน|ดาว))?(?:\s*[-=:.])?"
ONE = IN_FIGURES.format(figure=1, spelt="หนึ่ง|one(?![a-z])")
TWO = IN_FIGURES.format(figure=2, spelt="สอง|two(?![a-z])")
THREE = IN_FIGURES.format(figure=3, spelt="สาม|three(?![a-z])")
NOT_SATISFIED = (
    r"ไม่(?:ค่อย)?(?:พึงพอใจ|พอใจ|ประทับใจ|โอเค|ดี)|แย่(?!\s*(?:แล้ว|เลย))"  # "แย่แล้ว" is "oh dear"
    r"|(?:not (?:satisfied|good)|unsatisfied|dissatisfied|(?:very )?bad)(?![a-z])"
)
IMPRESSED = r"ประทับใจ|ดีมาก|(?:ยอด)?เยี่ยม|(?:very satisfied|impressed|excellent|great)(?![a-z])"
SATISFIED = r"พึงพอใจ|พอใจ|(?:satisfied|good)(?![a-z])"
ACCEPTED = r"โอเค|ok(?:ay)?(?![a-z])"
NO_SCORE = r"พอใช้(?:ได้)?|ใช้ได้|เฉยๆ|ปานกลาง|สุดยอด|ดี"  # praise and its like that could be a 1 or a 2, or a 2 or a 3
PARTICLE = r"น้า|นะ|จ้า|จ้ะ|จ๊ะ|ค่ะ|คะ|ค่า|คับ|ครับผม|ครับ|ฮะ|เลย|มาก|แล้ว|ๆ|👍|🙏|😊|❤|!|\.|,|~"
PART = re.compile(
    rf"{LEAD}(?:(?P<three>{THREE}|{NOT_SATISFIED})|(?P<one>{ONE}|{IMPRESSED})|(?P<two>{TWO}|{SATISFIED})|(?P<ok>{ACCEPTED}))"
    rf"|(?P<unclear>{NO_SCORE})"
    rf"|(?P<thanks>{SAYS_THANKS}(?![a-z])(?:\s*{WITH_THANKS})*)|(?P<particle>{PARTICLE})"
)
SCORES = {"one": Score.IMPRESSED, "two": Score.SATISFIED, "ok": Score.SATISFIED, "three": Score.NOT_SATISFIED}


def read_rating(text: str) -> Score | None:
    """Read a rating, or None for everything that is not clearly one.

    All that is said must be the same score, thanks, or particles: "1 ไม่พอใจ" contradicts itself. An OK that comes with
    thanks only confirms that something was read.
    """
    parts = _parts(normalise(text.replace("\u20e3", "")))
    if "unclear" in parts or (parts >= {"ok", "thanks"} and not parts & {"one", "two", "three"}):
        return None
    scores = {SCORES[part] for part in parts & SCORES.keys()}
    return scores.pop() if len(scores) == 1 else None


def names_no_score(text: str) -> bool:
    """Tell whether a text only thanks, praises or contradicts itself: it speaks of the service, but is no rating."""
    return read_rating(text) is None and bool(_parts(normalise(text)))


def _parts(plain: str) -> set[str]:
    """Name the kinds of parts that a text is made of; none if it says anything else."""
    found: set[str] = set()
    at = 0
    while at < len(plain):
        part = PART.match(plain, at)
        if part is None or part.lastgroup is None or (part.lastgroup == "particle" and not found):
            return set()
        found.add(part.lastgroup)
        at = part.end()
        at += plain.startswith(" ", at)
    return found
