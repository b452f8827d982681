"""LINE as a channel: https://developers.line.biz/en/reference/messaging-api/

What a reader must not break: the signature is checked on the raw bytes before anything is read, and a call that LINE
may have accepted is never reported as a failure unless its retry key makes a repetition harmless.
"""

import base64
import hashlib
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from linebot.v3.messaging import PushMessageRequest, ReplyMessageRequest, TextMessage

from connectors.abilities import Finding, Quota, SetupPlan
from connectors.contract import (
    DeliveryFailed,
    DeliveryUnknown,
    FetchedMedia,
    InboundAttachment,
    InboundEvent,
    Menu,
    OutboundMessage,
    Receipt,
    ReplyTokenInvalid,
    SecretWrong,
    SignatureInvalid,
)
from connectors.line_account import DOWN_PAUSE, LineAccount, learn, refuse
from connectors.line_calls import LINE_API, LINE_DATA_API, Answer, LineCalls, NoAnswer, NothingSent
from connectors.line_content import LineContent
from connectors.line_events import ALERTS, CHANNEL, batch_of
from connectors.line_objects import LineObject, count_fitting, objects_of

REQUEST_TIMEOUT: Final = 10.0  # seconds
MANY_REFUSED: Final = 3  # bodies for our own account in a row, whose signature does not fit
log = logging.getLogger(__name__)


class LineChannel:
    """The messages of one LINE Official Account.

    ``access_token`` is a long-lived channel access token; without one, stateless tokens are made from ``channel_id``
    and ``secret``. ``old_secrets`` still sign webhooks while a new secret is being introduced. ``request_timeout`` is
    in seconds. ``names``: customers' display names are asked for.
    """

    name = CHANNEL
    keyed = True
    pulled = False
    reply_within = timedelta(seconds=50)  # LINE guarantees a reply token for one minute

    def __init__(
        self,
        *,
        secret: str,
        old_secrets: Sequence[str] = (),
        access_token: str | None = None,
        channel_id: str | None = None,
        api_base: str = LINE_API,
        data_base: str = LINE_DATA_API,
        names: bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        request_timeout: float = REQUEST_TIMEOUT,
    ) -> None:
        self._secrets = [one.encode() for one in (secret, *old_secrets)]
        self._now = now
        self._names = names
        self._bot_id: str | None = None  # known once LINE told it
        self._refused = 0
        self._calls = LineCalls(
            secret=secret,
            access_token=access_token,
            channel_id=channel_id,
            api_base=api_base,
            data_base=data_base,
            monotonic=monotonic,
            timeout=request_timeout,
        )
        self._account = LineAccount(self._calls)
        self._content = LineContent(self._calls, self._calls.data_base)

    async def prepare(self) -> None:
        """Learn which account this is, so that events for another one are refused."""
        if self._bot_id is None:
            info = await learn(self._account)
            self._bot_id = info.user_id if info else None

    def parse(self, headers: Mapping[str, str], body: bytes) -> list[InboundEvent]:
        """Check ``x-line-signature`` and translate every event; unknown ones are OTHER, an unreadable body has none.

        A body for another account than the access token's (once LINE has told which that is) is refused, too. Either
        says that the secret is wrong, if it comes from LINE: signed, or one of several in a row with our account's id,
        which nobody else is told. A stranger's body without the id never says so, however many came before it.
        """
        given = headers.get("x-line-signature", "").encode(errors="replace")
        matches = [hmac.compare_digest(_signature(secret, body), given) for secret in self._secrets]
        if not any(matches):
            about_us = self._bot_id is not None and self._bot_id.encode() in body
            self._refused += about_us
            raise SecretWrong if about_us and self._refused >= MANY_REFUSED else SignatureInvalid
        batch = batch_of(body, self._now)
        if self._bot_id and batch.destination not in (None, self._bot_id):
            log.error("channel secret and access token belong to different accounts", extra={"channel": CHANNEL})
            raise SecretWrong
        self._refused = 0
        for event in batch.events:
            if event.raw.get("type") in ALERTS:
                log.warning("the account was changed", extra={"channel": CHANNEL, "code": event.raw["type"]})
        return batch.events

    def fitting(self, messages: Sequence[OutboundMessage]) -> int:
        """Count how many of the first messages make at most LINE's 5 objects."""
        return count_fitting(messages)

    async def send(self, message: OutboundMessage) -> Receipt:
        """Push a message, under its retry key."""
        [receipt] = await self.send_all([message])
        return receipt

    async def send_all(self, messages: Sequence[OutboundMessage]) -> list[Receipt]:
        """Push messages to one user in one call, which costs one of the month's, under the first one's retry key."""
        _refuse_too_much(messages)
        to, key = messages[0].external_id, str(messages[0].retry_key)
        try:
            objects, answer = await _show(
                messages, lambda made: self._calls.push(PushMessageRequest(to=to, messages=made), key)
            )
        except (NothingSent, NoAnswer) as error:
            raise DeliveryFailed("platform_down", retry_after=DOWN_PAUSE) from error
        if answer.status != 409:  # 409: this key was accepted before
            refuse(answer)
        return _receipts([len(of) for of in objects], answer.sent_ids)

    async def reply(self, reply_token: str, messages: Sequence[OutboundMessage]) -> list[Receipt]:
        """Answer an event with all messages at once, for free."""
        _refuse_too_much(messages)
        try:
            objects, answer = await _show(
                messages,
                lambda made: self._calls.reply(ReplyMessageRequest(reply_token=reply_token, messages=made)),
            )
        except NothingSent as error:
            raise DeliveryFailed("platform_down", retry_after=DOWN_PAUSE) from error
        except NoAnswer as error:
            raise DeliveryUnknown from error
        if answer.status >= 500:
            raise DeliveryUnknown
        if _is_about_the_token(answer):
            raise ReplyTokenInvalid
        refuse(answer)
        return _receipts([len(of) for of in objects], answer.sent_ids)

    async def name_of(self, external_id: str) -> str | None:
        """Give a customer's display name, if the installation wants names."""
        return await self._account.name_of(external_id) if self._names else None

    async def mark_read(self, external_id: str, read_token: str) -> None:
        """Mark a customer's messages as read, in the mode in which LINE does not do so by itself."""
        await self._account.mark_read(read_token)

    async def show_menu(self, external_id: str, menu: Menu) -> None:
        """Let a customer have a rich menu."""
        await self._account.show_menu(external_id, menu)

    async def decline(self, group_id: str, reply_token: str | None, words: str) -> None:
        """Say one sentence to a group and leave it; a token that was used has said it before."""
        if reply_token is not None:
            with suppress(NothingSent, NoAnswer):
                message = TextMessage(text=words)
                await self._calls.reply(ReplyMessageRequest(reply_token=reply_token, messages=[message]))
        await self._account.leave(group_id)

    async def show_thinking(self, external_id: str) -> None:
        """Show LINE's loading sign."""
        await self._account.show_loading(external_id)

    async def quota(self) -> Quota:
        """Ask how many pushes of the month are left."""
        return await self._account.quota()

    async def set_up(self, plan: SetupPlan) -> list[Finding]:
        """Publish rich menus and the webhook's address."""
        from connectors import line_setup

        return await line_setup.set_up(self._account, plan)

    async def check(self, plan: SetupPlan) -> list[Finding]:
        """Look the account over."""
        from connectors import line_setup

        return await line_setup.check(self._account, plan)

    async def fetch(self, attachment: InboundAttachment, *, limit: int) -> FetchedMedia:
        """Download what a user sent."""
        return await self._content.fetch(attachment, limit=limit)

    async def close(self) -> None:
        """Close the connections to LINE."""
        await self._content.close()
        await self._calls.close()


