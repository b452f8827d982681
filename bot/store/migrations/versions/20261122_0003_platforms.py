"""LINE and Messenger: media, unsend, echoes, reply tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EVENT_TEXTS = ("message_id", "target_message_id", "correlation_id", "reply_token")


def upgrade() -> None:
    """Apply."""
    op.add_column("inbound_events", sa.Column("media", sa.String(40), nullable=True))
    for name in EVENT_TEXTS:
        op.add_column("inbound_events", sa.Column(name, sa.String(), nullable=True))
    op.add_column("inbound_events", sa.Column("reply_token_used_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("standby", "own"):
        op.add_column("inbound_events", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        op.alter_column("inbound_events", name, server_default=None)
    op.create_index("inbound_events_of_lane", "inbound_events", ["lane", "occurred_at"])
    op.create_index(
        "inbound_events_messages",
        "inbound_events",
        ["channel", "message_id"],
        unique=True,
        postgresql_where="kind in ('text', 'media')",
    )
    op.create_index(
        "inbound_events_unsent",
        "inbound_events",
        ["channel", "target_message_id"],
        postgresql_where="target_message_id is not null",
    )
    op.add_column("conversations", sa.Column("answered_elsewhere_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("reply_event_id", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("messages_reply_event_id_fkey"), "messages", "inbound_events", ["reply_event_id"], ["id"]
    )
    op.create_index(
        "messages_by_platform_id",
        "messages",
        ["conversation_id", "external_message_id"],
        postgresql_where="external_message_id is not null",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("messages_by_platform_id", "messages")
    op.drop_constraint(op.f("messages_reply_event_id_fkey"), "messages", type_="foreignkey")
    op.drop_column("messages", "erased_at")
    op.drop_column("messages", "reply_event_id")
    op.drop_column("conversations", "answered_elsewhere_at")
    for name in ("inbound_events_unsent", "inbound_events_messages", "inbound_events_of_lane"):
        op.drop_index(name, "inbound_events")
    for name in ("own", "standby", "reply_token_used_at", *reversed(EVENT_TEXTS), "media"):
        op.drop_column("inbound_events", name)
