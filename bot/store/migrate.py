"""Bring a database to the newest schema. Safe to call from several processes at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str, revision: str = "head") -> None:
    """Apply the migrations up to ``revision``; ``url`` is ``postgresql+psycopg://…``."""
    command.upgrade(config_for(url), revision)


def config_for(url: str) -> Config:
    """Make alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config
