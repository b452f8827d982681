"""Our tracker store: whatever happens in a conversation, the rows and the trackers are those of Rasa's own store."""

import asyncio
import copy
import json
import logging
import os
import subprocess
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import rasa
import sqlalchemy as sa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore, TrackerStore
from rasa.core.utils import read_endpoints_from_path
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_trackers import EVENTS, ONE_INSERT, Trackers

ROOT = Path(__file__).parents[2]
DESK_PYTHON = ROOT / ".build" / "dev" / "bin" / "python"
DOMAIN = Domain.from_dict({"slots": {"topic": {"type": "any", "mappings": [{"type": "custom"}]}}})
PARSED = {"intent": {"name": "ask", "confidence": 0.9}, "entities": [], "text": "ขอ form d ที่ไหน"}
KINDS: Sequence[Callable[[float], Event]] = (
    lambda at: UserUttered("ขอ form d 'ที่ไหน' %s", {"name": "ask", "confidence": 0.9}, [], PARSED, timestamp=at),
    lambda at: UserUttered("/restart", timestamp=at),
    lambda at: UserUttered(None, timestamp=at),
    lambda at: DefinePrevUserUtteredFeaturization(use_text_for_featurization=False, timestamp=at),
    lambda at: ActionExecuted("action_listen", "RulePolicy", 1.0, timestamp=at),
    lambda at: ActionExecuted("action_session_start", timestamp=at),
    lambda at: SessionStarted(timestamp=at),
    lambda at: SlotSet("topic", {"ประเทศ": ["จีน"]}, timestamp=at),
    lambda at: BotUttered("สวัสดีค่ะ", {"custom": {"proposal": "say"}}, timestamp=at),
    lambda at: ActiveLoop("readiness", timestamp=at),
    lambda at: ConversationPaused(timestamp=at),
    lambda at: ConversationResumed(timestamp=at),
    lambda at: UserUtteranceReverted(timestamp=at),
    lambda at: Restarted(timestamp=at),
)
TURN = st.lists(st.sampled_from(range(len(KINDS))), max_size=5)
WAYS = ("message", "message", "message", "full", "twice", "replaced", "trimmed", "lost")
LIFE = st.lists(st.tuples(st.sampled_from(WAYS), TURN, st.sampled_from([0.0, 1.0, 1.0, 1.0, -2.0])), max_size=6)


@pytest.fixture(name="url", scope="module")
def _url() -> Iterator[str]:
    """A PostgreSQL for this module; its address as the desk gives it to Rasa."""
    command = [str(DESK_PYTHON), str(Path(__file__).parent / "postgres_server.py")]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.stdin.close()
        server.wait(timeout=30)
        server.stdout.close()


@pytest.fixture(name="stores", scope="module")
def _stores(url: str) -> tuple[SQLTrackerStore, Trackers]:
    """Rasa's own store and ours, on the same table."""
    return tuple(kind(DOMAIN, dialect="postgresql", host=url) for kind in (SQLTrackerStore, Trackers))


@pytest.fixture(name="ours")
def _ours(stores: tuple[SQLTrackerStore, Trackers]) -> Trackers:
    """Our store on an empty table."""
    with stores[0].engine.begin() as connection:
        connection.execute(EVENTS.delete())
    return stores[1]


@pytest.fixture(name="statements")
def _statements(ours: Trackers) -> Iterator[list[str]]:
    """Every statement that our store sends, on either of its engines."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement.partition(" ")[0])

    for engine in (ours.engine, ours.plain):
        sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    for engine in (ours.engine, ours.plain):
        sa.event.remove(engine, "before_cursor_execute", note)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def failing(error: Exception) -> None:
    raise error


def safe(store: TrackerStore) -> FailSafeTrackerStore:
    """The store as Rasa wraps it, but errors are told."""
    return FailSafeTrackerStore(store, on_tracker_store_error=failing)


async def step(store: TrackerStore, sender: str, way: str, events: Sequence[Event]) -> None:
    """One turn or one call of Rasa's HTTP API."""
    if way == "full":
        tracker = await store.get_or_create_full_tracker(sender, append_action_listen=False)
    elif way == "replaced":
        tracker = DialogueStateTracker.from_dict(sender, [event.as_dict() for event in events], DOMAIN.slots)
    else:
        tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    if way == "trimmed":
        tracker.set_latest_action({"action_name": "action_listen"})
        tracker._max_event_history = 2
        tracker.events = tracker._create_events(list(tracker.events))
    for event in events:
        if way != "replaced":
            tracker.update(event)
        if way == "twice":
            await store.save(tracker)
    if way != "lost":  # a turn that broke off
        await store.save(tracker)


