"""A channel whose platform keeps files, slow or forgetful as a test says; and the smallest files of each kind."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.contract import FetchedMedia, InboundAttachment, OutboundMessage, Receipt

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 40
PDF = b"%PDF-1.7\n%\xe2\xe3\n" + b"\0" * 40
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500


def archive(*names: str) -> bytes:
    """Pack files of these names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as whole:
        for name in names:
            whole.writestr(name, "x")
    return packed.getvalue()


@dataclass
class MediaPlatform:
    """Hands out what ``answers`` holds, first come first; the last one for ever."""

    answers: Sequence[FetchedMedia | Exception]
    name: str = "line"
    keyed: bool = True
    pulled: bool = False
    asked: list[InboundAttachment] = field(default_factory=list)

    async def fetch(self, attachment: InboundAttachment, *, limit: int) -> FetchedMedia:
        answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(attachment)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def send(self, message: OutboundMessage) -> Receipt:
        return Receipt()

    async def close(self) -> None:
        """Nothing is open."""
