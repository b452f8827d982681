"""What is said to a question that needs the one before it: "แล้วจีนล่ะ", "นานไหม", "แล้วต้องใช้เอกสารอะไร".

The subject stays: what only asks ("นานไหม") is answered by an article about the same thing that speaks of what is
asked, be it the one just read, and by no neighbour; else the customer is told what CKS does not say. What names
something else is searched for in the place of what was named before, unless the article just read tells of it, too
(China after RCEP).
"""

from collections.abc import Sequence

from actions.replies import (
    WANTED,
    Hit,
    Reply,
    Search,
    answer,
    in_context_or_alone,
    read_or_next,
    reply_to,
)
from bot.domain.proposals import Answer, Choices, NotFound
from bot.domain.questions import VAGUE, FollowUp, in_context
from bot.services.article_index import GOOD_ENOUGH, NEAR

EVERYWHERE = frozenset({"agency", "place"})  # kinds that are named beside a subject, and are rarely one


async def reply_in_context(
    text: str, asked_before: Sequence[str], read: Hit | None, search: Search, topic: str | None
) -> Reply | None:
    """Reply to a text in the light of what was asked before and of the article just read.

    None if the text stands alone, or is better searched for alone.
    """
    follow_up = in_context(text, asked_before or ([read.title] if read else []))
    if follow_up is None:
        return None
    hits = await search.find(follow_up.completed, topic=topic, limit=WANTED + 1)
    if not follow_up.certain:
        return in_context_or_alone(hits, await search.find(text, topic=topic, limit=WANTED))
    if follow_up.only_asks:
        return await _of_the_same(text, follow_up, hits, read, search, topic)
    if read and (again := await _read_tells(follow_up, hits, read, search, topic)):
        return again
    return await _of_another(follow_up, hits, read, search, topic)


async def _of_the_same(
    text: str, follow_up: FollowUp, hits: Sequence[Hit], read: Hit | None, search: Search, topic: str | None
) -> Reply:
    """Answer what only asks; an article's title often names the subject better than the question that found it."""
    subject = follow_up.subject
    if read and (by_title := in_context(text, [read.title])):
        hits = _best_of(hits, await search.find(by_title.completed, topic=topic, limit=WANTED + 1))
        subject |= by_title.subject
    subject = frozenset(thing for thing in subject if thing.kind not in EVERYWHERE)
    told = [hit for hit in hits if follow_up.asks <= hit.told.asks and (not subject or subject & hit.told.about)]
    others = [hit for hit in told if not read or hit.article_id != read.article_id][:WANTED]
    written_for_it = reply_to([hit for hit in others if follow_up.asks <= hit.told.answers], sure=False)
    if isinstance(written_for_it, Answer):
        return written_for_it
    if read and told and told[0].article_id == read.article_id and told[0].score >= NEAR:
        # Every article has a "where" or "how" somewhere; those must be what this one was written to answer.
        tells = follow_up.asks & VAGUE <= told[0].told.answers
        return answer(told[0], ()) if tells else not_told(follow_up.asks, read)
    reply = reply_to(others, sure=False)
    if isinstance(reply, Answer) or (isinstance(reply, Choices) and told[0].score >= GOOD_ENOUGH):
        return reply
    return not_told(follow_up.asks, read)


async def _read_tells(
    follow_up: FollowUp, hits: Sequence[Hit], read: Hit, search: Search, topic: str | None
) -> Answer | None:
    """Answer with the article just read if it is asked whether something belongs to it, or if it tells of that, too."""
    within = await search.find(follow_up.within, topic=topic, limit=1)
    if not within or within[0].article_id != read.article_id or within[0].score < NEAR:
        return None
    best = max((hit.score for hit in hits if hit.article_id != read.article_id), default=0.0)
    replaced = follow_up.within != follow_up.completed
    tells = replaced and follow_up.things <= within[0].told.mentions and within[0].score >= best
    return answer(within[0], ()) if follow_up.adds or tells else None


async def _of_another(
    follow_up: FollowUp, hits: Sequence[Hit], read: Hit | None, search: Search, topic: str | None
) -> Reply | None:
    """What is asked anew is rarely in the article just read, so that is left out.

    When it fits best all the same, what the text says alone decides; and if that is neither of the two, the customer.
    """
    others = [hit for hit in hits if not read or hit.article_id != read.article_id]
    if hits and hits[0] not in others and hits[0].score >= NEAR:
        return read_or_next(hits, await search.find(follow_up.alone, topic=topic, limit=WANTED))
    reply = reply_to(others[:WANTED], sure=False)
    return None if isinstance(reply, NotFound) else reply


def not_told(asked: frozenset[str], read: Hit | None) -> NotFound:
    """Say that CKS does not tell this about the article's subject."""
    return NotFound(asked=min(asked, default=""), about=read.article_id if read else None)


def _best_of(some: Sequence[Hit], others: Sequence[Hit]) -> list[Hit]:
    best: dict[str, Hit] = {}
    for hit in (*some, *others):
        if hit.article_id not in best or hit.score > best[hit.article_id].score:
            best[hit.article_id] = hit
    return sorted(best.values(), key=lambda hit: -hit.score)
