"""A person with Messenger on a phone: writes, taps, blocks, and sees what the page sends."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.fakes.messenger_rules import TITLE

if TYPE_CHECKING:
    from tests.fakes.messenger import MessengerPlatform

Event = dict[str, Any]
IDLE = timedelta(hours=24)  # then a talk that another app owned goes back to the default app, which is ours
_psids = itertools.count(6_730_148_219_004_411)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One message as it stands in the chat; ``by`` is app or staff.

    ``buttons`` are quick replies, ``lasting`` the buttons of a template, both title → payload; ``links`` are
    label → address. The text of a template is that of its cards, a line each. ``persona`` is the name beside it.
    """

    id: str
    text: str
    by: str
    tag: str | None = None
    metadata: str | None = None
    buttons: dict[str, str] = field(default_factory=dict)
    lasting: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    persona: str | None = None
    card: dict[str, Any] | None = None  # the template, as it was sent
    quotes: str | None = None  # the id of the earlier message that it answers
    file: str | None = None  # the id or the address of a file that was sent
    at: datetime | None = None


@dataclass(kw_only=True)
class MessengerUser:
    """One user; methods that do something deliver an event to the desk and return it.

    ``event`` and ``message`` only build one, for ``platform.deliver``.
    """

    platform: "MessengerPlatform"
    name: str
    id: str = field(default_factory=lambda: str(next(_psids)))
    blocked: bool = False
    wrote_at: datetime | None = None  # the windows run from here
    taken_until: datetime | None = None  # a person of the page has the talk in Business Suite
    seen: list[Seen] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)  # typing_on, mark_seen, …
    profile: dict[str, str] | None = None  # None: Meta tells nobody

    @property
    def texts(self) -> list[str]:
        """What was shown so far."""
        return [seen.text for seen in self.seen]

    @property
    def offered(self) -> dict[str, str]:
        """The quick replies on the screen: those of the newest message."""
        return self.seen[-1].buttons if self.seen else {}

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether a person of the page has this talk."""
        return self.taken_until is not None and self.platform.clock.now() < self.taken_until

    def be_taken(self) -> None:
        """Let a person of the page have this talk, until it was idle for long."""
        self.taken_until = self.platform.clock.now() + IDLE

    def say(self, text: str) -> Event:
        """Write a text."""
        return self._act(self.message(text=text))

    def answer(self, seen: Seen, text: str) -> Event:
        """Write a text that quotes a message of the page."""
        return self._act(self.message(text=text, reply_to={"mid": seen.id}))

    def tap(self, title: str) -> Event:
        """Tap the quick reply that shows ``title``, the beginning of it, or its number in the text above."""
        above = self.seen[-1].text.splitlines() if self.seen else []
        fitting = [
            shown for shown in self.offered
            if shown == title or _stands_for(shown, title) or f"{shown}. {title}" in above
        ]  # fmt: skip
        assert fitting, f"no quick reply {title!r} among {list(self.offered)}"
        return self._act(self.message(text=fitting[0], quick_reply={"payload": self.offered[fitting[0]]}))

    def postback(self, payload: str, title: str) -> Event:
        """Tap a button of a template or of the menu; these stay where they are for ever."""
        return self._act(
            self.event(postback={"mid": self.platform.new_mid(), "title": title, "payload": payload}),
        )

    def press(self, title: str) -> Event:
        """Tap a button of a template, however long ago it was shown."""
        payload = next(seen.lasting[title] for seen in reversed(self.seen) if title in seen.lasting)
        return self.postback(payload, title)

    def get_started(self) -> Event:
        """Tap the button of an empty chat."""
        return self.postback("v1:get_started", "เริ่มใช้งาน")

    def sticker(self) -> Event:
        """Send a sticker."""
        return self._act(
            self.message(attachments=[{"type": "sticker", "payload": {"url": CDN, "sticker_id": 369239263222822}}])
        )

    def image(self) -> Event:
        """Send a picture."""
        return self._act(self.message(attachments=[{"type": "image", "payload": {"url": CDN}}]))

    def send_file(self, data: bytes, name: str, media_type: str, kind: str = "file") -> Event:
        """Send a file (or as ``kind`` image, video, audio)."""
        address = self.platform.share(data, name, media_type)
        return self._act(self.message(attachments=[{"type": kind, "payload": {"url": address}}]))

    def unsend(self, said: Event) -> Event:
        """Take back a message."""
        return self._act(self.event(message={"mid": said["message"]["mid"], "is_deleted": True}), opens_window=False)

    def edit(self, said: Event, text: str, number: int = 1) -> Event:
        """Change a message, for the so-manieth time."""
        edit = {"mid": said["message"]["mid"], "text": text, "num_edit": number}
        return self._act(self.event(message_edit=edit), opens_window=False)

    def react(self, seen: Seen, emoji: str = "❤") -> Event:
        """Put a sign under a message of the page."""
        return self._act(self.event(reaction={"mid": seen.id, "action": "react", "reaction": "love", "emoji": emoji}))

    def judge(self, seen: Seen, *, good: bool) -> Event:
        """Tap 👍 or 👎 below a message of the page."""
        words = "Good response" if good else "Bad response"
        return self._act(self.event(response_feedback={"feedback": words, "mid": seen.id}), opens_window=False)

    def unreact(self, seen: Seen) -> Event:
        """Take the sign away."""
        return self._act(self.event(reaction={"mid": seen.id, "action": "unreact"}), opens_window=False)

    def follow_link(self, ref: str) -> Event:
        """Come back by an m.me link."""
        return self._act(self.event(referral={"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}))

    def receive(self) -> Event:
        """Let the phone tell that everything arrived."""
        mids = [seen.id for seen in self.seen]
        return self._act(
            self.event(delivery={"mids": mids, "watermark": self.platform.clock.stamp()}), opens_window=False
        )

    def read(self) -> Event:
        """Look at the chat."""
        return self._act(self.event(read={"watermark": self.platform.clock.stamp()}), opens_window=False)

    def message(self, **content: Any) -> Event:
        """Build a message event."""
        return self.event(message={"mid": self.platform.new_mid(), **content})

    def event(self, **content: Any) -> Event:
        """Build any event."""
        return {
            "sender": {"id": self.id},
            "recipient": {"id": self.platform.page_id},
            "timestamp": self.platform.clock.stamp(),
            **content,
        }

    def _act(self, event: Event, *, opens_window: bool = True) -> Event:
        elsewhere = self.is_elsewhere
        if opens_window:
            self.wrote_at = self.platform.clock.now()
        if opens_window and elsewhere:
            self.be_taken()
        response = self.platform.deliver(event, standby=elsewhere)
        assert response.status_code == 200, f"the desk answered {response.status_code}: {response.text[:200]}"
        return event


CDN = "https://scontent.xx.fbcdn.net/v/t39.1997-6/851587_369239346556147.png?_nc_cat=1&oh=00_AfB"


def _stands_for(shown: str, title: str) -> bool:
    """Tell whether a title was shortened to ``shown``, by the desk or by Meta."""
    return (shown.endswith("…") or len(shown) == TITLE) and title.startswith(shown.removesuffix("…"))
