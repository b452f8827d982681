"""What officers do with a case: accept, reply, note, hand on, give back, end.

One function a use case. Each locks the conversation's row, then the case's, and looks at the state it finds: of twenty
officers who accept at once, one has the case and nineteen are told who.
"""

import hashlib
import uuid
from collections.abc import Sequence

from bot.domain.agent import Agent, Role
from bot.domain.attachment import Attachment
from bot.domain.case import Case, State, Trigger
from bot.domain.conversation import Author, Conversation, Delivery, Message
from bot.domain.errors import (
    AlreadyTaken,
    Forbidden,
    IllegalTransition,
    Invalid,
    KeyReused,
    MessageErased,
    NewerMessages,
    NotFound,
)
from bot.domain.history import Happened
from bot.domain.limits import Limits
from bot.domain.promise import Measure
from bot.domain.work import Note, ReplyKey
from bot.services import ending, errands, promises, uploads, windows
from bot.services.handoff import QUEUE
from bot.services.say import OUT, say_script
from bot.store.files import Files
from bot.store.unit_of_work import UnitOfWork, UowFactory
from connectors.contract import Menu

OUTCOMES = ("answered", "documents_sent", "referred", "no_answer_needed", "unresolved")
DISCARDS = ("spam", "duplicate")
LONGEST_KEY = 100


async def accept(uow: UnitOfWork, agent: Agent, case_id: int) -> Case:
    """Take a waiting case; whoever already has it may repeat this."""
    conversation, case = await locked(uow, case_id)
    if case.state is State.AGENT:
        if case.assignee_id == agent.id:
            return case
        raise AlreadyTaken(agent=await _name(uow, case.assignee_id))
    case.move(Trigger.ACCEPT, uow.now)
    case.assignee_id = agent.id
    case.transfer_to_id = None
    case.rasa_session += 1
    uow.cases.happened(case, Happened.ACCEPTED, uow.now, actor=_actor(agent))
    await say_script(uow, conversation, case, "agent_joined", name=agent.name)
    await errands.mark_read(uow, conversation.lane)
    _woken(uow, conversation)
    return case


async def reply(
    uow: UnitOfWork,
    agent: Agent,
    case_id: int,
    *,
    text: str,
    last_seen_seq: int | None,
    key: str | None,
    limits: Limits,
    file_ids: Sequence[int] = (),
    quoted_seq: int | None = None,
) -> Message:
    """Answer the customer; refused while something newer of the customer is unread. The same key is the same reply.

    ``file_ids`` are uploads of the officer that go with it; a reply that is only files names them. ``quoted_seq`` is
    the customer's message that it answers; one that the platform can't quote, or that was taken back, is answered
    plainly.
    """
    conversation, case = await locked(uow, case_id)
    files = await uploads.of(uow, file_ids)
    text = text.strip() or uploads.named(files, case.language)
    if not text:
        raise Invalid("A reply needs words.")
    content = _hash(text, files)
    if key is not None:
        earlier = await _taken_under(uow, agent, key, case, content)
        if earlier is not None:
            return earlier
    _must_have(agent, case)
    await _refuse_unread(uow, case, last_seen_seq)
    await windows.refuse_closed(uow, conversation, limits=limits)
    uploads.check(files, lane=conversation.lane, owner=_actor(agent))
    message = Message(
        conversation_id=conversation.id, case_id=case.id, lane=conversation.lane, seq=conversation.next_seq(),
        author=Author.AGENT, name=agent.name, text=text, language=case.language, at=uow.now,
        delivery=Delivery.PENDING, retry_key=uuid.uuid4(), attempts=0, next_attempt_at=uow.now,
        quoted_id=await _quotable(uow, conversation, quoted_seq),
    )  # fmt: skip
    await uow.conversations.add_message(message)
    await uow.flush()
    for file in files:
        uploads.attach(file, message)
    if key is not None:
        taken = ReplyKey(
            agent_id=agent.id, key=key, case_id=case.id, message_id=message.id, text_hash=content, at=uow.now
        )
        uow.work.add(taken)
    case.quiet_due_at = uow.now + limits.quiet
    case.last_activity_at = uow.now
    await errands.mark_read(uow, conversation.lane)
    uow.cases.happened(case, Happened.AGENT_REPLIED, uow.now, actor=_actor(agent), seq=message.seq)
    uow.notify(OUT, conversation.lane)
    _woken(uow, conversation)
    return message