def rows(store: SQLTrackerStore, sender: str) -> list[Any]:
    """What is stored of a conversation, without what must differ."""
    kept = [column for column in EVENTS.c if column.name not in {"id", "sender_id"}]
    with store.engine.connect() as connection:
        found = connection.execute(sa.select(kept).where(EVENTS.c.sender_id == sender).order_by(EVENTS.c.id))
        return [tuple(row) for row in found]


def state(tracker: DialogueStateTracker | None) -> Any:
    """Everything that a tracker tells, but for its name."""
    if tracker is None:
        return None
    return [event.as_dict() for event in tracker.events], {**tracker.current_state(), "sender_id": ""}


@settings(max_examples=80, deadline=None)
@given(LIFE)
@example([("message", [5, 6, 4, 0, 8], 1.0), ("message", [5, 6, 4, 0, 8], 1.0), ("full", [0, 8], 1.0)])
@example([("message", [5, 6, 0], 1.0), ("twice", [0, 6, 8], 1.0), ("message", [8], 1.0)])
def test_rows_and_trackers_are_rasas(stores: tuple[SQLTrackerStore, Trackers], life: Any) -> None:
    with stores[0].engine.begin() as connection:
        connection.execute(EVENTS.delete())
    clock = 1_700_000_000.0

    for way, kinds, pace in life:
        events = [KINDS[kind](clock := clock + pace) for kind in kinds]
        for store, sender in zip(stores, ("rasa", "ours"), strict=True):
            run(step(safe(store), sender, way, copy.deepcopy(events)))

        assert rows(stores[1], "ours") == rows(stores[0], "rasa")
        expected = state(run(stores[0].retrieve("rasa")))
        assert state(run(stores[1].retrieve("ours"))) == state(run(stores[0].retrieve("ours"))) == expected
        expected = state(run(stores[0].retrieve_full_tracker("rasa")))
        assert state(run(stores[1].retrieve_full_tracker("ours"))) == expected


def test_a_turn_is_two_statements(ours: Trackers, statements: list[str]) -> None:
    for _ in range(2):
        run(step(safe(ours), "1.1", "message", [KINDS[kind](1.0) for kind in (5, 6, 0, 8)]))

    assert statements == ["SELECT", "INSERT"] * 2
    assert len(rows(ours, "1.1")) == 8


def test_no_transaction_stays_open(ours: Trackers) -> None:
    run(step(ours, "1.1", "message", [KINDS[0](1.0)]))
    run(step(ours, "1.1", "message", [KINDS[0](1.0)]))

    with ours.engine.connect() as connection:
        query = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'"
        assert connection.execute(sa.text(query)).scalar() == 0


def test_erased_words_are_not_written_again(ours: Trackers) -> None:
    run(step(ours, "1.1", "message", [KINDS[0](1.0)]))
    tracker = run(ours.retrieve("1.1"))
    with ours.engine.begin() as connection:
        connection.execute(EVENTS.delete())
    tracker.update(KINDS[8](2.0))
    run(ours.save(tracker))

    assert [row[0] for row in rows(ours, "1.1")] == ["bot"]


def test_what_two_processes_add_is_all_kept(ours: Trackers, url: str) -> None:
    other = Trackers(DOMAIN, dialect="postgresql", host=url)
    run(step(ours, "1.1", "message", [KINDS[0](1.0)]))
    both = [(store, run(store.retrieve("1.1"))) for store in (ours, other)]
    for kind, (store, tracker) in zip((7, 8), both, strict=True):
        tracker.update(KINDS[kind](2.0))
        run(store.save(tracker))

    assert [row[0] for row in rows(ours, "1.1")] == ["user", "slot", "bot"]


def test_a_failed_save_stores_nothing_and_the_next_turn_is_complete(ours: Trackers) -> None:
    tracker = run(ours.get_or_create_tracker("1.1", append_action_listen=False))
    for event in (KINDS[0](1.0), SlotSet("topic", "\0", timestamp=2.0), SlotSet("topic", b"", timestamp=3.0)):
        tracker.update(event)
    with pytest.raises(TypeError):  # no JSON
        run(ours.save(tracker))
    run(step(ours, "1.1", "message", [KINDS[0](1.0)]))

    assert [row[0] for row in rows(ours, "1.1")] == ["user"]


