"""What the console's pages show, read from the stores into values for the templates.

Reading only. The number of queries does not depend on how many rows or messages there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.agent import Agent, Role
from bot.domain.articles_text import render_article
from bot.domain.attachment import Attachment, FileState
from bot.domain.case import BANGKOK, Case, ReadinessRecord, State
from bot.domain.conversation import Author, Conversation, Message, Reached
from bot.domain.errors import NotFound
from bot.domain.file_types import BY_MEDIA_TYPE
from bot.domain.history import CaseEvent, Happened
from bot.domain.promise import Clock
from bot.domain.work import Note
from bot.services import ending, profile, suggestions, summaries, windows
from bot.services.profile import Profile
from bot.store.worklist import Counts, View, Worklist, WorkRow
from bot.web import console_words as words
from bot.web.console_page import Visit

LONGEST_LIST = 300
CLOSED_PAGE = 50
HISTORY_LINES = 300
EARLIER_CASES = 10
HERE = timedelta(seconds=90)
LARGEST_SHOWN = 8_000_000  # bytes of a picture that is loaded into the thread by itself


@dataclass(frozen=True, kw_only=True)
class CaseList:
    """One list, with what there is to do."""

    view: View | None
    rows: Sequence[WorkRow]
    counts: Counts
    page: int
    more: bool
    notes: Sequence[words.ChannelNote] = ()

    @property
    def title(self) -> str:
        """The page's title: how many wait for somebody, or for this officer's answer."""
        due = self.counts.waiting + self.counts.to_answer
        return f"({due}) โต๊ะเจ้าหน้าที่" if due else "โต๊ะเจ้าหน้าที่"


def gist(row: WorkRow) -> tuple[str, str]:
    """Say what a case is about, and what else was said: thanks, or the wish for a person, stand behind the question."""
    last = row.last_text or "ยังไม่มีข้อความ"
    asked = [text for text, script in row.said if summaries.asks(text, script)]
    earlier = next((text for text in asked if text != last), None)
    if earlier is None:
        return last, ""
    if row.last_author is Author.CUSTOMER and last not in asked:
        return earlier, f"ล่าสุด: {last}"
    return last, f"ก่อนหน้า: {earlier}"


async def case_list(visit: Visit, view: View, page: int = 1) -> CaseList:
    """Read one list."""
    worklist = Worklist(visit.uow.session)
    size = CLOSED_PAGE if view is View.CLOSED else LONGEST_LIST
    rows = await worklist.rows(view, visit.agent.id, limit=size + 1, offset=(page - 1) * size)
    counts = await worklist.counts(visit.agent.id)
    alerts = await visit.uow.channels.alerts(visit.now)
    notes = words.channel_notes(await visit.uow.channels.all(), visit.now, alerts)
    return CaseList(view=view, rows=rows[:size], counts=counts, page=page, more=len(rows) > size, notes=notes)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the thread: a day's heading, a message, or a note."""

    kind: str
    at: datetime
    message: Message | None = None
    note: Note | None = None
    author: str = ""
    files: Sequence[Attachment] = ()
    reached: Reached | None = None
    quoted: Message | None = None  # the earlier message that it answers


@dataclass(frozen=True, kw_only=True)
class May:
    """What this officer may do with the case now; the services decide once more."""

    accept: bool
    reply: bool
    write: bool  # the reply may go out now: the platform has not closed the talk
    resolve: bool
    discard: bool
    note: bool


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """An article that may help, with the text as the customer would read it."""

    article_id: str
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """Everything one case shows."""

    case: Case
    profile: Profile
    may: May
    mine: bool
    assignee: str | None
    transfer_to: str | None
    lines: Sequence[Line]
    last_seq: int
    erased: int  # messages that were taken back
    clocks: Sequence[Clock]
    readiness: Sequence[ReadinessRecord]
    given: Sequence[Message]
    suggested: Sequence[Suggestion]
    history: Sequence[tuple[CaseEvent, str, str]]
    earlier: Sequence[Case]
    officers: Sequence[Agent]
    draft: str
    write_until: datetime | None  # then the platform closes the talk; None: never
    bot_write_until: datetime | None  # then it does so for scripts, the survey too; None: never
    unasked: bool  # the case waits for a rating that nobody could be asked for
    survey_hours: int  # how long a rating is waited for
    trouble: str  # what keeps the case's channel from sending; empty where nothing does

    @property
    def open_clock(self) -> Clock | None:
        """The promise that is still to be answered."""
        return next((clock for clock in self.clocks if clock.unanswered), None)


