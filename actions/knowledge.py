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
from actions.replies import (
    EVIDENT,
    WANTED,
    Hit,
    Reply,
    answer,
    answer_alone,
    in_context_or_alone,
    read_or_next,
    reply_to,
)
from actions.turn import FORM, Event, Turn, propose, read_turn
from bot.domain.proposals import Answer, Choices, NotFound, Say
from bot.domain.questions import in_context, joined_in, only_asks, questions_in
from bot.domain.readiness_text import asking_part
from bot.services.article_index import NEAR, SURE


class Search(Protocol):
    """Verified, unexpired articles."""

    async def find(self, text: str, *, topic: str | None, limit: int) -> Sequence[Hit]:
        """Return the best articles for a question, best first."""

    async def get(self, article_id: str) -> Hit | None:
        """Return one article, or None if it does not serve (any more)."""


async def answer_from_cks(dispatcher: CollectingDispatcher, turn: Turn, search: Search) -> list[Event]:
    """Learn what the question tells about the customer, answer it, and call the form if readiness is open."""
    return answer_with(dispatcher, turn, await replies_to(turn, search))


def answer_with(dispatcher: CollectingDispatcher, turn: Turn, replies: Sequence[Reply]) -> list[Event]:
    """Say what was found, and what the turn tells about the customer; call the form if all was answered."""
    learnt = learn(turn)
    events = note(dispatcher, turn, learnt)
    for reply in replies:
        propose(dispatcher, reply)
    answered = all(isinstance(reply, Answer) for reply in replies)
    return [*events, FollowupAction(FORM)] if answered and learnt.next else events


async def replies_to(turn: Turn, search: Search) -> Sequence[Reply]:
    """Find what to say to each question of the message."""
    each = await _one_each(questions_in(turn.text), turn, search)
    if each:
        return each
    reply = await _follow_up(turn, search)
    if reply:
        return [reply]
    found = await _found(turn.text, turn, search)
    return await _joined(found, turn, search) or [reply_to(found, sure=turn.sure >= SURE and not only_asks(turn.text))]


async def answers_beside(turn: Turn, search: Search) -> Sequence[Answer]:
    """Find the answers to what is asked beside a readiness answer or contact details; what is unclear is left out."""
    question = asking_part(turn.text)
    replies = await replies_to(replace(turn, text=question), search) if question else []
    answers = [reply for reply in replies if isinstance(reply, Answer)]
    if question and not answers:  # "ยังไม่ได้จดบริษัท สมัครสมาชิกได้ไหม": what is told belongs to what is asked
        whole = reply_to(await _found(turn.text, turn, search), sure=False)
        answers = [whole] if isinstance(whole, Answer) and whole.score >= EVIDENT else []
    return answers


async def _joined(whole: Sequence[Hit], turn: Turn, search: Search) -> Sequence[Answer]:
    """Answer one question about two things, if each half is answered better than the whole is."""
    each = await _one_each(joined_in(turn.text), turn, search)
    least = max((hit.score for hit in whole), default=0.0)
    answers = [reply for reply in each if isinstance(reply, Answer) and reply.score > least]
    return answers if len(answers) == len(each) else []


async def _found(text: str, turn: Turn, search: Search) -> Sequence[Hit]:
    return await search.find(text, topic=turn.topic, limit=WANTED)


async def _one_each(questions: Sequence[str], turn: Turn, search: Search) -> list[Answer | Choices]:
    """Reply to several questions, without alternatives; nothing unless all are found and each has its own article."""
    replies: list[Answer | Choices] = []
    for position, question in enumerate(questions if len(questions) > 1 else ()):
        follow_up = in_context(question, questions[:position])  # "… แล้วค่าธรรมเนียมเท่าไหร่" is about what stands before
        text = follow_up.completed if follow_up and follow_up.certain else question
        reply = reply_to(await _found(text, turn, search), sure=False)
        if isinstance(reply, NotFound):
            return []
        replies.append(answer_alone(reply) if isinstance(reply, Answer) else reply)
    answered = [reply.article_id for reply in replies if isinstance(reply, Answer)]
    offered = [article for reply in replies if isinstance(reply, Choices) for article in reply.article_ids]
    return replies if answered and len({*answered, *offered}) == len(answered) + len(offered) else []


async def _follow_up(turn: Turn, search: Search) -> Reply | None:
    """Search with the questions before in mind; None if the text stands alone, or is better searched for alone.

    What is asked anew is rarely in the article just read, so that is left out. When it fits best all the same, and the
    text names something, what the text says alone decides; and if that is neither of the two, the customer.
    """
    last = await search.get(turn.last_article) if turn.last_article else None
    follow_up = in_context(turn.text, turn.asked_before or ([last.title] if last else []))
    if follow_up is None:
        return None
    hits = await search.find(follow_up.completed, topic=turn.topic, limit=WANTED + 1)
    if not follow_up.certain:
        return in_context_or_alone(hits, await _found(turn.text, turn, search))
    others = [hit for hit in hits if hit.article_id != turn.last_article]
    reply = reply_to(others[:WANTED], sure=False)
    if follow_up.only_asks:
        return reply
    if hits and hits[0] not in others and hits[0].score >= NEAR:
        return read_or_next(hits, await _found(follow_up.alone, turn, search))
    return None if isinstance(reply, NotFound) else reply


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
        propose(dispatcher, answer(hits[0], hits[1:]))
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
