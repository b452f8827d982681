"""Downloads what LINE users send: pictures, films, recordings, files.

LINE prepares large ones first (202) and deletes them after a time that it does not tell (404, 410). Bodies are
streamed, so that one that is larger than allowed never fills memory; the SDK would read it whole.
"""

import logging
import time
from datetime import timedelta
from typing import Final
from urllib.parse import quote

import httpx

from connectors.contract import (
    ChannelHalted,
    FetchedMedia,
    InboundAttachment,
    MediaGone,
    MediaKind,
    MediaNotReady,
    MediaRefused,
)
from connectors.line_calls import CHANNEL_NAME, NO_ACCESS_PAUSE, LineCalls, NothingSent
from connectors.line_events import FOREIGN

TRANSCODED: Final = (MediaKind.VIDEO, MediaKind.AUDIO)
TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)  # seconds, for each step
PREPARING_PAUSE: Final = timedelta(seconds=2)
DOWN_PAUSE: Final = timedelta(seconds=5)
log = logging.getLogger(__name__)


class LineContent:
    """The files of one account's users."""

    def __init__(self, calls: LineCalls, data_base: str) -> None:
        self._calls = calls
        self._http = httpx.AsyncClient(base_url=data_base, timeout=TIMEOUT)

    async def fetch(self, attachment: InboundAttachment, *, limit: int) -> FetchedMedia:
        """Download one file; see ``MediaChannel``."""
        if attachment.reference.startswith(FOREIGN):
            raise MediaRefused("foreign")
        try:
            return await self._fetch(attachment, limit, again=True)
        except (httpx.HTTPError, NothingSent) as error:
            raise MediaNotReady("platform_down", retry_after=DOWN_PAUSE) from error

    async def close(self) -> None:
        """Close the pool."""
        await self._http.aclose()

    async def _fetch(self, attachment: InboundAttachment, limit: int, *, again: bool) -> FetchedMedia:
        token = await self._calls.token()
        headers = {"Authorization": f"Bearer {token}"}
        begun = time.monotonic()
        path = f"/v2/bot/message/{quote(attachment.reference, safe='')}/content"
        async with self._http.stream("GET", path, headers=headers) as got:
            _log(got, "/v2/bot/message/{messageId}/content", begun)
            if got.status_code == 200:
                return await _read(got, limit)
        match got.status_code:
            case 202:
                await self._still_prepared(attachment.kind, path, headers)
                raise MediaNotReady("preparing", retry_after=PREPARING_PAUSE)
            case 404 | 410:
                raise MediaGone
            case 401 if again and self._calls.renew(token):
                return await self._fetch(attachment, limit, again=False)
            case 401:
                raise ChannelHalted("no_access", retry_after=NO_ACCESS_PAUSE)
            case status if status == 429 or status >= 500:
                raise MediaNotReady("platform_down", retry_after=DOWN_PAUSE)
        raise MediaGone

    async def _still_prepared(self, kind: MediaKind, path: str, headers: dict[str, str]) -> None:
        """Ask whether a film or recording is being prepared at all; one that LINE could not prepare never comes."""
        if kind not in TRANSCODED:
            return
        begun = time.monotonic()
        told = await self._http.get(f"{path}/transcoding", headers=headers)
        _log(told, "/v2/bot/message/{messageId}/content/transcoding", begun)
        if told.status_code == 200 and b'"failed"' in told.content:
            raise MediaGone


async def _read(got: httpx.Response, limit: int) -> FetchedMedia:
    data = bytearray()
    async for part in got.aiter_bytes():
        data += part
        if len(data) > limit:
            raise MediaRefused("too_large")
    return FetchedMedia(data=bytes(data), media_type=got.headers.get("content-type"))


def _log(got: httpx.Response, path: str, begun: float) -> None:
    told = {"channel": CHANNEL_NAME, "path": path, "status": got.status_code}
    told["ms"] = round((time.monotonic() - begun) * 1000)
    log.info("channel answered", extra={**told, "request_id": got.headers.get("x-line-request-id")})
