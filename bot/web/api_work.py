"""What officers do with cases, over the JSON API."""

from typing import Literal

from pydantic import BaseModel, Field
from sanic import Blueprint

from bot.domain.case import Case
from bot.domain.conversation import Delivery
from bot.services import cases, profile
from bot.services.uploads import MOST_FILES
from bot.web.endpoint import Call, endpoint
from bot.web.schemas import LARGEST, Strict, Time

blueprint = Blueprint("work", url_prefix="/api/v1/cases")
Text = Field(min_length=1, max_length=5000)


class CaseStateOut(BaseModel):
    """How a case stands after what was done."""

    id: int
    number: str
    state: str
    assignee_id: int | None
    transfer_to_id: int | None

    @classmethod
    def of(cls, case: Case) -> "CaseStateOut":
        """Render a case's state."""
        return cls(
            id=case.id,
            number=case.number,
            state=case.state,
            assignee_id=case.assignee_id,
            transfer_to_id=case.transfer_to_id,
        )


class ReplyIn(Strict):
    """An officer's reply; ``last_seen_seq`` is the newest message that the officer has read.

    ``quoted_seq``: the customer's message that it answers, shown with it where the platform can (LINE).
    """

    text: str = Text
    last_seen_seq: int | None = Field(default=None, ge=0)
    attachment_ids: list[int] = Field(default=[], max_length=MOST_FILES)
    quoted_seq: int | None = Field(default=None, ge=1, le=LARGEST)


class ReplyOut(BaseModel):
    """The reply as stored."""

    seq: int
    delivery: Delivery
    at: Time


class NoteIn(Strict):
    """A note that the customer never sees."""

    text: str = Text


class NoteOut(BaseModel):
    """A note as stored."""

    id: int
    text: str
    at: Time


class TransferIn(Strict):
    """To whom the case is handed on."""

    agent_id: int = Field(ge=1)


class ResolveIn(Strict):
    """How the case ended; without a summary the desk writes one from what is stored.

    ``erased_messages`` as the case told it when the summary was written: refused if more were taken back since.
    """

    outcome: Literal["answered", "documents_sent", "referred", "no_answer_needed", "unresolved"]
    summary: str | None = Field(default=None, max_length=4000)
    last_seen_seq: int | None = Field(default=None, ge=0)
    erased_messages: int | None = Field(default=None, ge=0)


class DiscardIn(Strict):
    """Why the case is closed without a survey."""

    reason: Literal["spam", "duplicate"]


class ProfileIn(Strict):
    """What the customer told and agreed to be kept; null erases."""

    name: str | None = Field(default=None, max_length=200)
    company: str | None = Field(default=None, max_length=200)
    email: str | None = Field(default=None, max_length=320)
    phone: str | None = Field(default=None, max_length=50)


class ConsentOut(BaseModel):
    """A consent, or its refusal."""

    purpose: str
    text_version: str
    given: bool
    recorded_by: str
    at: Time


class ProfileOut(BaseModel):
    """A customer's profile with the consents behind it."""

    contact_id: int
    name: str | None
    company: str | None
    email: str | None
    phone: str | None
    consents: list[ConsentOut]

    @classmethod
    def of(cls, shown: profile.Profile) -> "ProfileOut":
        """Render a profile."""
        contact = shown.contact
        return cls(
            contact_id=contact.id,
            name=contact.name,
            company=contact.company,
            email=contact.email,
            phone=contact.phone,
            consents=[ConsentOut.model_validate(c, from_attributes=True) for c in shown.consents],
        )


@endpoint(blueprint, "POST", "/<case_id:int>/accept", summary="Take a waiting case", response=CaseStateOut)
async def accept(call: Call, case_id: int) -> CaseStateOut:
    """Take a waiting case; 409 ``already_taken`` names who has it."""
    return CaseStateOut.of(await cases.accept(call.uow, call.officer, case_id))


