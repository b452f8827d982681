"""Where Meta keeps users' files for a while: at signed addresses that expire."""

import itertools
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from tests.fakes.http_thread import Reply


@dataclass
class Cdn:
    """Files by their path. ``expired``: every address given so far is refused; ``redirect``: where to instead."""

    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    expired: bool = False
    redirect: str | None = None
    down: int = 0  # so many times 503 first
    path: str = "/cdn/"
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))  # type: ignore[type-arg]

    def share(self, data: bytes, name: str, media_type: str) -> str:
        """Keep a file and give its path."""
        path = f"{self.path}{next(self.numbers)}/{name}"
        self.files[path] = (data, media_type)
        return quote(path) + "?oh=00_AfB&oe=6745"

    def answer(self, path: str, headers: dict[str, str]) -> Reply:
        """Hand a file out."""
        self.asked.append(path)
        self.headers.append(headers)
        if self.down:
            self.down -= 1
            return Reply(status=503)
        if self.redirect is not None:
            return Reply(status=302, headers={"Location": self.redirect})
        if self.expired or unquote(path) not in self.files:
            return Reply(status=403, body=b"URL signature expired")
        data, media_type = self.files[unquote(path)]
        return Reply(body=data, headers={"Content-Type": media_type})
