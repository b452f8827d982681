"""What Rasa may propose to the desk: the whole language between the two.

Rasa proposes, the desk disposes. Each bot message of a turn carries one proposal, either in a Rasa response of the
domain (``custom:``) or from a custom action (``dispatcher.utter_message(json_message=...)``), as JSON with a
``proposal`` key naming its kind. Anything else in a turn makes the turn nonsense (``bot_unavailable``). Sentences are
not here: a proposal names a script, the desk fills in the approved text in the customer's language.
"""

from dataclasses import dataclass, field
from typing import Literal

from bot.domain.case import HandoffReason
from bot.domain.topics import Topic


@dataclass(frozen=True, kw_only=True)
class Say:
    """Say an approved script; ``question`` names the readiness question it asks, if it asks one."""

    proposal: Literal["say"] = "say"
    script: str
    question: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Answer with a CKS article; the desk checks once more that this version is verified and unexpired.

    ``alternatives`` are the article ids offered as buttons (the next best, at most two are shown);
    ``score`` is the search's, 0 to 1.
    """

    proposal: Literal["answer"] = "answer"
    article_id: str
    version: int
    score: float
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NotFound:
    """CKS holds nothing good enough: say so and offer a person.

    ``asked`` is what was asked (``bot.domain.terms``, the kind ``ask``) about the article ``about``, "" if it has no
    name; None: the whole message found nothing. ``article_ids`` tell it of others or in general.
    """

    proposal: Literal["not_found"] = "not_found"
    asked: str | None = None
    about: str | None = None
    article_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Misunderstood:
    """The text was not understood; the desk counts these and decides what follows.

    ``article_ids`` are what was perhaps meant, best first; at most three are shown.
    """

    proposal: Literal["misunderstood"] = "misunderstood"
    article_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChooseTopic:
    """The customer chose a topic of the menu (``bot.domain.topics``); the desk asks what lies behind it.

    ``article_ids`` are on what the customer named beside it, best first: offered in place of the question.
    """

    proposal: Literal["topic"] = "topic"
    topic: Topic
    article_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AnswerReadiness:
    """Readiness answers given in this turn: question to value, ``skipped`` for one the customer would not answer.

    ``finished``: nothing is left to ask in this case (all answered, level decided early, or the customer stopped).
    """

    proposal: Literal["readiness"] = "readiness"
    answers: dict[str, str] = field(default_factory=dict)
    method: Literal["button", "text"]
    finished: bool = False


@dataclass(frozen=True, kw_only=True)
class NextSteps:
    """The readiness questions are over and decide a level: tell it, and offer these articles, best first."""

    proposal: Literal["next_steps"] = "next_steps"
    article_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Handoff:
    """The case needs a person, for this reason (``bot.domain.case.HandoffReason``)."""

    proposal: Literal["handoff"] = "handoff"
    reason: HandoffReason


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Several articles may be meant: ask which one, with a button for each (best first, at most three are shown)."""

    proposal: Literal["choices"] = "choices"
    article_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Done:
    """The customer says that nothing more is wanted: the case ends with the rating."""

    proposal: Literal["done"] = "done"


@dataclass(frozen=True, kw_only=True)
class OfficeHours:
    """Tell when people are there, by the desk's own calendar."""

    proposal: Literal["office_hours"] = "office_hours"


@dataclass(frozen=True, kw_only=True)
class CaseStatus:
    """Tell how far the customer's case is."""

    proposal: Literal["case_status"] = "case_status"


Proposal = (
    Say
    | Answer
    | Choices
    | NotFound
    | Misunderstood
    | ChooseTopic
    | AnswerReadiness
    | NextSteps
    | Handoff
    | Done
    | OfficeHours
    | CaseStatus
)
