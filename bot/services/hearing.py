"""What a customer's message does in each state of the case. The rows are locked by the caller.

The answer is a wish: to ask Rasa for an answer, to ask it only what the text means, or nothing, because the desk has
acted itself or a person will answer.
"""

from dataclasses import dataclass
from enum import Enum, auto

from bot.domain.case import Case, State, Trigger
from bot.domain.conversation import Conversation
from bot.domain.history import Happened
from bot.domain.interpret import Command, Meaning, Nothing, Text, wants_to_withdraw
from bot.domain.limits import Limits
from bot.domain.promise import Measure
from bot.domain.thanks import only_thanks
from bot.services import ending, handoff, profile, promises
from bot.services.say import say_script
from bot.store.unit_of_work import UnitOfWork

# Intents that say nothing new at the end of a case.
NO_QUESTION = frozenset({"thanks", "goodbye", "greet", "affirm", "deny", "chitchat"})
# Commands that the desk carries out itself; outside their state their button is an old one.
DESK_COMMANDS = frozenset({"withdraw", "ask_bot_while_waiting", "rate", "consent_given", "consent_refused"})


class Wish(Enum):
    """What is wanted of Rasa."""

    NOTHING = auto()  # the desk or a person sees to it
    ASK = auto()  # an answer
    JUDGE = auto()  # only what the text means


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A message of the customer, understood as far as the desk can."""

    conversation: Conversation
    case: Case
    meaning: Meaning
    greeted: bool


async def hear(uow: UnitOfWork, heard: Heard, *, limits: Limits) -> Wish:
    """Do what the message means in the case's state."""
    match heard.case.state:
        case State.BOT:
            return await _with_the_bot(uow, heard)
        case State.QUEUED:
            return await _in_the_queue(uow, heard, limits)
        case State.AGENT:
            return await _with_an_agent(uow, heard, limits)
        case State.SURVEY:
            return await _in_the_survey(uow, heard, limits)
        case State.CLOSED:
            return Wish.NOTHING


async def _with_the_bot(uow: UnitOfWork, heard: Heard) -> Wish:
    match heard.meaning:
        case Nothing() if not heard.greeted:
            await say_script(uow, heard.conversation, heard.case, "button_gone")
            return Wish.NOTHING
        case Command(intent="consent_given" | "consent_refused" as intent) if heard.case.pending_profile:
            given = intent == "consent_given"
            await profile.consented(uow, heard.conversation, heard.case, given=given)
            return Wish.NOTHING
        case Text(text=text) if await profile.ask_consent(uow, heard.conversation, heard.case, text):
            return Wish.NOTHING
        case Command(intent=intent) if intent in DESK_COMMANDS:
            await say_script(uow, heard.conversation, heard.case, "button_gone")
            return Wish.NOTHING
    return Wish.ASK


async def _in_the_queue(uow: UnitOfWork, heard: Heard, limits: Limits) -> Wish:
    uow.notify(handoff.QUEUE)
    match heard.meaning:
        case Command(intent="withdraw"):
            await handoff.withdraw(uow, heard.conversation, heard.case, limits=limits)
            return Wish.NOTHING
        case Command(intent="ask_bot_while_waiting"):
            await handoff.assist(uow, heard.conversation, heard.case)
            return Wish.NOTHING
        case Text(text=text) if wants_to_withdraw(text):
            await handoff.withdraw(uow, heard.conversation, heard.case, limits=limits)
            return Wish.NOTHING
        case Command(intent=intent) if intent in DESK_COMMANDS:
            return Wish.NOTHING
    return Wish.ASK if heard.case.bot_assists else Wish.NOTHING


async def _with_an_agent(uow: UnitOfWork, heard: Heard, limits: Limits) -> Wish:
    heard.case.quiet_due_at = None
    await promises.start(uow, heard.case, Measure.NEXT_REPLY, limits.window_minutes)
    uow.notify(handoff.QUEUE)
    return Wish.NOTHING


async def _in_the_survey(uow: UnitOfWork, heard: Heard, limits: Limits) -> Wish:
    score = ending.rating_in(heard.meaning)
    if score is not None:
        await ending.rate(uow, heard.conversation, heard.case, score)
        return Wish.NOTHING
    match heard.meaning:
        case Text(text=text) if only_thanks(text):
            return Wish.NOTHING
        case Text():
            return Wish.JUDGE
        case Command(intent=intent) if intent not in DESK_COMMANDS:
            return await _reopen(uow, heard, limits)
    return Wish.NOTHING


async def reopen_if_real(uow: UnitOfWork, heard: Heard, intent: str, *, limits: Limits) -> Wish:
    """Reopen the case in the survey unless the text says nothing new."""
    return Wish.NOTHING if intent in NO_QUESTION else await _reopen(uow, heard, limits)


async def _reopen(uow: UnitOfWork, heard: Heard, limits: Limits) -> Wish:
    """Go back to who last handled the case."""
    case = heard.case
    uow.cases.happened(case, Happened.REOPENED, uow.now, actor="customer", to=case.last_handled_by)
    if case.last_handled_by == State.AGENT:
        await handoff.back_to_queue(uow, heard.conversation, case, limits=limits)
        return Wish.NOTHING
    case.move(Trigger.REOPEN_TO_BOT, uow.now)
    case.rasa_session += 1
    case.touch(uow.now, limits.idle)
    return Wish.ASK