def answers_given(messages: Sequence[Message]) -> list[Message]:
    """Give the answers of a case, each article once: as it was sent last."""
    newest = {message.article_id: message for message in messages if message.article_id}
    return sorted(newest.values(), key=lambda message: message.seq)


async def case_page(visit: Visit, case_id: int) -> CasePage:
    """Read one case whole."""
    uow = visit.uow
    case = await uow.cases.get(case_id)
    if case is None:
        raise NotFound
    messages = await uow.conversations.messages_of_case(case.id)
    files = await uow.attachments.of_messages([message.id for message in messages])
    quoted = await uow.conversations.quoted_by(messages)
    talk = await uow.conversations.get(case.conversation_id) if case.conversation_id else None
    until = await windows.closes_at(uow, talk, limits=visit.context.limits) if talk else None
    bot_write_until = await windows.closes_to_bot_at(uow, talk) if talk else None
    notes = await uow.work.notes(case.id)
    history = await uow.cases.history(case.id, after=0, limit=HISTORY_LINES)
    names = await uow.agents.names(_people(case, notes, history))
    return CasePage(
        case=case,
        profile=await profile.show(uow, case.contact_id),
        may=what_may(case, visit.agent, closed=until is not None and until <= visit.now),
        write_until=until,
        bot_write_until=bot_write_until,
        unasked=await ending.waits_unasked(uow, case),
        survey_hours=int(visit.context.limits.survey.total_seconds() // 3600),
        trouble=words.trouble(await uow.channels.get(case.channel) if case.channel else None, visit.now),
        mine=case.state is State.AGENT and case.assignee_id == visit.agent.id,
        assignee=names.get(case.assignee_id or 0),
        transfer_to=names.get(case.transfer_to_id or 0) if case.state is State.QUEUED else None,
        lines=thread(talk, messages, notes, names, files, quoted),
        last_seq=max((message.seq for message in messages), default=0),
        erased=sum(message.erased_at is not None for message in messages),
        clocks=await uow.work.clocks(case.id),
        readiness=await uow.cases.readiness_history(case.id),
        given=answers_given(messages),
        suggested=await _suggestions(visit, case),
        history=[(event, _who(event.actor, names), _detail(event, names)) for event in history],
        earlier=await Worklist(uow.session).earlier_of(case.contact_id, case.id, EARLIER_CASES),
        officers=[officer for officer in await uow.agents.active() if officer.id != visit.agent.id],
        draft=case.summary or await summaries.draft(uow, case),
    )


async def _suggestions(visit: Visit, case: Case) -> list[Suggestion]:
    if case.state not in (State.QUEUED, State.AGENT):
        return []
    known = await visit.uow.cases.readiness(case.id)
    found = []
    for hit in await suggestions.suggested(visit.context.search, visit.uow, case):
        article = await visit.uow.articles.serving_text(hit.article_id, visit.now)
        if article is not None:
            text = render_article(article, known.level if known else None, "en" if case.language == "en" else "th")
            found.append(Suggestion(article_id=hit.article_id, title=article.title, text=text))
    return found


def what_may(case: Case, agent: Agent, *, closed: bool) -> May:
    """Tell what an officer may do with a case in its state."""
    chats = case.conversation_id is not None
    has = case.state is State.AGENT and (case.assignee_id == agent.id or agent.role.includes(Role.SUPERVISOR))
    unowned = case.state in (State.BOT, State.QUEUED)
    return May(
        accept=chats and case.state is State.QUEUED,
        reply=chats and has,
        write=chats and has and not closed,
        resolve=chats and (has or unowned),
        discard=chats and (has or unowned),
        note=chats and case.state is not State.CLOSED,
    )


def thread(
    talk: Conversation | None,
    messages: Sequence[Message],
    notes: Sequence[Note],
    names: Mapping[int, str],
    files: Mapping[int, Sequence[Attachment]],
    quoted: Mapping[int, Message],
) -> list[Line]:
    """Put messages and notes in the order of time, with a heading for each day."""
    said = [
        Line(
            kind="message",
            at=message.at,
            message=message,
            author=words.author(message),
            files=files.get(message.id, ()),
            reached=talk.reached(message) if talk else None,
            quoted=quoted.get(message.quoted_id or 0),
        )
        for message in messages
    ]
    noted = [Line(kind="note", at=note.at, note=note, author=names.get(note.agent_id, "")) for note in notes]
    lines: list[Line] = []
    day = None
    for line in sorted([*said, *noted], key=lambda line: line.at):  # stable: messages keep the order of their seq
        if (local := line.at.astimezone(BANGKOK).date()) != day:
            day = local
            lines.append(Line(kind="day", at=line.at))
        lines.append(line)
    return lines


def is_here(officer: Agent, now: datetime) -> bool:
    """Tell whether an officer has the console open."""
    return officer.last_seen_at is not None and now - officer.last_seen_at < HERE


def is_overdue(row: WorkRow, now: datetime) -> bool:
    """Tell whether the time of the row's promise is over."""
    return row.due_at is not None and row.due_at < now


def _people(case: Case, notes: Sequence[Note], history: Sequence[CaseEvent]) -> set[int]:
    ids = {case.assignee_id, case.transfer_to_id, *(note.agent_id for note in notes)}
    ids |= {_agent_id(event.actor) for event in history}
    ids |= {event.data.get("to") for event in history if event.kind is Happened.TRANSFERRED}
    return {agent_id for agent_id in ids if agent_id}


def _agent_id(actor: str) -> int | None:
    kind, _, number = actor.partition(":")
    return int(number) if kind == "agent" and number.isdecimal() else None


def _who(actor: str, names: Mapping[int, str]) -> str:
    agent_id = _agent_id(actor)
    if agent_id is not None:
        return names.get(agent_id, "เจ้าหน้าที่")
    return {"customer": "ลูกค้า", "bot": "บอท", "desk": "ระบบ"}.get(actor, actor)


NAMED: Mapping[Happened, tuple[str, Mapping[Any, str]]] = {  # which of an event's data has a name, and where
    Happened.HANDOFF_REQUESTED: ("reason", summaries.REASONS),
    Happened.RELEASED: ("reason", words.RELEASE_REASONS),
    Happened.RATED: ("value", words.RATINGS),
    Happened.RESOLVED: ("outcome", words.OUTCOMES),
    Happened.CLOCK_STOPPED: ("state", {state.value: name for state, name in words.CLOCKS.items()}),
    Happened.MOVED: ("closed_as", words.CLOSED_AS),
}


def _detail(event: CaseEvent, names: Mapping[int, str]) -> str:
    """Say what the line of history adds to its name."""
    if event.kind is Happened.TRANSFERRED:
        return f"ถึง {names.get(event.data.get('to', 0), '')}"
    if event.kind is Happened.READINESS:
        return words.levels().get(event.data.get("level") or "", "")
    if event.kind is Happened.REFERRED:
        return str(event.data.get("referral", ""))
    if event.kind is Happened.RESOLVED and event.data.get("asked") is False:
        return " · ".join(filter(None, [words.OUTCOMES.get(event.data.get("outcome") or "", ""), words.NOT_ASKED]))
    if event.kind not in NAMED:
        return ""
    key, table = NAMED[event.kind]
    value = event.data.get(key)
    return table.get(value, str(value)) if value else ""


def is_shown(file: Attachment) -> bool:
    """Tell whether a file is a picture that the thread shows; a large one is only named."""
    taken = BY_MEDIA_TYPE.get(file.media_type or "")
    shown = taken is not None and taken.shown and (file.size or 0) <= LARGEST_SHOWN
    return shown and file.state is FileState.SAVED


def shows_delivery(message: Message) -> bool:
    """Tell whether a message went out, so that its delivery is worth a word."""
    return message.author is not Author.CUSTOMER
