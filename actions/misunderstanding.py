"""A message that the NLU can't place: CKS may know it all the same; else it is asked again.

Signs alone (emoji, question marks, nothing visible) and a number that chooses nothing say nothing that could be
misunderstood, so they never count as a misunderstanding and never bring an officer.
"""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.knowledge import answer_with, replies_to
from actions.replies import Search
from actions.turn import Event, Turn, propose, read_turn
from bot.domain.proposals import Answer, Choices, Misunderstood, NotFound, Say
from bot.domain.thai import has_words, normalise

A_CHOICE = re.compile(r"^\d{1,2}\W*$")  # a number that chooses none of the buttons offered last


class NotUnderstood(Action):
    """Answers what CKS clearly knows, or says that the message was not understood and what was perhaps meant."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def name(self) -> str:
        """Return the name used in rules."""
        return "action_not_understood"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Search with the customer's own words before giving up."""
        turn = read_turn(tracker)
        if not has_words(turn.text) or A_CHOICE.match(normalise(turn.text)):
            propose(dispatcher, Say(script=_to_signs(turn)))
            return []
        replies = await replies_to(turn, self._search)
        if any(isinstance(reply, Answer) for reply in replies):
            return answer_with(dispatcher, turn, replies)
        [reply] = replies
        if isinstance(reply, NotFound) and reply.asked is not None:  # understood as asked on about the article before
            propose(dispatcher, reply)
            return []
        propose(dispatcher, Misunderstood(article_ids=reply.article_ids if isinstance(reply, Choices) else ()))
        return []


def _to_signs(turn: Turn) -> str:
    if turn.asked:
        return "unclear_answer"
    return "button_gone" if has_words(turn.text) else "only_signs"
