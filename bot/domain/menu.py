"""The menus that platforms keep open for a customer, and what a tap on one of them means.

A menu is published once and tapped for years, by anybody, so its payloads are versioned, fixed words
(``v1:topic:fairs``) and are read like any text from outside: one that is not in a menu means nothing. The entries are
buttons of scripts.
"""

from functools import cache

from bot.domain.interpret import Command
from bot.domain.scripts import ScriptButton, load_scripts
from connectors.contract import Menu

VERSION = "v1"
SCRIPTS = {Menu.BOT: ("menu", "menu_bot"), Menu.PERSON: ("menu_person",)}


def entries(menu: Menu) -> list[ScriptButton]:
    """List a menu's entries in their order."""
    return [button for key in SCRIPTS[menu] for button in load_scripts()[key].buttons]


def payload(entry: ScriptButton) -> str:
    """Name an entry for the platform: ``v1:topic:fairs``, ``v1:case_status``."""
    topic = entry.entities.get("topic")
    return f"{VERSION}:topic:{topic}" if topic else f"{VERSION}:{entry.intent}"


def chosen(tapped: str) -> Command | None:
    """Read what a menu brought back; None when no menu has such an entry."""
    return _commands().get(tapped)


@cache
def _commands() -> dict[str, Command]:
    return {
        payload(entry): Command(intent=entry.intent, entities=dict(entry.entities), title=entry.title["th"])
        for menu in Menu
        for entry in entries(menu)
    }
