"""An inbound event on its way: stored, understood, answered. One function per unit of work.

``accept`` (the webhook) → ``handle`` (the worker: transcript, and what to ask Rasa) → the caller asks Rasa with no
transaction open → ``apply`` (replies and state), or ``apologise`` when Rasa gave nothing usable. Each locks the
event's row first, then the conversation, then the case, and looks again at what it finds, so that a repeated or late
call changes nothing. The caller commits.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain import menu
from bot.domain.case import Case, HandoffReason, Service, State
from bot.domain.conversation import Author, Button, Conversation, lane_of
from bot.domain.errors import ClientIdReused
from bot.domain.history import Happened
from bot.domain.inbound import Progress, StoredEvent
from bot.domain.interpret import Command, Meaning, Media, Nothing, Text, language_after, tapped, typed
from bot.domain.limits import Limits
from bot.domain.media import placeholder
from bot.domain.proposals import Proposal
from bot.domain.requests import says_nothing
from bot.domain.scripts import Language
from bot.services import attachments, ending, errands, handoff, marks, proposals, readiness, sparing, windows
from bot.services.hearing import DESK_COMMANDS, Heard, Wish, hear, opened_anew, reopen_if_real
from bot.services.platform import beside, pause, words_of
from bot.services.say import OUT, customer_message, quote, say_script
from bot.store.unit_of_work import UnitOfWork
from connectors.contract import EventKind, InboundEvent, MediaKind

MAX_ATTEMPTS = 5
FIRST_RETRY = timedelta(seconds=2)
HOLD = timedelta(seconds=3)  # how long a greeting waits for the answer, so that one reply token carries both
IN = "in"
WITH_MENU = ("greeting", "welcome_back")  # the greetings that ask what is wanted
ANSWERS = "answer_readiness"  # the intent of a button that answers a readiness question, which its entity names


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What to ask Rasa for one event."""

    event_id: int
    sender: str
    message: str
    metadata: dict[str, Any]
    judge: bool = False  # only what the text means is wanted, no answer


async def accept(uow: UnitOfWork, events: Sequence[InboundEvent]) -> None:
    """Store the events; one that is here already is the same event, unless it comes with other words."""
    for event in events:
        if await _is_new(uow, event):
            uow.notify(IN, lane_of(event.channel, event.external_id))
        elif event.client_id is not None:
            await _refuse_other_body(uow, event)


async def _is_new(uow: UnitOfWork, event: InboundEvent) -> bool:
    """Store the event; what is here as somebody else's to answer is new once more when it comes to us."""
    if await uow.inbound.add(event, uow.now):
        return True
    return not event.standby and await uow.inbound.hear_after_all(event, uow.now)


async def _refuse_other_body(uow: UnitOfWork, event: InboundEvent) -> None:
    stored = await uow.inbound.find(event.channel, event.event_id)
    if stored is None or (stored.text, stored.payload) != (event.text, event.payload):
        raise ClientIdReused


async def handle(uow: UnitOfWork, event_id: int, *, limits: Limits) -> Turn | None:
    """Bring the event into the transcript; return what to ask Rasa, or None when nothing is to be asked.

    An event found in ASKING was cut by a crash or failed after asking: its message is in the transcript already, and
    the case goes on in a fresh tracker.
    """
    event = await uow.inbound.lock(event_id)
    if event.state not in (Progress.NEW, Progress.ASKING):
        return None
    if await beside(uow, event):
        _done(uow, event)
        return None
    conversation = await uow.conversations.lock_for(event.channel, event.external_id, uow.now)
    case = await uow.cases.open_in(conversation.id)
    if event.state is Progress.ASKING:
        return await _ask_again(uow, conversation, case, event)
    meaning = await _meaning(uow, conversation, event, case)
    if case is None and await _belongs_to_the_past(uow, conversation, event, meaning, limits):
        _done(uow, event)
        return None
    opened = case is None
    if case is None:
        case = await _open_case(uow, conversation, event, limits)
    await marks.referred(uow, case, event, opened=opened)
    case.touch(uow.now, limits.idle)
    event.case_id = case.id
    if event.reply_token is not None:
        await sparing.revive(uow, conversation)
    await _transcribe(uow, conversation, case, event, meaning)
    heard = Heard(conversation=conversation, case=case, meaning=meaning, greeted=event.greeted)
    if event.kind is EventKind.OPENED:
        if not event.greeted and event.client_id is None:  # the web chat's page shows what was said before
            await opened_anew(uow, heard, limits=limits)
        _done(uow, event)
        return None
    return await _turn(uow, heard, event, await hear(uow, heard, limits=limits))


