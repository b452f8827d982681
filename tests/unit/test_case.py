"""A case takes only the steps of the table."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import TRANSITIONS, Case, Service, State, Trigger
from bot.domain.errors import IllegalTransition

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def make_case(state: State = State.BOT) -> Case:
    return Case(id=7, service=Service.LIVE_CHAT, state=state, rasa_session=1, opened_at=NOW, last_activity_at=NOW)


@given(st.lists(st.sampled_from(Trigger), max_size=30))
def test_any_sequence_of_triggers_stays_inside_the_table(triggers: list[Trigger]) -> None:
    case = make_case()
    for trigger in triggers:
        before = case.state
        expected = TRANSITIONS.get((before, trigger))
        if expected is None:
            with pytest.raises(IllegalTransition):
                case.move(trigger, NOW)
            assert case.state is before
        else:
            assert case.move(trigger, NOW) is expected
        assert (case.closed_at is not None) == (case.state is State.CLOSED)


def test_a_closed_case_takes_no_step() -> None:
    for trigger in Trigger:
        with pytest.raises(IllegalTransition):
            make_case(State.CLOSED).move(trigger, NOW)


def test_every_state_but_closed_can_be_left_and_all_are_reachable() -> None:
    assert {state for state, _ in TRANSITIONS} == set(State) - {State.CLOSED}
    assert set(TRANSITIONS.values()) == set(State)


def test_idle_time_runs_only_while_the_bot_has_the_case() -> None:
    case = make_case()
    case.touch(NOW, timedelta(minutes=30))
    assert case.idle_due_at == NOW + timedelta(minutes=30)

    case.move(Trigger.HAND_OFF, NOW)
    assert case.idle_due_at is None

    case.touch(NOW, timedelta(minutes=30))
    assert case.idle_due_at is None


def test_number_carries_service_and_buddhist_year_of_bangkok() -> None:
    case = make_case()
    case.opened_at = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)

    assert case.number == "LC-2570-000007"


def test_a_new_session_is_a_new_sender() -> None:
    case = make_case()
    first = case.sender
    case.rasa_session += 1

    assert (first, case.sender) == ("7.1", "7.2")
