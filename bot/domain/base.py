"""The mapped classes' common root. Column types are chosen here once."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ColumnElement, Date, DateTime, Dialect, Enum, MetaData, String, literal_column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.operators import OperatorType
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


class Words(Enum):
    """A text column of a StrEnum's values. Compared with a member, the statement names it as a word of its own.

    Partial indexes (``where state = 'queued'``) serve a prepared statement only if its condition has no parameter.
    """

    class Comparator(Enum.Comparator):
        """Writes members into the statement."""

        def operate(self, op: OperatorType, *other: Any, **options: Any) -> ColumnElement[Any]:
            """Compare."""
            return super().operate(op, *map(_word, other), **options)

    comparator_factory = Comparator


def _word(other: Any) -> Any:
    if isinstance(other, StrEnum):
        return literal_column(f"'{other.value}'")
    if isinstance(other, Collection) and not isinstance(other, str):
        return [_word(one) for one in other]
    return other


def enum_column(kind: type[StrEnum]) -> Enum:
    """Store a StrEnum by value as text; values are checked when read and written."""
    return Words(
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
