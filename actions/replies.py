"""From articles found to a reply: send the best, ask which one is meant, or say that nothing was found.

The score, the lead over the next and how sure the intent is decide together; where two readings of a short text
disagree, the customer does. A wrong article is worse than a question.
"""

from collections.abc import Sequence
from math import log
from typing import Protocol

from bot.domain.proposals import Answer, Choices, NotFound
from bot.domain.terms import asked_in, named_in, parse
from bot.services.article_index import CLEAR, GOOD_ENOUGH, GOOD_ENOUGH_IF_SURE, NEAR, NEAR_IF_SURE
from bot.services.article_signals import Told

WANTED = 3  # the answer and two alternatives, or three choices
FAR = 2.25  # the lead, in log odds, of an article over another that has next to nothing of the text
EVIDENT = 0.8  # the score from which a very short text after another question is one of its own

Reply = Answer | Choices | NotFound


class Hit(Protocol):
    """An article that was found."""

    @property
    def article_id(self) -> str:
        """Its id."""

    @property
    def version(self) -> int:
        """The version that was searched."""

    @property
    def title(self) -> str:
        """Its title, as on a button."""

    @property
    def score(self) -> float:
        """How well it fits, 0 to 1."""

    @property
    def told(self) -> Told:
        """What it is about and says."""

    @property
    def tells(self) -> bool:
        """Whether it says something of the kind that is asked for: a number, a fee, names."""


class Search(Protocol):
    """Verified, unexpired articles."""

    async def find(self, text: str, *, topic: str | None, limit: int) -> Sequence[Hit]:
        """Return the best articles for a question, best first."""

    async def get(self, article_id: str) -> Hit | None:
        """Return one article, or None if it does not serve (any more)."""


def reply_to(hits: Sequence[Hit], *, sure: bool) -> Reply:
    """Decide by score and lead: the best article if it is good and clearly ahead, else which is meant, else nothing.

    One that says nothing of the kind asked for is never sent unasked, however alike: it answers another question.
    ``sure`` says that something is asked that CKS may answer; less has to fit then.
    """
    enough, near = (GOOD_ENOUGH_IF_SURE, NEAR_IF_SURE) if sure else (GOOD_ENOUGH, NEAR)
    offered = [hit for hit in hits if hit.score >= near]
    if not offered:
        return NotFound()
    best, others = offered[0], offered[1:]
    if best.score >= enough and best.tells and _is_clear(best, others):
        return answer(best, others)
    return Choices(article_ids=tuple(hit.article_id for hit in offered))


def _is_clear(best: Hit, others: Sequence[Hit]) -> bool:
    return not others or _log_odds(best.score) - _log_odds(others[0].score) >= CLEAR


def _log_odds(score: float) -> float:
    certain = 0.9999  # scores have four digits
    score = min(max(score, 1 - certain), certain)
    return log(score / (1 - score))


def answer(hit: Hit, others: Sequence[Hit]) -> Answer:
    """Send an article; the others are offered beneath it."""
    alternatives = tuple(other.article_id for other in others)
    return Answer(article_id=hit.article_id, version=hit.version, score=hit.score, alternatives=alternatives)


def offered(hits: Sequence[Hit]) -> Choices | NotFound:
    """Offer what would be sent to a text that says what it is about and asks nothing."""
    reply = reply_to(hits, sure=False)
    return asked_back(reply) if isinstance(reply, Answer) else reply


def asked_back(given: Answer) -> Choices:
    """Offer what would be sent."""
    return Choices(article_ids=(given.article_id, *given.alternatives))


def answer_alone(given: Answer) -> Answer:
    """Leave the alternatives out, as beside another answer."""
    return Answer(article_id=given.article_id, version=given.version, score=given.score)


def is_told(question: str, reply: Reply, answered: Sequence[Hit]) -> bool:
    """Tell whether what is asked beside other questions stands in an article that is sent already."""
    sent = [hit.article_id for hit in answered]
    match reply:
        case Answer(article_id=article_id):
            return article_id in sent
        case Choices(article_ids=(article_id, *_)) if article_id in sent:
            return True
    parsed = parse(question)
    things, asked = named_in(parsed), asked_in(parsed)
    return bool(things or asked) and any(things <= hit.told.mentions and asked <= hit.told.asks for hit in answered)


def score_among(hits: Sequence[Hit], article: Hit) -> float:
    """Give the score with which an article was found among these; 0 if it was not."""
    return next((hit.score for hit in hits if hit.article_id == article.article_id), 0.0)


def stands_alone(alone: Sequence[Hit], hits: Sequence[Hit]) -> bool:
    """Tell whether a text is no follow-up: alone it finds what may answer, far ahead of what it finds in context."""
    if not hits or not alone or alone[0].score < GOOD_ENOUGH or not alone[0].tells:
        return False
    return _log_odds(alone[0].score) - _log_odds(score_among(alone, hits[0])) >= FAR


def in_context_or_alone(hits: Sequence[Hit], alone: Sequence[Hit]) -> Answer | Choices | None:
    """Ask whether a text is meant in context or alone; None if it says enough alone."""
    if not hits or not alone or alone[0].score >= EVIDENT:
        return None
    if hits[0].article_id == alone[0].article_id:
        reply = reply_to(alone, sure=False)
        return None if isinstance(reply, NotFound) else reply
    near = tuple(found[0].article_id for found in (hits, alone) if found[0].score >= NEAR_IF_SURE)
    return Choices(article_ids=near) if len(near) > 1 else None


def read_or_next(hits: Sequence[Hit], alone: Sequence[Hit]) -> Answer | Choices:
    """Decide between the article just read, which fits best, and the next one by what fits the new words alone."""
    if alone and alone[0].score >= NEAR_IF_SURE:
        for hit in hits[:2]:
            if hit.article_id == alone[0].article_id and hit.score >= NEAR:
                return answer(hit, ())
    return Choices(article_ids=tuple(hit.article_id for hit in hits[:WANTED] if hit.score >= NEAR))