@endpoint(
    blueprint, "POST", "/<case_id:int>/messages", summary="Answer the customer (Idempotency-Key)",
    body=ReplyIn, response=ReplyOut, status=201,
)  # fmt: skip
async def reply(call: Call, case_id: int) -> ReplyOut:
    """Answer the customer; 409 ``newer_messages`` while something newer is unread."""
    message = await cases.reply(
        call.uow, call.officer, case_id, text=call.body.text, last_seen_seq=call.body.last_seen_seq,
        key=call.request.headers.get("idempotency-key"), limits=call.context.limits,
        file_ids=call.body.attachment_ids, quoted_seq=call.body.quoted_seq,
    )  # fmt: skip
    return ReplyOut(seq=message.seq, delivery=message.delivery, at=message.at)


@endpoint(
    blueprint, "POST", "/<case_id:int>/messages/<seq:int>/retry", summary="Send a failed message again",
    response=ReplyOut,
)  # fmt: skip
async def retry(call: Call, case_id: int, seq: int) -> ReplyOut:
    """Send a failed message again."""
    message = await cases.retry(call.uow, call.officer, case_id, seq, limits=call.context.limits)
    return ReplyOut(seq=message.seq, delivery=message.delivery, at=message.at)


@endpoint(blueprint, "POST", "/<case_id:int>/notes", summary="Keep a note", body=NoteIn, response=NoteOut, status=201)
async def add_note(call: Call, case_id: int) -> NoteOut:
    """Keep a note that the customer never sees."""
    note = await cases.add_note(call.uow, call.officer, case_id, call.body.text)
    await call.uow.session.flush()
    return NoteOut(id=note.id, text=note.text, at=note.at)


@endpoint(
    blueprint, "POST", "/<case_id:int>/transfer", summary="Hand the case on", body=TransferIn, response=CaseStateOut
)
async def transfer(call: Call, case_id: int) -> CaseStateOut:
    """Hand the case on to another officer; its clock goes on."""
    return CaseStateOut.of(await cases.transfer(call.uow, call.officer, case_id, call.body.agent_id))


@endpoint(blueprint, "POST", "/<case_id:int>/release", summary="Put the case back", response=CaseStateOut)
async def release(call: Call, case_id: int) -> CaseStateOut:
    """Put the case back into the queue; its clock goes on."""
    return CaseStateOut.of(await cases.release(call.uow, call.officer, case_id))


@endpoint(blueprint, "POST", "/<case_id:int>/return-to-bot", summary="Give it back to the bot", response=CaseStateOut)
async def return_to_bot(call: Call, case_id: int) -> CaseStateOut:
    """Give the case back to the assistant."""
    return CaseStateOut.of(await cases.return_to_bot(call.uow, call.officer, case_id, limits=call.context.limits))


@endpoint(blueprint, "POST", "/<case_id:int>/resolve", summary="End the case", body=ResolveIn, response=CaseStateOut)
async def resolve(call: Call, case_id: int) -> CaseStateOut:
    """End the case and ask for the rating.

    409 ``newer_messages`` while something is unread, ``message_erased`` if words of the summary may be taken back.
    """
    case = await cases.resolve(
        call.uow, call.officer, case_id, outcome=call.body.outcome, summary=call.body.summary,
        last_seen_seq=call.body.last_seen_seq, limits=call.context.limits, erased_messages=call.body.erased_messages,
    )  # fmt: skip
    return CaseStateOut.of(case)


@endpoint(
    blueprint, "POST", "/<case_id:int>/discard", summary="Close as spam or duplicate",
    body=DiscardIn, response=CaseStateOut,
)  # fmt: skip
async def discard(call: Call, case_id: int) -> CaseStateOut:
    """Close the case without a survey."""
    return CaseStateOut.of(await cases.discard(call.uow, call.officer, case_id, call.body.reason))


@endpoint(
    blueprint, "PUT", "/<case_id:int>/profile", summary="The customer's profile", body=ProfileIn, response=ProfileOut
)
async def change_profile(call: Call, case_id: int) -> ProfileOut:
    """Write down what the customer told and agreed to; only the fields that are sent change."""
    fields = call.body.model_dump(exclude_unset=True)
    return ProfileOut.of(await profile.change(call.uow, call.officer, case_id, fields))
