"""All that an installation holds, to look for what should be gone."""

from pathlib import Path

from sqlalchemy import text

from bot.bootstrap import Desk


async def database(desk: Desk) -> str:
    """Everything in the database, Rasa's trackers included, as text."""
    async with desk.uow() as uow:
        tables = (
            await uow.session.execute(text("select tablename from pg_tables where schemaname in ('public', 'rasa')"))
        ).scalars()
        schema = {"events": "rasa.events"}
        rows = []
        for table in tables:
            name = schema.get(table, f"public.{table}")
            rows += (await uow.session.execute(text(f"select t::text from {name} t"))).scalars()  # noqa: S608
    return "\n".join(rows)


def files(desk: Desk) -> dict[Path, bytes]:
    """Every file under ``var`` with what stands in it."""
    return {path: path.read_bytes() for path in desk.settings.var.rglob("*") if path.is_file()}
