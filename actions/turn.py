"""One turn of the talk as the actions see it, read once from Rasa's tracker.

Actions get everything from here and never dig in tracker events themselves. Two rules live in this file: what the
customer's last case already told comes with every message (``metadata.case``) and slots of this tracker win over it;
and a bare "yes" answers whatever the last bot message asked, so ``asked`` and ``offered`` look at that message only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.domain.case import HandoffReason
from bot.domain.interpret import is_none_of_them, is_upset
from bot.domain.people_text import asks_about_officers
from bot.domain.proposals import Proposal
from bot.domain.questions import asks_on
from bot.domain.readiness import Question, known_answers
from bot.domain.readiness_text import turned_down_for
from bot.domain.requests import asked_beside
from bot.domain.seeking import only_seeks_buyers

FORM = "readiness_form"
ANSWER = "answer_readiness"
TELLS = frozenset({ANSWER, "give_email", "give_profile"})  # tells of the customer; what is asked beside it is more
QUESTION = "ask_knowledge"
MISTAKEN = frozenset({"case_status", "out_of_scope", "show_menu"})  # what "นานไหม" after an article is taken for
TOLD_ANYWAY = frozenset({"office_hours"})  # what the desk answers if the article just read does not
LEAVES = frozenset({"done", "goodbye"})  # what "ทำไมได้แค่นี้" is taken for
AFFIRM, REPROACH, NOT_THAT, SHOW = "affirm", "abuse", "not_helpful", "show_article"
PENDING = "requested_slot"  # Rasa's own slot for the question that a form waits for
FINISHED = "readiness_finished"
OFFERS = {  # proposals and scripts that offer a person, and the handoff's reason if the customer accepts
    "not_found": HandoffReason.NOTHING_FOUND,
    "misunderstood": HandoffReason.MISUNDERSTOOD,
    "not_helpful": HandoffReason.CUSTOMER_ASKED,
    "stay_polite": HandoffReason.CUSTOMER_ASKED,
    "foreign_buyer": HandoffReason.CUSTOMER_ASKED,
}
OFFERS_ARTICLES = frozenset({"choices", "misunderstood"})  # the proposals that ask which article is meant
OFFERED_FROM = 2  # misunderstandings in a row from which on the desk offers a person
FROM_CKS = frozenset({"answer", "choices", "not_found"})  # the proposals that a search ends in

Event = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What the customer did in this turn, and what was known before it."""

    text: str
    intent: str
    sure: float  # the probability, 0 to 1, that it asks what CKS may answer
    tapped: bool  # a button, not typed text
    entities: Mapping[str, str]
    answers: Mapping[str, str]  # readiness answers known so far
    finished: bool  # nothing more is to be asked in this case
    pending: Question | None  # the question the active form waits for
    asked: Question | None  # the same, if the last bot message asked it
    times_asked: int  # how often the pending question was asked
    offered: HandoffReason | None  # why a person would be needed, if the last bot message offered one
    topic: str | None
    last_article: str | None
    left_open: bool  # the question before this one was not answered: the last article is about another
    asked_before: Sequence[str]  # the questions typed in this talk that CKS was searched for, oldest first
    misunderstood: int  # how many messages in a row were not understood before this one
    said: Sequence[Mapping[str, Any]]  # proposals made earlier in this turn
    returning: bool  # another action answered in this turn before the form was run

    @property
    def may_ask_on(self) -> bool:
        """Whether a text that the desk can answer alone ("เบอร์โทรอะไร") may be about the article just read."""
        return self.intent in TOLD_ANYWAY and self.last_article is not None and asks_on(self.text)


def read_turn(tracker: Tracker) -> Turn:
    """Read the current turn from the tracker."""
    start = _last_user_event(tracker.events)
    user: Event = tracker.events[start] if start is not None else {}
    before, after = tracker.events[: start or 0], tracker.events[(start or 0) + 1 :]
    case = case_of(user.get("metadata"))
    misunderstood = int(case.get("misunderstood") or 0)
    pending = _pending(tracker)
    last_words = (_proposals(before) or [{}])[-1]
    intent = _intent(tracker, user.get("text") or "", before, last_words)
    return Turn(
        text=user.get("text") or "",
        intent=intent,
        sure=_sure(tracker),
        tapped=_tapped(user.get("text") or ""),
        entities=_entities(tracker, intent, last_words),
        answers=known_answers(_answers(case) | {key: value for key, value in tracker.slots.items() if value}),
        finished=_finished(tracker, case),
        pending=pending,
        asked=pending if not last_words or last_words.get("question") == pending else None,
        times_asked=sum(said.get("question") == pending for said in _proposals(before)) if pending else 0,
        offered=_offered(last_words, misunderstood),
        topic=case.get("topic") or tracker.get_slot("topic"),
        last_article=_last_article(before) or case.get("last_article") or tracker.get_slot("last_article"),
        left_open=_left_open(before),
        asked_before=_questions(before),
        misunderstood=misunderstood,
        said=_proposals(after),
        returning=any(event["event"] == "action" and event["name"] != FORM for event in after),
    )


