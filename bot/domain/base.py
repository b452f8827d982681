"""The mapped classes' common root. Column types are chosen here once."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Enum, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator


class AwareDateTime(TypeDecorator[datetime]):
    """A timestamp with time zone that refuses naive values at the door."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: times carry their offset")
        return value


def enum_column(kind: type[StrEnum]) -> Enum:
    """Store a StrEnum by value as text; values are checked when read and written."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [m.value for m in members],
    )


CONSTRAINT_NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s_index",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}  # PostgreSQL's own habit, so that migrations can name what they drop


class Base(DeclarativeBase):
    """Declarative root; ``Base.metadata`` is the declared schema that the migrations are compared with."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: AwareDateTime(),
        date: Date(),
        dict[str, Any]: JSONB(),
        dict[str, str]: JSONB(none_as_null=True),
        list[str]: JSONB(),
        list[int]: JSONB(),
        list[dict[str, Any]]: JSONB(),
        int: BigInteger(),
        str: String(),
    }
