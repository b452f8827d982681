"""What a platform's webhook did not bring."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
TIMES = ("deaf_since", "deaf_at", "asked_up_to", "ask_again_at")


def upgrade() -> None:
    """Apply."""
    op.add_column("channel_status", sa.Column("deaf", sa.String(), nullable=True))
    for name in TIMES:
        op.add_column("channel_status", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    for name in ("deaf", *TIMES):
        op.drop_column("channel_status", name)
