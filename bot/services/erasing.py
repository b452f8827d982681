"""A customer takes a message back: its content leaves every place it had reached, and a tombstone stays.

LINE asks that an unsent message can no longer be seen or used (development guidelines): it goes from transcript,
files, summary, trackers and samples, and with it the contact details that it told, although the customer had agreed to
have them kept. The rows are locked by the caller. Rasa's trackers of the case go as a whole, so the next turn starts a
fresh one.
"""

from collections.abc import Collection

from bot.domain.case import Case
from bot.domain.conversation import Conversation, Message
from bot.domain.history import Happened
from bot.domain.masking import mask
from bot.domain.media import ERASED
from bot.services import attachments, candidates, profile
from bot.services.handoff import QUEUE
from bot.services.summaries import LONGEST_QUOTE, quote
from bot.store import trackers
from bot.store.unit_of_work import UnitOfWork

DEAD_ROWS = "dead_rows"  # topic: old versions of rows wait to be cleared from the database's files
TELLING = 8  # characters; a shorter quote could be part of any word


async def erase(
    uow: UnitOfWork, conversation: Conversation, message: Message, *, wordings: Collection[str] = ()
) -> None:
    """Erase one message of the customer wherever it stands, see above; repeating it is harmless.

    ``wordings``: what it said before it was changed.
    """
    if message.erased_at is not None:
        return
    case = await uow.cases.get(message.case_id)
    assert case is not None
    for said in {message.text, *wordings}:
        await profile.forget(uow, case, said)
        _unquote(case, said)
    await attachments.erase(uow, message)
    message.text, message.erased_at, message.quote_token = ERASED, uow.now, None
    case.rasa_session += 1
    await trackers.erase(uow.session, case.id)
    await candidates.forget(uow, message)
    uow.cases.happened(case, Happened.MESSAGE_ERASED, uow.now, actor="customer", seq=message.seq)
    uow.notify(conversation.lane)
    uow.notify(QUEUE)
    uow.notify(DEAD_ROWS)


def _unquote(case: Case, said: str) -> None:
    """Take the words out of the summary."""
    if case.summary:
        masked = mask(said)
        quoted = {said, " ".join(said.split()), masked, masked[:LONGEST_QUOTE], quote(said)}
        case.summary = "\n".join(_without(line, quoted) for line in case.summary.splitlines())


def _without(line: str, quoted: Collection[str]) -> str:
    """Take quotes out of a line of a summary: whole parts of any length, and long ones wherever they stand."""
    title, separator, rest = line.partition(": ")
    parts = [ERASED if part in quoted else part for part in (rest if separator else line).split(" / ")]
    kept = f"{title}{separator}" * bool(separator) + " / ".join(parts)
    for words in quoted:
        if len(words) >= TELLING:
            kept = kept.replace(words, ERASED)
    return kept
