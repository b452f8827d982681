"""Replies are free, pushes cost: what waits leaves with the customer's next act, and a tap is asked for in good time.

Where few pushes of the month are left, a customer who waits for a person is offered a button before the reply token of
the last message grows old; the token pays for the button, and a tap on it brings a fresh token, with which leaves
whatever waits by then. What the platform refused for want of quota leaves the same way, with any act of the customer.
The rows are locked by the caller.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.domain.case import Case, State
from bot.domain.conversation import Conversation
from bot.domain.limits import Limits
from bot.services.say import OUT, say_script
from bot.store.unit_of_work import UnitOfWork, UowFactory
from connectors.contract import Channel, ReplyChannel

SEE_ANSWER: Final = "see_answer"
AGED: Final = timedelta(seconds=40)  # of 50: an answer may still come, and there is time to send the button
IN_TIME: Final = timedelta(seconds=3)  # before the token is too old to be tried


async def revive(uow: UnitOfWork, conversation: Conversation) -> None:
    """Let what was spared, or refused for want of quota, leave with the token that the customer's act has brought."""
    await uow.conversations.release(conversation.lane, uow.now)
    if await uow.conversations.revive(conversation.lane, "quota_used", uow.now):
        uow.notify(conversation.lane)
    uow.notify(OUT, conversation.lane)


async def show_answer(uow: UnitOfWork, conversation: Conversation, case: Case) -> None:
    """Answer a tap on the button: what waits leaves now, or the customer is told that there is nothing yet."""
    if await uow.conversations.unsent(conversation.lane):
        await uow.conversations.release(conversation.lane, uow.now)
        uow.notify(OUT, conversation.lane)
    elif case.state in (State.QUEUED, State.AGENT):
        await say_script(uow, conversation, case, "answer_not_yet")
    else:
        await say_script(uow, conversation, case, "menu")


async def offer_buttons(new_uow: UowFactory, channels: Mapping[str, Channel], limits: Limits) -> None:
    """Spend reply tokens that are about to grow old on a button, where pushes are spared and somebody waits."""
    async with new_uow().reading() as uow:
        spared = [status.channel for status in await uow.channels.all() if status.saves(limits.push_reserve)]
        due: list[int] = []
        for name in spared:
            channel = channels.get(name)
            if isinstance(channel, ReplyChannel):
                window = uow.now - channel.reply_within + IN_TIME, uow.now - AGED
                due += await uow.inbound.waiting_with_token(name, *window)
    for conversation_id in due:
        async with new_uow() as uow:
            conversation = await uow.conversations.lock(conversation_id)
            case = await uow.cases.open_in(conversation.id)
            if case is not None and await _waits(uow, conversation, case):
                await say_script(uow, conversation, case, "answer_later")
                await uow.commit()


async def _waits(uow: UnitOfWork, conversation: Conversation, case: Case) -> bool:
    """Tell whether the customer waits for a person, and nothing is on its way."""
    people = case.state is State.AGENT or (case.state is State.QUEUED and not case.bot_assists)
    return people and not await uow.conversations.unsent(conversation.lane)
