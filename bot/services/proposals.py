"""The desk disposes: each proposal of Rasa becomes state and words, or is refused.

Every function expects the conversation's and the case's rows to be locked, and the case to be the bot's.
"""

from collections.abc import Mapping, Sequence

from bot.domain.articles_text import ArticleText
from bot.domain.asked_text import what_was_asked
from bot.domain.candidate import Why
from bot.domain.case import Case, HandoffReason, State, Trigger
from bot.domain.conversation import Conversation
from bot.domain.history import Happened
from bot.domain.limits import Limits
from bot.domain.proposals import (
    Answer,
    AnswerReadiness,
    CaseStatus,
    Choices,
    ChooseTopic,
    Done,
    Handoff,
    Misunderstood,
    NextSteps,
    NotFound,
    OfficeHours,
    Proposal,
    Say,
)
from bot.domain.readiness import Level, load_rules
from bot.domain.scripts import Language, ScriptButton
from bot.domain.topics import FOR_PEOPLE
from bot.services import candidates, ending, handoff, information, readiness
from bot.services.say import say_article, say_script
from bot.store.unit_of_work import UnitOfWork

MENUS = ("menu", "hello_menu")  # what asks for a topic; after a greeting that did it already, it is not asked again
NOT_HELPFUL = "not_helpful"  # the script after "that is not what I asked"
MOST_CHOICES = 3
WHILE_WAITING = ("you_are_welcome", "about_bot", "only_signs", "small_talk")  # what is said to a waiting customer, too
PATIENCE = 2  # misunderstandings in a row from which on a person is offered
WITHDRAW = ScriptButton(title={"th": "ยกเลิกการรอ", "en": "Stop waiting"}, intent="withdraw", entities={})
ASK_AGENT = ScriptButton(title={"th": "คุยกับเจ้าหน้าที่", "en": "Talk to an officer"}, intent="ask_agent", entities={})


async def dispose_all(
    uow: UnitOfWork,
    conversation: Conversation,
    case: Case,
    proposed: Sequence[Proposal],
    *,
    greeted: bool,
    limits: Limits,
) -> None:
    """Carry out a turn's proposals in order; ``greeted``: the greeting with its menu was given in this very turn.

    While the customer waits for a person, only verified answers come through. After a handoff within the turn the rest
    of it is dropped: the case is no longer the bot's.
    """
    if case.state is State.QUEUED:
        await _assist(uow, conversation, case, proposed)
        return
    if not any(isinstance(proposal, Misunderstood) for proposal in proposed):
        case.misunderstood = 0
    for proposal in proposed:
        if case.state is State.BOT:
            await dispose(uow, conversation, case, proposal, greeted=greeted, limits=limits)


async def _assist(uow: UnitOfWork, conversation: Conversation, case: Case, proposed: Sequence[Proposal]) -> None:
    """Say what needs no person; the rest of the message waits for one, and so does what CKS does not know."""
    said = [await _assist_with(uow, conversation, case, proposal) for proposal in proposed]
    if not any(said):
        await candidates.note(uow, case, Why.NOT_FOUND)
        await say_script(uow, conversation, case, "assist_not_found")


async def _assist_with(uow: UnitOfWork, conversation: Conversation, case: Case, proposal: Proposal) -> bool:
    match proposal:
        case Answer():
            return await _assist_answer(uow, conversation, case, proposal)
        case Choices() if offered := await _article_buttons(uow, proposal.article_ids[:MOST_CHOICES]):
            await say_script(uow, conversation, case, _which(offered), more=[*offered, WITHDRAW])
        case Say(script=script) if script in (*MENUS, *WHILE_WAITING):
            await say_script(uow, conversation, case, "assist_on" if script in MENUS else script)
        case Handoff():
            await say_script(uow, conversation, case, "still_waiting", number=case.number)
        case OfficeHours():
            await information.office_hours(uow, conversation, case)
        case _:
            return False
    return True


async def _assist_answer(uow: UnitOfWork, conversation: Conversation, case: Case, answer: Answer) -> bool:
    texts = await uow.articles.serving_texts([answer.article_id, *answer.alternatives[:2]], uow.now)
    article = texts.pop(answer.article_id, None)
    if article is None or article.for_people_only or article.version != answer.version:
        return False
    await _send(uow, conversation, case, article, answer.score, [*_buttons_of(texts), WITHDRAW])
    return True


