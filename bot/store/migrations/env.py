"""Alembic's environment: the desk's own tables only (Rasa's trackers live in another schema)."""

import os
from typing import Any, Literal

from alembic import context
from sqlalchemy import Enum, create_engine, text

from bot.domain.base import AwareDateTime
from bot.store import tables

URL = context.config.attributes.get("url") or os.environ["DESK_DATABASE_URL"]
MIGRATION_LOCK = 2560  # one migrating process at a time


def render(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write migrations in plain SQL types, so that they do not change with the code."""
    if kind == "type" and isinstance(item, AwareDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String({item.length})"
    return False


def run() -> None:
    """Migrate in one transaction, under a lock."""
    engine = create_engine(URL)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=tables.metadata, render_item=render)
        with context.begin_transaction():
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            context.run_migrations()
    engine.dispose()


run()
