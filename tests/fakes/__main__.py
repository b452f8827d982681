"""``make fakes``: a desk whose LINE and Messenger are the fakes, and a page with both phones.

Nothing of it reaches beyond this machine or touches the desk's own data: everything listens on loopback, settings that
would lead elsewhere (a real account, database, mail server) are left out, and the data folder is its own and begins
empty, because the platforms, too, begin anew.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from bot import bootstrap, runfile, setup_words
from bot.processes import REFUSAL, StartError, until_signalled
from bot.settings import ROOT, Settings, SettingsError, load_settings
from bot.supervisor import check_port, end_leftovers, supervise, tell
from tests.fakes.line import LinePlatform
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.phone.server import PhoneServer, make_platforms

HARMLESS = {
    "DESK_PORT", "DESK_RASA_URL", "DESK_RASA_PYTHON", "DESK_ADMIN_EMAIL", "DESK_ADMIN_PASSWORD", "DESK_WINDOW_MINUTES",
    "DESK_IDLE_MINUTES", "DESK_SURVEY_HOURS", "DESK_AGENT_GONE_SECONDS", "DESK_WIDGET_ORIGINS", "DESK_PRIVACY_URL",
}  # fmt: skip
PAGE_PORT = "FAKES_PORT"
LOOPBACK = "127.0.0.1"


def main() -> int:
    """Run until Ctrl-C or SIGTERM; give the exit code."""
    line, messenger = make_platforms()
    try:
        with line, messenger:
            left_out = _left_out(os.environ)
            os.environ |= _environ(os.environ, line, messenger)
            settings = load_settings()
            port = _page_port(os.environ.get(PAGE_PORT) or str(settings.port + 100))
            if left_out:
                tell(f"Left out here: {', '.join(left_out)}.")
            _begin_empty(settings.var)
            page = PhoneServer(line, messenger, settings.public_url, port)
            page.start()
            try:
                return until_signalled(lambda: supervise(settings, once_ready=lambda: _publish(settings, page)))
            finally:
                page.stop()
    except (SettingsError, StartError) as error:
        tell(f"{REFUSAL}{error}")
        return 1


def _left_out(given: Mapping[str, str]) -> list[str]:
    """Name the settings of the shell that do not count here; ``DESK_VAR`` does, as the folder around ours."""
    ours = HARMLESS | {"DESK_VAR"}
    return sorted(name for name, value in given.items() if value and name.startswith("DESK_") and name not in ours)


def _environ(given: Mapping[str, str], line: LinePlatform, messenger: MessengerPlatform) -> dict[str, str]:
    """Write the settings of a desk that knows the fakes only; an empty one counts as not set."""
    foreign = {name: "" for name in given if name.startswith("DESK_") and name not in HARMLESS}
    base = Path(given.get("DESK_VAR") or ROOT / "var")
    return foreign | {
        "DESK_VAR": str(base / "fakes"),
        "DESK_TEST_CLOCK": "1",
        "DESK_LINE_CHANNEL_SECRET": line.secret,
        "DESK_LINE_CHANNEL_ID": line.channel_id,
        "DESK_LINE_API_BASE": line.address,
        "DESK_MESSENGER_APP_SECRET": messenger.app_secret,
        "DESK_MESSENGER_PAGE_ACCESS_TOKEN": messenger.page_token,
        "DESK_MESSENGER_VERIFY_TOKEN": messenger.verify_token,
        "DESK_MESSENGER_APP_ID": messenger.app_id,
        "DESK_MESSENGER_PAGE_ID": messenger.page_id,
        "DESK_MESSENGER_GRAPH_BASE": messenger.address,
        "DESK_MESSENGER_HUMAN_AGENT": "1",
    }


def _page_port(given: str) -> int:
    """Read the port of the page; StartError unless it can be listened on."""
    if not given.isdecimal() or not 0 < int(given) < 65_536:
        raise StartError(f"{PAGE_PORT} must be a port, not {given!r}.")
    check_port(LOOPBACK, int(given))
    return int(given)


def _begin_empty(var: Path) -> None:
    """Forget the last trial; refuses while another one runs."""
    with runfile.Lock(var):
        end_leftovers(var, tell)
        for path in var.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "run.lock":
                path.unlink()


async def _publish(settings: Settings, page: PhoneServer) -> list[str]:
    """Set both platforms up as an operator would, and say where the phones are."""
    for channel in ("line", "messenger"):
        findings = await bootstrap.look_over(settings, channel, set_up=True)
        if any(finding.good is False for finding in findings):
            tell("\n".join(setup_words.lines(channel, findings)))
    return [f"  Two phones     {page.address}/   (LINE and Messenger of this trial only; it is forgotten at the next)"]


if __name__ == "__main__":
    sys.exit(main())
