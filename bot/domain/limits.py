"""The department's promises and patience, and what files may be, as one value that is handed to every use case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long things may take, and how large they may be (README, settings)."""

    window_minutes: int = 3  # working minutes until a person answers
    idle: timedelta = timedelta(minutes=30)  # a case with the bot is idle after this
    survey: timedelta = timedelta(hours=24)  # how long a rating is waited for
    quiet: timedelta = timedelta(hours=24)  # a customer of an officer's case is silent after this
    elsewhere: timedelta = timedelta(hours=24)  # a person who answered in the platform's own inbox has the talk so long
    agent_gone: timedelta = timedelta(seconds=90)  # working time without a sign of life of the officer
    push_reserve: int = 10  # percent of a platform's monthly messages, under which they are spared
    correction: timedelta = timedelta(minutes=10)  # how long a rating may be corrected
    largest_file: int = 25_000_000  # bytes; Messenger takes no larger one either
    # How long after a customer's last act officers may write, by channel; where a channel is not listed, always.
    windows: Mapping[str, timedelta] = field(default_factory=dict)
    # How long an echo of what we sent may take, by channel; it settles what no answer of the platform did.
    echoes: Mapping[str, timedelta] = field(default_factory=dict)
    public_url: str = ""  # where customers reach the desk: what the addresses of documents begin with
    link: timedelta = timedelta(days=30)  # how long an address of a document that was sent to a customer is good
