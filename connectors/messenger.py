"""Facebook Messenger: the page's webhook, and the Send API of the Messenger Platform.

The Send API has no key that makes a repeated call safe, so nothing is repeated here: a call whose outcome isn't known
ends as DeliveryUnknown, and the echo that Meta sends of every message settles it by our ``metadata``. The same echo
tells a person of the page from the bot.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform (webhooks, send-messages,
policy), …/docs/messenger-platform/reference/send-api, …/docs/graph-api/webhooks/getting-started and
…/docs/graph-api/guides/secure-requests.
"""

import hmac
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from connectors.abilities import Finding, SetupPlan
from connectors.contract import (
    ChannelError,
    ChannelHalted,
    DeliveryFailed,
    DeliveryUnknown,
    FetchedMedia,
    InboundAttachment,
    InboundEvent,
    OutboundMessage,
    Receipt,
    SignatureInvalid,
)
from connectors.messenger_errors import read_receipt
from connectors.messenger_events import Reader
from connectors.messenger_files import Files
from connectors.messenger_graph import TIMEOUT, Graph, hmac_of
from connectors.messenger_objects import parts_of
from connectors.messenger_people import act, name_of
from connectors.messenger_personas import Personas
from connectors.messenger_recall import said_since
from connectors.messenger_setup import Page, check, is_told, look, set_up

WINDOW: Final = timedelta(hours=24)  # for any answer
PERSON_WINDOW: Final = timedelta(days=7)  # for what a person wrote, with the tag HUMAN_AGENT
ANSWER: Final = {"messaging_type": "RESPONSE"}
LOOK_AGAIN: Final = 24 * 3600.0  # seconds

_log = logging.getLogger(__name__)


