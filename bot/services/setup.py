"""What is published on a platform, from the scripts and the menus of the desk."""

from bot.domain import menu
from bot.domain.scripts import load_scripts
from connectors.abilities import MenuEntry, SetupPlan
from connectors.contract import Menu


def plan(channel: str, public_url: str) -> SetupPlan:
    """Say what a channel's platform should have; ``public_url`` is how the platform reaches the desk."""
    scripts = load_scripts()
    return SetupPlan(
        webhook=f"{public_url}/webhooks/{channel}",
        greeting=scripts["greeting"].text["th"],
        titles={which: scripts[menu.SCRIPTS[which][-1]].text["th"] for which in Menu},
        menus={
            which: [MenuEntry(title=entry.title["th"], payload=menu.payload(entry)) for entry in menu.entries(which)]
            for which in Menu
        },
    )
