"""What a channel may be able to do beside messages. The desk asks with ``isinstance`` and goes without what is missing.

Every call is quick to give up and raises a ChannelError when the platform does not do it.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from connectors.contract import Channel, InboundEvent, Menu


@dataclass(frozen=True, kw_only=True)
class Quota:
    """The month's messages that cost something: ``limit`` is None where there is none."""

    limit: int | None
    used: int


@runtime_checkable
class PreparedChannel(Channel, Protocol):
    """A channel that learns something of its account when a process starts."""

    async def prepare(self) -> None:
        """Ask the platform once; quick to give up, and whatever it says, the channel works."""
        ...


@runtime_checkable
class WindowedChannel(Channel, Protocol):
    """A channel whose platform lets us write only for a while after the customer's last own act."""

    def open_for(self, *, by_person: bool) -> timedelta:
        """Tell for how long; what a person writes may have longer than what a bot does."""
        ...


@runtime_checkable
class EchoingChannel(Channel, Protocol):
    """A channel whose platform repeats to us what it showed, so that a send without an answer is settled by it."""

    echo_within: timedelta


@runtime_checkable
class QuotaChannel(Channel, Protocol):
    """A channel whose platform allows only so many messages a month beside free replies."""

    async def quota(self) -> Quota:
        """Ask how it stands. Raises a ChannelError."""
        ...


@runtime_checkable
class RecallingChannel(Channel, Protocol):
    """A channel whose platform keeps what was said, so that what its webhook did not bring can be fetched."""

    def said_since(self, since: datetime) -> AsyncIterator[Sequence[InboundEvent]]:
        """Give talk by talk what customers said since then, as the webhook would have; what our side said as ECHO.

        Each talk oldest first; what came already is among it, under the same event id. An ECHO is never ``own``: the
        platform does not tell here. Raises a ChannelError where not all talks could be read (NotAllTold: there are
        too many); what was given until then holds.
        """
        ...

    async def is_told(self) -> bool:
        """Tell whether the platform calls our webhook at all when somebody writes. Raises a ChannelError."""
        ...


@runtime_checkable
class NamingChannel(Channel, Protocol):
    """A channel whose platform tells its customers' display names."""

    async def name_of(self, external_id: str) -> str | None:
        """Give the customer's display name; None where the platform tells none. Raises a ChannelError."""
        ...


@runtime_checkable
class ReadChannel(Channel, Protocol):
    """A channel that can show a customer that their messages were read."""

    async def mark_read(self, external_id: str, read_token: str) -> None:
        """Mark the message that brought the token, and all before it; raises a ChannelError."""
        ...


@runtime_checkable
class MenuChannel(Channel, Protocol):
    """A channel whose platform keeps a menu open for each customer, published beforehand (``SetUpChannel``)."""

    async def show_menu(self, external_id: str, menu: Menu) -> None:
        """Let the customer have this menu; nothing happens where none was published. Raises a ChannelError."""
        ...


@runtime_checkable
class GroupChannel(Channel, Protocol):
    """A channel on which the account may be asked into a group, which it does not serve."""

    async def decline(self, group_id: str, reply_token: str | None, words: str) -> None:
        """Say one sentence if the token still allows it, and leave; repeating it is harmless. Raises a ChannelError."""
        ...


@runtime_checkable
class ThinkingChannel(Channel, Protocol):
    """A channel that can show that an answer is being made."""

    async def show_thinking(self, external_id: str) -> None:
        """Show it for a while, or until the next message; quick to give up, raises a ChannelError."""
        ...


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """One choice of a menu: what it says, and the fixed payload that a tap brings back."""

    title: str
    payload: str
    title_en: str = ""


@dataclass(frozen=True, kw_only=True)
class SetupPlan:
    """What is to be published on a platform: the webhook's address, and the menus with their titles.

    ``greeting`` is what an empty chat says, by language; ``starters`` are questions that it offers.
    """

    webhook: str
    greeting: Mapping[str, str]
    starters: Sequence[MenuEntry]
    titles: Mapping[Menu, str]
    menus: Mapping[Menu, Sequence[MenuEntry]]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at, by its code; ``good`` is None where only a person can look. ``about``: a figure."""

    code: str
    good: bool | None
    about: str = ""


@runtime_checkable
class SetUpChannel(Channel, Protocol):
    """A channel whose platform can be set up and looked over by calls."""

    async def set_up(self, plan: SetupPlan) -> Sequence[Finding]:
        """Publish what the plan says, repeatedly without harm, and tell what was done. Raises a ChannelError."""
        ...

    async def check(self, plan: SetupPlan) -> Sequence[Finding]:
        """Look at everything a service needs and change nothing; what no call tells is for a person to look at."""
        ...
