"""Files of customers, fetched from Meta's own hosts before their addresses expire.

The addresses in webhooks are signed and expire (Meta does not say when), so a worker fetches at once. Only Meta's file
hosts are asked, over https, also after a redirect, and never with the page's token. Graph's own host counts as one of
them: tests let it stand in for Meta.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import httpx

from connectors.contract import FetchedMedia, InboundAttachment, MediaGone, MediaNotReady, MediaRefused

HOSTS: Final = (".fbcdn.net", ".fbsbx.com")
TIMEOUT: Final = httpx.Timeout(30.0, connect=3.0)
MOST_REDIRECTS: Final = 3
SOON: Final = timedelta(seconds=5)
LONGEST_NAME: Final = 200  # characters
LATER: Final = (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_EARLY, httpx.codes.TOO_MANY_REQUESTS)


class Files:
    """Fetches files; ``graph_base`` is the address whose host is trusted beside Meta's file hosts."""

    def __init__(self, *, graph_base: str, timeout: httpx.Timeout = TIMEOUT) -> None:
        graph = urlsplit(graph_base)
        self._trusted = (graph.scheme, graph.netloc)
        self._http = httpx.AsyncClient(timeout=timeout, headers={"Accept-Encoding": "identity"})

    async def fetch(self, attachment: InboundAttachment, *, limit: int) -> FetchedMedia:
        """Download at most ``limit`` bytes; raises MediaNotReady, MediaGone or MediaRefused."""
        address = attachment.reference
        for _ in range(MOST_REDIRECTS + 1):
            self._check(address)
            try:
                async with self._http.stream("GET", address) as response:
                    if not response.has_redirect_location:
                        return await _read(response, limit)
                    address = urljoin(address, response.headers["location"])
            except httpx.InvalidURL as error:
                raise MediaRefused("foreign") from error
            except httpx.HTTPError as error:
                raise MediaNotReady("platform_down", retry_after=SOON) from error
        raise MediaRefused("foreign")

    async def close(self) -> None:
        """Close the pool."""
        await self._http.aclose()

    def _check(self, address: str) -> None:
        """Refuse what is not Meta's: a forged event must not make the desk call any address."""
        try:
            parts = urlsplit(address)
            host, own_port = parts.hostname or "", parts.port in (None, 443)
        except ValueError as error:
            raise MediaRefused("foreign") from error
        if (parts.scheme, parts.netloc) == self._trusted:
            return
        if parts.scheme != "https" or not own_port or not host.endswith(HOSTS) or _has_user(parts):
            raise MediaRefused("foreign")


async def _read(response: httpx.Response, limit: int) -> FetchedMedia:
    status = response.status_code
    if status in LATER or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise MediaNotReady("platform_down", retry_after=SOON)
    if not response.is_success:  # 403: the signature of the address expired
        raise MediaGone
    if _number(response.headers, "content-length") > limit:
        raise MediaRefused("too_large")
    data = bytearray()
    async for piece in response.aiter_bytes():
        data += piece
        if len(data) > limit:
            raise MediaRefused("too_large")
    return FetchedMedia(
        data=bytes(data), media_type=response.headers.get("content-type"), file_name=name_in(str(response.url))
    )


def name_in(address: str) -> str | None:
    """Read a file's name from its address, where Meta keeps it as the last part of the path."""
    try:
        name = unquote(urlsplit(address).path.rpartition("/")[2])
    except ValueError:
        return None
    return name.translate({0: None})[:LONGEST_NAME] or None


def _number(headers: Mapping[str, str], name: str) -> int:
    value = headers.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else 0


def _has_user(parts: SplitResult) -> bool:
    return parts.username is not None or parts.password is not None
