"""Messenger: deliveries and reads, reactions, referrals."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENTS = (
    ("inbound_events", "watermark"),
    ("conversations", "delivered_up_to"),
    ("conversations", "read_up_to"),
    ("messages", "shown_at"),
)
TEXTS = (("inbound_events", "referral"), ("messages", "reaction"))


def upgrade() -> None:
    """Apply."""
    for table, name in MOMENTS:
        op.add_column(table, sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for table, name in TEXTS:
        op.add_column(table, sa.Column(name, sa.String(), nullable=True))


def downgrade() -> None:
    """Take back."""
    for table, name in (*TEXTS, *MOMENTS):
        op.drop_column(table, name)
