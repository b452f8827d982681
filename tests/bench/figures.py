"""What is measured, as numbers and as lines of the report."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 62


@dataclass(frozen=True, kw_only=True)
class Latencies:
    """Times in milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    most: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Latencies":
        ordered = sorted(1000 * second for second in seconds)
        return cls(
            count=len(ordered),
            p50=quantile(ordered, 0.50),
            p95=quantile(ordered, 0.95),
            p99=quantile(ordered, 0.99),
            most=ordered[-1] if ordered else float("nan"),
        )

    def __str__(self) -> str:
        return f"p50 {self.p50:.1f}  p95 {self.p95:.1f}  p99 {self.p99:.1f}  max {self.most:.0f} ms  (n={self.count})"


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed (nearest rank); NaN without values."""
    rank = max(0, -int(-share * len(ordered) // 1) - 1)
    return ordered[rank] if ordered else float("nan")


def heading(text: str) -> None:
    write(f"\n{text}\n{'-' * len(text)}")


def row(what: str, figure: object) -> None:
    write(f"{what:<{WIDTH}} {figure}")


def aim(what: str, *, met: bool) -> None:
    write(f"  aim: {what}: {'met' if met else 'NOT met'}")


def write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
