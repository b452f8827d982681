"""The platform's names for all parts of a message."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "messages",
        sa.Column("more_external_ids", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("messages", "more_external_ids")