async def dispose(
    uow: UnitOfWork, conversation: Conversation, case: Case, proposal: Proposal, *, greeted: bool, limits: Limits
) -> None:
    """Carry out one proposal of a case that is the bot's."""
    match proposal:
        case Say():
            await _say(uow, conversation, case, proposal, greeted=greeted)
        case Answer():
            await _answer(uow, conversation, case, proposal, limits=limits)
        case Choices() | NextSteps():
            await _offer(uow, conversation, case, proposal)
        case NotFound() | Misunderstood():
            await _no_answer(uow, conversation, case, proposal)
        case ChooseTopic():
            await _topic(uow, conversation, case, proposal, limits=limits)
        case AnswerReadiness():
            await readiness.learn(uow, case, proposal.answers, method=proposal.method, finished=proposal.finished)
            if proposal.finished:
                case.pending_question = None
        case Handoff():
            await handoff.request(uow, conversation, case, proposal.reason, limits=limits)
        case Done() | OfficeHours() | CaseStatus():
            await _see_to(uow, conversation, case, proposal, limits=limits)


async def _see_to(
    uow: UnitOfWork,
    conversation: Conversation,
    case: Case,
    proposal: Done | OfficeHours | CaseStatus,
    *,
    limits: Limits,
) -> None:
    """Do what the desk knows or decides without CKS."""
    match proposal:
        case Done():
            await ending.ask_rating(uow, conversation, case, Trigger.DONE, limits=limits, actor="customer")
        case OfficeHours():
            await information.office_hours(uow, conversation, case)
        case CaseStatus():
            await information.case_status(uow, conversation, case)


async def _no_answer(
    uow: UnitOfWork, conversation: Conversation, case: Case, proposal: NotFound | Misunderstood
) -> None:
    if isinstance(proposal, Misunderstood):
        await _misunderstood(uow, conversation, case, proposal)
    else:
        await _not_found(uow, conversation, case, proposal)


async def _not_found(uow: UnitOfWork, conversation: Conversation, case: Case, proposal: NotFound) -> None:
    uow.cases.happened(case, Happened.NOT_FOUND, uow.now, actor="bot")
    await candidates.note(uow, case, Why.NOT_FOUND)
    if proposal.asked is None:
        await say_script(uow, conversation, case, "not_found")
        return
    article = await uow.articles.serving_text(proposal.about, uow.now) if proposal.about else None
    language: Language = "en" if case.language == "en" else "th"
    title = (article.title_en if language == "en" else None) or article.title if article else None
    what = what_was_asked(proposal.asked, title, language)
    offered = await _article_buttons(uow, proposal.article_ids[:MOST_CHOICES])
    await say_script(uow, conversation, case, "not_told", more=offered, what=what)


async def _say(uow: UnitOfWork, conversation: Conversation, case: Case, proposal: Say, *, greeted: bool) -> None:
    if greeted and proposal.script in MENUS:
        return
    if proposal.question is not None:
        case.pending_question = proposal.question
    if proposal.script == NOT_HELPFUL:
        await candidates.note(uow, case, Why.NOT_HELPFUL)
    await say_script(uow, conversation, case, proposal.script)


async def _answer(uow: UnitOfWork, conversation: Conversation, case: Case, proposal: Answer, *, limits: Limits) -> None:
    """Send the article if this version still serves; what was verified a moment ago may have expired since."""
    texts = await uow.articles.serving_texts([proposal.article_id, *proposal.alternatives[:2]], uow.now)
    article = texts.pop(proposal.article_id, None)
    if article is None or article.version != proposal.version:
        await say_script(uow, conversation, case, "not_found")
    elif article.for_people_only:
        await handoff.request(uow, conversation, case, HandoffReason.FOR_PEOPLE_ONLY, limits=limits)
    else:
        await _send(uow, conversation, case, article, proposal.score, [*_buttons_of(texts), ASK_AGENT])