def _tapped(text: str) -> bool:
    return text.startswith("/")


def _entities(tracker: Tracker, intent: str, last_words: Mapping[str, Any]) -> dict[str, str]:
    """Return what the message names; a "yes" taken for the wish to see it names the only article just offered."""
    found = {entity["entity"]: str(entity["value"]) for entity in tracker.latest_message.get("entities", [])}
    meant = _only_one_offered(last_words) if intent == SHOW and _name(tracker) == AFFIRM else None
    return found if meant is None else found | {"article_id": meant}


def _name(tracker: Tracker) -> str:
    """Return the intent as Rasa took it."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def _only_one_offered(last_words: Mapping[str, Any]) -> str | None:
    offered = _articles_offered(last_words)
    return offered[0] if len(offered) == 1 else None


def _articles_offered(last_words: Mapping[str, Any]) -> Sequence[str]:
    """Return the articles of which the customer was just asked whether one of them is meant."""
    return last_words.get("article_ids") or () if last_words.get("proposal") in OFFERS_ARTICLES else ()


def _intent(tracker: Tracker, text: str, before: Sequence[Event], last_words: Mapping[str, Any]) -> str:
    """Return what the message is for: what is asked for beside what it tells is more.

    "Yes" and "no" answer which article is meant, if that was just asked, and who reproaches does not take leave.
    """
    intent = _name(tracker)
    if _tapped(text):
        return intent
    if _is_a_question(intent, text, before):
        return QUESTION
    if intent == AFFIRM and _only_one_offered(last_words):
        return SHOW
    if intent == "deny" and _articles_offered(last_words) and is_none_of_them(text):
        return NOT_THAT
    if intent in LEAVES and is_upset(text):
        return REPROACH
    return (asked_beside(text) if intent in TELLS else None) or intent


def _is_a_question(intent: str, text: str, before: Sequence[Event]) -> bool:
    """Tell whether something is asked that was taken for something else.

    What only asks, and comes after an article, is about that article, whatever it would mean alone; who looks for a
    buyer and tells of no harm has no dispute; and a "no" with a wish behind it is the wish.
    """
    if intent in MISTAKEN and _last_article(before) and asks_on(text):
        return True
    if (intent == "ask_agent" and asks_about_officers(text)) or (intent == "dispute" and only_seeks_buyers(text)):
        return True
    return intent == "deny" and turned_down_for(text) != ""


def _sure(tracker: Tracker) -> float:
    intent = tracker.latest_message.get("intent") or {}
    return float(intent.get("confidence") or 0.0) if intent.get("name") == QUESTION else 0.0


def propose(dispatcher: CollectingDispatcher, proposal: Proposal) -> None:
    """Hand one proposal to the desk."""
    dispatcher.utter_message(json_message=asdict(proposal))


def case_of(metadata: object) -> dict[str, Any]:
    """Take what the desk sent about the case out of a message's metadata; empty if it sent nothing."""
    case = metadata.get("case") if isinstance(metadata, dict) else None
    return case if isinstance(case, dict) else {}


def _answers(case: Mapping[str, Any]) -> dict[str, object]:
    readiness = case.get("readiness") or {}
    return dict(readiness.get("answers") or {})


def _finished(tracker: Tracker, case: Mapping[str, Any]) -> bool:
    slot = tracker.get_slot(FINISHED)
    return bool((case.get("readiness") or {}).get("finished") if slot is None else slot)


def _pending(tracker: Tracker) -> Question | None:
    asked = tracker.get_slot(PENDING) if tracker.active_loop.get("name") == FORM else None
    return Question(asked) if asked else None


def _offered(last_words: Mapping[str, Any], misunderstood: int) -> HandoffReason | None:
    kind = last_words.get("script") or last_words.get("proposal", "")
    return None if kind == "misunderstood" and misunderstood < OFFERED_FROM else OFFERS.get(kind)


def _last_user_event(events: Sequence[Event]) -> int | None:
    return next((position for position in reversed(range(len(events))) if events[position]["event"] == "user"), None)


def _proposals(events: Sequence[Event]) -> list[Mapping[str, Any]]:
    said = [(event.get("data") or {}).get("custom") for event in events if event["event"] == "bot"]
    return [proposal for proposal in said if proposal]


def _questions(events: Sequence[Event]) -> list[str]:
    typed, searched_for = "", []
    for event in events:
        if event["event"] == "user":
            typed = event.get("text") or ""
        elif typed and not typed.startswith("/") and any(said["proposal"] in FROM_CKS for said in _proposals([event])):
            searched_for.append(typed)
            typed = ""
    return searched_for


def _last_article(events: Sequence[Event]) -> str | None:
    answers = [proposal["article_id"] for proposal in _proposals(events) if proposal["proposal"] == "answer"]
    return answers[-1] if answers else None


def _left_open(events: Sequence[Event]) -> bool:
    """What is asked about an article that does not tell it leaves the talk with that article."""
    found = [proposal for proposal in _proposals(events) if proposal["proposal"] in FROM_CKS]
    return bool(found) and not (found[-1]["proposal"] == "answer" or found[-1].get("about"))
