"""Rasa's SQL tracker store with one statement for a load and one for a save; ``endpoints.yml`` names it.

Rasa 3.6.21 loads a conversation through the ORM in a transaction, counts before each save what is stored, and writes
through the ORM: a third of its processor time of a message. Table, rows, and which events are read stay Rasa's own: its
``SQLTrackerStore`` can take over at any time, and does for each tracker of which we do not know how much is stored.

What a reader must not break: the short way is only for a tracker from ``retrieve`` that holds every row read, or a
new one after ``retrieve`` found nothing, and for its first save alone. What another process wrote or erased in between
stays so: by Rasa's own count new events would be left out then, or erased ones written again.
"""

import json
import logging
from collections.abc import Sequence
from typing import Any, Final

import rasa
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

READ: Final = "3.6.21"  # the version whose source was read
STORED: Final = "_stored_by_us"  # attribute of a tracker: how many of its events are stored
ONE_INSERT: Final = 1000  # rows that psycopg2 sends in one statement at most
log = logging.getLogger(__name__)
EVENTS: Final = SQLTrackerStore.SQLEvent.__table__
ALL_OF_ONE: Final = (
    sa.select(EVENTS.c.type_name, EVENTS.c.timestamp, EVENTS.c.data)
    .where(EVENTS.c.sender_id == sa.bindparam("sender"))
    .order_by(EVENTS.c.id)
)


class Trackers(SQLTrackerStore):  # type: ignore[misc]  # Any here: Rasa is in the other environment
    """``SQLTrackerStore`` with a cheaper ``retrieve`` and ``save``, see above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Connect as Rasa does, and once more for statements that are a transaction each."""
        super().__init__(*args, **kwargs)
        url = self.engine.url
        self.plain = sa.create_engine(url, isolation_level="AUTOCOMMIT", **create_engine_kwargs(url))
        self._absent: str | None = None  # whom the latest ``retrieve`` did not find
        self._short = rasa.__version__ == READ and self.plain.driver == "psycopg2"
        if not self._short:
            say = "This is Rasa %s with %s, not %s with psycopg2: trackers are kept in Rasa's own way."
            log.warning(say, rasa.__version__, self.plain.driver, READ)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Load what happened since the latest session of a conversation began."""
        self._absent = None
        if not self._short:
            return await super().retrieve(sender_id)
        with self.plain.connect() as connection:
            rows = _latest_session(connection.execute(ALL_OF_ONE, {"sender": sender_id}).all())
        if not rows:
            self._absent = sender_id
            return None
        events = [json.loads(row) for row in rows]
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        if len(tracker.events) == len(rows):  # Rasa leaves out an event that it cannot read
            setattr(tracker, STORED, len(rows))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store what came after the events with which the tracker was loaded."""
        absent, self._absent = self._absent, None
        stored = vars(tracker).pop(STORED, None)
        events = list(tracker.events)
        if not events and absent == tracker.sender_id:
            setattr(tracker, STORED, 0)  # Rasa saves a new tracker empty first, and again after its first turn
        elif stored is None or tracker.events.maxlen is not None or len(events) > stored + ONE_INSERT:
            await super().save(tracker)
        else:
            await self.stream_events(tracker)
            if rows := [_row(tracker.sender_id, event) for event in events[stored:]]:
                with self.plain.connect() as connection:
                    connection.execute(EVENTS.insert(), rows)


def _latest_session(rows: Sequence[tuple[str, float | None, str]]) -> Sequence[str]:
    """Give what is stored since the newest start of a session, as Rasa's query does with a subquery.

    Each conversation of the desk is one session, so nearly every row is wanted.
    """
    starts = [at for kind, at, _ in rows if kind == SessionStarted.type_name and at is not None]
    return [data for _, at, data in rows if not starts or (at is not None and at >= max(starts))]


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """Give the row in which Rasa stores an event."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }
