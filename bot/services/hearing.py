"""What a customer's message does in each state of the case. The rows are locked by the caller.

The answer is a wish: to ask Rasa for an answer, to ask it only what the text means, or nothing, because the desk has
acted itself or a person will answer.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from bot.domain.case import Case, HandoffReason, State, Trigger
from bot.domain.conversation import Author, Conversation
from bot.domain.erasure_text import wants_data_erased
from bot.domain.history import Happened
from bot.domain.interpret import (
    NO_QUESTION,
    Command,
    Meaning,
    Media,
    Nothing,
    Text,
    consent_in,
    gives_up,
    is_upset,
    only_hesitates,
    wants_to_withdraw,
)
from bot.domain.limits import Limits
from bot.domain.promise import Measure
from bot.domain.rating import names_no_score
from bot.domain.readiness_text import asks_something
from bot.domain.requests import asked_beside, tells_of_fraud
from bot.domain.thanks import only_thanks
from bot.services import ending, handoff, lost_files, profile, promises, sparing, windows
from bot.services.say import say_script
from bot.services.sparing import SEE_ANSWER
from bot.store.unit_of_work import UnitOfWork
from connectors.contract import MediaKind

UNCLEAR = "nlu_fallback"  # Rasa's name for a text it can't place
CANNOT_OPEN = {MediaKind.AUDIO: "media_voice"}  # "media" for all others
STILL_WAITING = "still_waiting"
GO_ON = "go_on"
OFFICER_HAS_IT = "officer_has_it"
QUIET = timedelta(minutes=10)  # after which a waiting customer may wonder whether anybody is there
TOGETHER = timedelta(seconds=5)  # files that come within this time of each other were sent together
MANY = 3  # messages of a waiting customer that nobody answered, after which the customer wonders too
SHORT = 15  # characters; who writes more has a question, however unclear
SLIP = re.compile(r"^[0-9๐-๙]{1,3}\s*(?:ครับ|คับ|ค่ะ|คะ|ค่า|[.!])*$")  # a number that is no rating
CONSENT = frozenset({"consent_given", "consent_refused"})
# Commands that the desk carries out itself; outside their state their button is an old one.
DESK_COMMANDS = CONSENT | {"withdraw", "ask_bot_while_waiting", "rate"}


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
    match heard.meaning:
        case Command(intent=intent) if intent == SEE_ANSWER:
            await sparing.show_answer(uow, heard.conversation, heard.case)
            return Wish.NOTHING
    match heard.case.state:
        case State.BOT if await windows.closed_to_bot(uow, heard.conversation):  # it came too late for an answer
            if _needs_somebody(heard.meaning):
                await handoff.request(uow, heard.conversation, heard.case, _why_a_person(heard.meaning), limits=limits)
        case State.BOT:
            return await _with_the_bot(uow, heard, limits)
        case State.QUEUED:
            return await _in_the_queue(uow, heard, limits)
        case State.AGENT:
            return await _with_an_agent(uow, heard, limits)
        case State.SURVEY:
            return await _in_the_survey(uow, heard, limits)
        case State.CLOSED:
            pass
    return Wish.NOTHING


async def opened_anew(uow: UnitOfWork, heard: Heard, *, limits: Limits) -> None:
    """Tell who begins again in a talk that goes on (an emptied chat shows nothing of it) where it stands."""
    match heard.case.state:
        case State.BOT:
            await say_script(uow, heard.conversation, heard.case, "welcome_back")
        case State.QUEUED if not _is_elsewhere(heard.case):
            await say_script(uow, heard.conversation, heard.case, STILL_WAITING, number=heard.case.number)
        case State.AGENT:
            await say_script(uow, heard.conversation, heard.case, OFFICER_HAS_IT)
        case State.SURVEY:
            await ending.ask_again(uow, heard.conversation, heard.case, limits=limits)


def _needs_somebody(late: Meaning) -> bool:
    """Say whether there is anything that people could see to: not in thanks or a sticker of the day before."""
    match late:
        case Text(text=text):
            return not only_thanks(text)
        case Media(kind=kind):
            return kind is not MediaKind.STICKER
    return True


def _why_a_person(late: Meaning) -> HandoffReason:
    """Say why people get what can't be answered any more: it may be theirs anyway."""
    return _for_people(late) or HandoffReason.DELIVERY_FAILED


