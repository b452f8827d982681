"""What leaves next, and how: decided and marked in a committed row before the call.

Where the platform gives reply tokens (``ReplyChannel``), messages that were never tried leave together with the newest
fresh token, for free. Without one they are pushed, those that wait together in one call (``BundleChannel``) under the
first one's retry key; that set stays together over all tries, since the key stands for one body. When few pushes of the
month are left, a message waits a while for the customer's next act, which brings a token.

A quote is read anew at every try, since a message that was taken back meanwhile must not be shown again. So the second
try of an unclear push may be the same words without their quote, under the same key. That is the least harmful way:
LINE takes a key once, whatever comes with it (409 after that), so the words are seen once, either as the first try
quoted them, before they were taken back, or plainly. A new key could show them twice; giving up could lose them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.domain.articles_text import date_in
from bot.domain.channel_status import SUSPENDED
from bot.domain.conversation import Author, Message
from bot.domain.limits import Limits
from bot.services import uploads
from bot.store.unit_of_work import UnitOfWork
from connectors.contract import (
    BundleChannel,
    Channel,
    ChannelError,
    DeliveryFailed,
    DeliveryUnknown,
    OutboundArticle,
    OutboundButton,
    OutboundMessage,
    ReplyChannel,
    WebhookChannel,
)

BURST: Final = timedelta(
    seconds=2
)  # an officer's message waits so long for the next one, so that one push carries both
SPARING: Final = timedelta(minutes=2)  # how long a message waits for a free token when few pushes are left
SUSPENDED_PAUSE: Final = timedelta(minutes=1)
SPARED: Final = "waits_for_customer"
LASTING: Final = frozenset({"answer_later", "answer_not_yet"})  # scripts whose buttons stay in the chat
Channels = Mapping[str, Channel]


class Interrupted(DeliveryUnknown):
    """A worker or a connector failed while it was sending, and the send can't be repeated safely."""


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What one call carries; ``again``: its reply token was tried before and nobody knows what came of it."""

    ids: Sequence[int]
    channel: Channel
    messages: Sequence[OutboundMessage]
    reply_token: str | None = None
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Messages whose outcome is known without a call."""

    ids: Sequence[int]
    outcome: ChannelError


async def claim(
    uow: UnitOfWork, channel: Channel | None, message: Message, *, limits: Limits
) -> Parcel | Settled | None:
    """Mark the locked row, and those that leave with it, as being sent; return what to send, None if it is to wait."""
    if channel is None:
        return Settled(ids=[message.id], outcome=DeliveryFailed("channel_off"))
    status = await uow.channels.get(channel.name)
    if status is not None and status.trouble == SUSPENDED:
        _wait(message, uow.now + SUSPENDED_PAUSE, SUSPENDED)
        return None
    if message.reply_event_id is not None:
        return await _claim_again(uow, channel, message.reply_event_id, limits)
    if message.claimed_at is not None and not channel.keyed:
        return Settled(ids=[message.id], outcome=Interrupted())
    sparing = status is not None and status.saves(limits.push_reserve)
    return await _claim_new(uow, channel, message, limits, sparing=sparing)


async def _claim_new(
    uow: UnitOfWork, channel: Channel, message: Message, limits: Limits, *, sparing: bool
) -> Parcel | None:
    """Send by the cheapest way that is sure to show the message once."""
    if isinstance(channel, ReplyChannel) and message.attempts == 0:
        parcel = await _claim_reply(uow, channel, message, limits)
        if parcel is not None:
            return parcel
    if isinstance(channel, BundleChannel):
        return await _claim_push(uow, channel, message, limits, sparing=sparing)
    return await _parcel(uow, channel, [message], limits)


def _wait(message: Message, until: datetime, reason: str | None) -> None:
    message.next_attempt_at, message.delivery_reason = until, reason


async def _claim_reply(uow: UnitOfWork, channel: ReplyChannel, message: Message, limits: Limits) -> Parcel | None:
    """Take the newest fresh token for this message and for what fits beside it."""
    rows = await uow.conversations.untried(message)
    fitting = channel.fitting(await _outbound(uow, channel, rows, limits))
    if not fitting:
        return None
    event = await uow.inbound.take_reply_token(message.lane, uow.now - channel.reply_within, uow.now)
    if event is None:
        return None
    for row in rows[:fitting]:
        row.reply_event_id = event.id
    return await _parcel(uow, channel, rows[:fitting], limits, reply_token=event.reply_token)


