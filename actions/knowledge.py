"""Questions answered from CKS: search, then answer, ask which article is meant, or say that nothing was found.

The search itself is handed in (``Search``); nothing here knows where articles live. A question is answered first and
readiness asked after it, so an answer calls the form where readiness is still open; after anything else it does not,
because that already asks the customer something.

A reader must keep the order of trust: the message as a whole counts, unless each of its questions is clearly answered
by an article of its own, or it is a follow-up that says too little alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.learning import learn, note
from actions.turn import FORM, Event, Turn, propose, read_turn
from bot.domain.proposals import Answer, Choices, NotFound, Say
from bot.domain.questions import in_context, questions_in
from bot.domain.readiness_text import asking_part
from bot.services.article_index import CLEAR, GOOD_ENOUGH, NEAR

WANTED = 3  # the answer and two alternatives, or three choices


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
    return answer_with(dispatcher, turn, await replies_to(turn, search))


def answer_with(
    dispatcher: CollectingDispatcher, turn: Turn, replies: Sequence[Answer | Choices | NotFound]
) -> list[Event]:
    """Say what was found, and what the turn tells about the customer; call the form if all was answered."""
    learnt = learn(turn)
    events = note(dispatcher, turn, learnt)
    for reply in replies:
        propose(dispatcher, reply)
    answered = all(isinstance(reply, Answer) for reply in replies)
    return [*events, FollowupAction(FORM)] if answered and learnt.next else events


async def replies_to(turn: Turn, search: Search) -> Sequence[Answer | Choices | NotFound]:
    """Find what to say to each question of the message."""
    each = await _one_each(questions_in(turn.text), turn, search)
    if each:
        return each
    return [reply_to(await _follow_up(turn, search) or await _found(turn.text, turn, search))]


async def answers_beside(turn: Turn, search: Search) -> Sequence[Answer]:
    """Find the answers to what is asked beside a readiness answer or contact details; what is unclear is left out."""
    question = asking_part(turn.text)
    replies = await replies_to(replace(turn, text=question), search) if question else []
    return [reply for reply in replies if isinstance(reply, Answer)]


def reply_to(hits: Sequence[Hit]) -> Answer | Choices | NotFound:
    """Decide by score and lead: the best article if it is good and clearly ahead, else which is meant, else nothing."""
    near = [hit for hit in hits if hit.score >= NEAR]
    if not near:
        return NotFound()
    best, others = near[0], near[1:]
    ahead = not others or best.score - others[0].score >= CLEAR
    if best.score < GOOD_ENOUGH or not ahead:
        return Choices(article_ids=tuple(hit.article_id for hit in near))
    return _answer(best, others)


def _answer(hit: Hit, others: Sequence[Hit]) -> Answer:
    alternatives = tuple(other.article_id for other in others)
    return Answer(article_id=hit.article_id, version=hit.version, score=hit.score, alternatives=alternatives)


async def _found(text: str, turn: Turn, search: Search) -> Sequence[Hit]:
    return await search.find(text, topic=turn.topic, limit=WANTED)


async def _one_each(questions: Sequence[str], turn: Turn, search: Search) -> list[Answer]:
    """Answer several questions, without alternatives; nothing unless each is clear and has its own article."""
    answers: dict[str, Answer] = {}
    for position, question in enumerate(questions if len(questions) > 1 else ()):
        completed = in_context(question, questions[:position])  # "… แล้วค่าธรรมเนียมเท่าไหร่" asks about what stands before
        reply = reply_to(await _found(completed or question, turn, search))
        if not isinstance(reply, Answer) or reply.article_id in answers:
            return []
        answers[reply.article_id] = _answer_alone(reply)
    return list(answers.values())


def _answer_alone(answer: Answer) -> Answer:
    return Answer(article_id=answer.article_id, version=answer.version, score=answer.score)


async def _follow_up(turn: Turn, search: Search) -> Sequence[Hit]:
    """Search with the questions before in mind; the article that the customer has just read is not what is asked."""
    last = await search.get(turn.last_article) if turn.last_article else None
    completed = in_context(turn.text, turn.asked_before or ([last.title] if last else []))
    if completed is None:
        return []
    hits = await search.find(completed, topic=turn.topic, limit=WANTED + 1)
    return [hit for hit in hits if hit.article_id != turn.last_article and hit.score >= NEAR][:WANTED]


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
        propose(dispatcher, _answer(hits[0], hits[1:]))
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
