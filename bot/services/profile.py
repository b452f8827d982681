"""The customer's profile: kept only with consent, which is kept too: what for, to which text, when, by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.agent import Agent
from bot.domain.case import Case
from bot.domain.contact import Contact
from bot.domain.conversation import Conversation
from bot.domain.errors import Invalid, NotFound
from bot.domain.history import Happened
from bot.domain.profile_text import check_phone, find_details, tells
from bot.domain.readiness_text import asks_something
from bot.domain.scripts import load_scripts
from bot.domain.work import Consent
from bot.services.agents import normal_email
from bot.services.say import say_script
from bot.store.unit_of_work import UnitOfWork

FIELDS = ("name", "company", "email", "phone")
PURPOSE = "contact_about_case"  # to send documents and to answer about the case
SCRIPT = "consent_profile"
LONGEST = 200
ONLY_DETAILS = 20  # characters beside the details that ask nothing: "อีเมลของผมคือ … ครับ"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What is known of a customer, and what the customer agreed to."""

    contact: Contact
    consents: Sequence[Consent]
    display_name: str | None = None  # on the platform, for officers to tell customers apart


async def show(uow: UnitOfWork, contact_id: int) -> Profile:
    """Give a customer's profile."""
    contact = await uow.conversations.contact(contact_id)
    if contact is None:
        raise NotFound("There is no such customer.")
    return Profile(
        contact=contact,
        consents=await uow.work.consents(contact_id),
        display_name=await uow.conversations.display_name(contact_id),
    )


async def change(uow: UnitOfWork, agent: Agent, case_id: int, fields: Mapping[str, str | None]) -> Profile:
    """Write down what the customer told an officer; saving says that the customer agreed, and that is recorded."""
    case = await uow.cases.get(case_id)
    if case is None:
        raise NotFound("There is no such case.")
    await _store(uow, case, _checked(fields), recorded_by=f"agent:{agent.id}")
    return await show(uow, case.contact_id)


async def ask_consent(uow: UnitOfWork, conversation: Conversation, case: Case, text: str) -> bool:
    """Ask whether contact details in a customer's text may be kept; True when the text says nothing else."""
    found = find_details(text)
    if not found.fields:
        return False
    profile = await show(uow, case.contact_id)
    new = {name: value for name, value in found.fields.items() if getattr(profile.contact, name) != value}
    if new:
        case.pending_profile = new
        await say_script(uow, conversation, case, SCRIPT)
    return len(found.rest) <= ONLY_DETAILS or (bool(found.named) and not asks_something(found.rest))


async def consented(uow: UnitOfWork, conversation: Conversation, case: Case, *, given: bool) -> None:
    """The customer answered: keep the details, or forget them; either way the answer is recorded."""
    pending, case.pending_profile = case.pending_profile or {}, None
    if given:
        await _store(uow, case, pending, recorded_by="customer")
    else:
        uow.work.add(_consent(uow, case, recorded_by="customer", given=False))
    await say_script(uow, conversation, case, "consent_kept" if given else "consent_refused")
    if case.pending_question is not None:  # the form's question is still open
        await say_script(uow, conversation, case, f"ask_{case.pending_question}")


async def forget(uow: UnitOfWork, case: Case, said: str) -> None:
    """The customer took words back: no detail that they tell is kept; the history says only that it changed."""
    if find_details(said).fields:
        case.pending_profile = None
    contact = await uow.conversations.contact(case.contact_id)
    on_file = {name: getattr(contact, name) for name in FIELDS}
    told = {name: None for name, detail in on_file.items() if detail and tells(said, detail)}
    await _store(uow, case, told, recorded_by="customer")


async def _store(uow: UnitOfWork, case: Case, fields: Mapping[str, str | None], *, recorded_by: str) -> None:
    contact = await uow.conversations.contact(case.contact_id)
    if contact is None:
        raise NotFound("There is no such customer.")
    changed = [name for name, value in fields.items() if getattr(contact, name) != value]
    for name in changed:
        setattr(contact, name, fields[name])
    if changed:
        kept = any(fields[name] for name in changed)  # erasing is the customer's withdrawal
        uow.work.add(_consent(uow, case, recorded_by=recorded_by, given=kept))
        uow.cases.happened(case, Happened.PROFILE_CHANGED, uow.now, actor=recorded_by, fields=changed)


def _consent(uow: UnitOfWork, case: Case, *, recorded_by: str, given: bool) -> Consent:
    return Consent(
        contact_id=case.contact_id,
        case_id=case.id,
        purpose=PURPOSE,
        text_version=f"{SCRIPT}:{load_scripts()[SCRIPT].version}",
        given=given,
        recorded_by=recorded_by,
        at=uow.now,
    )


def _checked(fields: Mapping[str, str | None]) -> dict[str, str | None]:
    """Check and unify what was typed; an empty field erases."""
    checked: dict[str, str | None] = {}
    for name, value in fields.items():
        if name not in FIELDS:
            raise Invalid(f"Unknown field {name}.")
        text = (value or "").strip()[:LONGEST] or None
        if text and name == "email":
            text = normal_email(text)
        if text and name == "phone":
            text = check_phone(text)
            if text is None:
                raise Invalid("This is not a telephone number.")
        checked[name] = text
    return checked
