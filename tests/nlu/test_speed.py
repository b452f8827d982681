"""Our two caches: with and without them Rasa says the same and fails the same."""

import logging
import runpy
import sys
from typing import Any

import pytest
import rasa
import rasa.__main__
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.utils.common import all_subclasses

from bot import rasa_speed

SPEC = RemoteAction.action_response_format_spec()
SCHEMAS = SPEC["properties"]["events"]["items"]["oneOf"]
CLASSES = all_subclasses(Event)
NAMES = sorted({cls.type_name for cls in CLASSES})
ACTION = RemoteAction("action_of_ours", None)
EXTRA = {  # what some classes cannot do without
    "slot": {"name": "topic", "value": "form_d"},
    "entities": {"entities": [{"entity": "country", "value": "จีน"}]},
    "followup": {"name": "action_listen"},
    "action": {"name": "action_listen", "policy": None, "confidence": 1.0},
    "action_execution_rejected": {"name": "action_listen"},
    "user": {"text": "ขอ form d ที่ไหน", "parse_data": {"intent": {"name": "ask", "confidence": 0.9}, "entities": []}},
    "bot": {"text": "สวัสดีค่ะ", "data": {"custom": {"proposal": "say"}}},
    "agent": {"text": "สวัสดีค่ะ", "data": {}},
    "reminder": {
        "name": "r",
        "intent": "ask",
        "entities": [],
        "date_time": "2026-11-22T10:00:00",
        "kill_on_user_msg": 0,
    },
    "cancel_reminder": {"name": "r", "intent": "ask", "entities": []},
    "form": {"name": "readiness"},
    "active_loop": {"name": "readiness"},
    "form_validation": {"validate": True},
    "loop_interrupted": {"is_interrupted": True},
    "user_featurization": {"use_text_for_featurization": False},
}
VALID = [{"event": name, "timestamp": 1.0, **EXTRA.get(name, {})} for name in NAMES]
INVALID: list[Any] = [
    {},
    {"event": None},
    {"event": 5},
    {"event": "unheard_of"},
    {"event": "slot"},
    {"event": "slot", "name": 5, "value": 1},
    {"event": "entities", "entities": [{"start": "0"}]},
    {"event": "action", "confidence": "high"},
    {"event": "restart", "timestamp": "now"},
    {"event": "restart", "metadata": []},
    {"event": "user", "parse_data": {"intent": []}},
    "restart",
    None,
]
ANSWERS: list[Any] = [
    {},
    {"events": []},
    {"events": [], "responses": [{"custom": {"proposal": "say", "script": "menu"}}]},
    {"responses": [{"text": "x"}, {}]},
    {"events": VALID, "responses": []},
    {"unknown": 1},
    {"events": None},
    {"events": {}},
    {"responses": [None]},
    {"responses": "x", "events": "y"},
    {"events": [*VALID, *INVALID]},
    [],
    None,
    "text",
    *({"events": [event]} for event in [*VALID, *INVALID]),
]

ORIGINAL = RemoteAction._validate_action_result
validate_fast = rasa_speed.validating(ORIGINAL)
resolve_fast = rasa_speed.resolving(Event.resolve_by_type)


def outcome(function: Any, *arguments: Any) -> Any:
    """What a call gives, or everything that its error says."""
    try:
        return function(*arguments)
    except ValidationError as error:
        return "invalid", error.message, list(error.absolute_path), list(error.absolute_schema_path), error.instance
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        return type(error), error.args


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
def test_an_actions_answer_is_judged_the_same(answer: Any) -> None:
    assert outcome(validate_fast, ACTION, answer) == outcome(ACTION._validate_action_result, answer)


def test_the_answers_of_this_test_are_of_both_kinds() -> None:
    valid = [outcome(ACTION._validate_action_result, answer) is True for answer in ANSWERS]

    assert valid.count(True) > 20
    assert valid.count(False) > 15


