"""Facebook Messenger: the page's webhook, and the Send API of the Messenger Platform.

The Send API has no key that makes a repeated call safe, so nothing is repeated here: a call whose outcome isn't known
ends as DeliveryUnknown, and the echo that Meta sends of every message settles it by our ``metadata``. The same echo
tells a person of the page from the bot.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform (webhooks, send-messages,
policy), …/docs/messenger-platform/reference/send-api, …/docs/graph-api/webhooks/getting-started and
…/docs/graph-api/guides/secure-requests.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from connectors.contract import (
    ChannelError,
    DeliveryFailed,
    DeliveryUnknown,
    InboundEvent,
    OutboundMessage,
    Receipt,
    SignatureInvalid,
)
from connectors.messenger_errors import SOON, read_receipt
from connectors.messenger_events import ONE_PART, OURS, Reader
from connectors.texts import shorten, split

TIMEOUT: Final = httpx.Timeout(10.0, connect=3.0)
LIMITS: Final = httpx.Limits(max_connections=16, max_keepalive_connections=16)
LONGEST_TEXT: Final = 1_900  # of less than 2,000; Meta does not say in which units, so UTF-16's, the most
MOST_QUICK_REPLIES: Final = 13
LONGEST_TITLE: Final = 20  # Meta cuts what is longer; in which units it does not say, so UTF-16's, the most
WINDOW: Final = timedelta(hours=24)  # for any answer
PERSON_WINDOW: Final = timedelta(days=7)  # for what a person wrote, with the tag HUMAN_AGENT


class MessengerChannel:
    """One Facebook page. ``graph_base`` includes the version; ``human_agent``: Meta approved that tag for the app."""

    name = "messenger"
    keyed = False
    pulled = False

    def __init__(
        self,
        *,
        app_secret: str,
        page_access_token: str,
        verify_token: str,
        graph_base: str,
        app_id: str | None = None,
        page_id: str | None = None,
        human_agent: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout: httpx.Timeout = TIMEOUT,
    ) -> None:
        self._secret = app_secret.encode()
        self._verify_token = verify_token.encode()
        self._reader = Reader(app_id=app_id, page_id=page_id, now=now)
        self._human_agent = human_agent
        self._url = f"{graph_base.rstrip('/')}/{page_id or 'me'}/messages"
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {page_access_token}"},
            params={"appsecret_proof": _hmac(self._secret, page_access_token.encode())},
            timeout=timeout,
            limits=LIMITS,
        )

    def verify(self, query: Mapping[str, str]) -> str:
        """Answer Meta's question whether the webhook's address is ours; raise SignatureInvalid if it isn't Meta's."""
        challenge = query.get("hub.challenge")
        known = hmac.compare_digest(_bytes(query.get("hub.verify_token", "")), self._verify_token)
        if query.get("hub.mode") != "subscribe" or not known or not challenge:
            raise SignatureInvalid
        return challenge

    def parse(self, headers: Mapping[str, str], body: bytes) -> list[InboundEvent]:
        """Check the signature, made over the very bytes that came, then read the batch."""
        given = _bytes(headers.get("x-hub-signature-256", ""))
        if not hmac.compare_digest(given, b"sha256=" + _hmac(self._secret, body).encode()):
            raise SignatureInvalid
        return self._reader.events(body)

    async def send(self, message: OutboundMessage) -> Receipt:
        """Send the message, a long one in several calls, and give the receipt of the last.

        Once a part was accepted, a later failure is DeliveryUnknown: sending it all again would show that part twice.
        """
        purpose = self._purpose(message)
        receipt: Receipt | None = None
        for part in _parts(message):
            try:
                receipt = await self._call({"recipient": {"id": message.external_id}, **purpose, "message": part})
            except ChannelError as error:
                if receipt is None:
                    raise
                raise DeliveryUnknown("only the first parts were accepted") from error
        assert receipt is not None, "every text has a part"
        return receipt

    async def close(self) -> None:
        """Close the pool."""
        await self._http.aclose()

    def _purpose(self, message: OutboundMessage) -> dict[str, str]:
        """Say by which right we write; none is left when the customer was silent for too long."""
        silent_for = message.silent_for
        if silent_for is not None and silent_for < WINDOW:
            return {"messaging_type": "RESPONSE"}
        personal = message.by_person and self._human_agent
        if silent_for is not None and personal and silent_for <= PERSON_WINDOW:
            return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        raise DeliveryFailed("outside_window")

    async def _call(self, body: Mapping[str, Any]) -> Receipt:
        try:
            response = await self._http.post(self._url, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise DeliveryFailed("platform_down", retry_after=SOON) from error
        except httpx.HTTPError as error:
            raise DeliveryUnknown(type(error).__name__) from error
        return read_receipt(response)


def _parts(message: OutboundMessage) -> list[dict[str, Any]]:
    """Cut a message into the Send API's; the quick replies go with the last, as only the newest shows its own."""
    named = message.by_person and message.sender_name
    text = f"({message.sender_name}) {message.text}" if named else message.text
    parts: list[dict[str, Any]] = [{"text": piece, "metadata": ONE_PART} for piece in split(text, LONGEST_TEXT)]
    parts[-1]["metadata"] = OURS + message.correlation_id  # only the echo of the last tells that all was shown
    if message.buttons:
        parts[-1]["quick_replies"] = [
            {"content_type": "text", "title": shorten(button.title, LONGEST_TITLE, by_units=True), "payload": button.id}
            for button in message.buttons[:MOST_QUICK_REPLIES]
        ]
    return parts


def _hmac(key: bytes, content: bytes) -> str:
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def _bytes(text: str) -> bytes:
    """Encode for a comparison in constant time, which takes no text beyond ASCII."""
    return text.encode("utf-8", "surrogatepass")