def _for_people(meaning: Meaning) -> HandoffReason | None:
    """Tell why a text is for people in every state, None if it is not."""
    match meaning:
        case Text(text=text) if wants_data_erased(text):
            return HandoffReason.DATA_REQUEST
        case Text(text=text) if tells_of_fraud(text):
            return HandoffReason.DISPUTE
    return None


async def _with_the_bot(uow: UnitOfWork, heard: Heard, limits: Limits) -> Wish:
    match heard.meaning:
        case Nothing() if not heard.greeted:
            await say_script(uow, heard.conversation, heard.case, "button_gone")
            return Wish.NOTHING
        case Media(kind=MediaKind.STICKER):
            await say_script(uow, heard.conversation, heard.case, "sticker")
            return Wish.NOTHING
        case Media(kind=kind):
            await _say_of_media(uow, heard, CANNOT_OPEN.get(kind, "media"))
            return Wish.NOTHING
        case Command(intent=intent) if intent in DESK_COMMANDS:
            await _desk_command(uow, heard, intent)
            return Wish.NOTHING
        case Text(text=text) if await _waits_for_more(uow, heard, text) or await _about_personal_data(
            uow, heard, text, limits
        ):
            return Wish.NOTHING
    return Wish.ASK


async def _waits_for_more(uow: UnitOfWork, heard: Heard, text: str) -> bool:
    """Let who hesitates go on; True when the text is nothing else."""
    if not only_hesitates(text):
        return False
    if not heard.greeted and await uow.conversations.last_script(heard.case.id) != GO_ON:
        await say_script(uow, heard.conversation, heard.case, GO_ON)
    return True


async def _desk_command(uow: UnitOfWork, heard: Heard, intent: str) -> None:
    if intent in CONSENT and heard.case.pending_profile:
        await profile.consented(uow, heard.conversation, heard.case, given=intent == "consent_given")
    else:
        await say_script(uow, heard.conversation, heard.case, "button_gone")


async def _about_personal_data(uow: UnitOfWork, heard: Heard, text: str, limits: Limits) -> bool:
    """See to a typed consent, a wish to be forgotten, and contact details; True when the text says nothing else."""
    agreed = consent_in(text) if heard.case.pending_profile else None
    if agreed is not None:
        await profile.consented(uow, heard.conversation, heard.case, given=agreed)
        return True
    if wants_data_erased(text):
        await handoff.request(uow, heard.conversation, heard.case, HandoffReason.DATA_REQUEST, limits=limits)
        return True
    return await profile.ask_consent(uow, heard.conversation, heard.case, text)


async def _in_the_queue(uow: UnitOfWork, heard: Heard, limits: Limits) -> Wish:
    uow.notify(handoff.QUEUE)
    if _is_elsewhere(heard.case):  # so far nothing was promised
        await promises.start(uow, heard.case, Measure.HUMAN_WINDOW, limits.window_minutes)
    match heard.meaning:
        case Media(kind=kind):
            if kind is not MediaKind.STICKER:  # who looks at it comes later; a sticker needs no answer
                await _say_of_media(uow, heard, "media_to_people")
            return Wish.NOTHING
        case Command(intent=intent) if intent in DESK_COMMANDS:
            await _command_in_the_queue(uow, heard, intent, limits)
            return Wish.NOTHING
        case Command() if not (heard.case.bot_assists or _is_elsewhere(heard.case)):  # a tap is never met with silence
            await say_script(uow, heard.conversation, heard.case, STILL_WAITING, number=heard.case.number)
            return Wish.NOTHING
        case Text(text=text) if await _seen_to_in_the_queue(uow, heard, text, limits):
            return Wish.NOTHING
    return Wish.ASK if heard.case.bot_assists else Wish.NOTHING


