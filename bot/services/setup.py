"""What is published on a platform, from the scripts and the menus of the desk."""

from bot.domain import menu
from bot.domain.scripts import ScriptButton, load_scripts
from connectors.abilities import MenuEntry, SetupPlan
from connectors.contract import Menu


def plan(channel: str, public_url: str) -> SetupPlan:
    """Say what a channel's platform should have; ``public_url`` is how the platform reaches the desk."""
    scripts = load_scripts()
    return SetupPlan(
        webhook=f"{public_url}/webhooks/{channel}",
        greeting={str(language): words for language, words in scripts["empty_chat"].text.items()},
        starters=[_entry(button) for button in scripts["empty_chat"].buttons],
        titles={which: scripts[menu.SCRIPTS[which][-1]].text["th"] for which in Menu},
        menus={which: [_entry(button) for button in menu.entries(which)] for which in Menu},
    )


def _entry(button: ScriptButton) -> MenuEntry:
    return MenuEntry(title=button.title["th"], title_en=button.title["en"], payload=menu.payload(button))