def test_each_alternative_of_an_event_names_another_one() -> None:
    names = [schema["properties"]["event"]["const"] for schema in SCHEMAS]

    assert len(set(names)) == len(names) == 23
    assert SPEC["properties"]["events"]["items"]["required"] == ["event"]


def test_a_judgement_does_not_change_the_next() -> None:
    for answer in [*ANSWERS, *reversed(ANSWERS)]:
        assert outcome(validate_fast, ACTION, answer) == outcome(ACTION._validate_action_result, answer)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
KEYS = sorted({key for schema in SCHEMAS for key in schema["properties"]} | {"timestamp", "metadata", "event"})
EVENTS = st.builds(
    lambda base, changes: {**base, **changes},
    st.sampled_from(VALID),
    st.dictionaries(st.sampled_from(KEYS), JSON | st.sampled_from(NAMES), max_size=2),
)


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({"events": st.lists(EVENTS | JSON, max_size=3)}, optional={"responses": JSON}))
def test_any_answer_is_judged_the_same(answer: dict[str, Any]) -> None:
    assert outcome(validate_fast, ACTION, answer) == outcome(ACTION._validate_action_result, answer)


@pytest.mark.parametrize("name", [*NAMES, "topic", "unheard_of", "", "event", None, 5, [], {}, ("slot",)], ids=repr)
@pytest.mark.parametrize("default", [None, SlotSet])
def test_a_name_gives_the_same_class_or_error(name: Any, default: Any) -> None:
    assert outcome(resolve_fast, name, default) == outcome(Event.resolve_by_type, name, default)


@settings(deadline=None)
@given(st.text(max_size=20) | JSON)
def test_any_name_gives_the_same_class_or_error(name: Any) -> None:
    assert outcome(resolve_fast, name) == outcome(Event.resolve_by_type, name)


def test_an_event_class_made_later_is_found() -> None:
    class Later(SlotSet):
        type_name = "made_later"

    assert resolve_fast("made_later") is Later


@pytest.fixture(name="installed")
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed for one test."""
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(Event.resolve_by_type))
    rasa_speed.install()


@pytest.mark.parametrize("parameters", [*VALID, *INVALID], ids=repr)
def test_an_event_is_read_the_same(parameters: Any, request: pytest.FixtureRequest) -> None:
    before = _read(parameters)
    request.getfixturevalue("installed")

    assert _read(parameters) == before


def _read(parameters: Any) -> Any:
    event = outcome(Event.from_parameters, parameters)
    return (type(event), {**vars(event), "timestamp": 0}) if isinstance(event, Event) else event


def test_what_is_installed_does_not_check_the_schema_again(installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jsonschema.validate", _not_wanted)
    monkeypatch.setattr("rasa.shared.utils.common.all_subclasses", _not_wanted)

    assert ACTION._validate_action_result({"events": VALID}) is True
    assert Event.from_parameters({"event": "slot", "name": "topic", "value": 1}) == SlotSet("topic", 1)


def _not_wanted(*_: Any) -> Any:
    raise AssertionError


def test_another_rasa_stays_as_it_is(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    before = RemoteAction._validate_action_result, Event.resolve_by_type
    monkeypatch.setattr(rasa, "__version__", "3.6.22")

    with caplog.at_level(logging.WARNING):
        rasa_speed.install()

    assert (RemoteAction._validate_action_result, Event.resolve_by_type) == before
    assert [record.getMessage() for record in caplog.records] == [
        "This is Rasa 3.6.22, not 3.6.21: it runs without our two caches."
    ]


@pytest.mark.usefixtures("installed")
def test_the_program_is_rasas_command_line_with_both_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(RemoteAction, "_validate_action_result", ORIGINAL)
    monkeypatch.setattr(sys, "argv", ["bot/rasa_speed.py", "rasa", "run", "--port", "1"])
    monkeypatch.setattr(
        rasa.__main__, "main", lambda: seen.extend([*sys.argv, RemoteAction._validate_action_result is ORIGINAL])
    )

    runpy.run_module("bot.rasa_speed", run_name="__main__")

    assert seen == ["rasa", "run", "--port", "1", False]
