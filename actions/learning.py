"""What a turn teaches about the customer's readiness, and how the desk and the tracker get to know it.

Every action that sees free text learns, so that an answer or a correction counts wherever it is given. Learning
twice in a turn is harmless: once the slots are set, the same text teaches nothing new, and the desk gets one proposal.
"""

from dataclasses import dataclass

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import FINISHED, Event, Turn, propose
from bot.domain.proposals import AnswerReadiness
from bot.domain.readiness import SKIPPED, Question, known_answers, missing
from bot.domain.readiness_text import corrections

SKIP = "skip_question"
STOP = "stop_questions"
CHECK = "check_readiness"


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """What a turn taught, and where the questions stand after it."""

    new: dict[str, str]
    answers: dict[str, str]
    finished: bool

    @property
    def next(self) -> Question | None:
        """The question to ask next; None if all is answered or the customer stopped."""
        return None if self.finished else missing(self.answers)


def learn(turn: Turn) -> Learnt:
    """Read the turn's answers.

    A correction that opens a new question takes the talk up again, except where the customer stopped it; asking for
    the readiness check takes that back.
    """
    new = _new_answers(turn)
    answers = {**turn.answers, **new}
    stopped_before = turn.finished and missing(turn.answers) is not None and turn.intent != CHECK
    stops_now = turn.intent == STOP and turn.pending is not None
    return Learnt(new=new, answers=answers, finished=missing(answers) is None or stopped_before or stops_now)


def _new_answers(turn: Turn) -> dict[str, str]:
    if turn.tapped:
        read = known_answers(turn.entities)
    else:
        read = corrections(
            turn.text, turn.pending, turn.answers, bare=turn.asked is not None and turn.intent != "not_helpful"
        )
    if turn.intent == SKIP and turn.pending and turn.pending not in {**turn.answers, **read}:
        read[turn.pending.value] = SKIPPED
    return {question: value for question, value in read.items() if turn.answers.get(question) != value}


def note(dispatcher: CollectingDispatcher, turn: Turn, learnt: Learnt) -> list[Event]:
    """Propose what was learnt to the desk, and return the slots that keep it in the tracker."""
    if not learnt.new and learnt.finished == turn.finished:
        return []
    propose(
        dispatcher,
        AnswerReadiness(answers=learnt.new, method="button" if turn.tapped else "text", finished=learnt.finished),
    )
    return [*(SlotSet(question, value) for question, value in learnt.new.items()), SlotSet(FINISHED, learnt.finished)]
