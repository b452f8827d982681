"""The figures of the KPI report: a share of cases, never rounded up, always with the cases behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

TARGET = 85  # percent, service standard 2560, Live Chat


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A share: ``counted`` of ``cases``; without cases there is no percentage ("ไม่มีข้อมูล"), not zero."""

    key: str
    label_th: str
    counted: Sequence[int]
    cases: Sequence[int]
    target: int | None = None

    @property
    def numerator(self) -> int:
        """How many cases count."""
        return len(self.counted)

    @property
    def n(self) -> int:
        """Out of how many."""
        return len(self.cases)

    @property
    def percent(self) -> float | None:
        """The share in percent with one decimal, cut off and not rounded: 84.84 is 84.8 and never 85."""
        return self.numerator * 1000 // self.n / 10 if self.n else None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached, by the exact share."""
        if self.target is None or not self.n:
            return None
        return self.numerator * 100 >= self.target * self.n

    @property
    def shown(self) -> str:
        """The percentage as it is printed."""
        return "ไม่มีข้อมูล" if self.percent is None else f"{self.percent:.1f} %"
