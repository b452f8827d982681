"""The intents of the training data, named in Thai for the officers who label messages (``bot/data/intents.yml``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parents[1] / "data" / "intents.yml"


@dataclass(frozen=True, kw_only=True)
class IntentGroup:
    """Intents that stand together in a list, with their Thai names."""

    title: str
    names: Mapping[str, str]


@cache
def load_intents() -> tuple[IntentGroup, ...]:
    """Read the groups in their order."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(IntentGroup(title=group["title"], names=group["intents"]) for group in data["groups"])


@cache
def intent_names() -> Mapping[str, str]:
    """Give the Thai name of every intent."""
    return {intent: name for group in load_intents() for intent, name in group.names.items()}