async def _claim_again(uow: UnitOfWork, channel: Channel, reply_event_id: int, limits: Limits) -> Parcel | Settled:
    """Repeat a reply call whose outcome is not known, while its token is fresh."""
    rows = await uow.conversations.sent_with(reply_event_id)
    event = await uow.inbound.get(reply_event_id)
    fresh = (
        isinstance(channel, ReplyChannel) and event is not None and uow.now - event.occurred_at <= channel.reply_within
    )
    if event is None or not fresh:
        return Settled(ids=[row.id for row in rows], outcome=Interrupted())
    return await _parcel(uow, channel, rows, limits, reply_token=event.reply_token, again=True)


async def _claim_push(
    uow: UnitOfWork, channel: BundleChannel, message: Message, limits: Limits, *, sparing: bool
) -> Parcel | None:
    """Take this message with its bundle of an earlier try; a new one waits a little, then takes what waits with it."""
    if message.attempts > 0:
        bundled = await uow.conversations.bundled_with(message)
        return await _parcel(uow, channel, [message, *bundled], limits)
    if (until := _waits_until(message, sparing=sparing)) > uow.now:
        _wait(message, until, SPARED if sparing else None)
        return None
    rows = await uow.conversations.untried(message)
    rows = rows[: channel.fitting(await _outbound(uow, channel, rows, limits)) or 1]
    for row in rows[1:]:
        row.push_leader_id = message.id
    return await _parcel(uow, channel, rows, limits)


def _waits_until(message: Message, *, sparing: bool) -> datetime:
    """Tell when a message that found no token is pushed."""
    if sparing:
        return message.at + SPARING
    return message.at + (BURST if message.author is Author.AGENT else timedelta())


async def _parcel(
    uow: UnitOfWork, channel: Channel, rows: Sequence[Message], limits: Limits, *, reply_token: str | None = None,
    again: bool = False,
) -> Parcel:  # fmt: skip
    for row in rows:
        row.claimed_at = uow.now
        row.attempts += 1
    return Parcel(
        ids=[row.id for row in rows],
        channel=channel,
        messages=await _outbound(uow, channel, rows, limits),
        reply_token=reply_token,
        again=again,
    )


async def _outbound(
    uow: UnitOfWork, channel: Channel, rows: Sequence[Message], limits: Limits
) -> list[OutboundMessage]:
    files = await uow.attachments.of_messages([row.id for row in rows])
    buttons = await uow.conversations.buttons_of([row.id for row in rows])
    quoted = await uow.conversations.quoted_by(rows)
    on_platform = isinstance(channel, WebhookChannel)
    heard = await uow.inbound.last_heard(rows[0].lane) if on_platform else None
    articles = {row.id: await _article(uow, row) for row in rows if row.article_id and on_platform}
    newest_offer = await uow.conversations.newest_offer(rows[0].conversation_id) if buttons and on_platform else None
    return [
        OutboundMessage(
            external_id=row.lane.partition(":")[2],
            text=row.text,
            retry_key=row.retry_key,
            sender_name=row.name,
            by_person=row.author is Author.AGENT,
            silent_for=uow.now - heard if heard else None,
            buttons=[OutboundButton(id=b.id, title=b.title) for b in buttons if b.message_id == row.id],
            article=articles.get(row.id),
            lasting=row.script in LASTING,
            superseded=newest_offer is not None and row.id < newest_offer,
            language=row.language,
            quote_token=quoted[row.quoted_id].quote_token if row.quoted_id in quoted else None,
            documents=await uploads.documents(uow, files.get(row.id, ()), sent_at=row.at, limits=limits),
        )
        for row in rows
        if row.retry_key is not None
    ]


async def _article(uow: UnitOfWork, row: Message) -> OutboundArticle | None:
    """Say where an answer comes from; the version that was sent may have been replaced since."""
    version = await uow.articles.get(row.article_id or "", row.article_version or 0)
    if version is None or row.article_source is None or row.article_reviewed_on is None:
        return None
    return OutboundArticle(
        title=row.text.partition("\n")[0],
        source=row.article_source,
        reviewed=date_in("en" if row.language == "en" else "th", date.fromisoformat(row.article_reviewed_on)),
        url=version.source_url,
    )
