"""Values of a webhook's JSON, read leniently: what has another shape than expected counts as missing."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Json = dict[str, Any]
LONGEST_ID: Final = 512  # characters; Meta's mids have about 100, a database index takes some 2,700 bytes
_SECONDS_BELOW: Final = 1e11  # timestamps are milliseconds, but referrals with seconds were seen
_PLAUSIBLE: Final = (946_684_800, 4_102_444_800)  # seconds: the years 2000 to 2099
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def time_of(stamp: Any) -> datetime | None:
    """Read a timestamp: milliseconds, though referrals with seconds were seen; None if it makes no sense."""
    if not isinstance(stamp, int | float):
        return None
    seconds = stamp if stamp < _SECONDS_BELOW else stamp / 1000
    earliest, latest = _PLAUSIBLE
    return _EPOCH + timedelta(seconds=seconds) if earliest <= seconds < latest else None


def mid_of(holder: Json) -> str | None:
    """Read a message's name."""
    mid = text_of(holder, "mid")
    return mid if mid and len(mid) <= LONGEST_ID else None


def id_of(holder: Json) -> str:
    """Read an id, written as text or number; empty if there is none."""
    value = holder.get("id")
    name = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return name if len(name) <= LONGEST_ID else ""


def text_of(holder: Json, name: str) -> str | None:
    """Read a text that is not empty."""
    value = holder.get(name)
    return value if isinstance(value, str) and value else None


def object_of(holder: Json, name: str) -> Json:
    """Read an object; empty if there is none."""
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def objects_of(value: Any) -> list[Json]:
    """Give the objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def digest(value: Any) -> str:
    """Name a value by what it says."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
