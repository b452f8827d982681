"""What `python -m bot line check` says about each finding, in Thai that the person who mends it understands.

The words are data (``bot/data/setup_words.yml``).
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from connectors.abilities import Finding

FILE: Final = Path(__file__).parent / "data" / "setup_words.yml"
BY_HAND: Final = "แพลตฟอร์มไม่บอกค่าเหล่านี้ โปรดตรวจด้วยตนเอง:"
MARKS: Final = {True: ("[OK]", "good"), False: ("[!!]", "bad"), None: ("[  ]", "look")}


def lines(channel: str, findings: Sequence[Finding]) -> list[str]:
    """Say what was found, a line each; what only a person can look at comes last."""
    said = [_line(channel, finding) for finding in findings if finding.good is not None]
    by_hand = [_line(channel, finding) for finding in findings if finding.good is None]
    return said + (["", BY_HAND, *by_hand] if by_hand else [])


@cache
def words() -> dict[str, dict[str, dict[str, str]]]:
    """Read the words: channel, code, then good, bad or look."""
    read: Any = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return dict(read)


def _line(channel: str, finding: Finding) -> str:
    mark, kind = MARKS[finding.good]
    said = words().get(channel, {}).get(finding.code, {}).get(kind, finding.code)
    return f"{mark} {said.format(about=finding.about or '–')}"
