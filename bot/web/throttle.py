"""How fast one visitor, and one address, may use the web chat; whoever is too fast is told when to come back (429).

Tight for a visitor, who types by hand; generous for an address, behind which a whole ministry may sit. The counts live
in the process, so with several web processes an address gets that many times more. What a reader must not break: the
address is the peer's own unless the peer is a proxy that the settings name, since anybody can write X-Forwarded-For.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

from sanic import Request

from bot.domain.errors import TooManyTries

MOST_KEYS: Final = 50_000  # remembered at once; the longest unused is forgotten first
FILES_AT_ONCE: Final = 10  # of one visitor, then one in three minutes
FILES_PER_MINUTE: Final = 1 / 3
READS: Final = 10  # readings for each message that a visitor may write: pages come back often over weak connections
SHARE: Final = 5  # of an address's messages may be new chats: one in so many
Network = IPv4Network | IPv6Network


@dataclass
class Buckets:
    """Token buckets by key: ``burst`` at once, then ``per_minute``."""

    per_minute: float
    burst: float
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, key: str) -> None:
        """Take one token, or raise TooManyTries with the seconds until there is one."""
        now = self.clock()
        left, since = self._left.pop(key, (self.burst, now))
        left = min(self.burst, left + (now - since) * self.per_minute / 60)
        if left >= 1:
            left, wait = left - 1, 0.0
        else:
            wait = (1 - left) * 60 / self.per_minute
        self._left[key] = (left, now)
        if len(self._left) > MOST_KEYS:
            self._left.popitem(last=False)
        if wait:
            raise TooManyTries("Too fast; wait a moment.", retry_after=math.ceil(wait))


class Throttle:
    """The limits of the web chat. Requests from this machine itself have no address to be limited by."""

    def __init__(
        self,
        *,
        visitor_per_minute: int,
        address_per_minute: int,
        proxies: Sequence[Network] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        visitor, address = float(visitor_per_minute), float(address_per_minute)
        self._proxies = proxies
        self._messages = Buckets(visitor, visitor, clock)
        self._reads = Buckets(visitor * READS, visitor * READS, clock)
        self._files = Buckets(FILES_PER_MINUTE, FILES_AT_ONCE, clock)
        self._address = Buckets(address, address, clock)
        self._chats = Buckets(address / SHARE, address / SHARE, clock)

    def open_chat(self, request: Request) -> None:
        """Count a new chat."""
        self._by_address(self._chats, request)

    def write(self, request: Request, visitor: str) -> None:
        """Count a message."""
        self._messages.take(visitor)
        self._by_address(self._address, request)

    def send_file(self, request: Request, visitor: str) -> None:
        """Count a file, which is a message, too."""
        self._files.take(visitor)
        self.write(request, visitor)

    def read(self, visitor: str) -> None:
        """Count a reading or the opening of a stream."""
        self._reads.take(visitor)

    def _by_address(self, buckets: Buckets, request: Request) -> None:
        address = client_address(request.ip, request.headers.get("x-forwarded-for", ""), self._proxies)
        if not _is_this_machine(address):
            buckets.take(address)


def client_address(peer: str, forwarded_for: str, proxies: Sequence[Network]) -> str:
    """Tell who asks: the peer, or behind known proxies the last address that none of them has."""
    address = peer
    for named in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not _is_proxy(address, proxies):
            break
        address = named
    return address


def _is_proxy(address: str, proxies: Sequence[Network]) -> bool:
    try:
        return any(ip_address(address) in network for network in proxies)
    except ValueError:
        return False


def _is_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
