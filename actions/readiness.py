"""Readiness in the talk: the form's own action, and answers given outside the form.

The form's action says everything itself: the learnt answers, a word on what the customer said, and the next
question. So a turn either says all of it or, if the action fails, nothing. A message for CKS is answered by the action
that answers it outside the form, called from here: left to a rule it would cost Rasa three calls of actions, not one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.contact import ContactDetails, contact_proposal
from actions.knowledge import AskedOnOrElse, SearchArticles, ShowArticle, answer_from_cks, answer_with, answers_beside
from actions.learning import CHECK, SKIP, STOP, Learnt, learn, note
from actions.misunderstanding import NotUnderstood
from actions.people import handoff
from actions.replies import WANTED, Search, reply_to
from actions.topics import topic_proposal
from actions.turn import (
    ANSWER,
    FINISHED,
    FORM,
    OFFERED_FROM,
    PENDING,
    QUESTION,
    TELLS,
    TOLD_ANYWAY,
    Event,
    Turn,
    propose,
    read_turn,
)
from bot.domain.proposals import Answer, AnswerReadiness, Handoff, Misunderstood, NextSteps, Say
from bot.domain.readiness import SKIPPED, Question, classify, load_rules
from bot.domain.readiness_text import asks_something, turned_down_for

FOR_CKS = {QUESTION, "show_article", "nlu_fallback"}
UNCLEAR = {"affirm", "deny", ANSWER, SKIP}  # meant as an answer, but none was read
WANTS_ELSE = {"ask_agent", "complaint", "dispute", "ask_documents"}  # done even if the message also holds an answer
# After these there is something else to answer, or peace.
NO_QUESTION_AFTER = {
    "choose_topic", "show_menu", "thanks", "goodbye", "done", "abuse", "not_helpful", "foreign_buyer", "out_of_scope",
}  # fmt: skip
MOST_ASKED = 2  # how often a question is asked that the customer passes over: who asks on wants answers, not questions
IN_SHORT = {Question.REGISTERED: "ask_registered_again"}  # the second time without the words that open the questions


class ValidateReadinessForm(Action):
    """Runs each time the readiness form does: when a message arrives, and after an answer that started the form."""

    def __init__(self, search: Search) -> None:
        self._search = search
        contact = ContactDetails(search)
        self._answering: Mapping[str, Action] = {
            QUESTION: SearchArticles(search),
            "show_article": ShowArticle(search),
            "nlu_fallback": NotUnderstood(search),
            ANSWER: RecordReadiness(search),
            **dict.fromkeys(TOLD_ANYWAY, AskedOnOrElse(search)),
            "give_email": contact,
            "give_profile": contact,
        }

    def name(self) -> str:
        """Return the name that Rasa derives from the form's."""
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Learn, respond, and ask the next question or end the form."""
        turn = read_turn(tracker)
        learnt = learn(turn)
        if turn.returning:
            return await self._ask_after(turn.said, dispatcher, turn, learnt)
        if turn.offered and turn.intent == "affirm":
            propose(dispatcher, Handoff(reason=turn.offered))
            return _wait_for(learnt.next)
        if _is_for_cks(turn, learnt):
            answering = CollectingDispatcher()
            events = await self._answering[turn.intent].run(answering, tracker, domain)
            said = [message["custom"] or {"proposal": message["response"]} for message in answering.messages]
            learnt_there = [event for event in events if event["event"] != "followup"]
            if learnt.new and not any(proposal["proposal"] == AnswerReadiness.proposal for proposal in said):
                learnt_there = note(dispatcher, turn, learnt)  # the answer counts, whatever is said of the question
            dispatcher.messages.extend(answering.messages)
            return [*learnt_there, *await self._ask_after(said, dispatcher, turn, learnt)]
        return [*note(dispatcher, turn, learnt), *await self._go_on(dispatcher, turn, learnt)]

    async def _ask_after(
        self, said: Sequence[Mapping[str, Any]], dispatcher: CollectingDispatcher, turn: Turn, learnt: Learnt
    ) -> list[Event]:
        """Ask after another action has spoken; if that one failed, fail too, so that the turn says nothing at all."""
        if not said and turn.intent != CHECK:
            raise RuntimeError("the action before the form said nothing")
        if said and _asks_already(said[-1], turn):
            return _wait_for(learnt.next)  # one question at a time
        if said and turn.times_asked >= MOST_ASKED:
            return _wait_for(learnt.next)  # peace; an answer still counts whenever it is given
        read = [proposal.get("article_id") for proposal in said]
        return await self._ask(dispatcher, turn, learnt, read)

    async def _go_on(self, dispatcher: CollectingDispatcher, turn: Turn, learnt: Learnt) -> list[Event]:
        if turn.intent == STOP:
            propose(dispatcher, Say(script="readiness_stopped"))
            return _wait_for(None)
        if turn.intent in WANTS_ELSE or not learnt.new:
            _respond(dispatcher, turn)
        if turn.intent in WANTS_ELSE or (not learnt.new and _leaves_alone(turn)):
            return _wait_for(learnt.next)
        return await self._ask(dispatcher, turn, learnt)

    async def _ask(
        self, dispatcher: CollectingDispatcher, turn: Turn, learnt: Learnt, read: Sequence[str | None] = ()
    ) -> list[Event]:
        """Ask the next question; with none left, close. ``read``: the articles that this turn was answered with."""
        question = learnt.next
        if question is None:
            propose(dispatcher, await _next_steps(turn, learnt, self._search, read) or _thanks(learnt))
            return _wait_for(None)
        script = f"ask_{question}"
        if question == turn.pending and turn.times_asked:
            script = IN_SHORT.get(question, script)
        propose(dispatcher, Say(script=script, question=question.value))
        return _wait_for(question)


def _asks_already(proposal: Mapping[str, Any], turn: Turn) -> bool:
    """Say whether a proposal asks which article is meant, or whether a person should help."""
    if proposal["proposal"] == "misunderstood":
        return turn.misunderstood + 1 >= OFFERED_FROM
    return bool(proposal["proposal"] in {"choices", "not_found"})


def _is_for_cks(turn: Turn, learnt: Learnt) -> bool:
    """Say whether CKS is asked; a question beside an answer counts, the search learns the answer before it looks."""
    asks = not turn.tapped and _asks(turn)
    if turn.intent in FOR_CKS:
        return asks or not learnt.new
    return turn.may_ask_on or (turn.intent in TELLS and asks)


def _asks(turn: Turn) -> bool:
    """Say whether something is asked, or wanted in place of the question: "ไม่ใช่ค่ะ อยากหาคนซื้อ"."""
    return asks_something(turn.text) or turned_down_for(turn.text) != ""


def _leaves_alone(turn: Turn) -> bool:
    """Say whether the question is not asked again after a message that holds no answer."""
    return turn.intent in NO_QUESTION_AFTER or (turn.intent not in {*UNCLEAR, CHECK} and turn.times_asked >= MOST_ASKED)


def _respond(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """Say a word on a message that holds no answer: the same as outside the form, except where that would confuse."""
    match turn.intent:
        case "choose_topic":
            propose(dispatcher, topic_proposal(turn))
        case "ask_agent":
            propose(dispatcher, handoff(turn))
        case "give_email" | "give_profile":
            propose(dispatcher, contact_proposal(turn))
        case "greet":
            propose(dispatcher, Say(script="hello"))  # the menu would be a second question
        case intent if intent in UNCLEAR:
            if turn.asked:
                propose(dispatcher, Say(script="unclear_answer"))
        case intent if intent != CHECK:
            dispatcher.utter_message(response=f"utter_{intent}")


def _thanks(learnt: Learnt) -> Say:
    """Thank for what was told; who skipped everything told nothing."""
    return Say(script="readiness_skipped" if set(learnt.answers.values()) == {SKIPPED} else "readiness_done")


async def _next_steps(turn: Turn, learnt: Learnt, search: Search, read: Sequence[str | None] = ()) -> NextSteps | None:
    """Offer what CKS answers to the questions of the level reached; None without a level or an answer not yet read."""
    rules = load_rules()
    level = classify(learnt.answers, rules)
    known = {turn.last_article, *read}
    found = [await _answered_by(question, search) for question in rules.next_steps[level]] if level else []
    steps = tuple(dict.fromkeys(article for article in found if article and article not in known))
    return NextSteps(article_ids=steps) if steps else None


async def _answered_by(question: str, search: Search) -> str | None:
    reply = reply_to(await search.find(question, topic=None, limit=WANTED), sure=True)
    return reply.article_id if isinstance(reply, Answer) else None


def _wait_for(question: Question | None) -> list[Event]:
    """Leave the form waiting for this question, or end it. Rasa takes a form that sets no slot for a rejecting one."""
    if question is None:
        return [SlotSet(FINISHED, True), SlotSet(PENDING, None)]
    return [SlotSet(question.value, None), SlotSet(PENDING, question.value)]


class RecordReadiness(Action):
    """Takes answers and corrections given outside the form, and starts or resumes the form where something is open."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def name(self) -> str:
        """Return the name used in rules."""
        return "action_record_readiness"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Answer what is asked beside the answer; then go on with the form, or say that it is noted."""
        turn = read_turn(tracker)
        learnt = learn(turn)
        if turn.intent == ANSWER and not learnt.new:
            return await self._no_answer(dispatcher, turn)
        replies = await answers_beside(turn, self._search) if turn.intent == ANSWER else []
        if replies:
            return answer_with(dispatcher, turn, replies)
        return [*note(dispatcher, turn, learnt), *await self._after(dispatcher, turn, learnt)]

    async def _after(self, dispatcher: CollectingDispatcher, turn: Turn, learnt: Learnt) -> list[Event]:
        """Do what else is wanted, call the form where something is open, or say what the answers come to."""
        if turn.intent in WANTS_ELSE:
            _respond(dispatcher, turn)
        elif learnt.next:
            return [FollowupAction(FORM)]
        elif turn.pending is None:  # else the form says it
            asked = turn.intent != ANSWER
            steps = await _next_steps(turn, learnt, self._search) if asked or _changes_the_level(turn, learnt) else None
            propose(dispatcher, steps or (_thanks(learnt) if asked else Say(script="readiness_noted")))
        return []

    async def _no_answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> list[Event]:
        """Answer the question that sounded like an answer; else it was not understood."""
        if _asks(turn):
            return await answer_from_cks(dispatcher, turn, self._search)
        propose(dispatcher, Misunderstood())
        return []


def _changes_the_level(turn: Turn, learnt: Learnt) -> bool:
    rules = load_rules()
    return classify(turn.answers, rules) != classify(learnt.answers, rules)