def _is_elsewhere(case: Case) -> bool:
    """Say whether somebody answers in the page's own inbox: the customer is in a talk that the desk leaves alone."""
    return case.handoff_reason is HandoffReason.ANSWERED_ELSEWHERE


async def _command_in_the_queue(uow: UnitOfWork, heard: Heard, intent: str, limits: Limits) -> None:
    if intent == "withdraw":
        await handoff.withdraw(uow, heard.conversation, heard.case, limits=limits)
    elif intent == "ask_bot_while_waiting":
        await handoff.assist(uow, heard.conversation, heard.case)
    elif intent in CONSENT and heard.case.pending_profile:
        await _desk_command(uow, heard, intent)


async def _seen_to_in_the_queue(uow: UnitOfWork, heard: Heard, text: str, limits: Limits) -> bool:
    """Do what the desk does itself with a waiting customer's text; False: the assistant may be asked."""
    if wants_to_withdraw(text):
        await handoff.withdraw(uow, heard.conversation, heard.case, limits=limits)
        return True
    if _is_elsewhere(heard.case):
        return False
    if await _about_personal_data(uow, heard, text, limits):
        return True
    if tells_of_fraud(text) and await handoff.also(uow, heard.conversation, heard.case, HandoffReason.DISPUTE):
        return True
    if not heard.case.bot_assists:
        await _reassure(uow, heard, text)
    return only_hesitates(text)


async def _reassure(uow: UnitOfWork, heard: Heard, text: str) -> None:
    """Tell who wonders, asks or writes on that the case is with people; a detail or two need no answer.

    Who gives up is always told how to stop waiting.
    """
    if gives_up(text) or await _wonders(uow, heard, text):
        await say_script(uow, heard.conversation, heard.case, STILL_WAITING, number=heard.case.number)


async def _wonders(uow: UnitOfWork, heard: Heard, text: str) -> bool:
    messages = await uow.conversations.messages_of_case(heard.case.id)
    said = [message for message in messages if message.author is not Author.CUSTOMER]
    if uow.now - max((message.at for message in said), default=heard.case.opened_at) >= QUIET:
        return True
    if said and said[-1].script == STILL_WAITING:
        return False
    unanswered = len(messages) - messages.index(said[-1]) - 1 if said else len(messages)
    return unanswered >= MANY or asks_something(text) or asked_beside(text) is not None or is_upset(text)


async def _say_of_media(uow: UnitOfWork, heard: Heard, key: str) -> None:
    """Say it once for several pictures in a row: each would cost the customer a message to read, and us one to send.

    Of files sent together the first may be refused before the last is heard: then nothing of them is "received".
    """
    just_refused = await uow.conversations.said_since(heard.case.id, lost_files.ALL_SCRIPTS, uow.now - TOGETHER)
    if not just_refused and await uow.conversations.last_script(heard.case.id) != key:
        await say_script(uow, heard.conversation, heard.case, key)


async def _with_an_agent(uow: UnitOfWork, heard: Heard, limits: Limits) -> Wish:
    match heard.meaning:
        case Command(intent=intent) if intent in CONSENT and heard.case.pending_profile:
            await _desk_command(uow, heard, intent)
            return Wish.NOTHING
        case Command() | Nothing():  # buttons of the bot and of its menu: no words that an officer owes an answer
            if not await uow.conversations.said_since(heard.case.id, [OFFICER_HAS_IT], uow.now - QUIET):
                await say_script(uow, heard.conversation, heard.case, OFFICER_HAS_IT)
            return Wish.NOTHING
    heard.case.quiet_due_at = None
    await promises.start(uow, heard.case, Measure.NEXT_REPLY, limits.window_minutes)
    uow.notify(handoff.QUEUE)
    return Wish.NOTHING