class MessengerChannel:
    """One Facebook page. ``graph_base`` includes the version; ``human_agent``: Meta approved that tag for the app.

    ``old_secrets`` still sign webhooks while a new app secret is being introduced. ``names``: customers' display names
    may be asked for. ``persona_picture``: an https address where Meta gets the picture of whoever speaks for the page.
    """

    name = "messenger"
    keyed = False
    pulled = False
    echo_within = timedelta(seconds=10)

    def __init__(
        self,
        *,
        app_secret: str,
        page_access_token: str,
        verify_token: str,
        graph_base: str,
        old_secrets: Sequence[str] = (),
        app_id: str | None = None,
        page_id: str | None = None,
        human_agent: bool = False,
        names: bool = True,
        persona_picture: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> None:
        self._secrets = [secret.encode() for secret in (app_secret, *old_secrets)]
        self._verify_token = verify_token.encode()
        self._reader = Reader(app_id=app_id, page_id=page_id, now=now)
        self._human_agent = human_agent
        self._page_id = page_id
        self._page = page_id or "me"
        self._graph = Graph(
            base=graph_base, app_secret=app_secret, token=page_access_token, app_id=app_id, timeout=timeout,
            monotonic=monotonic,
        )  # fmt: skip
        self._settings = Page(
            graph=self._graph, token=page_access_token, verify_token=verify_token, app_id=app_id, page_id=page_id,
            human_agent=human_agent,
        )  # fmt: skip
        self._monotonic = monotonic
        self._looked_at: float | None = None
        self._names = names
        self._personas = Personas(self._graph, self._page, picture=persona_picture, monotonic=monotonic)
        self._files = Files(graph_base=graph_base)

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
        right = [b"sha256=" + hmac_of(secret, body).encode() for secret in self._secrets]
        if not any(hmac.compare_digest(given, one) for one in right):
            raise SignatureInvalid
        return self._reader.events(body)

    async def send(self, message: OutboundMessage) -> Receipt:
        """Send the message, a long one in several calls, and give the receipt of the last, with the ids of all.

        Once a part was accepted, a later failure is DeliveryUnknown: sending it all again would show that part twice.
        """
        purpose = self._purpose(message)
        persona = await self._personas.id_of(message.sender_name)
        quoted = message.quote_token if purpose == ANSWER else None
        try:
            return await self._send_parts(message, purpose, persona, quoted)
        except DeliveryFailed as refused:
            if refused.reason != "refused" or (persona is None and quoted is None):
                raise
            if persona is not None and quoted is None:
                self._personas.fail(refused)
        # It may be the quoted message or the persona that is refused: once more without.
        return await self._send_parts(message, purpose, None, None)

    async def _send_parts(
        self, message: OutboundMessage, purpose: Mapping[str, str], persona: str | None, quoted: str | None
    ) -> Receipt:
        speaker = {"persona_id": persona} if persona else {}
        named = message.by_person and message.sender_name and not persona
        receipts: list[Receipt] = []
        for part in parts_of(message, prefix=f"({message.sender_name}) " if named else ""):
            quote = {"reply_to": {"mid": quoted}} if quoted and not receipts else {}
            body = {"recipient": {"id": message.external_id}, **purpose, **speaker, **quote, "message": part}
            try:
                receipts.append(await self._send(body))
            except ChannelError as error:
                if not receipts:
                    raise
                raise DeliveryUnknown("only the first parts were accepted") from error
        *before, last = receipts
        return replace(last, more_ids=tuple(one.external_message_id for one in before if one.external_message_id))

    async def prepare(self) -> None:
        """Look over what every message needs, at the start and once a day; what is missing is logged."""
        now = self._monotonic()
        if self._looked_at is not None and now - self._looked_at < LOOK_AGAIN:
            return
        self._looked_at = now
        for finding in await look(self._settings):
            level = logging.INFO if finding.good else logging.ERROR
            told = {"finding": finding.code, "good": finding.good, "about": finding.about}
            _log.log(level, "messenger.checked", extra=told)

    async def set_up(self, plan: SetupPlan) -> Sequence[Finding]:
        """Publish what an empty chat shows, the menu, the subscription and the webhook's address."""
        return await set_up(self._settings, plan)

    async def check(self, plan: SetupPlan) -> Sequence[Finding]:
        """Look at everything the service needs and change nothing."""
        return await check(self._settings, plan)

    async def name_of(self, external_id: str) -> str | None:
        """Ask for a customer's name; None where Meta gives none, raises a ChannelError."""
        if not self._names:
            return None
        return await name_of(self._graph, external_id)

    async def show_thinking(self, external_id: str) -> None:
        """Show that an answer is being made, for 20 seconds or until it is there; raises a ChannelError."""
        await act(self._graph, self._page, external_id, "typing_on")

    async def mark_read(self, external_id: str, read_token: str) -> None:
        """Show that everything was seen; Messenger needs no token. Raises a ChannelError."""
        await act(self._graph, self._page, external_id, "mark_seen")

    async def said_since(self, since: datetime) -> AsyncIterator[Sequence[InboundEvent]]:
        """Read what was said in the page's talks, see ``RecallingChannel``; nothing where the page is not named."""
        if self._page_id is not None:
            async for talk in said_since(self._graph, self._page_id, since, self._reader.event):
                yield talk

    async def is_told(self) -> bool:
        """Look whether Meta calls the webhook, see ``RecallingChannel``."""
        return await is_told(self._settings)

    async def fetch(self, attachment: InboundAttachment, *, limit: int) -> FetchedMedia:
        """Download a file from Meta's own hosts, see ``MediaChannel``."""
        return await self._files.fetch(attachment, limit=limit)

    async def close(self) -> None:
        """Close the pools."""
        await self._graph.close()
        await self._files.close()

    def open_for(self, *, by_person: bool) -> timedelta:
        """Tell how long after the customer's last act we may write; seven days for a person with Human Agent."""
        return PERSON_WINDOW if by_person and self._human_agent else WINDOW

    def _purpose(self, message: OutboundMessage) -> Mapping[str, str]:
        """Say by which right we write; none is left when the customer was silent for too long."""
        silent_for = message.silent_for
        if silent_for is not None and silent_for < WINDOW:
            return ANSWER
        personal = message.by_person and self._human_agent
        if silent_for is not None and personal and silent_for <= PERSON_WINDOW:
            return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        raise DeliveryFailed("outside_window")

    async def _send(self, body: Mapping[str, object]) -> Receipt:
        """Send one part; what stands against every message of the page is remembered for the next ones."""
        try:
            return read_receipt(await self._graph.send(f"{self._page}/messages", body))
        except ChannelHalted as halted:
            self._graph.halt(halted)
            raise
        except DeliveryFailed as failed:
            if failed.reason == "tag_not_approved":
                self._human_agent = False  # until the next start; each message would fail alike
            raise


def _bytes(text: str) -> bytes:
    """Encode for a comparison in constant time, which takes no text beyond ASCII."""
    return text.encode("utf-8", "surrogatepass")
