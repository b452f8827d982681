"""The clock of a fake platform."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass
class PlatformClock:
    """Real time plus what was moved, or ``at`` plus what was moved."""

    at: datetime | None = None
    moved: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """The platform's time."""
        return (self.at or datetime.now(UTC)) + self.moved

    def stamp(self) -> int:
        """The platform's time in milliseconds, as webhooks carry it."""
        return int(self.now().timestamp() * 1000)

    def move(self, seconds: float = 0, **span: float) -> None:
        """Let time pass: ``move(90)``, ``move(hours=23, minutes=59)``."""
        self.moved += timedelta(seconds=seconds, **span)
