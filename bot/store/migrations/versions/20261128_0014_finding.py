"""What every message looks for is found by an index."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_unique_constraint("conversations_channel_external_id_key", "conversations", ["channel", "external_id"])
    op.create_index("cases_of_conversation", "cases", ["conversation_id", "id"])
    op.create_index("cases_of_contact", "cases", ["contact_id", "id"])
    op.create_index("cases_closed", "cases", ["closed_at", "id"], postgresql_where="state = 'closed'")
    op.create_index("messages_failed", "messages", ["case_id"], postgresql_where="delivery = 'failed'")
    op.create_index("buttons_of_conversation", "buttons", ["conversation_id", "message_id"])
    op.drop_index("inbound_events_edits", "inbound_events")
    op.create_index(
        "inbound_events_of_message",
        "inbound_events",
        ["channel", "message_id"],
        postgresql_where="message_id is not null",
    )
    op.create_index("identities_of_contact", "identities", ["contact_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("identities_of_contact", "identities")
    op.drop_index("inbound_events_of_message", "inbound_events")
    op.create_index(
        "inbound_events_edits", "inbound_events", ["channel", "message_id"], postgresql_where="kind = 'edited'"
    )
    op.drop_index("buttons_of_conversation", "buttons")
    op.drop_index("messages_failed", "messages")
    op.drop_index("cases_closed", "cases")
    op.drop_index("cases_of_contact", "cases")
    op.drop_index("cases_of_conversation", "cases")
    op.drop_constraint("conversations_channel_external_id_key", "conversations")
