"""What a platform says of our account without stopping it: a rule broken, a feature restricted."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base

STANDS: Final = timedelta(days=7)  # so long an alert is shown that the platform neither repeats nor ends


class ChannelAlert(Base):
    """The newest word of one source on one channel; ``code`` is None once the platform said that it is over.

    ``source`` is the first part of the code. ``words`` are the platform's own; ``at`` is its time.
    """

    __tablename__ = "channel_alerts"

    channel: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str | None]
    words: Mapped[str | None]
    at: Mapped[datetime]
