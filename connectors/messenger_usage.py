"""How much of a page's rate is used, as Graph tells it with an answer.

    X-Business-Use-Case-Usage: {"<page>": [{"type": "messenger", "call_count": 28, "total_cputime": 25,
                                            "total_time": 25, "estimated_time_to_regain_access": 0}]}

The numbers are percents, the time is in minutes; the header is missing near 0 percent and is read defensively.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

USAGE_HEADER: Final = "x-business-use-case-usage"
LONGEST_REGAIN: Final = 24 * 60.0  # minutes; no limit lasts longer, a header that says so is wrong
PERCENTS: Final = ("call_count", "total_cputime", "total_time")


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The most used of all rates in percent, and when calls are let through again if they are not."""

    percent: float = 0
    regain: timedelta | None = None


def read_usage(headers: Mapping[str, str]) -> Usage:
    """Read the header; what makes no sense in it counts as nothing."""
    rates = list(_rates(headers.get(USAGE_HEADER, "")))
    percent = max((_number(rate.get(name)) for rate in rates for name in PERCENTS), default=0)
    minutes = max((_number(rate.get("estimated_time_to_regain_access")) for rate in rates), default=0)
    return Usage(percent=percent, regain=timedelta(minutes=min(minutes, LONGEST_REGAIN)) if minutes > 0 else None)


def _rates(header: str) -> Iterator[Mapping[str, Any]]:
    try:
        pages = json.loads(header)
    except (ValueError, RecursionError):
        return
    for page in pages.values() if isinstance(pages, dict) else ():
        yield from (rate for rate in (page if isinstance(page, list) else ()) if isinstance(rate, dict))


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (ValueError, TypeError, OverflowError):
        return 0
    return 0 if math.isnan(number) else number
