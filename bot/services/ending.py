"""The end of a case: rating (LC7), thanks by script (LC8), summary filed in CKS (LC9). Rows locked by the caller."""

from datetime import datetime

from bot.domain.case import Case, State, Trigger
from bot.domain.conversation import Conversation, Delivery
from bot.domain.history import Happened
from bot.domain.interpret import Command, Meaning, Media, Text
from bot.domain.limits import Limits
from bot.domain.rating import Score, read_rating
from bot.domain.thanks import only_thanks
from bot.domain.work import Rating
from bot.services import errands, promises, summaries
from bot.services.say import say_script
from bot.store.unit_of_work import UnitOfWork
from connectors.contract import MediaKind, Menu

SURVEY = "survey"  # the script that asks for 1/2/3
NAMES = {
    "th": {Score.IMPRESSED: "ประทับใจ", Score.SATISFIED: "พึงพอใจ", Score.NOT_SATISFIED: "ไม่พึงพอใจ"},
    "en": {Score.IMPRESSED: "impressed", Score.SATISFIED: "satisfied", Score.NOT_SATISFIED: "not satisfied"},
}


async def ask_rating(
    uow: UnitOfWork, conversation: Conversation, case: Case, trigger: Trigger, *, limits: Limits, actor: str
) -> None:
    """Go into the survey: the promises end, the customer is asked for 1/2/3.

    Who can't be written to now is asked with the next own act (``ask_again``), as long as the survey is open.
    """
    case.move(trigger, uow.now)
    case.survey_due_at = uow.now + limits.survey
    case.summary = case.summary or await summaries.draft(uow, case)
    await promises.cancel(uow, case)
    await errands.show_menu(uow, case, Menu.BOT)
    asked = await say_script(uow, conversation, case, SURVEY) is not None
    uow.cases.happened(case, Happened.RESOLVED, uow.now, actor=actor, outcome=case.outcome, asked=asked)


async def times_asked(uow: UnitOfWork, case: Case) -> int:
    """Count how often the customer was asked for 1/2/3 in the survey that is open; what failed asked nobody."""
    began = await uow.cases.last_time(case.id, Happened.RESOLVED)
    assert began is not None
    messages = await uow.conversations.messages_of_case(case.id)
    asked = [message for message in messages if message.script == SURVEY and message.at >= began]
    return sum(message.delivery is not Delivery.FAILED for message in asked)


async def waits_unasked(uow: UnitOfWork, case: Case) -> bool:
    """Tell whether a case waits for a rating that the customer was not asked for yet."""
    return case.state is State.SURVEY and not await times_asked(uow, case)


async def ask_again(uow: UnitOfWork, conversation: Conversation, case: Case, *, limits: Limits) -> None:
    """Ask for 1/2/3 in an open survey; who could not be asked until now has the whole time from now on."""
    late = not await times_asked(uow, case)
    if await say_script(uow, conversation, case, SURVEY) is not None and late:
        case.survey_due_at = uow.now + limits.survey


def rating_in(meaning: Meaning) -> Score | None:
    """Read a rating from a tapped button or a typed text."""
    match meaning:
        case Command(intent="rate", entities={"value": str(value)}):
            return Score(int(value))
        case Text(text=text):
            return read_rating(text)
    return None


async def rate(uow: UnitOfWork, conversation: Conversation, case: Case, score: Score) -> None:
    """Take the rating, thank by script, file the summary, close."""
    _record(uow, case, score)
    await say_script(uow, conversation, case, "thanks" if score.satisfied else "thanks_sorry")
    file_summary(uow, case)
    case.move(Trigger.RATED, uow.now)


async def unrated(uow: UnitOfWork, case: Case) -> None:
    """The survey's time is over: close without a rating, and count the case as such."""
    uow.cases.happened(case, Happened.UNRATED, uow.now, actor="desk")
    file_summary(uow, case)
    case.move(Trigger.UNRATED, uow.now)


async def discard(uow: UnitOfWork, case: Case, reason: str, *, actor: str) -> None:
    """Close without a survey: spam, duplicate, unfollowed, blocked."""
    case.closed_as = reason
    await promises.cancel(uow, case)
    await errands.show_menu(uow, case, Menu.BOT)
    case.move(Trigger.DISCARD, uow.now)
    uow.cases.happened(case, Happened.MOVED, uow.now, actor=actor, to=case.state, closed_as=reason)


def belongs_to(case: Case, meaning: Meaning, now: datetime, *, limits: Limits) -> bool:
    """Tell whether words after the end belong to the closed case: thanks, a rating button, a rating in time."""
    match meaning:
        case Command(intent="rate"):
            return case.state is State.CLOSED
        case Media(kind=MediaKind.STICKER):
            return True
        case Text(text=text) if only_thanks(text):
            return True
        case Text():
            return rating_in(meaning) is not None and _may_be_corrected(case, now, limits)
    return False


async def hear_after_end(
    uow: UnitOfWork, conversation: Conversation, case: Case, meaning: Meaning, *, limits: Limits
) -> None:
    """Take a second rating within the time for corrections; anything else is only recorded."""
    uow.cases.happened(case, Happened.RECORDED_AFTER, uow.now, actor="customer")
    score = rating_in(meaning)
    if score is None or not _may_be_corrected(case, uow.now, limits) or score == case.rating:
        return
    _record(uow, case, score)
    name = NAMES["en" if case.language == "en" else "th"][score]
    await say_script(uow, conversation, case, "rating_changed", value=name)


def file_summary(uow: UnitOfWork, case: Case) -> None:
    """File the summary in CKS (the standard allows 30 s; it is the closing transaction itself)."""
    case.summary_filed_at = uow.now
    uow.cases.happened(case, Happened.SUMMARY_FILED, uow.now, actor="desk")


def _may_be_corrected(case: Case, now: datetime, limits: Limits) -> bool:
    return case.rated_at is not None and now - case.rated_at <= limits.correction


def _record(uow: UnitOfWork, case: Case, score: Score) -> None:
    uow.work.add(Rating(case_id=case.id, value=int(score), at=uow.now, method="customer"))
    uow.cases.happened(case, Happened.RATED, uow.now, actor="customer", value=int(score), before=case.rating)
    case.rating = int(score)
    case.rated_at = case.rated_at or uow.now
