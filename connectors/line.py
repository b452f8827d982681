"""LINE as a channel: https://developers.line.biz/en/reference/messaging-api/

What a reader must not break: the signature is checked on the raw bytes before anything is read, and a call that LINE
may have accepted is never reported as a failure unless its retry key makes a repetition harmless.
"""

import base64
import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from linebot.v3.messaging import PushMessageRequest, ReplyMessageRequest

from connectors.contract import (
    ChannelHalted,
    DeliveryFailed,
    DeliveryUnknown,
    InboundEvent,
    OutboundMessage,
    Receipt,
    ReplyTokenInvalid,
    SignatureInvalid,
)
from connectors.line_calls import LINE_API, NO_ACCESS_PAUSE, Answer, LineCalls, NoAnswer, NothingSent
from connectors.line_events import CHANNEL, batch_of
from connectors.line_objects import count_fitting, objects_of

DOWN_PAUSE: Final = timedelta(seconds=2)
RATE_PAUSE: Final = timedelta(seconds=5)
REQUEST_TIMEOUT: Final = 10.0  # seconds
log = logging.getLogger(__name__)


class LineChannel:
    """The messages of one LINE Official Account.

    ``access_token`` is a long-lived channel access token; without one, stateless tokens are made from ``channel_id``
    and ``secret``. ``old_secrets`` still sign webhooks while a new secret is being introduced. ``request_timeout`` is
    in seconds.
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
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        request_timeout: float = REQUEST_TIMEOUT,
    ) -> None:
        self._secrets = [one.encode() for one in (secret, *old_secrets)]
        self._now = now
        self._bot_id: str | None = None  # known once LINE told it
        self._calls = LineCalls(
            secret=secret,
            access_token=access_token,
            channel_id=channel_id,
            api_base=api_base,
            monotonic=monotonic,
            timeout=request_timeout,
        )

    def parse(self, headers: Mapping[str, str], body: bytes) -> list[InboundEvent]:
        """Check ``x-line-signature`` and translate every event; unknown ones are OTHER, an unreadable body has none.

        A body for another account than the access token's (once LINE has told which that is) is refused, too.
        """
        given = headers.get("x-line-signature", "").encode(errors="replace")
        matches = [hmac.compare_digest(_signature(secret, body), given) for secret in self._secrets]
        if not any(matches):
            raise SignatureInvalid
        batch = batch_of(body, self._now)
        if self._bot_id and batch.destination and batch.destination != self._bot_id:
            log.error("channel secret and access token belong to different accounts", extra={"channel": CHANNEL})
            raise SignatureInvalid
        return batch.events

    def fitting(self, messages: Sequence[OutboundMessage]) -> int:
        """Count how many of the first messages make at most LINE's 5 objects."""
        return count_fitting(messages)

    async def send(self, message: OutboundMessage) -> Receipt:
        """Push a message, under its retry key."""
        _refuse_too_much([message])
        [objects] = objects_of([message])
        try:
            answer = await self._calls.push(
                PushMessageRequest(to=message.external_id, messages=objects), str(message.retry_key)
            )
        except (NothingSent, NoAnswer) as error:
            raise DeliveryFailed("platform_down", retry_after=DOWN_PAUSE) from error
        if answer.status >= 500:
            raise DeliveryFailed("platform_down", retry_after=DOWN_PAUSE)
        if answer.status != 409:  # 409: this key was accepted before
            _raise_for(answer)
        return Receipt(external_message_id=next(iter(answer.sent_ids), None))

    async def reply(self, reply_token: str, messages: Sequence[OutboundMessage]) -> list[Receipt]:
        """Answer an event with all messages at once, for free."""
        _refuse_too_much(messages)
        objects = objects_of(messages)
        request = ReplyMessageRequest(reply_token=reply_token, messages=[one for of in objects for one in of])
        try:
            answer = await self._calls.reply(request)
        except NothingSent as error:
            raise DeliveryFailed("platform_down", retry_after=DOWN_PAUSE) from error
        except NoAnswer as error:
            raise DeliveryUnknown from error
        if answer.status >= 500:
            raise DeliveryUnknown
        if answer.status == 400 and "invalid reply token" in answer.message.casefold():
            raise ReplyTokenInvalid
        _raise_for(answer)
        return _receipts([len(of) for of in objects], answer.sent_ids)

    async def close(self) -> None:
        """Close the connections to LINE."""
        await self._calls.close()


def _signature(secret: bytes, body: bytes) -> bytes:
    return base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest())


def _refuse_too_much(messages: Sequence[OutboundMessage]) -> None:
    if count_fitting(messages) < len(messages):
        raise DeliveryFailed("too_long")


def _raise_for(answer: Answer) -> None:
    """Name LINE's refusal; https://developers.line.biz/en/reference/messaging-api/#status-codes"""
    match answer.status:
        case status if 200 <= status < 300:
            return
        case 401:
            raise ChannelHalted("no_access", retry_after=NO_ACCESS_PAUSE)
        case 403:
            raise DeliveryFailed("not_permitted")
        case 429 if "monthly limit" in answer.message.casefold():
            raise DeliveryFailed("quota_used")
        case 429:
            raise DeliveryFailed("rate_limited", retry_after=RATE_PAUSE)
    raise DeliveryFailed("refused")


def _receipts(sizes: Sequence[int], sent_ids: Sequence[str]) -> list[Receipt]:
    """Give each message the id of its first object, if LINE named every object."""
    if len(sent_ids) != sum(sizes):
        return [Receipt() for _ in sizes]
    firsts = [sum(sizes[:number]) for number in range(len(sizes))]
    return [Receipt(external_message_id=sent_ids[first]) for first in firsts]