async def _ask_again(uow: UnitOfWork, conversation: Conversation, case: Case | None, event: StoredEvent) -> Turn | None:
    meaning = await _meaning(uow, conversation, event, case)
    if case is None or case.id != event.case_id or isinstance(meaning, Nothing):
        await _suppress(uow, event)  # its case was closed meanwhile
        _done(uow, event)
        return None
    case.rasa_session += 1
    heard = Heard(conversation=conversation, case=case, meaning=meaning, greeted=event.greeted)
    return await _turn(uow, heard, event, Wish.JUDGE if case.state is State.SURVEY else Wish.ASK)


async def _belongs_to_the_past(
    uow: UnitOfWork, conversation: Conversation, event: StoredEvent, meaning: Meaning, limits: Limits
) -> bool:
    """Keep thanks, a rating button and a corrected rating on the closed case they belong to."""
    if event.kind is EventKind.OPENED:
        return False
    old = await uow.cases.newest_in(conversation.id)
    if old is None or not ending.belongs_to(old, meaning, uow.now, limits=limits):
        return False
    event.case_id = old.id
    await _say(uow, conversation, old, event, _words(event, meaning))
    await ending.hear_after_end(uow, conversation, old, meaning, limits=limits)
    uow.notify(conversation.lane)
    return True


async def _open_case(uow: UnitOfWork, conversation: Conversation, event: StoredEvent, limits: Limits) -> Case:
    case = Case(
        service=Service.LIVE_CHAT,
        channel=conversation.channel,
        contact_id=conversation.contact_id,
        conversation_id=conversation.id,
        state=State.BOT,
        language="en" if event.language == "en" else "th",
        rasa_session=1,
        misunderstood=0,
        opened_at=uow.now,
        last_activity_at=uow.now,
    )
    await uow.cases.add(case)
    await errands.ask_name(uow, conversation)
    uow.cases.happened(case, Happened.OPENED, uow.now, actor="customer", channel=conversation.channel)
    await readiness.prefill(uow, case)
    elsewhere = conversation.answered_elsewhere_at
    if elsewhere is not None and uow.now - elsewhere < limits.elsewhere:
        case.greeted_in = case.language  # a person is in the middle of the talk
        await pause(uow, case)
    return case


async def _meaning(uow: UnitOfWork, conversation: Conversation, event: StoredEvent, case: Case | None) -> Meaning:
    match event.kind:
        case EventKind.TAPPED:
            payload = event.payload or ""
            return menu.chosen(payload) or tapped(await uow.conversations.button(conversation.id, payload))
        case EventKind.TEXT:
            return typed(event.text or "", await _choosable(uow, conversation, case))
        case EventKind.MEDIA:
            return Media(kind=event.media or MediaKind.UNSUPPORTED)
    return Nothing()


async def _transcribe(
    uow: UnitOfWork, conversation: Conversation, case: Case, event: StoredEvent, meaning: Meaning
) -> None:
    """Write what the customer said, then greet where the case has not been greeted in this language."""
    if isinstance(meaning, Command) and meaning.intent == sparing.SEE_ANSWER:
        return  # says nothing that anybody could answer
    first_words = case.first_written_at is None
    if event.kind is not EventKind.OPENED:
        if event.kind is EventKind.TEXT and not isinstance(meaning, Command):
            wrote_thai = case.language == "th" and not first_words
            case.language = language_after(event.text or "", _language(case), wrote_thai=wrote_thai)
        await _say(uow, conversation, case, event, _words(event, meaning))
        case.first_written_at = case.first_written_at or uow.now
        uow.cases.happened(case, Happened.CUSTOMER_WROTE, uow.now, actor="customer")
        uow.notify(conversation.lane)
    if case.greeted_in is None or (first_words and case.greeted_in != case.language):
        case.greeted_in = case.language  # also if it was too late to: nobody is greeted in the middle of a talk
        greeting = await _greeting(uow, conversation, case, event, meaning)
        if await say_script(uow, conversation, case, greeting) is not None:
            event.greeted = greeting in WITH_MENU
            uow.cases.happened(case, Happened.GREETED, uow.now, actor="bot", language=case.language)


