"""LINE: edited messages, who comes back, read marks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("inbound_events", sa.Column("read_token", sa.String(), nullable=True))
    op.add_column("inbound_events", sa.Column("returning", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("inbound_events", "returning", server_default=None)
    op.create_index(
        "inbound_events_edits", "inbound_events", ["channel", "message_id"], postgresql_where="kind = 'edited'"
    )
    op.add_column("messages", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("messages", "edited_at")
    op.drop_index("inbound_events_edits", "inbound_events")
    op.drop_column("inbound_events", "returning")
    op.drop_column("inbound_events", "read_token")
