"""How channels stand, and pushes that carry several messages."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "channel_status",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("quota_limit", sa.BigInteger(), nullable=True),
        sa.Column("quota_used", sa.BigInteger(), nullable=True),
        sa.Column("quota_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("trouble_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("channel_status_pkey")),
    )
    op.add_column("messages", sa.Column("push_leader_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("messages_push_leader_id_fkey"), "messages", "messages", ["push_leader_id"], ["id"])
    op.create_index(
        "messages_pushed_with", "messages", ["push_leader_id"], postgresql_where="push_leader_id is not null"
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("messages_pushed_with", "messages")
    op.drop_constraint(op.f("messages_push_leader_id_fkey"), "messages", type_="foreignkey")
    op.drop_column("messages", "push_leader_id")
    op.drop_table("channel_status")
