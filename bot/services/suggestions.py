"""Articles that may help an officer with a case: what the bot's search finds for the customer's last questions."""

from collections.abc import Sequence

from bot.domain import menu
from bot.domain.case import Case
from bot.domain.conversation import Author
from bot.domain.interpret import consent_in, gives_up, wants_to_withdraw
from bot.domain.media import is_placeholder
from bot.domain.requests import beside_a_person
from bot.domain.thanks import only_thanks
from bot.services.article_index import Hit
from bot.services.articles import ArticleSearch
from bot.store.unit_of_work import UnitOfWork
from connectors.contract import Menu

HOW_MANY = 5
LAST_QUESTIONS = 3
LEAST = 0.16  # below this a hit shares no telling word with the question


async def suggested(search: ArticleSearch, uow: UnitOfWork, case: Case) -> Sequence[Hit]:
    """Search with the customer's last questions; the best hit of each article counts."""
    best: dict[str, Hit] = {}
    for text in (await _asked(uow, case))[-LAST_QUESTIONS:]:
        for hit in await search.find(text, topic=case.topic, limit=HOW_MANY):
            if hit.score >= LEAST and hit.score > getattr(best.get(hit.article_id), "score", 0.0):
                best[hit.article_id] = hit
    return sorted(best.values(), key=lambda hit: -hit.score)[:HOW_MANY]


async def _asked(uow: UnitOfWork, case: Case) -> Sequence[str]:
    """List what the customer wrote about a matter, oldest first: no taps or files, nothing that only steers."""
    messages = await uow.conversations.messages_of_case(case.id)
    offers = await uow.conversations.buttons_of([message.id for message in messages])
    titles = {button.title for button in offers}
    titles |= {title for kind in Menu for entry in menu.entries(kind) for title in entry.title.values()}
    written = [m.text for m in messages if m.author is Author.CUSTOMER and m.erased_at is None]
    return [
        rest for text in written if text not in titles and not _only_steers(text) and (rest := beside_a_person(text))
    ]


def _only_steers(text: str) -> bool:
    """Tell whether a text is a file's placeholder, thanks, a yes or no, or an end of waiting."""
    return (
        is_placeholder(text)
        or only_thanks(text)
        or consent_in(text) is not None
        or wants_to_withdraw(text)
        or gives_up(text)
    )
