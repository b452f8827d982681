"""A real worker process whose LINE waits for a file before it confirms a send, and keeps what it showed.

Run as ``python -m tests.scenarios.stalling_worker FOLDER KEYED``: what was shown is one line of ``FOLDER/shown`` each,
with its retry key; a keyed channel shows a key once, as LINE does.
"""

import asyncio
import os
import sys
from pathlib import Path

from bot.settings import Settings, load_settings
from bot.worker import run
from connectors import registry
from connectors.contract import OutboundMessage, Receipt

LINE = {"DESK_CHANNELS": "line", "DESK_LINE_CHANNEL_SECRET": "secret", "DESK_LINE_CHANNEL_ACCESS_TOKEN": "token"}


class StallingChannel:
    """Shows the message at once and confirms only when the gate is open."""

    def __init__(self, folder: Path, *, keyed: bool) -> None:
        self.name = "line"
        self.keyed = keyed
        self.pulled = False
        self.folder = folder

    async def send(self, message: OutboundMessage) -> Receipt:
        shown = self.folder / "shown"
        lines = shown.read_text(encoding="utf-8").splitlines() if shown.exists() else []
        if not (self.keyed and str(message.retry_key) in lines):
            with shown.open("a", encoding="utf-8") as file:
                file.write(f"{message.retry_key}\n")
        while not (self.folder / "gate").exists():
            await asyncio.sleep(0.01)
        return Receipt()

    async def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    folder, keyed = Path(sys.argv[1]), sys.argv[2] == "keyed"

    def make(_: Settings) -> StallingChannel:
        return StallingChannel(folder, keyed=keyed)

    registry.CHANNELS = {"line": make}  # type: ignore[misc]
    from bot import bootstrap

    bootstrap.CHANNELS = registry.CHANNELS  # type: ignore[misc]
    run(load_settings(dict(os.environ) | LINE))


if __name__ == "__main__":
    main()