async def _show(
    messages: Sequence[OutboundMessage], call: Callable[[list[LineObject]], Awaitable[Answer]]
) -> tuple[list[list[LineObject]], Answer]:
    """Make a call, and once more without cards and quotes if LINE refuses it: they never cost an answer."""
    objects = objects_of(messages)
    answer = await call([one for of in objects for one in of])
    plain = objects_of(messages, cards=False)
    if answer.status == 400 and not _is_about_the_token(answer) and plain != objects:
        log.warning("cards refused", extra={"channel": CHANNEL, "status": answer.status})
        objects, answer = plain, await call([one for of in plain for one in of])
    if answer.status == 400 and not _is_about_the_token(answer):
        told = {"channel": CHANNEL, "status": answer.status, "request_id": answer.request_id}
        log.error("messages refused", extra={**told, "code": answer.blamed})
    return objects, answer


def _is_about_the_token(answer: Answer) -> bool:
    return answer.status == 400 and "invalid reply token" in answer.message.casefold()


def _signature(secret: bytes, body: bytes) -> bytes:
    return base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest())


def _refuse_too_much(messages: Sequence[OutboundMessage]) -> None:
    if count_fitting(messages) < len(messages):
        raise DeliveryFailed("too_long")


def _receipts(sizes: Sequence[int], sent_ids: Sequence[str]) -> list[Receipt]:
    """Give each message the ids of its objects, texts and cards, if LINE named every object."""
    if len(sent_ids) != sum(sizes):
        return [Receipt() for _ in sizes]
    left = iter(sent_ids)
    named = [list(islice(left, size)) for size in sizes]
    return [Receipt(external_message_id=first, more_ids=tuple(more)) for first, *more in named]