async def _in_the_survey(uow: UnitOfWork, heard: Heard, limits: Limits) -> Wish:
    if await _asked_at_last(uow, heard, limits):
        return Wish.NOTHING
    score = ending.rating_in(heard.meaning)
    if score is not None:
        await ending.rate(uow, heard.conversation, heard.case, score)
        return Wish.NOTHING
    match heard.meaning:
        case Text(text=text) if SLIP.match(text.strip()):
            await say_script(uow, heard.conversation, heard.case, "rating_range")
        case Text(text=text) if only_hesitates(text):
            pass  # what is wanted comes next
        case Text(text=text) if only_thanks(text) or names_no_score(text):
            await _ask_once_more(uow, heard, limits)
        case meaning if _for_people(meaning):
            return await _reopen(uow, heard, limits)
        case Text():
            return Wish.JUDGE
        case Media(kind=kind) if kind is not MediaKind.STICKER:
            await _say_of_media(uow, heard, CANNOT_OPEN.get(kind, "media"))
        case Command(intent=intent) if intent not in DESK_COMMANDS:
            return await _reopen(uow, heard, limits)
    return Wish.NOTHING


async def _asked_at_last(uow: UnitOfWork, heard: Heard, limits: Limits) -> bool:
    """Ask for 1/2/3 whom the platform let us not ask at the end; False when the words are first to be understood.

    Nothing rates what nobody was asked for: a number answers something else, a button is one of an earlier survey.
    """
    if await ending.times_asked(uow, heard.case):
        return False
    match heard.meaning:
        case Text(text=text) if ending.rating_in(heard.meaning) is None and not SLIP.match(text.strip()):
            return False
        case Command(intent=intent) if intent not in DESK_COMMANDS:
            return False
        case Media(kind=kind) if kind is not MediaKind.STICKER:
            await _say_of_media(uow, heard, CANNOT_OPEN.get(kind, "media"))
    await ending.ask_again(uow, heard.conversation, heard.case, limits=limits)
    return True


async def reopen_if_real(uow: UnitOfWork, heard: Heard, intent: str, *, limits: Limits) -> Wish:
    """Reopen the case in the survey unless the text says nothing new; a short unclear one is asked again for 1/2/3."""
    if intent == UNCLEAR and isinstance(heard.meaning, Text) and len(heard.meaning.text) <= SHORT:
        await ending.ask_again(uow, heard.conversation, heard.case, limits=limits)
        return Wish.NOTHING
    if intent in NO_QUESTION:
        await _ask_once_more(uow, heard, limits)
        return Wish.NOTHING
    return await _reopen(uow, heard, limits)


async def _ask_once_more(uow: UnitOfWork, heard: Heard, limits: Limits) -> None:
    """Ask for 1/2/3 again, once in a survey: politeness is no rating, and who is thanked in silence gives none."""
    if await ending.times_asked(uow, heard.case) <= 1:
        await ending.ask_again(uow, heard.conversation, heard.case, limits=limits)


async def _reopen(uow: UnitOfWork, heard: Heard, limits: Limits) -> Wish:
    """Go back to who last handled the case."""
    case = heard.case
    uow.cases.happened(case, Happened.REOPENED, uow.now, actor="customer", to=case.last_handled_by)
    if case.last_handled_by == State.AGENT:
        await handoff.back_to_queue(uow, heard.conversation, case, limits=limits)
    else:
        case.move(Trigger.REOPEN_TO_BOT, uow.now)
        case.rasa_session += 1
        case.touch(uow.now, limits.idle)
    if (reason := _for_people(heard.meaning)) is not None:
        await handoff.request(uow, heard.conversation, case, reason, limits=limits)
    return Wish.ASK if case.state is State.BOT else Wish.NOTHING