async def _greeting(
    uow: UnitOfWork, conversation: Conversation, case: Case, event: StoredEvent, meaning: Meaning
) -> str:
    """Choose the greeting: who says at once what is wanted is not asked for it, and not told the same twice."""
    if not _says_what_is_wanted(meaning):
        return "welcome_back" if event.returning else "greeting"
    before = await uow.cases.closed_before(conversation.id, case.id)
    return "greeting_again" if before and before.greeted_in == case.language else "greeting_before_answer"


def _says_what_is_wanted(meaning: Meaning) -> bool:
    match meaning:
        case Text(text=text):
            return not says_nothing(text)
        case Command():
            return True
    return False


async def _choosable(uow: UnitOfWork, conversation: Conversation, case: Case | None) -> Sequence[Button]:
    """Give the buttons that a typed number or title may mean: none while an officer has the case.

    A readiness question that was answered or passed, or whose case is closed, is over: a number would answer it anew.
    """
    if case is not None and case.state is State.AGENT:
        return []
    offered = await uow.conversations.last_buttons(conversation.id)
    open_question = case.pending_question if case is not None else None
    if any(button.intent == ANSWERS and open_question not in button.entities for button in offered):
        return []
    if case is not None and case.state is State.QUEUED and not case.bot_assists:
        return [button for button in offered if button.intent in DESK_COMMANDS]
    return offered


async def _say(uow: UnitOfWork, conversation: Conversation, case: Case, event: StoredEvent, words: str) -> None:
    """Write what the customer said into the transcript, with its files; what stood by may be there already."""
    if event.handled_at is not None and event.message_id is not None:
        known = await uow.conversations.by_platform_id(conversation.id, event.message_id)
        if known is not None and known.author is Author.CUSTOMER:
            return
    message = customer_message(uow, conversation, case, words, event.client_id, event.message_id)
    await quote(uow, conversation, message, event)
    await uow.conversations.add_message(message)
    await attachments.keep(uow, event, message)


def _words(event: StoredEvent, meaning: Meaning) -> str:
    if isinstance(meaning, Media):
        return placeholder(meaning.kind, event.text)
    if event.text is not None:
        return event.text
    return meaning.title if isinstance(meaning, Command) else "…"


async def _turn(uow: UnitOfWork, heard: Heard, event: StoredEvent, wish: Wish) -> Turn | None:
    if wish is Wish.NOTHING or isinstance(heard.meaning, Nothing | Media):
        _done(uow, event)
        return None
    event.state = Progress.ASKING
    if event.reply_token is not None:
        await uow.conversations.hold(event.lane, uow.now, uow.now + HOLD)
    return Turn(
        event_id=event.id,
        sender=heard.case.sender,
        message=_to_rasa(heard.meaning),
        metadata=await _metadata(uow, heard.case),
        judge=wish is Wish.JUDGE,
    )


async def judge(uow: UnitOfWork, event_id: int, intent: str, *, limits: Limits) -> Turn | None:
    """Act on what the NLU took a message in the survey for: only a real question reopens the case."""
    event, conversation, case = await _locked(uow, event_id)
    if event.state is not Progress.ASKING or case is None or case.state is not State.SURVEY:
        _done(uow, event)
        return None
    meaning = await _meaning(uow, conversation, event, case)
    heard = Heard(conversation=conversation, case=case, meaning=meaning, greeted=event.greeted)
    wish = await reopen_if_real(uow, heard, intent, limits=limits)
    return await _turn(uow, heard, event, wish)


def _to_rasa(meaning: Command | Text) -> str:
    if isinstance(meaning, Text):
        return meaning.text
    entities = json.dumps(meaning.entities, ensure_ascii=False) if meaning.entities else ""
    return f"/{meaning.intent}{entities}"


async def _metadata(uow: UnitOfWork, case: Case) -> dict[str, Any]:
    """Everything a fresh tracker needs to go on where the case stands."""
    known = await uow.cases.readiness(case.id)
    return {
        "case": {
            "topic": case.topic,
            "language": case.language,
            "readiness": {"answers": known.answers if known else {}, "finished": bool(known and known.finished)},
            "last_article": case.last_article_id,
            "pending_question": case.pending_question,
            "misunderstood": case.misunderstood,
        }
    }


