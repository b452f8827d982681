"""Noting what went wrong, so that somebody may teach it: in the unit of work in which it went wrong.

The rows of conversation and case are locked by the caller. What is kept are masked words; a customer who takes the
message back takes this back, too (``forget``).
"""

from bot.domain.candidate import Judgement, Why
from bot.domain.case import Case, HandoffReason
from bot.domain.conversation import Message
from bot.domain.interpret import NO_QUESTION
from bot.domain.masking import COMPANY, EMAIL, NAME, PHONE, mask
from bot.domain.requests import asked_beside
from bot.services import articles
from bot.store import trackers
from bot.store.unit_of_work import UnitOfWork

LONGEST = 1000  # characters of a message that are kept
# Handoffs that tell something about words. The others are about machines, platforms, or the right to be forgotten; and
# who says yes to a person after something was not understood or not found has asked before, which is noted already.
TELLING = frozenset(
    {
        HandoffReason.CUSTOMER_ASKED, HandoffReason.COMPLAINT, HandoffReason.DISPUTE, HandoffReason.DOCUMENTS,
        HandoffReason.FOR_PEOPLE_ONLY,
    }
)  # fmt: skip
ABOUT_AN_ANSWER = frozenset({Why.NOT_HELPFUL, Why.PERSON_AFTER_ANSWER})
ON_FILE = {"name": NAME, "company": COMPANY, "email": EMAIL, "phone": PHONE}


async def note(
    uow: UnitOfWork,
    case: Case,
    why: Why,
    *,
    reason: HandoffReason | None = None,
    answer: Message | None = None,
) -> None:
    """Make the words in question a candidate; taps, media and handoffs that tell nothing make none.

    Nor does a wish for a person in plain words: the customer got what was asked for. But when it is the next thing
    after an answer, the question that was answered is one. ``answer`` is the answer that did not help, where another
    one than the case's newest may be meant.
    """
    if reason is not None and reason not in TELLING:
        return
    if reason is HandoffReason.CUSTOMER_ASKED and (left := await uow.candidates.answer_just_given(case.id)):
        await note(uow, case, Why.PERSON_AFTER_ANSWER, answer=left)
    said = await uow.candidates.last_typed(case.id)
    if why is Why.NOT_HELPFUL and answer is None:
        answer = await uow.candidates.last_answer(case.id)
    if said is not None and why in ABOUT_AN_ANSWER:  # what was asked, not the word that it was not answered
        said = await uow.candidates.last_typed(case.id, before=answer.seq if answer else said.seq)
    if said is None or (reason is HandoffReason.CUSTOMER_ASKED and asked_beside(said.text) == "ask_agent"):
        return
    taken = await trackers.understood(uow.session, case.id, said.text)
    asks_nothing = taken is not None and taken.intent in NO_QUESTION
    if why in ABOUT_AN_ANSWER and asks_nothing and not await _was_answered(uow, said, answer):
        return  # what was answered came by a tap
    await uow.candidates.add(
        message_id=said.id,
        case_id=case.id,
        at=said.at,
        why=why,
        handoff_reason=reason,
        text=await _masked(uow, case, said),
        intent=taken.intent if taken else None,
        confidence=taken.confidence if taken else None,
        answered_with=answer.article_id if answer else None,
    )


async def _was_answered(uow: UnitOfWork, said: Message, answer: Message | None) -> bool:
    """Tell whether the answer is to these words themselves, as it is to a "no" with a wish behind it."""
    return answer is not None and not await uow.candidates.acted_between(said, answer)


async def _masked(uow: UnitOfWork, case: Case, said: Message) -> str:
    contact = await uow.conversations.contact(case.contact_id)
    waiting = case.pending_profile or {}
    known = [(getattr(contact, field, None), covered) for field, covered in ON_FILE.items()]
    known += [(waiting.get(field), covered) for field, covered in ON_FILE.items()]
    return mask(said.text, known)[:LONGEST]


async def reword(uow: UnitOfWork, message: Message) -> None:
    """Follow a customer who has changed the message, unless somebody has judged it already."""
    candidate = await uow.candidates.of_message(message.id)
    case = await uow.cases.get(message.case_id)
    if candidate is not None and case is not None and candidate.state is Judgement.NEW:
        candidate.text = await _masked(uow, case, message)


async def forget(uow: UnitOfWork, message: Message) -> None:
    """Forget what was noted of a message, also where it became a question of an article."""
    candidate = await uow.candidates.of_message(message.id)
    if candidate is None:
        return
    if candidate.state is Judgement.ADDED and candidate.article_id is not None:
        await articles.drop_variant(uow, candidate.article_id, candidate.text)
    await uow.candidates.remove(candidate)
