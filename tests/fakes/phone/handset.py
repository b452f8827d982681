"""What both phones share: what the customer did, in order with what was shown, and how it went to the desk."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx

from tests.fakes.phone.journal import Journal

Json = dict[str, Any]
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
SIGN_LASTS = 20.0  # seconds that a typing sign is shown without a message


class NotThere(Exception):
    """What was tapped is no longer on the screen, or there is nothing yet to take back, to change, to repeat."""


@dataclass(kw_only=True)
class Said:
    """One thing that the customer did, below so many messages of the desk."""

    after: int
    text: str
    event: Json
    picture: tuple[bytes, str] | None = None
    gone: bool = False
    edits: int = 0


@dataclass(kw_only=True)
class Handset:
    """One customer's phone with one app."""

    channel: ClassVar[str] = ""
    platform: Any
    user: Any
    journal: Journal
    said: list[Said] = field(default_factory=list)
    signed: tuple[float, int] | None = None  # until when a typing sign shows, and below how many messages

    def do(self, act: str, told: Json) -> None:
        """Do one of ``acts``; raise NotThere."""
        acts = self.acts()
        if act not in acts:
            raise NotThere(act)
        acts[act](told)

    def acts(self) -> dict[str, Callable[[Json], None]]:
        """Name what can be done with this phone."""
        return {}

    def sign(self, seconds: float = SIGN_LASTS) -> None:
        """Show that an answer is being written, until one comes."""
        self.signed = (time.monotonic() + seconds, len(self.user.seen))

    @property
    def is_signed(self) -> bool:
        """Tell whether that sign is still there."""
        return self.signed is not None and time.monotonic() < self.signed[0] and len(self.user.seen) == self.signed[1]

    def in_order(self) -> Iterator[tuple[str, Any]]:
        """Walk through the chat: ``("said", …)`` and ``("seen", …)``, each with its number."""
        said = list(enumerate(tuple(self.said)))
        for number, seen in enumerate(tuple(self.user.seen)):
            while said and said[0][1].after <= number:
                yield "said", said.pop(0)
            yield "seen", (number, seen)
        yield from (("said", one) for one in said)

    def newest(self) -> Said:
        """Give the last message that can be taken back."""
        for said in reversed(self.said):
            if "message" in said.event and not said.gone:
                return said
        raise NotThere("no message")

    def take_back(self) -> Said:
        """Show the newest message as taken back."""
        said = self.newest()
        said.gone = True
        return said

    def change(self, text: str) -> Said:
        """Show the newest message, a text, with other words."""
        said = self.newest()
        if "text" not in said.event["message"]:
            raise NotThere("no text")
        said.text, said.edits = text, said.edits + 1
        return said

    def send(self, text: str, event: Json, picture: tuple[bytes, str] | None = None) -> None:
        """Show what the customer did, and let the platform tell the desk."""
        self.said.append(Said(after=len(self.user.seen), text=text, event=event, picture=picture))
        self.tell(_kind(event), lambda: self.user._act(event))

    def tell(self, what: str, act: Callable[[], object]) -> None:
        """Let the platform tell the desk, and write down what came of it."""
        began = time.monotonic()
        status: int | None
        try:
            act()
            status, note = 200, f"{(time.monotonic() - began) * 1000:.0f} ms"
            if kept := self.kept_back():
                status, note = None, kept
        except AssertionError as error:  # the desk answered something else
            status, note = 500, str(error)
        except httpx.HTTPError as error:
            status, note = 0, type(error).__name__
        self.journal.add(self.channel, "webhook", what, at=self.platform.clock.stamp(), status=status, note=note)

    def kept_back(self) -> str:
        """Say why what the customer does is not told to the desk now; empty if it is."""
        return ""

    def bubble(self, number: int, said: Said) -> Json:
        """Describe what the customer did, as the page draws it."""
        return {
            "key": f"said-{number}",
            "by": "customer",
            "text": said.text,
            "picture": number if said.picture else None,
            "gone": said.gone,
            "edited": said.edits > 0,
        }


def _kind(event: Json) -> str:
    """Name an event of either platform."""
    if "type" in event:
        return str(event["type"])
    return next(name for name in event if name not in ("sender", "recipient", "timestamp"))