async def upload(
    new_uow: UowFactory, files: Files, agent: Agent, case_id: int, *, data: bytes, name: str, limits: Limits
) -> Attachment:
    """Take a file that the officer wants to send; it leaves with a reply that names it."""
    async with new_uow() as uow:
        conversation, case = await locked(uow, case_id)
        _must_have(agent, case)
        handed_in = uploads.Upload(data=data, name=name, lane=conversation.lane, owner=_actor(agent))
    return await uploads.take(new_uow, files, handed_in, limits=limits)


async def retry(uow: UnitOfWork, agent: Agent, case_id: int, seq: int, *, limits: Limits) -> Message:
    """Send a failed message again, or at the officer's own risk one that may have been shown."""
    conversation, case = await locked(uow, case_id)
    _must_have(agent, case)
    message = await uow.conversations.message(conversation.id, seq)
    if message is None or message.case_id != case.id:
        raise NotFound("There is no such message.")
    if message.delivery not in (Delivery.FAILED, Delivery.UNKNOWN):
        raise IllegalTransition("Only a message that did not surely arrive can be sent again.")
    await windows.refuse_closed(uow, conversation, limits=limits)
    for row in await uow.conversations.bundle_of(message):
        if row.delivery in (Delivery.FAILED, Delivery.UNKNOWN):
            # What may have been shown goes under its old key, in the old company, and never with a reply token.
            row.attempts = 1 if row.delivery_reason == "platform_down" else 0
            row.push_leader_id = row.push_leader_id if row.attempts else None
            row.delivery, row.delivery_reason = Delivery.PENDING, None
            row.claimed_at, row.next_attempt_at = None, uow.now
            row.reply_event_id = None  # its reply token is spent
    uow.notify(OUT, conversation.lane)
    _woken(uow, conversation)
    return message


async def add_note(uow: UnitOfWork, agent: Agent, case_id: int, text: str) -> Note:
    """Keep a note that the customer never sees."""
    conversation, case = await locked(uow, case_id)
    note = Note(case_id=case.id, agent_id=agent.id, text=text, at=uow.now)
    uow.work.add(note)
    uow.cases.happened(case, Happened.NOTE_ADDED, uow.now, actor=_actor(agent))
    _woken(uow, conversation)
    return note


async def transfer(uow: UnitOfWork, agent: Agent, case_id: int, to_agent_id: int) -> Case:
    """Hand the case on: it waits in the queue for the other officer, and its clock goes on."""
    conversation, case = await locked(uow, case_id)
    _must_have(agent, case)
    other = await uow.agents.get(to_agent_id)
    if other is None or not other.active or other.id == agent.id:
        raise Invalid("The case can be handed on to another active officer.")
    case.move(Trigger.RELEASE, uow.now)
    case.transfer_to_id = other.id
    uow.cases.happened(case, Happened.TRANSFERRED, uow.now, actor=_actor(agent), to=other.id)
    _woken(uow, conversation)
    return case


async def release(uow: UnitOfWork, agent: Agent, case_id: int) -> Case:
    """Put the case back into the queue; its clock goes on."""
    conversation, case = await locked(uow, case_id)
    _must_have(agent, case)
    put_back(uow, conversation, case, reason="released", actor=_actor(agent))
    return case


def put_back(uow: UnitOfWork, conversation: Conversation, case: Case, *, reason: str, actor: str) -> None:
    """Put an officer's case back into the queue; the rows are locked by the caller."""
    case.move(Trigger.RELEASE, uow.now)
    uow.cases.happened(case, Happened.RELEASED, uow.now, actor=actor, reason=reason)
    _woken(uow, conversation)


async def return_to_bot(uow: UnitOfWork, agent: Agent, case_id: int, *, limits: Limits) -> Case:
    """Give the case back to the assistant; nothing is promised any more."""
    conversation, case = await locked(uow, case_id)
    _must_have(agent, case)
    case.move(Trigger.RETURN_TO_BOT, uow.now)
    case.rasa_session += 1
    case.touch(uow.now, limits.idle)
    await promises.cancel(uow, case)
    uow.cases.happened(case, Happened.ASSIGNED_BACK, uow.now, actor=_actor(agent))
    await errands.show_menu(uow, case, Menu.BOT)
    await say_script(uow, conversation, case, "back_to_bot")
    _woken(uow, conversation)
    return case


