"""Questions answered from CKS: search, then answer, ask which article is meant, or say that nothing was found.

The search itself is handed in (``Search``); nothing here knows where articles live. A question is answered first and
readiness asked after it, so an answer calls the form where readiness is still open; after anything else it does not,
because that already asks the customer something.

A reader must keep the order of trust: the message as a whole counts, unless each of its questions is clearly answered
by an article of its own, or it is a follow-up that says too little alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_ups import reply_in_context
from actions.learning import learn, note
from actions.replies import (
    EVIDENT,
    WANTED,
    Hit,
    Reply,
    Search,
    answer,
    answer_alone,
    asked_back,
    is_told,
    offered,
    reply_to,
)
from actions.topics import in_words
from actions.turn import FORM, QUESTION, Event, Turn, propose, read_turn
from bot.domain.proposals import Answer, NotFound, Say
from bot.domain.questions import asks, joined_in, only_asks, only_names_goods, questions_in, things_in
from bot.domain.readiness_text import asking_part, turned_down_for
from bot.domain.romanised import as_thai
from bot.domain.wanted import WHERE, asks_where, tells_where
from bot.services.article_index import SURE


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
    """Find what to say to each question of the message; romanised Thai is read as Thai, "no" before a wish left out."""
    text = turned_down_for(turn.text) or turn.text
    turn = replace(turn, text=as_thai(text), asked_before=[as_thai(text) for text in turn.asked_before])
    each = await _one_each(questions_in(turn.text), turn, search)
    if each:
        return each
    reply = await _follow_up(turn, search)
    if reply:
        return [reply]
    if only_names_goods(turn.text):
        return [await _of_goods(turn, search)]
    found = await _found(turn.text, turn, search)
    return await _joined(found, turn, search) or _where_too(turn.text, _reply_to_one(found, turn), found)


def _reply_to_one(found: Sequence[Hit], turn: Turn) -> Reply:
    """What asks about nothing ("ที่ไหนคะ") is answered only where that is evident; any article fits it a little."""
    if not only_asks(turn.text):
        return reply_to(found, sure=turn.sure >= SURE)
    reply = reply_to(found, sure=False)
    return asked_back(reply) if isinstance(reply, Answer) and reply.score < EVIDENT else reply


def _where_too(text: str, reply: Reply, found: Sequence[Hit]) -> Sequence[Reply]:
    """Say beside an article that CKS does not tell where, if that is asked and the article cannot say it."""
    if not isinstance(reply, Answer) or not asks_where(text):
        return [reply]
    told = next(hit.told for hit in found if hit.article_id == reply.article_id)
    if tells_where(told.mentions, told.asks):
        return [reply]
    return [answer_alone(reply), NotFound(asked=WHERE, about=reply.article_id)]


async def _of_goods(turn: Turn, search: Search) -> Reply:
    """Goods and countries alone ask nothing: the topic may say what of them is wanted, and the customer says which."""
    text = f"{in_words(turn.topic)} {turn.text}" if turn.topic else turn.text
    return offered(await _found(text, turn, search))


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


async def _one_each(questions: Sequence[str], turn: Turn, search: Search) -> list[Reply]:
    """Reply to several questions, without alternatives; nothing if none is answered, or all by one article.

    What CKS does not know of several is said at the end. A part that finds nothing and asks nothing by itself is no
    question of its own: then nothing is returned, and the message is searched for as it is.
    """
    answered: list[Hit] = []
    replies: list[Reply] = []
    for position, question in enumerate(questions if len(questions) > 1 else ()):
        reply = await _part(question, questions[:position], answered, turn, search)
        if not isinstance(reply, Answer) and not asks(question):
            return []
        named = bool(things_in(question))
        if isinstance(reply, NotFound) and not (position or named):
            return []
        if not named and any(isinstance(before, NotFound) for before in replies):
            return []  # "… ดูที่ไหน" is about what CKS does not know
        if is_told(question, reply, answered):
            continue
        replies.append(answer_alone(reply) if isinstance(reply, Answer) else reply)
        if isinstance(reply, Answer) and (hit := await search.get(reply.article_id)):
            answered.append(hit)
    replies = [reply for reply in replies if isinstance(reply, Answer) or not is_told("", reply, answered)]
    return sorted(replies, key=lambda reply: isinstance(reply, NotFound)) if answered and len(replies) > 1 else []


async def _part(question: str, before: Sequence[str], answered: Sequence[Hit], turn: Turn, search: Search) -> Reply:
    """Reply to one question of several; "… แล้วค่าธรรมเนียมเท่าไหร่" is about what stands before it."""
    read = answered[-1] if answered else None
    if before and (reply := await reply_in_context(question, before, read, search, turn.topic)):
        return reply
    reply = reply_to(await _found(question, turn, search), sure=False)
    return NotFound(asked="") if isinstance(reply, NotFound) else reply


async def _follow_up(turn: Turn, search: Search) -> Reply | None:
    read = await search.get(turn.last_article) if turn.last_article and not turn.left_open else None
    return await reply_in_context(turn.text, turn.asked_before, read, search, turn.topic)


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


class AskedOnOrElse(Action):
    """Answers what is a question though it was taken for something else (``Turn.intent`` tells); or responds."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def name(self) -> str:
        """Return the name used in rules."""
        return "action_asked_on_or_else"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Read the turn, in which it shows whether the message asks."""
        turn = read_turn(tracker)
        if turn.intent == QUESTION:
            return await answer_from_cks(dispatcher, turn, self._search)
        if turn.may_ask_on:
            [reply, *others] = await replies_to(turn, self._search)
            if isinstance(reply, Answer) and not others and reply.article_id == turn.last_article:
                return answer_with(dispatcher, turn, [reply])
        dispatcher.utter_message(response=f"utter_{turn.intent}")
        return []


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
