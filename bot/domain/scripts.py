"""Approved scripts: every fixed sentence a customer reads, with its version, in Thai and English.

The texts are data (``bot/data/scripts/*.yml``), so that the department can change one without a programmer; a changed
text gets a new version number, and each sent message records the script and version it used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Language = Literal["th", "en"]
FOLDER = Path(__file__).parents[1] / "data" / "scripts"


@dataclass(frozen=True, kw_only=True)
class ScriptButton:
    """A button of a script: its title in each language, and the Rasa intent with entities that a tap stands for."""

    title: Mapping[Language, str]
    intent: str
    entities: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Script:
    """One approved text; ``{name}`` places are filled by the caller."""

    key: str
    version: int
    text: Mapping[Language, str]
    buttons: tuple[ScriptButton, ...]


@cache
def load_scripts(folder: Path = FOLDER) -> Mapping[str, Script]:
    """Read every script of the folder; a key that stands twice or an incomplete script raises ValueError."""
    scripts: dict[str, Script] = {}
    for path in sorted(folder.glob("*.yml")):
        for key, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if key in scripts:
                raise ValueError(f"script {key!r} stands twice (again in {path.name})")
            scripts[key] = _script(key, entry)
    return scripts


def _script(key: str, entry: dict[str, Any]) -> Script:
    try:
        return Script(
            key=key,
            version=int(entry["version"]),
            text={"th": entry["th"].strip(), "en": entry["en"].strip()},
            buttons=tuple(
                ScriptButton(
                    title={"th": button["th"], "en": button["en"]},
                    intent=button["intent"],
                    entities=button.get("entities", {}),
                )
                for button in entry.get("buttons", [])
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"script {key!r} is incomplete: {error!r}") from error