async def resolve(
    uow: UnitOfWork, agent: Agent, case_id: int, *, outcome: str, summary: str | None, last_seen_seq: int | None,
    limits: Limits, erased_messages: int | None = None,
) -> Case:  # fmt: skip
    """End the case with outcome and summary, and ask for the rating; refused while something unread came in.

    ``erased_messages``: so many of the case's messages were taken back when the summary was written; refused when they
    are more by now, since the summary may hold their words.
    """
    conversation, case = await locked(uow, case_id)
    if outcome not in OUTCOMES:
        raise Invalid(f"outcome is one of {', '.join(OUTCOMES)}.")
    if case.state is State.AGENT:
        _must_have(agent, case)
    if await uow.inbound.lane_is_busy(conversation.lane) or (last_seen_seq is None and await _waits(uow, case)):
        raise NewerMessages(newest_seq=await uow.conversations.last_customer_seq(case.id))
    await _refuse_unread(uow, case, last_seen_seq)
    if erased_messages is not None and await uow.conversations.count_erased(case.id) > erased_messages:
        raise MessageErased
    case.outcome, case.summary = outcome, (summary or "").strip() or None
    case.last_agent_id = agent.id
    await ending.ask_rating(uow, conversation, case, Trigger.RESOLVE, limits=limits, actor=_actor(agent))
    _woken(uow, conversation)
    return case


async def discard(uow: UnitOfWork, agent: Agent, case_id: int, reason: str) -> Case:
    """Close the case as spam or duplicate, without a survey."""
    conversation, case = await locked(uow, case_id)
    if reason not in DISCARDS:
        raise Invalid(f"reason is one of {', '.join(DISCARDS)}.")
    if case.state is State.AGENT:
        _must_have(agent, case)
    await ending.discard(uow, case, reason, actor=_actor(agent))
    _woken(uow, conversation)
    return case


async def locked(uow: UnitOfWork, case_id: int) -> tuple[Conversation, Case]:
    """Lock a case of a conversation; a closed one can't be worked on."""
    found = await uow.cases.get(case_id)
    if found is None or found.conversation_id is None:
        raise NotFound("There is no such case.")
    conversation = await uow.conversations.lock(found.conversation_id)
    case = await uow.cases.open_in(conversation.id)
    if case is None or case.id != case_id:
        raise IllegalTransition("The case is closed.", state=State.CLOSED)
    return conversation, case


async def _quotable(uow: UnitOfWork, conversation: Conversation, seq: int | None) -> int | None:
    quoted = await uow.conversations.message(conversation.id, seq) if seq is not None else None
    return quoted.id if quoted is not None and quoted.quote_token is not None else None


def _must_have(agent: Agent, case: Case) -> None:
    if case.state is not State.AGENT:
        raise IllegalTransition("No officer has this case.", state=case.state)
    if case.assignee_id != agent.id and not agent.role.includes(Role.SUPERVISOR):
        raise Forbidden("Another officer has this case.")


async def _refuse_unread(uow: UnitOfWork, case: Case, last_seen_seq: int | None) -> None:
    newest = await uow.conversations.last_customer_seq(case.id)
    if last_seen_seq is not None and newest > last_seen_seq:
        raise NewerMessages(newest_seq=newest)


async def _waits(uow: UnitOfWork, case: Case) -> bool:
    """Tell whether the customer's last words are unanswered."""
    if case.state is State.AGENT:
        return any(c.unanswered and c.measure is Measure.NEXT_REPLY for c in await uow.work.clocks(case.id))
    newest = await uow.conversations.newest_of_case(case.id)
    return newest is not None and newest.author is Author.CUSTOMER


async def _taken_under(uow: UnitOfWork, agent: Agent, key: str, case: Case, content: str) -> Message | None:
    if not (key.isascii() and key.isprintable() and len(key) <= LONGEST_KEY):
        raise Invalid(f"An Idempotency-Key is at most {LONGEST_KEY} printable ASCII characters.")
    await uow.take_turn(f"reply:{agent.id}:{key}")
    taken = await uow.work.reply_key(agent.id, key)
    if taken is None:
        return None
    if taken.case_id != case.id or taken.text_hash != content:
        raise KeyReused
    return await uow.conversations.message_by_id(taken.message_id)


def _hash(text: str, files: Sequence[Attachment]) -> str:
    """Hash what makes two replies the same: the words, and the bytes of the files."""
    return hashlib.sha256("\n".join([text, *sorted(file.sha256 or "" for file in files)]).encode()).hexdigest()


def _actor(agent: Agent) -> str:
    return f"agent:{agent.id}"


async def _name(uow: UnitOfWork, agent_id: int | None) -> str | None:
    return (await uow.agents.names({agent_id})).get(agent_id) if agent_id else None


def _woken(uow: UnitOfWork, conversation: Conversation) -> None:
    uow.notify(QUEUE)
    uow.notify(conversation.lane)
