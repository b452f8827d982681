"""Questions answered from CKS: search, answer with the best article, or say that nothing was found.

The search itself is handed in (``Search``); nothing here knows where articles live. A question is answered first and
readiness asked after it, so an answer calls the form where readiness is still open; after "nothing found" it does
not, because that already asks whether a person should help.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.learning import learn, note
from actions.turn import FORM, Event, Turn, propose, read_turn
from bot.domain.proposals import Answer, NotFound, Say
from bot.services.article_index import GOOD_ENOUGH

WANTED = 3  # the answer and two alternatives


class Hit(Protocol):
    """An article that was found."""

    @property
    def article_id(self) -> str:
        """Its id."""

    @property
    def version(self) -> int:
        """The version that was searched."""

    @property
    def title(self) -> str:
        """Its title, as on a button."""

    @property
    def score(self) -> float:
        """How well it fits, 0 to 1."""


class Search(Protocol):
    """Verified, unexpired articles."""

    async def find(self, text: str, *, topic: str | None, limit: int) -> Sequence[Hit]:
        """Return the best articles for a question, best first."""

    async def get(self, article_id: str) -> Hit | None:
        """Return one article, or None if it does not serve (any more)."""


async def answer_from_cks(dispatcher: CollectingDispatcher, turn: Turn, search: Search) -> list[Event]:
    """Learn what the question tells about the customer, answer it, and call the form if readiness is open."""
    hits = await search.find(turn.text, topic=turn.topic, limit=WANTED)
    learnt = learn(turn)
    events = note(dispatcher, turn, learnt)
    good = [hit for hit in hits if hit.score >= GOOD_ENOUGH]
    if not good:
        propose(dispatcher, NotFound())
        return events
    _answer(dispatcher, good[0], hits[1:])
    return [*events, FollowupAction(FORM)] if learnt.next else events


def _answer(dispatcher: CollectingDispatcher, hit: Hit, others: Sequence[Hit]) -> None:
    alternatives = tuple(other.article_id for other in others)
    propose(
        dispatcher,
        Answer(article_id=hit.article_id, version=hit.version, score=hit.score, alternatives=alternatives),
    )


class SearchArticles(Action):
    """Answers a question from CKS."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def name(self) -> str:
        """Return the name used in rules."""
        return "action_search_articles"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Search with the customer's own words."""
        return await answer_from_cks(dispatcher, read_turn(tracker), self._search)


class ShowArticle(Action):
    """Shows the article behind a button, or the one nearest to the last answer ("มีเรื่องอื่นอีกไหม")."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def name(self) -> str:
        """Return the name used in rules."""
        return "action_show_article"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Answer with the article; one that no longer serves is not found."""
        turn = read_turn(tracker)
        if not turn.last_article and "article_id" not in turn.entities:
            propose(dispatcher, Say(script="menu"))  # "another one", but nothing was shown yet
            return []
        hits = await self._wanted(turn)
        if not hits:
            propose(dispatcher, NotFound())
            return []
        _answer(dispatcher, hits[0], hits[1:])
        return [FollowupAction(FORM)] if learn(turn).next else []

    async def _wanted(self, turn: Turn) -> Sequence[Hit]:
        if named := turn.entities.get("article_id"):
            article = await self._search.get(named)
            return [article] if article else []
        last = await self._search.get(turn.last_article) if turn.last_article else None
        if last is None:
            return []
        near = await self._search.find(last.title, topic=turn.topic, limit=WANTED + 1)
        return [hit for hit in near if hit.article_id != last.article_id][:WANTED]
