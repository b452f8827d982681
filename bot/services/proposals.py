"""The desk disposes: each proposal of Rasa becomes state and words, or is refused.

Every function expects the conversation's and the case's rows to be locked, and the case to be the bot's.
"""

from bot.domain.case import Case, HandoffReason
from bot.domain.conversation import Conversation
from bot.domain.history import Happened
from bot.domain.proposals import (
    Answer,
    AnswerReadiness,
    ChooseTopic,
    Handoff,
    Misunderstood,
    NotFound,
    Proposal,
    Say,
)
from bot.domain.scripts import Language, ScriptButton
from bot.domain.topics import FOR_PEOPLE, Topic
from bot.services import handoff, readiness
from bot.services.say import say_article, say_script
from bot.store.unit_of_work import UnitOfWork

MENU = "menu"
PATIENCE = 2  # misunderstandings in a row after which a person is offered
ASK_AGENT = ScriptButton(title={"th": "คุยกับเจ้าหน้าที่", "en": "Talk to an officer"}, intent="ask_agent", entities={})


async def dispose(
    uow: UnitOfWork, conversation: Conversation, case: Case, proposal: Proposal, *, greeted: bool
) -> None:
    """Carry out one proposal; ``greeted``: the greeting with its menu was given in this very turn."""
    if not isinstance(proposal, Misunderstood | AnswerReadiness):
        case.misunderstood = 0
    match proposal:
        case Say():
            await _say(uow, conversation, case, proposal, greeted=greeted)
        case Answer():
            await _answer(uow, conversation, case, proposal)
        case NotFound():
            uow.cases.happened(case, Happened.NOT_FOUND, uow.now, actor="bot")
            await say_script(uow, conversation, case, "not_found")
        case Misunderstood():
            await _misunderstood(uow, conversation, case)
        case ChooseTopic():
            await _topic(uow, conversation, case, proposal.topic)
        case AnswerReadiness():
            await readiness.learn(uow, case, proposal.answers, method=proposal.method, finished=proposal.finished)
            if proposal.finished:
                case.pending_question = None
        case Handoff():
            await handoff.request(uow, conversation, case, proposal.reason)


async def _say(uow: UnitOfWork, conversation: Conversation, case: Case, proposal: Say, *, greeted: bool) -> None:
    if greeted and proposal.script == MENU:
        return
    if proposal.question is not None:
        case.pending_question = proposal.question
    await say_script(uow, conversation, case, proposal.script)


async def _answer(uow: UnitOfWork, conversation: Conversation, case: Case, proposal: Answer) -> None:
    """Send the article if this version still serves; what was verified a moment ago may have expired since."""
    article = await uow.articles.serving_text(proposal.article_id, uow.now)
    if article is None or article.version != proposal.version:
        await say_script(uow, conversation, case, "not_found")
        return
    if article.for_people_only:
        await handoff.request(uow, conversation, case, HandoffReason.FOR_PEOPLE_ONLY)
        return
    known = await uow.cases.readiness(case.id)
    more = [await _article_button(uow, other) for other in proposal.alternatives[:2]]
    offered = [button for button in more if button is not None]
    level = known.level if known else None
    await say_article(uow, conversation, case, article, level=level, more=[*offered, ASK_AGENT])
    uow.cases.happened(
        case, Happened.ANSWERED, uow.now, actor="bot",
        article_id=article.article_id, version=article.version, score=proposal.score,
    )  # fmt: skip


async def _article_button(uow: UnitOfWork, article_id: str) -> ScriptButton | None:
    article = await uow.articles.serving_text(article_id, uow.now)
    if article is None:
        return None
    title: dict[Language, str] = {"th": article.title, "en": article.title_en or article.title}
    return ScriptButton(title=title, intent="show_article", entities={"article_id": article_id})


async def _misunderstood(uow: UnitOfWork, conversation: Conversation, case: Case) -> None:
    case.misunderstood += 1
    uow.cases.happened(case, Happened.MISUNDERSTOOD, uow.now, actor="bot", in_a_row=case.misunderstood)
    script = "misunderstood_again" if case.misunderstood >= PATIENCE else "misunderstood"
    await say_script(uow, conversation, case, script)


async def _topic(uow: UnitOfWork, conversation: Conversation, case: Case, topic: Topic) -> None:
    case.topic = topic
    uow.cases.happened(case, Happened.TOPIC_CHOSEN, uow.now, actor="customer", topic=topic)
    reason = FOR_PEOPLE.get(topic)
    if reason is not None:
        await handoff.request(uow, conversation, case, HandoffReason(reason))
    else:
        await say_script(uow, conversation, case, f"topic_{topic}")
