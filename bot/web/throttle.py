"""How fast one visitor, and one address, may use the web chat; whoever is too fast is told when to come back (429).

Tight for a visitor, who types by hand; generous for an address, behind which a whole ministry may sit. The counts live
in the process, so with several web processes an address gets that many times more. What a reader must not break: the
address (of IPv6 its first 64 bits, which one customer has whole) is the peer's own unless the peer is a proxy that the
settings name, since anybody can write X-Forwarded-For, and of its lines only the end, which such a proxy wrote, is
worth anything.
"""

import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from sanic import Request

from bot.domain.errors import TooManyTries

MOST_KEYS: Final = 50_000  # remembered at once; the longest unused is forgotten first
FILES_AT_ONCE: Final = 10  # of one visitor, then one in three minutes
FILES_PER_MINUTE: Final = 1 / 3
MEGABYTES_AT_ONCE: Final = (
    250.0  # of files from one address, then so many a minute: a ministry sends letters, not films
)
MEGABYTES_PER_MINUTE: Final = 15.0
LIGHTEST: Final = 0.25  # megabytes that the smallest file counts for
STREAMS: Final = 10  # of events, open at once for one visitor; who is refused one may read and wait without
STREAM_PAUSE: Final = 15  # seconds until one that nobody reads any more may have ended
READS: Final = 10  # readings for each message that a visitor may write: pages come back often over weak connections
SHARE: Final = 5  # of an address's messages may be new chats: one in so many
HOST_BITS: Final = 64  # of an IPv6 address; the others are the network's
Network = IPv4Network | IPv6Network


@dataclass
class Buckets:
    """Token buckets by key: ``burst`` at once, then ``per_minute``."""

    per_minute: float
    burst: float
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, key: str, amount: float = 1) -> None:
        """Take so many tokens, at most ``burst``, or raise TooManyTries with the seconds until there are that many."""
        now = self.clock()
        left, since = self._left.pop(key, (self.burst, now))
        left = min(self.burst, left + (now - since) * self.per_minute / 60)
        amount = min(amount, self.burst)
        if left >= amount:
            left, wait = left - amount, 0.0
        else:
            wait = (amount - left) * 60 / self.per_minute
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
        self._megabytes = Buckets(MEGABYTES_PER_MINUTE, MEGABYTES_AT_ONCE, clock)
        self._streams: Counter[str] = Counter()
        self._address = Buckets(address, address, clock)
        self._chats = Buckets(address / SHARE, address / SHARE, clock)

    def open_chat(self, request: Request) -> None:
        """Count a new chat."""
        self._by_address(self._chats, request)

    def write(self, request: Request, visitor: str) -> None:
        """Count a message."""
        self._messages.take(visitor)
        self._by_address(self._address, request)

    def send_file(self, request: Request, visitor: str, *, limit: int) -> None:
        """Count a file, which is a message, too, and its bytes, of which no more than ``limit`` are kept."""
        self._files.take(visitor)
        self._by_address(self._megabytes, request, max(LIGHTEST, _announced(request, limit) / 1_000_000))
        self.write(request, visitor)

    def read(self, visitor: str) -> None:
        """Count a reading or the opening of a stream."""
        self._reads.take(visitor)

    @contextmanager
    def stream(self, visitor: str) -> Iterator[None]:
        """Count a stream for as long as it is open."""
        if self._streams[visitor] >= STREAMS:
            raise TooManyTries("Too many open streams; read without.", retry_after=STREAM_PAUSE)
        self._streams[visitor] += 1
        try:
            yield
        finally:
            self._streams[visitor] -= 1
            if not self._streams[visitor]:
                del self._streams[visitor]

    def address_of(self, request: Request) -> str:
        """Tell from which address somebody asks, as ``place_of`` it."""
        lines = request.headers.getall("x-forwarded-for", [])  # a proxy may add to a line, or add one of its own
        return place_of(client_address(request.ip, ",".join(lines), self._proxies))

    def _by_address(self, buckets: Buckets, request: Request, amount: float = 1) -> None:
        address = self.address_of(request)
        if not _is_this_machine(address):
            buckets.take(address, amount)


def _announced(request: Request, limit: int) -> int:
    """Tell how many bytes of a body may be kept; one whose length is not told counts as the largest."""
    length = request.headers.get("content-length", "")  # never beside chunks: Sanic refuses that
    return min(int(length), limit) if length.isdecimal() and len(length) < 16 else limit


def client_address(peer: str, forwarded_for: str, proxies: Sequence[Network]) -> str:
    """Tell who asks: the peer, or behind known proxies the last address that none of them has."""
    address = peer
    for named in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not _is_proxy(address, proxies):
            break
        address = named
    return address


def place_of(address: str) -> str:
    """Give the name under which an address is counted: an IPv4 one as it is, of an IPv6 one the /64 that it is in.

    Whoever has IPv6 has at least 2**64 addresses (RFC 6177), and could be somebody else with every request.
    """
    try:
        known = _plain(address)
    except ValueError:
        return address
    if isinstance(known, IPv4Address) or known.is_loopback:
        return str(known)
    return f"{IPv6Address(int(known) >> HOST_BITS << HOST_BITS)}/{HOST_BITS}"


def _plain(address: str) -> IPv4Address | IPv6Address:
    """Read an address; an IPv4 one that is written as IPv6 (::ffff:192.0.2.1) is that."""
    read = ip_address(address)
    mapped = read.ipv4_mapped if isinstance(read, IPv6Address) else None
    return mapped or read


def _is_proxy(address: str, proxies: Sequence[Network]) -> bool:
    try:
        return any(_plain(address) in network for network in proxies)
    except ValueError:
        return False


def _is_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
