"""A clock that a test moves by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass
class HandClock:
    """Shows ``time`` until it is moved."""

    time: datetime

    async def now(self, session: AsyncSession) -> datetime:
        return self.time

    def forward(self, **span: float) -> None:
        self.time += timedelta(**span)