def test_an_event_that_rasa_cannot_read_leaves_the_counting_to_rasa(ours: Trackers, statements: list[str]) -> None:
    run(step(ours, "1.1", "message", [KINDS[0](1.0)]))
    with ours.engine.begin() as connection:
        unread = {"sender_id": "1.1", "type_name": "other", "timestamp": 1.5, "data": "{}"}
        connection.execute(EVENTS.insert(), unread)
    statements.clear()
    run(step(ours, "1.1", "message", [KINDS[8](2.0), KINDS[8](3.0)]))

    assert statements == ["SELECT", "SELECT", "INSERT"]


def test_rows_without_a_time_are_read_as_rasa_reads_them(
    ours: Trackers, stores: tuple[SQLTrackerStore, Trackers]
) -> None:
    seen = []
    for kind in (8, 6, 8):
        event = KINDS[kind](1.0)
        for at in (None, 1.0):
            row = {
                "sender_id": "1.1",
                "type_name": event.type_name,
                "timestamp": at,
                "data": json.dumps(event.as_dict()),
            }
            with ours.engine.begin() as connection:
                connection.execute(EVENTS.insert(), row)
            seen.append(len(run(ours.retrieve("1.1")).events))

            assert state(run(ours.retrieve("1.1"))) == state(run(stores[0].retrieve("1.1")))
    assert seen == [1, 2, 3, 2, 2, 3]


def test_more_than_one_insert_holds_is_one_transaction(ours: Trackers) -> None:
    run(step(ours, "1.1", "message", [KINDS[0](1.0)]))
    run(step(ours, "1.1", "message", [KINDS[8](float(number)) for number in range(1, ONE_INSERT + 2)]))

    assert [row[1] for row in rows(ours, "1.1")] == [1.0, *map(float, range(1, ONE_INSERT + 2))]


def test_new_events_are_streamed_once(ours: Trackers, url: str) -> None:
    class Broker:
        def __init__(self) -> None:
            self.seen: list[Any] = []

        def publish(self, event: dict[str, Any]) -> None:
            self.seen.append(event)

    brokers = []
    for kind in (SQLTrackerStore, Trackers):
        brokers.append(Broker())
        store = kind(DOMAIN, dialect="postgresql", host=url, event_broker=brokers[-1])
        for numbers in ((0, 8), (6, 0, 8), (0,)):
            run(step(safe(store), "1.1", "message", [KINDS[number](10.0 * len(numbers)) for number in numbers]))
        with ours.engine.begin() as connection:
            connection.execute(EVENTS.delete())

    assert len(brokers[0].seen) == 6
    assert brokers[1].seen == brokers[0].seen


def test_other_questions_to_the_store_are_answered(ours: Trackers) -> None:
    run(step(safe(ours), "1.1", "message", [KINDS[0](1.0)]))

    assert run(safe(ours).exists("1.1")) is True
    assert run(safe(ours).exists("2.1")) is False
    assert list(run(safe(ours).keys())) == ["1.1"]
    assert run(safe(ours).retrieve("1' or true --")) is None


def test_rasa_makes_it_from_our_endpoints(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_TRACKER_URL", url)
    monkeypatch.setenv("ACTION_ENDPOINT_URL", "http://127.0.0.1:1/webhook")
    endpoints = read_endpoints_from_path(str(ROOT / "endpoints.yml"))

    made = TrackerStore.create(endpoints.tracker_store, DOMAIN)

    assert type(made) is Trackers
    assert run(made.retrieve("nobody")) is None


def test_another_rasa_keeps_them_its_own_way(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rasa, "__version__", "3.6.22")
    with caplog.at_level(logging.WARNING, "bot.rasa_trackers"):
        store = Trackers(DOMAIN, dialect="postgresql", host=url)
    monkeypatch.delattr(store, "plain")
    run(step(safe(store), "9.1", "message", [KINDS[0](1.0)]))
    run(step(safe(store), "9.1", "message", [KINDS[8](2.0)]))

    assert [row[0] for row in rows(store, "9.1")] == ["user", "bot"]
    assert "This is Rasa 3.6.22 with psycopg2, not 3.6.21" in caplog.text


def test_another_database_is_kept_rasas_own_way(tmp_path: Path) -> None:
    store = Trackers(DOMAIN, db=str(tmp_path / "rasa.db"))
    run(step(safe(store), "9.1", "message", [KINDS[0](1.0)]))
    run(step(safe(store), "9.1", "message", [KINDS[8](2.0)]))

    assert [row[0] for row in rows(store, "9.1")] == ["user", "bot"]
