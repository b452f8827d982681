"""A person with LINE on a phone: writes, taps, blocks, and sees what the account sends."""

import threading
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes import line_flex
from tests.fakes.line_account import Content
from tests.fakes.media import PNG

if TYPE_CHECKING:
    from tests.fakes.line import LinePlatform

Event = dict[str, Any]
QUOTABLE = (
    "text",
    "sticker",
    "image",
    "video",
)  # by https://developers.line.biz/en/docs/messaging-api/get-quote-tokens/


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One message as it stands in the chat; ``by`` is push or reply, ``buttons`` are label → postback action.

    ``quotes`` is the id of the earlier message that it answers.
    """

    id: str
    text: str
    by: str
    sender: str | None
    buttons: dict[str, dict[str, str]]
    card: dict[str, Any] | None = None
    quotes: str | None = None


@dataclass(kw_only=True)
class LineUser:
    """One user; methods that do something deliver an event to the desk and return it.

    ``event`` and ``message`` only build one, for ``platform.deliver``.
    """

    platform: "LinePlatform" = field(repr=False)
    name: str
    id: str = field(default_factory=lambda: "U" + uuid.uuid4().hex)
    blocked: bool = False
    seen: list[Seen] = field(default_factory=list)
    offered: dict[str, dict[str, str]] = field(default_factory=dict)  # LINE shows the last message's, until one follows
    lasting: dict[str, dict[str, str]] = field(default_factory=dict)  # buttons of cards: they stay
    quotable: dict[str, str] = field(default_factory=dict)  # quote token → id of a message of this chat

    def __post_init__(self) -> None:
        self._shown = threading.Condition()
        self._acted = 0  # how much was seen before the last thing the user did

    @property
    def texts(self) -> list[str]:
        """What was shown so far."""
        return [seen.text for seen in self.seen]

    def sees(self, words: str, seconds: float = 10.0) -> Seen:
        """Wait for a message with these words that came after the user's last action."""

        def found() -> Seen | None:
            return next((seen for seen in self.seen[self._acted :] if words in seen.text), None)

        with self._shown:
            seen = self._shown.wait_for(found, seconds)
        assert seen is not None, f"no {words!r} among {self.texts[self._acted :]}"
        return seen

    def say(self, text: str) -> Event:
        """Write a text."""
        return self._act(self.message("text", text=text))

    def answer(self, seen: Seen, text: str) -> Event:
        """Write a text that quotes a message of the account."""
        return self._act(self.message("text", text=text, quotedMessageId=seen.id))

    def tap(self, title: str) -> Event:
        """Tap the quick reply, or a card's button, that shows ``title``, cut or not."""
        tappable = {**self.lasting, **self.offered}
        fitting = [action for label, action in tappable.items() if title in (label, action["displayText"])]
        assert fitting, f"no button {title!r} among {list(self.offered)}"
        return self._act(self.event("postback", postback={"data": fitting[0]["data"]}))

    def tap_menu(self, title: str) -> Event:
        """Tap an entry of the rich menu that is open."""
        menu = self.platform.account.menu_of(self.id)
        assert menu is not None, "no menu was published"
        fitting = [area["action"] for area in menu.asked["areas"] if area["action"]["displayText"] == title]
        assert fitting, f"no entry {title!r} in {[area['action']['displayText'] for area in menu.asked['areas']]}"
        return self._act(self.event("postback", postback={"data": fitting[0]["data"]}))

    def sticker(self, *keywords: str) -> Event:
        """Send a sticker."""
        return self._act(self.message("sticker", packageId="446", stickerId="1988", keywords=list(keywords)))

    def image(self) -> Event:
        """Send a picture, which LINE keeps."""
        event = self.message("image", contentProvider={"type": "line"})
        self.platform.account.contents[event["message"]["id"]] = Content(data=PNG, media_type="image/png")
        return self._act(event)

    def follow(self) -> Event:
        """Add the account as a friend, or unblock it."""
        event = self.event("follow", follow={"isUnblocked": self.blocked})
        self.blocked = False
        return self._act(event)

    def block(self) -> Event:
        """Block the account: it may go on sending, nothing is shown."""
        self.blocked = True
        return self._act(self.event("unfollow", answerable=False))

    def unsend(self, said: Event) -> Event:
        """Take back a message."""
        return self._act(self.event("unsend", answerable=False, unsend={"messageId": said["message"]["id"]}))

    def edit(self, said: Event, text: str) -> Event:
        """Change a message."""
        return self._act(self.event("messageEdited", message={**said["message"], "text": text}))

    def invite(self, group_id: str) -> Event:
        """Take the account into a group (C…) or room (R…)."""
        self.platform.account.groups.add(group_id)
        kind = "room" if group_id.startswith("R") else "group"
        return self._act({**self.event("join"), "source": {"type": kind, f"{kind}Id": group_id}})

    def message(self, kind: str, *, mode: str = "active", **content: Any) -> Event:
        """Build a message event."""
        known = {"id": self.platform.new_id(), "markAsReadToken": self.platform.issue_read_token()}
        if kind in QUOTABLE:
            known["quoteToken"] = self.issue_quote_token(known["id"])
        return self.event("message", mode=mode, message={"type": kind, **known, **content})

    def event(self, kind: str, *, mode: str = "active", answerable: bool = True, **fields: Any) -> Event:
        """Build any event; ``answerable`` ones carry a reply token."""
        event = {
            "type": kind,
            "mode": mode,
            "timestamp": self.platform.clock.stamp(),
            "source": {"type": "user", "userId": self.id},
            "webhookEventId": uuid.uuid4().hex[:26].upper(),
            "deliveryContext": {"isRedelivery": False},
            **fields,
        }
        return {**event, "replyToken": self.platform.issue_reply_token(self)} if answerable else event

    def issue_quote_token(self, message_id: str) -> str:
        """Make a token with which a message of this chat is quoted; it never ends."""
        token = uuid.uuid4().hex
        self.quotable[token] = message_id
        return token

    def show(self, how: str, shown: dict[str, Any], message_id: str) -> None:
        """Show one object of a call, unless the account is blocked."""
        if self.blocked:
            return
        items = shown.get("quickReply", {}).get("items", [])
        self.offered = {item["action"]["label"]: item["action"] for item in items}
        sender = shown.get("sender", {}).get("name")
        card = shown if shown["type"] == "flex" else None
        text = line_flex.words(card) if card else shown["text"]
        seen = Seen(
            id=message_id,
            text=text,
            by=how,
            sender=sender,
            buttons=self.offered,
            card=card,
            quotes=self.quotable.get(shown.get("quoteToken", "")),
        )
        taps = [action for action in line_flex.actions(card) if action["type"] == "postback"] if card else []
        self.lasting |= {action["label"]: action for action in taps}
        with self._shown:
            self.seen.append(seen)
            self._shown.notify_all()

    def _act(self, event: Event) -> Event:
        self.offered = {}
        self._acted = len(self.seen)
        response = self.platform.deliver(event)
        assert response.status_code == 200, f"the desk answered {response.status_code}: {response.text[:200]}"
        return event