async def _send(
    uow: UnitOfWork,
    conversation: Conversation,
    case: Case,
    article: ArticleText,
    score: float,
    offered: Sequence[ScriptButton],
) -> None:
    known = await uow.cases.readiness(case.id) if article.levels else None
    level = known.level if known else None
    await say_article(uow, conversation, case, article, level=level, more=offered)
    uow.cases.happened(
        case, Happened.ANSWERED, uow.now, actor="bot",
        article_id=article.article_id, version=article.version, score=score,
    )  # fmt: skip


async def _offer(uow: UnitOfWork, conversation: Conversation, case: Case, proposal: Choices | NextSteps) -> None:
    if isinstance(proposal, Choices):
        await _choices(uow, conversation, case, proposal)
    else:
        await _next_steps(uow, conversation, case, proposal)


async def _choices(uow: UnitOfWork, conversation: Conversation, case: Case, proposal: Choices) -> None:
    """Ask which article is meant; one that serves no more is left out, and without any nothing was found."""
    offered = await _article_buttons(uow, proposal.article_ids[:MOST_CHOICES])
    if not offered:
        await _not_found(uow, conversation, case, NotFound())
        return
    await say_script(uow, conversation, case, _which(offered), more=[*offered, ASK_AGENT])


def _which(offered: Sequence[ScriptButton]) -> str:
    """Name the script that asks which article is meant; of a single one, whether it is."""
    return "which_one" if len(offered) > 1 else "is_it_this"


async def _next_steps(uow: UnitOfWork, conversation: Conversation, case: Case, proposal: NextSteps) -> None:
    """Tell the level and offer what helps next; without a level, or an article that serves, only thank."""
    known = await uow.cases.readiness(case.id)
    offered = await _article_buttons(uow, proposal.article_ids[:MOST_CHOICES])
    if known is None or known.level is None or not offered:
        await say_script(uow, conversation, case, "readiness_done")
        return
    level = load_rules().titles[Level(known.level)]["en" if case.language == "en" else "th"]
    await say_script(uow, conversation, case, "readiness_level", level=level, more=offered)


async def _article_buttons(uow: UnitOfWork, article_ids: Sequence[str]) -> list[ScriptButton]:
    return _buttons_of(await uow.articles.serving_texts(article_ids, uow.now))


def _buttons_of(articles: Mapping[str, ArticleText]) -> list[ScriptButton]:
    return [_article_button(article_id, article) for article_id, article in articles.items()]


def _article_button(article_id: str, article: ArticleText) -> ScriptButton:
    title: dict[Language, str] = {"th": article.title, "en": article.title_en or article.title}
    return ScriptButton(title=title, intent="show_article", entities={"article_id": article_id})


async def _misunderstood(uow: UnitOfWork, conversation: Conversation, case: Case, proposal: Misunderstood) -> None:
    """Ask again with suggestions the first time; from the second in a row on, offer a person, who comes if wanted."""
    case.misunderstood += 1
    uow.cases.happened(case, Happened.MISUNDERSTOOD, uow.now, actor="bot", in_a_row=case.misunderstood)
    await candidates.note(uow, case, Why.NOT_UNDERSTOOD)
    if case.misunderstood >= PATIENCE:
        await say_script(uow, conversation, case, "misunderstood_again")
    elif suggested := await _article_buttons(uow, proposal.article_ids[:MOST_CHOICES]):
        await say_script(uow, conversation, case, "misunderstood_near", more=suggested)
    else:
        await say_script(uow, conversation, case, "misunderstood")


async def _topic(
    uow: UnitOfWork, conversation: Conversation, case: Case, proposal: ChooseTopic, *, limits: Limits
) -> None:
    case.topic = proposal.topic
    uow.cases.happened(case, Happened.TOPIC_CHOSEN, uow.now, actor="customer", topic=proposal.topic)
    reason = FOR_PEOPLE.get(proposal.topic)
    if reason is not None:
        await handoff.request(uow, conversation, case, HandoffReason(reason), limits=limits)
    elif offered := await _article_buttons(uow, proposal.article_ids[:MOST_CHOICES]):
        await say_script(uow, conversation, case, "topic_near", more=[*offered, ASK_AGENT])
    else:
        await say_script(uow, conversation, case, f"topic_{proposal.topic}")
