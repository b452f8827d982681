"""Say something to the customer: a row is written in the transaction of the state change that caused it.

Every function here expects the conversation's and the case's rows to be locked by the caller.
"""

import uuid
from collections.abc import Sequence

from bot.domain.articles_text import ArticleText, render_article
from bot.domain.case import Case
from bot.domain.conversation import Author, Button, Conversation, Delivery, Message, new_button_id
from bot.domain.inbound import StoredEvent
from bot.domain.scripts import Language, ScriptButton, load_scripts
from bot.services import windows
from bot.store.unit_of_work import UnitOfWork

BOT_NAME = {"th": "ผู้ช่วยอัตโนมัติ", "en": "Automatic assistant"}
OUT = "out"
QUEUE = "queue"  # wakes the consoles


async def say_script(
    uow: UnitOfWork,
    conversation: Conversation,
    case: Case,
    key: str,
    *,
    language: Language | None = None,
    more: Sequence[ScriptButton] = (),
    **values: str,
) -> Message | None:
    """Say an approved script in the case's language, with its buttons and ``more``; the message records its version.

    None, and nothing is written, when the platform lets the bot say nothing to this customer now: it could only fail.
    """
    if await windows.closed_to_bot(uow, conversation):
        return None
    script = load_scripts()[key]
    spoken: Language = language or _language(case)
    message = _message(uow, conversation, case, script.text[spoken].format(**values), spoken)
    message.script, message.script_version = script.key, script.version
    return await _store(uow, conversation, message, _buttons(conversation, [*more, *script.buttons], spoken))


async def say_article(
    uow: UnitOfWork,
    conversation: Conversation,
    case: Case,
    article: ArticleText,
    *,
    level: str | None,
    more: Sequence[ScriptButton],
) -> Message:
    """Send an article's text for the customer's level with its source line, and offer what else there is."""
    spoken = _language(case)
    message = _message(uow, conversation, case, render_article(article, level, spoken), spoken)
    message.article_id, message.article_version = article.article_id, article.version
    message.article_source, message.article_reviewed_on = article.source, article.reviewed_on.isoformat()
    case.last_article_id = article.article_id
    return await _store(uow, conversation, message, _buttons(conversation, more, spoken))


def customer_message(
    uow: UnitOfWork,
    conversation: Conversation,
    case: Case,
    text: str,
    client_id: str | None,
    external_message_id: str | None = None,
) -> Message:
    """Make the row for what the customer said; the caller stores it."""
    return Message(
        conversation_id=conversation.id,
        case_id=case.id,
        lane=conversation.lane,
        seq=conversation.next_seq(),
        author=Author.CUSTOMER,
        text=text,
        language=case.language,
        at=uow.now,
        client_id=client_id,
        external_message_id=external_message_id,
        delivery=Delivery.SENT,
        attempts=0,
        sent_at=uow.now,
    )


async def quote(uow: UnitOfWork, conversation: Conversation, message: Message, event: StoredEvent) -> None:
    """Note which earlier message the customer answers with this one, and how the platform lets us answer this one."""
    message.quote_token = event.quote_token
    if event.quoted_message_id is not None:
        quoted = await uow.conversations.by_part(conversation.id, event.quoted_message_id)
        message.quoted_id = quoted.id if quoted else None


def _message(uow: UnitOfWork, conversation: Conversation, case: Case, text: str, language: Language) -> Message:
    return Message(
        conversation_id=conversation.id,
        case_id=case.id,
        lane=conversation.lane,
        seq=conversation.next_seq(),
        author=Author.BOT,
        name=BOT_NAME[language],
        text=text,
        language=language,
        at=uow.now,
        delivery=Delivery.SENT if conversation.pulled else Delivery.PENDING,
        retry_key=uuid.uuid4(),
        attempts=0,
        next_attempt_at=None if conversation.pulled else uow.now,
        sent_at=uow.now if conversation.pulled else None,
    )


async def _store(uow: UnitOfWork, conversation: Conversation, message: Message, buttons: list[Button]) -> Message:
    await uow.conversations.add_message(message, buttons)
    if message.delivery is Delivery.PENDING:
        uow.notify(OUT, conversation.lane)
    uow.notify(conversation.lane)
    return message


def _buttons(conversation: Conversation, offered: Sequence[ScriptButton], language: Language) -> list[Button]:
    return [
        Button(
            id=new_button_id(),
            conversation_id=conversation.id,
            position=position,
            title=button.title[language],
            intent=button.intent,
            entities=dict(button.entities),
        )
        for position, button in enumerate(offered)
    ]


def _language(case: Case) -> Language:
    return "en" if case.language == "en" else "th"
