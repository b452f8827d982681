"""A conversation as its customer sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.case import State
from bot.domain.conversation import Author


@dataclass(frozen=True, kw_only=True)
class ShownMessage:
    """A message as its customer sees it; ``buttons`` are pairs of ``title`` and ``payload`` (the button's id)."""

    id: int
    seq: int
    author: Author
    name: str | None
    text: str
    language: str
    at: datetime
    client_id: str | None
    article_id: str | None
    article_version: int | None
    article_source: str | None
    article_reviewed_on: str | None
    buttons: Sequence[Mapping[str, str]]
    has_files: bool


@dataclass(frozen=True, kw_only=True)
class Chat:
    """What is new for an identity and how things stand; ``busy``: something the customer did is still to be handled."""

    conversation_id: int | None
    state: State | None  # of the newest case
    busy: bool
    messages: Sequence[ShownMessage]  # oldest first
