"""What is said to a question that needs the one before it: "แล้วจีนล่ะ", "นานไหม", "แล้วต้องใช้เอกสารอะไร".

The subject stays: what only asks ("นานไหม") is answered by an article about the same thing that speaks of what is
asked, be it the one just read, and by no neighbour; else the customer is told what CKS does not say. What names
something else is searched for in the place of what was named before, unless the article just read tells of it, too
(China after RCEP). A text whose own words find an answer is no follow-up if they have nothing of the talk before.
"""

from collections.abc import Sequence

from actions.replies import (
    EVIDENT,
    WANTED,
    Hit,
    Reply,
    Search,
    answer,
    in_context_or_alone,
    read_or_next,
    reply_to,
    score_among,
    stands_alone,
)
from bot.domain.proposals import Answer, Choices, NotFound
from bot.domain.questions import VAGUE, FollowUp, in_context
from bot.services.article_index import GOOD_ENOUGH, NEAR, NEAR_IF_SURE

AMONG = 30  # how many articles a text's own words are searched for, to see which of them they touch
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
        alone = await search.find(text, topic=topic, limit=AMONG)
        return None if follow_up.brings and stands_alone(alone, hits) else in_context_or_alone(hits, alone[:WANTED])
    if follow_up.only_asks:
        told = await _of_the_same(text, follow_up, hits, read, search, topic)
        return told or not_told(follow_up.asks, read, await search.find(text, topic=topic, limit=WANTED))
    if read and (again := await _read_tells(follow_up, hits, read, search, topic)):
        return again
    return await _of_another(follow_up, hits, read, search, topic)


async def _of_the_same(
    text: str, follow_up: FollowUp, hits: Sequence[Hit], read: Hit | None, search: Search, topic: str | None
) -> Reply | None:
    """Answer what only asks; an article's title often names the subject better than the question that found it.

    None if no article tells it.
    """
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
        return answer(told[0], ()) if tells else None
    reply = reply_to(others, sure=False)
    shown = isinstance(reply, Answer) or (isinstance(reply, Choices) and told[0].score >= GOOD_ENOUGH)
    return reply if shown else None


async def _read_tells(
    follow_up: FollowUp, hits: Sequence[Hit], read: Hit, search: Search, topic: str | None
) -> Answer | None:
    """Answer with the article just read if it is asked whether something belongs to it, or if it tells of that, too."""
    within = await search.find(follow_up.within, topic=topic, limit=1)
    if not within or within[0].article_id != read.article_id or within[0].score < NEAR:
        return None
    if follow_up.adds and await _has_such(follow_up, read, search, topic):
        return answer(within[0], ())
    best = max((hit.score for hit in hits if hit.article_id != read.article_id), default=0.0)
    replaced = follow_up.within != follow_up.completed
    tells = replaced and follow_up.things <= within[0].told.mentions and within[0].score >= best
    return answer(within[0], ()) if tells else None


async def _has_such(follow_up: FollowUp, read: Hit, search: Search, topic: str | None) -> bool:
    """Tell whether what is asked for could belong to the article: it tells of countries, or has words of the text."""
    kinds = {thing.kind for thing in follow_up.things} - EVERYWHERE
    if kinds:
        return not kinds.isdisjoint(thing.kind for thing in read.told.mentions)
    return score_among(await search.find(follow_up.alone, topic=topic, limit=AMONG), read) >= NEAR_IF_SURE


async def _of_another(
    follow_up: FollowUp, hits: Sequence[Hit], read: Hit | None, search: Search, topic: str | None
) -> Reply | None:
    """What is asked anew is rarely in the article just read, so that is left out.

    When it fits best all the same, what the text says alone decides; and if that is neither of the two, the customer.
    """
    others = [hit for hit in hits if not read or hit.article_id != read.article_id]
    if hits and hits[0] not in others and hits[0].score >= NEAR:
        alone = await search.find(follow_up.alone, topic=topic, limit=AMONG)
        return None if follow_up.brings and stands_alone(alone, hits) else read_or_next(hits, alone)
    reply = reply_to(others[:WANTED], sure=False)
    return None if isinstance(reply, NotFound) else reply


def not_told(asked: frozenset[str], read: Hit | None, alone: Sequence[Hit]) -> NotFound:
    """Say that CKS does not tell this about the article's subject; what evidently tells it in general is offered."""
    general = reply_to([hit for hit in alone if not read or hit.article_id != read.article_id], sure=False)
    offered = (general.article_id,) if isinstance(general, Answer) and general.score >= EVIDENT else ()
    return NotFound(asked=min(asked, default=""), about=read.article_id if read else None, article_ids=offered)


def _best_of(some: Sequence[Hit], others: Sequence[Hit]) -> list[Hit]:
    best: dict[str, Hit] = {}
    for hit in (*some, *others):
        if hit.article_id not in best or hit.score > best[hit.article_id].score:
            best[hit.article_id] = hit
    return sorted(best.values(), key=lambda hit: -hit.score)
