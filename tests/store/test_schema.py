"""The migrated schema is the declared one."""

import pytest
from alembic import command

from bot.store.migrate import config_for, migrate


def test_migrations_make_the_declared_schema(database_url: str) -> None:
    command.check(config_for(database_url))


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)


def test_every_migration_can_be_taken_back(database_url: str) -> None:
    command.downgrade(config_for(database_url), "base")
    migrate(database_url)
    command.check(config_for(database_url))


@pytest.mark.parametrize("folder", ["bot/store/migrations/versions"])
def test_migration_names_sort_and_tell(folder: str, request: pytest.FixtureRequest) -> None:
    names = sorted(path.name for path in (request.config.rootpath / folder).glob("*.py"))

    assert names
    assert all(name.split("_")[1].isdecimal() and len(name.split("_")) > 2 for name in names)
