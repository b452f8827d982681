"""Thai written in Latin letters ("yak song ork tong tam yang ngai krab"): its writer reads Thai, so Thai is answered.

Telling it from English needs care, since "song", "tam" or "ok" are words of both: most words must be of the list, or
the text must end as only Thai does.
"""

import re

_PARTICLES = frozenset("krab krap krub krup khrap khrab kub kab kap kha khaa kaa naka nakrab nakha jaa".split())
_WORDS = _PARTICLES | frozenset(
    "yak yaak song ork ok aok auk tong tam tham yang ngai yangngai arai alai kor kho khor tee thi nai "
    "tinai teenai dai mai mak maak chai kap gub gab gap khun khon chan pom phom rao mee mi laew leaw lew "
    "ja jao nah na nathi natee kui kuy kuay tor tho thor sawasdee sawatdee sawaddee wasdee khob kob khop "
    "kop khorb sobtham sob thaam tarm taam sin sinka kha kaa ekkasan ekasan ngern tao rai taorai thaorai "
    "kee wan meuarai muarai hai duay noi nid reung ruang kong khong tang prathet pratet thang jot job".split()
)
_MOST = 2 / 3
_LATIN = re.compile(r"[a-z]+")


def is_romanised_thai(text: str) -> bool:
    """Tell whether a text without Thai letters is Thai all the same."""
    words = _LATIN.findall(text.casefold())
    thai = sum(word in _WORDS for word in words)
    ends_thai = len(words) > 1 and words[-1] in _PARTICLES
    return ends_thai or (thai >= 2 and thai >= _MOST * len(words))
