"""Calls to Graph in the name of one page: the token, the proof, the pace, and when to stop calling.

Nothing is repeated here and no redirect is followed: the Send API knows no key that makes a second call safe. Graph
tells in a header how much of the page's rate is used; at 80 percent calls are spaced out, at 100 they wait until Graph
lets them through. A page whose token is dead, or that Meta restricted, is asked once in a while and not once for each
message.

Sources: developers.facebook.com/docs/graph-api/guides/secure-requests (``appsecret_proof``), …/business-messaging/
messenger-platform/overview/rate-limiting; the header's minutes: fbsamples/messenger-platform-samples.
"""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import httpx

from connectors import json_body
from connectors.contract import ChannelHalted, DeliveryFailed, DeliveryUnknown
from connectors.messenger_errors import SOON, GraphError, error_in
from connectors.messenger_usage import Usage, read_usage

TIMEOUT: Final = httpx.Timeout(10.0, connect=3.0)
LIMITS: Final = httpx.Limits(max_connections=16, max_keepalive_connections=16)
BUSY: Final = 80  # percent of the page's rate, from which on calls are spaced out
SPACING: Final = 1.0  # seconds between two calls of a process then
BUSY_FOR: Final = 60.0  # seconds that one such header counts
LONGEST_WAIT: Final = 10.0  # seconds that a call waits for its turn; what would wait longer is told to come again


class GraphRefused(Exception):
    """Graph answered with an error; for calls that are no messages."""

    def __init__(self, error: GraphError) -> None:
        super().__init__(f"{error.code}/{error.subcode}: {error.words}")
        self.error = error


class Graph:
    """Graph for one page; ``base`` has the version, ``monotonic`` gives seconds."""

    def __init__(
        self,
        *,
        base: str,
        app_secret: str,
        token: str,
        app_id: str | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base = base.rstrip("/")
        self._pace = Pace(monotonic)
        self._secret = app_secret
        self._app_token = f"{app_id}|{app_secret}"
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            params={"appsecret_proof": hmac_of(app_secret.encode(), token.encode())},
            timeout=timeout,
            limits=LIMITS,
        )

    async def send(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """Post a message when its turn comes.

        Raises ChannelHalted or DeliveryFailed when surely nothing was sent, else DeliveryUnknown.
        """
        await self._pace.turn()
        try:
            response = await self._http.post(f"{self.base}/{path}", json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise DeliveryFailed("platform_down", retry_after=SOON) from error
        except httpx.HTTPError as error:
            raise DeliveryUnknown(type(error).__name__) from error
        self._pace.heard(response.headers)
        return response

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        patience: float | None = None,
        query: Mapping[str, str] | None = None,
        as_app: bool = False,
    ) -> Any:
        """Make any other call, within ``patience`` seconds for each step of it, and give its JSON.

        ``as_app``: in the name of the app, not of the page. Raises GraphRefused, httpx.HTTPError, or ValueError for
        no JSON.
        """
        limit = httpx.USE_CLIENT_DEFAULT if patience is None else patience
        headers, params = {}, dict(query or {})
        if as_app:
            headers["Authorization"] = f"Bearer {self._app_token}"
            params["appsecret_proof"] = hmac_of(self._secret.encode(), self._app_token.encode())
        response = await self._http.request(
            method, f"{self.base}/{path}", json=body, params=params, headers=headers, timeout=limit
        )
        if error := error_in(response):
            raise GraphRefused(error)
        response.raise_for_status()
        return json_body.load(response.content)

    @property
    def is_busy(self) -> bool:
        """Tell whether calls that nobody misses should be left out."""
        return self._pace.is_busy

    def halt(self, halted: ChannelHalted) -> None:
        """Make no call that sends until the pause is over."""
        self._pace.halt(halted)

    async def close(self) -> None:
        """Close the pool."""
        await self._http.aclose()


class Pace:
    """When the next call that sends may be made."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._busy_until = self._free_at = self._halted_until = -1.0
        self._reason = ""

    @property
    def is_busy(self) -> bool:
        """Tell whether the page is near its limit, or must not send at all."""
        return self._monotonic() < max(self._busy_until, self._halted_until)

    async def turn(self) -> None:
        """Wait for this call's turn; raise ChannelHalted when that would take long."""
        now = self._monotonic()
        if now < self._halted_until:
            raise ChannelHalted(self._reason, retry_after=timedelta(seconds=self._halted_until - now))
        if now >= self._busy_until:
            return
        wait = max(0.0, self._free_at - now)
        if wait > LONGEST_WAIT:
            raise ChannelHalted("rate_limited", retry_after=timedelta(seconds=wait))
        self._free_at = now + wait + SPACING
        await asyncio.sleep(wait)

    def heard(self, headers: Mapping[str, str]) -> None:
        """Read how much of the rate is used up."""
        usage: Usage = read_usage(headers)
        if usage.percent >= BUSY:
            self._busy_until = self._monotonic() + BUSY_FOR
        if usage.regain is not None:
            self.halt(ChannelHalted("rate_limited", retry_after=usage.regain))

    def halt(self, halted: ChannelHalted) -> None:
        """Let no call through for so long."""
        self._reason = halted.reason
        self._halted_until = self._monotonic() + halted.retry_after.total_seconds()


def hmac_of(key: bytes, content: bytes) -> str:
    """Sign as Meta does: SHA-256, in lower-case hex."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()
