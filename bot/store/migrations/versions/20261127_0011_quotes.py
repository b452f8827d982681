"""Messages that quote an earlier one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("inbound_events", sa.Column("quoted_message_id", sa.String(), nullable=True))
    op.add_column("inbound_events", sa.Column("quote_token", sa.String(), nullable=True))
    op.add_column("messages", sa.Column("quoted_id", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("quote_token", sa.String(), nullable=True))
    op.create_foreign_key(op.f("messages_quoted_id_fkey"), "messages", "messages", ["quoted_id"], ["id"])


def downgrade() -> None:
    """Take back."""
    op.drop_constraint(op.f("messages_quoted_id_fkey"), "messages", type_="foreignkey")
    op.drop_column("messages", "quote_token")
    op.drop_column("messages", "quoted_id")
    op.drop_column("inbound_events", "quote_token")
    op.drop_column("inbound_events", "quoted_message_id")
