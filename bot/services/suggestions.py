"""Articles that may help an officer with a case: what the bot's search finds for the customer's last words."""

from collections.abc import Sequence

from bot.domain.case import Case
from bot.domain.conversation import Author
from bot.services.article_index import Hit
from bot.services.articles import ArticleSearch
from bot.store.unit_of_work import UnitOfWork

HOW_MANY = 5
LAST_MESSAGES = 3
LEAST = 0.16  # below this a hit shares no telling word with the question


async def suggested(search: ArticleSearch, uow: UnitOfWork, case: Case) -> Sequence[Hit]:
    """Search with the customer's last messages; the best hit of each article counts."""
    messages = await uow.conversations.messages_of_case(case.id)
    asked = [message.text for message in messages if message.author is Author.CUSTOMER][-LAST_MESSAGES:]
    best: dict[str, Hit] = {}
    for text in asked:
        for hit in await search.find(text, topic=case.topic, limit=HOW_MANY):
            if hit.score >= LEAST and hit.score > getattr(best.get(hit.article_id), "score", 0.0):
                best[hit.article_id] = hit
    return sorted(best.values(), key=lambda hit: -hit.score)[:HOW_MANY]
