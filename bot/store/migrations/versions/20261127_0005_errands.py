"""Errands on platforms, and the display names that one of them asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "errands",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("errands_pkey")),
        sa.UniqueConstraint("lane", "kind", name=op.f("errands_lane_kind_key")),
    )
    op.create_index("errands_due", "errands", ["next_attempt_at"])
    op.add_column("identities", sa.Column("display_name", sa.String(), nullable=True))
    op.add_column("identities", sa.Column("named_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("identities", "named_at")
    op.drop_column("identities", "display_name")
    op.drop_table("errands")
