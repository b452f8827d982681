"""The start of a tracker: what the desk knows of the case becomes slots, and a pending question wakes the form.

Rasa runs this before the first message of a sender, with that message's metadata in ``session_started_metadata``.
Without the closing ``action_listen`` event no rule would match the message that follows.
"""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import FINISHED, FORM, PENDING, Event, case_of
from bot.domain.readiness import known_answers, missing


class SessionStart(Action):
    """Seeds a fresh tracker."""

    def name(self) -> str:
        """Return Rasa's name for it."""
        return "action_session_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Return the events of a session that goes on where the case stands."""
        case = case_of(tracker.get_slot("session_started_metadata"))
        readiness = case.get("readiness") or {}
        answers = known_answers(readiness.get("answers") or {})
        finished = bool(readiness.get("finished"))
        slots = answers | {FINISHED: finished, "topic": case.get("topic"), "last_article": case.get("last_article")}
        events = [SessionStarted(), *(SlotSet(key, value) for key, value in slots.items())]
        if case.get("pending_question") and not finished and (question := missing(answers)):
            events += [ActiveLoop(FORM), SlotSet(PENDING, question.value)]
        return [*events, ActionExecuted("action_listen")]
