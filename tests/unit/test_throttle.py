"""How fast the web chat may be used, and whose address counts."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sanic.compat import Header

from bot.domain.errors import TooManyTries
from bot.web import throttle
from bot.web.throttle import STREAMS, Buckets, Throttle, client_address, place_of

PROXIES = (ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"))


@dataclass
class Ticks:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Asking:
    """As much of a request as is looked at."""

    ip: str
    headers: Header = field(default_factory=Header)


def refused(act: Any, *arguments: Any) -> int:
    """The seconds after which somebody may come back, 0 when nothing is refused."""
    try:
        act(*arguments)
    except TooManyTries as error:
        return int(error.details["retry_after"])
    return 0


def sends(limits: Throttle, asking: Asking, visitor: str) -> int:
    try:
        limits.send_file(asking, visitor, limit=25_000_000)  # type: ignore[arg-type]  # as much of a request as needed
    except TooManyTries as error:
        return int(error.details["retry_after"])
    return 0


def test_a_burst_is_taken_then_one_at_a_time() -> None:
    ticks = Ticks()
    buckets = Buckets(per_minute=60, burst=3, clock=ticks)

    assert [refused(buckets.take, "a") for _ in range(5)] == [0, 0, 0, 1, 1]
    assert refused(buckets.take, "b") == 0
    ticks.now = 1.0
    assert [refused(buckets.take, "a") for _ in range(2)] == [0, 1]


@given(st.lists(st.floats(0, 30), max_size=60))
def test_nobody_gets_more_than_the_burst_and_the_rate(pauses: list[float]) -> None:
    ticks = Ticks()
    buckets = Buckets(per_minute=6, burst=4, clock=ticks)
    taken = 0
    for pause in pauses:
        ticks.now += pause
        wait = refused(buckets.take, "a")
        taken += wait == 0
        assert 0 <= wait <= 10
    assert taken <= 4 + ticks.now / 10 + 1e-6


def test_the_longest_unused_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_KEYS", 2)
    buckets = Buckets(per_minute=1, burst=1, clock=Ticks())
    for key in ("a", "b", "c"):
        buckets.take(key)

    assert refused(buckets.take, "c") > 0
    assert refused(buckets.take, "a") == 0


def test_a_ministry_behind_one_address_goes_on_where_one_visitor_is_stopped() -> None:
    limits = Throttle(visitor_per_minute=60, address_per_minute=1200, clock=Ticks())
    ministry = Asking("203.0.113.7")
    hurried = [refused(limits.write, ministry, "hurried") for _ in range(100)]
    colleagues = [refused(limits.write, ministry, f"colleague-{number % 200}") for number in range(1000)]

    assert hurried.count(0) == 60
    assert colleagues.count(0) == 1000
    assert [refused(limits.open_chat, ministry) for _ in range(300)].count(0) == 240
    assert sum(not sends(limits, Asking("198.51.100.1"), "sender") for _ in range(30)) == 10
    assert [refused(limits.read, "reader") for _ in range(700)].count(0) == 600


def test_one_address_is_stopped_with_ever_new_visitors_and_this_machine_is_not() -> None:
    limits = Throttle(visitor_per_minute=60, address_per_minute=100, clock=Ticks())

    assert [refused(limits.write, Asking("203.0.113.7"), f"v{n}") for n in range(150)].count(0) == 100
    assert [refused(limits.write, Asking("127.0.0.1"), f"w{n}") for n in range(150)].count(0) == 150


@pytest.mark.parametrize(
    ("length", "taken"),
    [("25000000", 10), ("3000000", 83), ("1", 1000), ("", 10), ("9" * 30, 10), ("-1", 10), ("99999999", 10)],
)
def test_the_bytes_of_one_address_are_counted_whoever_sends_them(length: str, taken: int) -> None:
    ticks = Ticks()
    limits = Throttle(visitor_per_minute=60, address_per_minute=12000, clock=ticks)
    ministry, elsewhere = (Asking(ip, Header([("content-length", length)])) for ip in ("203.0.113.7", "203.0.113.8"))
    waits = [sends(limits, ministry, f"v{number}") for number in range(1100)]

    assert waits.count(0) == taken
    assert sends(limits, elsewhere, "other") == 0
    ticks.now += waits[-1]
    assert sends(limits, ministry, "later") == 0


def test_a_visitors_open_streams_are_counted_while_they_are_open() -> None:
    limits = Throttle(visitor_per_minute=60, address_per_minute=1200, clock=Ticks())
    with ExitStack() as opened:
        for _ in range(STREAMS):
            opened.enter_context(limits.stream("a"))
        with pytest.raises(TooManyTries), limits.stream("a"):
            pass
        with limits.stream("b"):
            pass
    with limits.stream("a"):
        pass


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        ([], "10.0.0.5"), (["198.51.100.1"], "198.51.100.1"), (["8.8.8.8", "198.51.100.1"], "198.51.100.1"),
        (["8.8.8.8, 9.9.9.9", "198.51.100.1, 10.1.1.1"], "198.51.100.1"),
        (["127.0.0.1", "198.51.100.1"], "198.51.100.1"),
    ],
)  # fmt: skip
def test_a_line_of_the_customers_own_before_the_proxys_is_worth_nothing(lines: Sequence[str], address: str) -> None:
    limits = Throttle(visitor_per_minute=60, address_per_minute=1200, proxies=PROXIES)
    asking = Asking("10.0.0.5", Header([("X-Forwarded-For", line) for line in lines]))

    assert limits.address_of(asking) == address  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # anybody can write that
        ("10.0.0.5", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.5", "8.8.8.8, 198.51.100.1", "198.51.100.1"),  # what the customer wrote stands before it
        ("127.0.0.1", "198.51.100.1, 10.1.1.1", "198.51.100.1"),
        ("10.0.0.5", " ,", "10.0.0.5"),
        ("10.0.0.5", "nonsense", "nonsense"),
        ("", "198.51.100.1", ""),
    ],
)
def test_whose_address_counts(peer: str, forwarded_for: str, address: str) -> None:
    assert client_address(peer, forwarded_for, PROXIES) == address


def test_one_ipv6_network_is_one_address_however_often_it_changes() -> None:
    limits = Throttle(visitor_per_minute=60, address_per_minute=100, clock=Ticks())
    changing = [Asking(f"2001:db8:1:2::{n:x}:{n:x}") for n in range(1, 151)]

    assert [refused(limits.write, asking, asking.ip) for asking in changing].count(0) == 100
    assert refused(limits.write, Asking("2001:db8:1:3::1"), "neighbour") == 0
    assert [refused(limits.write, Asking("::1"), f"v{n}") for n in range(150)].count(0) == 150


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("::1", "::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"), ("fe80::1%eth0", "fe80::/64"), ("nonsense", "nonsense"), ("", ""),
    ],
)  # fmt: skip
def test_the_place_of_an_address(address: str, place: str) -> None:
    assert place_of(address) == place


def test_a_proxy_is_known_in_both_ways_of_writing_it() -> None:
    assert client_address("::ffff:10.0.0.5", "198.51.100.1", PROXIES) == "198.51.100.1"
