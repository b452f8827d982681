"""When a person is wanted: asked for outright, or accepted after the assistant offered one."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.knowledge import ShowArticle, answer_from_cks
from actions.learning import learn, note
from actions.replies import Search
from actions.turn import OFFERS, QUESTION, SHOW, Event, Turn, propose, read_turn
from bot.domain.case import HandoffReason
from bot.domain.people_text import declines_a_person
from bot.domain.proposals import Handoff, Say


def handoff(turn: Turn) -> Handoff:
    """Return the handoff that the customer asks for; the button under an offer tells why in ``because``."""
    because = turn.entities.get("because", "")
    return Handoff(reason=HandoffReason(because) if because in OFFERS.values() else HandoffReason.CUSTOMER_ASKED)


class AskAgent(Action):
    """Hands the case to an officer, or answers what is asked about officers of another office."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def name(self) -> str:
        """Return the name used in rules."""
        return "action_ask_agent"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Learn what the message tells about the customer, and propose the handoff, unless it declines a person."""
        turn = read_turn(tracker)
        if turn.intent == QUESTION:
            return await answer_from_cks(dispatcher, turn, self._search)
        if declines_a_person(turn.text):
            propose(dispatcher, Say(script="anything_else"))
            return []
        events = note(dispatcher, turn, learn(turn))  # first: what comes behind a handoff is dropped
        propose(dispatcher, handoff(turn))
        return events


class Affirm(Action):
    """Reads a "yes" outside the form: it accepts the person or the only article just offered, or means nothing."""

    def __init__(self, search: Search) -> None:
        self._shown = ShowArticle(search)

    def name(self) -> str:
        """Return the name used in rules."""
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Propose the handoff or the article, or ask what else there is."""
        turn = read_turn(tracker)
        if turn.intent == SHOW:
            return await self._shown.run(dispatcher, tracker, domain)
        offered = turn.offered
        propose(dispatcher, Handoff(reason=offered) if offered else Say(script="anything_else"))
        return []