async def apply(uow: UnitOfWork, event_id: int, proposed: Sequence[Proposal], *, limits: Limits) -> None:
    """Write Rasa's proposals as replies and state, once; drop them if the bot is no longer the handler."""
    event, conversation, case = await _locked(uow, event_id)
    if event.state is not Progress.ASKING:
        return
    if case is None or case.id != event.case_id or not _bot_answers(case):
        await _suppress(uow, event)
    elif await windows.closed_to_bot(uow, conversation):  # what can't be said is a person's to see to
        await handoff.request(uow, conversation, case, HandoffReason.DELIVERY_FAILED, limits=limits)
    else:
        await proposals.dispose_all(uow, conversation, case, proposed, greeted=event.greeted, limits=limits)
        case.touch(uow.now, limits.idle)
    await _asked(uow, conversation, event)


async def apologise(uow: UnitOfWork, event_id: int, *, limits: Limits) -> None:
    """Rasa gave nothing usable: say the apology, mark the case, and let the next turn start a fresh tracker."""
    event, conversation, case = await _locked(uow, event_id)
    if event.state is not Progress.ASKING:
        return
    if case is None or case.id != event.case_id or not _bot_answers(case):
        await _suppress(uow, event)
    else:
        case.rasa_session += 1
        uow.cases.happened(case, Happened.BOT_UNAVAILABLE, uow.now, actor="bot")
        await say_script(uow, conversation, case, "apology")
        await handoff.request(uow, conversation, case, HandoffReason.BOT_UNAVAILABLE, limits=limits)
        case.touch(uow.now, limits.idle)
    await _asked(uow, conversation, event)


async def postpone(uow: UnitOfWork, event_id: int, error: str, *, limits: Limits) -> bool:
    """Handling failed: try again later, or set the event aside and mark its case. True when it was set aside."""
    event, conversation, case = await _locked(uow, event_id)
    if event.state not in (Progress.NEW, Progress.ASKING):
        return False
    event.attempts += 1
    event.error = error
    dead = event.attempts >= MAX_ATTEMPTS
    if dead:
        if event.state is Progress.NEW and (event.text or event.media) and case is not None:
            await _say(uow, conversation, case, event, words_of(event))  # never lost: officers can read it
        event.state = Progress.DEAD
        if case is not None:
            uow.cases.happened(case, Happened.EVENT_SET_ASIDE, uow.now, actor="desk", event_id=event.id, error=error)
            if case.state is State.BOT:
                await handoff.request(uow, conversation, case, HandoffReason.EVENT_FAILED, limits=limits)
        uow.notify(conversation.lane)
    else:
        event.next_attempt_at = uow.now + FIRST_RETRY * 2**event.attempts
    return dead


async def _locked(uow: UnitOfWork, event_id: int) -> tuple[StoredEvent, Conversation, Case | None]:
    event = await uow.inbound.lock(event_id)
    conversation = await uow.conversations.lock_for(event.channel, event.external_id, uow.now)
    return event, conversation, await uow.cases.open_in(conversation.id)


async def _suppress(uow: UnitOfWork, event: StoredEvent) -> None:
    case = await uow.cases.get(event.case_id) if event.case_id else None
    if case is not None:
        uow.cases.happened(case, Happened.BOT_SUPPRESSED, uow.now, actor="bot", event_id=event.id)


async def _asked(uow: UnitOfWork, conversation: Conversation, event: StoredEvent) -> None:
    if event.reply_token is not None:
        await uow.conversations.release(event.lane, uow.now)
        uow.notify(OUT, event.lane)
    if event.read_token is not None:
        await errands.mark_read(uow, event.lane, event.read_token)
    _done(uow, event)
    uow.notify(conversation.lane)


def _bot_answers(case: Case) -> bool:
    return case.state is State.BOT or (case.state is State.QUEUED and case.bot_assists)


def _done(uow: UnitOfWork, event: StoredEvent) -> None:
    event.state, event.handled_at = Progress.HANDLED, uow.now


def _language(case: Case) -> Language:
    return "en" if case.language == "en" else "th"
