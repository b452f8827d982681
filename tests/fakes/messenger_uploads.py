"""Files that the page uploaded once, to be sent by their id for 90 days (``message_attachments``)."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from tests.fakes.http_thread import CALLS
from tests.fakes.messenger_bodies import File
from tests.fakes.messenger_faults import GraphProblem

if TYPE_CHECKING:
    from tests.fakes.messenger import MessengerPlatform

Json = dict[str, Any]
KINDS = ("image", "audio", "video", "file")
LARGEST = 25_000_000  # bytes
LARGEST_IMAGE = 8_000_000  # by its address
LASTS = timedelta(days=90)


@dataclass
class Uploads:
    """Kind and time of each upload by its id."""

    kept: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    numbers: itertools.count = field(default_factory=lambda: itertools.count(700_001))  # type: ignore[type-arg]

    def add(self, platform: "MessengerPlatform", method: str, body: Json) -> Json:
        """Take a file, or fetch one, and give its id."""
        attachment = body.get("message", {}).get("attachment", {})
        kind, payload = attachment.get("type"), attachment.get("payload", {})
        if method != "POST" or kind not in KINDS or payload.get("is_reusable") not in (True, "true"):
            raise GraphProblem(100, None, "message[attachment] needs a type and payload[is_reusable]")
        file = body.get("filedata")
        _check_size(kind, file if isinstance(file, File) else payload.get("url"))
        return {"attachment_id": self._keep(platform, kind)}

    def use(self, platform: "MessengerPlatform", attachment: Json) -> None:
        """Check a file that is sent: one that was uploaded, or one to fetch now."""
        kind, payload = attachment["type"], attachment.get("payload", {})
        if "attachment_id" not in payload:
            _check_size(kind, payload.get("url"))
            if payload.get("is_reusable") is True:
                self._keep(platform, kind)
            return
        known, at = self.kept.get(str(payload["attachment_id"]), (None, None))
        if known != kind or at is None or platform.clock.now() > at + LASTS:
            raise GraphProblem(100, 2018074, "Invalid attachment_id", ours=False)

    def _keep(self, platform: "MessengerPlatform", kind: str) -> str:
        key = str(next(self.numbers))
        self.kept[key] = (kind, platform.clock.now())
        return key


def _check_size(kind: str, source: Any) -> None:
    """Look at a file, or fetch it as Meta does."""
    if isinstance(source, File):
        size, limit = len(source.data), LARGEST
    elif isinstance(source, str):
        try:
            answer = CALLS.get(source, timeout=5)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise GraphProblem(100, 2018008, "Failed to fetch the file from the url", ours=False) from None
        if answer.status_code != httpx.codes.OK:
            raise GraphProblem(100, 2018008, "Failed to fetch the file from the url", ours=False)
        size, limit = len(answer.content), LARGEST_IMAGE if kind == "image" else LARGEST
    else:
        raise GraphProblem(100, 2018034, "Message cannot be empty, must provide valid attachment or text")
    if size > limit:
        raise GraphProblem(100, 2018047, "The attachment is too large")
