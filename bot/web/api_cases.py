"""Cases over the JSON API: lists, one case whole, its history."""

from sanic import Blueprint

from bot.domain.errors import NotFound
from bot.services import windows
from bot.store.worklist import Worklist
from bot.web.case_schemas import (
    AnswerGiven,
    CaseDetail,
    CaseEvents,
    CaseFile,
    CaseHistoryEvent,
    CaseMessage,
    CaseNote,
    Cases,
    CasesQuery,
    CaseSummary,
    ClockOut,
    EventsQuery,
    readiness_of,
    summary_of,
)
from bot.web.endpoint import Call, endpoint
from bot.web.schemas import article_ref

blueprint = Blueprint("cases", url_prefix="/api/v1/cases")


@endpoint(blueprint, "GET", "/", summary="List cases", query=CasesQuery, response=Cases)
async def list_cases(call: Call) -> Cases:
    """List cases, newest first."""
    query: CasesQuery = call.query
    found = await call.uow.cases.list(
        state=query.state, marked=query.marked, assignee_id=call.officer.id if query.mine else None,
        before=query.before, limit=query.limit,
    )  # fmt: skip
    known = await call.uow.cases.readiness_of_many([case.id for case in found])
    officers = await call.uow.agents.names({case.assignee_id for case in found if case.assignee_id})
    clocks = await call.uow.work.clocks_of_many([case.id for case in found])
    names = await Worklist(call.uow.session).names([case.id for case in found])
    items = [
        CaseSummary(
            **summary_of(case, known.get(case.id), officers.get(case.assignee_id or 0), clocks[case.id], names[case.id])
        )
        for case in found
    ]
    return Cases(items=items, next=found[-1].id if len(found) == query.limit else None)


@endpoint(blueprint, "GET", "/<case_id:int>", summary="One case, whole", response=CaseDetail)
async def get_case(call: Call, case_id: int) -> CaseDetail:
    """Give a case with its messages, readiness history and answers."""
    case = await call.uow.cases.get(case_id)
    if case is None:
        raise NotFound
    messages = await call.uow.conversations.messages_of_case(case.id)
    files = await call.uow.attachments.of_messages([message.id for message in messages])
    quoted = await call.uow.conversations.quoted_by(messages)
    talk = await call.uow.conversations.get(case.conversation_id) if case.conversation_id else None
    history = list(await call.uow.cases.readiness_history(case.id))
    officers = await call.uow.agents.names({case.assignee_id} if case.assignee_id else set())
    clocks = await call.uow.work.clocks(case.id)
    names = await Worklist(call.uow.session).names([case.id])
    fields = summary_of(case, None, officers.get(case.assignee_id or 0), clocks, names[case.id])
    fields["readiness"] = readiness_of(history[-1] if history else None, history)
    return CaseDetail(
        **fields,
        contact_id=case.contact_id,
        clocks=[ClockOut.model_validate(clock, from_attributes=True) for clock in clocks],
        rating=case.rating,
        outcome=case.outcome,
        summary=case.summary,
        summary_filed_at=case.summary_filed_at,
        write_until=await windows.closes_at(call.uow, talk, limits=call.context.limits) if talk else None,
        bot_write_until=await windows.closes_to_bot_at(call.uow, talk) if talk else None,
        erased_messages=sum(message.erased_at is not None for message in messages),
        notes=[CaseNote.model_validate(note, from_attributes=True) for note in await call.uow.work.notes(case.id)],
        answers=[
            AnswerGiven(article_id=message.article_id, version=message.article_version)
            for message in messages
            if message.article_id is not None and message.article_version is not None
        ],
        messages=[
            CaseMessage(
                seq=message.seq,
                author=message.author,
                name=message.name,
                text=message.text,
                at=message.at,
                delivery=message.delivery,
                delivery_reason=message.delivery_reason,
                reached=talk.reached(message) if talk else None,
                reaction=message.reaction,
                quoted_seq=quoted[message.quoted_id].seq if message.quoted_id in quoted else None,
                article=article_ref(message),
                attachments=[CaseFile.of(row) for row in files.get(message.id, [])],
            )
            for message in messages
        ],
    )


@endpoint(blueprint, "GET", "/<case_id:int>/events", summary="A case's history", query=EventsQuery, response=CaseEvents)
async def list_case_events(call: Call, case_id: int) -> CaseEvents:
    """List what happened to a case, oldest first."""
    query: EventsQuery = call.query
    if await call.uow.cases.get(case_id) is None:
        raise NotFound
    events = await call.uow.cases.history(case_id, after=query.after, limit=query.limit)
    items = [CaseHistoryEvent.of(event) for event in events]
    return CaseEvents(items=items, next=items[-1].id if len(items) == query.limit else None)
