"""A platform's JSON as values that PostgreSQL can store in text and jsonb.

What comes over the wire is signed but not checked: NUL characters and lone surrogates (half an emoji, cut by some
client) are legal JSON and refused by PostgreSQL; NaN is no JSON and Python reads it; ids may be larger than a bigint.
"""

import json
import math
from typing import Any, Final

DEEPEST: Final = 64  # levels; what lies deeper is dropped
_SURE_TO_FIT: Final = 18  # digits of a whole number that surely fits 64 bits
_UNSTORABLE: Final = {0: None, **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


def load(body: bytes) -> Any:
    """Read JSON; whatever PostgreSQL or a 64-bit number can't hold comes as text it can. Raises ValueError."""
    try:
        value = json.loads(body, parse_int=_whole, parse_float=_real, parse_constant=str)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return _storable(value, DEEPEST)


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _SURE_TO_FIT else digits


def _real(digits: str) -> float | str:
    value = float(digits)
    return value if math.isfinite(value) else digits


def storable(text: str) -> str:
    """Give a text, read from a platform by somebody else, as one that PostgreSQL can store."""
    return text.translate(_UNSTORABLE)


def _storable(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict | list) and not levels:
        return None
    if isinstance(value, dict):
        return {storable(key): _storable(inner, levels - 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_storable(inner, levels - 1) for inner in value]
    return value
