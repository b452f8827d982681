"""The bytes of files, in one folder: written whole or not at all, readable by this program's user alone.

The folder is ``<var>/media``; where several machines serve one database they must share it. Names are random keys
(``bot.domain.attachment.new_key``), spread over 256 folders. The calls block: use them in a thread.
"""

import os
import shutil
from pathlib import Path

ROOM_LEFT = 1_000_000_000  # bytes that stay free on the disk for everything else


class NoRoom(OSError):
    """The disk is nearly full."""


class Files:
    """A folder of files by key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, key: str) -> Path:
        """Tell where the file of a key lies."""
        return self._folder / key[:2] / key

    def write(self, key: str, data: bytes) -> None:
        """Write a file so that a crash leaves the old one, the new one, or a part under another name."""
        path = self.path(key)
        for folder in (self._folder, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < len(data) + ROOM_LEFT:
            raise NoRoom
        part = _part(path)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def read(self, key: str) -> bytes | None:
        """Read a file whole, None when it is not there."""
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, key: str) -> None:
        """Remove a file and what a crash left of it; one that is not there is fine."""
        for path in (self.path(key), _part(self.path(key))):
            path.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_suffix(".part")
