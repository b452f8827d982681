"""Contact details: what is said when a customer gives an e-mail address, a name or a telephone number.

The desk itself finds the details in every text and asks for the consent; a text that says nothing else never comes
here. So the details that do come are either beside something else, or not yet enough to reach the customer by.
"""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.knowledge import answer_with, answers_beside
from actions.people import handoff
from actions.replies import Search
from actions.turn import Event, Turn, propose, read_turn
from bot.domain.case import HandoffReason
from bot.domain.profile_text import find_details
from bot.domain.proposals import Handoff, Say


def contact_proposal(turn: Turn) -> Say:
    """Return the word on contact details: seen, or what is still missing to reach the customer."""
    found = find_details(turn.text)
    if found.email or (found.phone and turn.intent != "give_email"):
        return Say(script="contact_details_seen")
    return Say(script="ask_email" if turn.intent == "give_email" else "ask_contact_details")


class ContactDetails(Action):
    """Says a word on contact details, or answers what is asked beside them."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def name(self) -> str:
        """Return the name used in rules."""
        return "action_contact_details"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Do what is asked beside the details; else say that they were seen, or ask for what is missing."""
        turn = read_turn(tracker)
        if turn.intent == "ask_agent":
            propose(dispatcher, handoff(turn))
        elif turn.intent == "ask_documents":
            propose(dispatcher, Handoff(reason=HandoffReason.DOCUMENTS))
        elif replies := await answers_beside(turn, self._search):
            return answer_with(dispatcher, turn, replies)
        else:
            propose(dispatcher, contact_proposal(turn))
        return []
