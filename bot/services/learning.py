"""Officers judge what the assistant may learn from: label it, make it a question of an article, or dismiss it.

Every judgement is one person's; what becomes a question of an article is a draft until another person verifies it, and
what was labelled is used only after somebody has put the exported file among the training data and trained.
"""

from collections.abc import Sequence

from bot.domain.agent import Agent, Role
from bot.domain.article import ArticleVersion
from bot.domain.candidate import Candidate, Judgement
from bot.domain.errors import Forbidden, Invalid, NotFound
from bot.domain.intents import intent_names
from bot.domain.masking import mask, without_masks
from bot.domain.rasa_yaml import training_data
from bot.domain.terms import squeeze
from bot.services import articles
from bot.services.candidates import LONGEST
from bot.store.unit_of_work import UnitOfWork

NEEDED = Role.VERIFIER
FOR_VERIFIERS = "หน้านี้สำหรับผู้ตรวจข้อมูลและหัวหน้างาน"
LONGEST_QUESTION = 300  # characters, as of every question of an article


async def label(uow: UnitOfWork, agent: Agent, candidate_id: int, intent: str, *, text: str | None = None) -> Candidate:
    """Say which intent the words mean, putting them straight if need be; they go into the next export."""
    candidate = await _locked(uow, agent, candidate_id)
    if intent not in intent_names():
        raise Invalid("There is no such intent.", thai="โปรดเลือกความหมายของข้อความ")
    candidate.judge(Judgement.LABELLED, name=agent.name, now=uow.now)
    candidate.text, candidate.label = _straight(candidate, text, LONGEST), intent
    return candidate


async def add_variant(
    uow: UnitOfWork, agent: Agent, candidate_id: int, article_id: str, *, text: str | None = None
) -> ArticleVersion:
    """Make the words a question of an article: in a draft, which another person than this officer verifies."""
    candidate = await _locked(uow, agent, candidate_id)
    candidate.judge(Judgement.ADDED, name=agent.name, now=uow.now)
    question = without_masks(mask(candidate.text if text is None else text))
    candidate.text, candidate.article_id = _straight(candidate, question, LONGEST_QUESTION), article_id
    return await articles.add_variant(uow, agent, article_id, candidate.text)


async def dismiss(uow: UnitOfWork, agent: Agent, candidate_id: int) -> Candidate:
    """Say that there is nothing to learn from it."""
    candidate = await _locked(uow, agent, candidate_id)
    candidate.judge(Judgement.DISMISSED, name=agent.name, now=uow.now)
    return candidate


async def reopen(uow: UnitOfWork, agent: Agent, candidate_id: int) -> Candidate:
    """Take a label or a dismissal back."""
    candidate = await _locked(uow, agent, candidate_id)
    candidate.reopen()
    return candidate


async def get(uow: UnitOfWork, candidate_id: int) -> Candidate:
    """Read one candidate."""
    found = await uow.candidates.get(candidate_id)
    if found is None:
        raise NotFound("There is no such message.")
    return found


async def export(uow: UnitOfWork) -> str:
    """Write everything labelled as Rasa's training data; of the same words the newest label counts."""
    return training_data(_distinct(await uow.candidates.labelled()))


def _distinct(labelled: Sequence[Candidate]) -> Sequence[tuple[str, str]]:
    newest = {squeeze(candidate.text): (candidate.text, candidate.label or "") for candidate in labelled}
    return list(newest.values())


async def _locked(uow: UnitOfWork, agent: Agent, candidate_id: int) -> Candidate:
    if not agent.role.includes(NEEDED):
        raise Forbidden(f"Learning needs the role {NEEDED}.", thai=FOR_VERIFIERS)
    candidate = await uow.candidates.lock(candidate_id)
    if candidate is None:
        raise NotFound("There is no such message.")
    return candidate


def _straight(candidate: Candidate, text: str | None, longest: int) -> str:
    """Give the words as the reviewer left them, masked again: an officer may have pasted something in."""
    words = mask(candidate.text if text is None else text).strip()
    if not words:
        raise Invalid("There are no words.", thai="โปรดพิมพ์ข้อความก่อน")
    if len(words) > longest:
        raise Invalid("The text is too long.", thai=f"ข้อความยาวเกิน {longest} ตัวอักษร โปรดย่อให้เหลือเฉพาะคำถาม")
    return words
