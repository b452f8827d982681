"""Contact details: what is said when a customer gives an e-mail address, a name or a telephone number.

The desk itself finds the details in every text and asks for the consent; a text that says nothing else never comes
here. So the details that do come are either beside something else, or not yet enough to reach the customer by.
"""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Event, Turn, propose, read_turn
from bot.domain.profile_text import find_details
from bot.domain.proposals import Say


def contact_proposal(turn: Turn) -> Say:
    """Return the word on contact details: seen, or what is still missing to reach the customer."""
    found = find_details(turn.text)
    if found.email or (found.phone and turn.intent != "give_email"):
        return Say(script="contact_details_seen")
    return Say(script="ask_email" if turn.intent == "give_email" else "ask_contact_details")


class ContactDetails(Action):
    """Says a word on contact details outside the form."""

    def name(self) -> str:
        """Return the name used in rules."""
        return "action_contact_details"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Say that the details were seen, or ask for what is missing."""
        propose(dispatcher, contact_proposal(read_turn(tracker)))
        return []
