"""What one event may do wrong, by its words or by our mistake; a lost database is none of these and ends a worker."""

from typing import Final

from sqlalchemy.exc import DataError, IntegrityError

from bot.domain.errors import DeskError

EVENT_FAULTS: Final = (
    DeskError, DataError, IntegrityError, ArithmeticError, LookupError, ValueError, TypeError, AttributeError,
    AssertionError,
)  # fmt: skip
