"""How a channel stands: what its month's messages cost, and what keeps it from sending."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base

MISSED = "missed"  # the platform's webhook did not bring what customers said; it was fetched
UNSUBSCRIBED = "unsubscribed"  # the platform does not call the webhook any more
SILENT = "silent"  # nothing came for long, and whether something was said can't be asked
BEHIND = "behind"  # more was said than could be asked for in one go; what waited longest is not here
WRONG_SECRET = "wrong_secret"  # noqa: S105 - what the platform tells is refused: its signature does not fit our secret
SUSPENDED = "suspended"  # the platform stopped the account; nothing is sent until it says otherwise


class ChannelStatus(Base):
    """What is known of one channel; ``trouble`` is a reason as in ``ChannelHalted``, None while it works.

    ``deaf`` is one of the first five of these, noted last at ``deaf_at``; whatever the webhook brings later ends it,
    but for BEHIND, which ends when all was told.
    What was said has been asked for up to ``asked_up_to``, and is asked for again at ``ask_again_at``.
    """

    __tablename__ = "channel_status"

    channel: Mapped[str] = mapped_column(primary_key=True)
    quota_limit: Mapped[int | None]  # messages a month that are not free replies; None: no limit, or not known
    quota_used: Mapped[int | None]
    quota_at: Mapped[datetime | None]
    trouble: Mapped[str | None]
    trouble_since: Mapped[datetime | None]
    deaf: Mapped[str | None]
    deaf_since: Mapped[datetime | None]
    deaf_at: Mapped[datetime | None]
    asked_up_to: Mapped[datetime | None]
    ask_again_at: Mapped[datetime | None]

    @property
    def quota_left(self) -> int | None:
        """How many messages are left this month; None where there is no limit."""
        if self.quota_limit is None or self.quota_used is None:
            return None
        return max(0, self.quota_limit - self.quota_used)

    def saves(self, reserve_percent: int) -> bool:
        """Tell whether so little is left that messages wait for the customer's next free reply."""
        left = self.quota_left
        return left is not None and self.quota_limit is not None and left * 100 <= self.quota_limit * reserve_percent
