"""A phone with Messenger."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from tests.fakes.messenger import PERSON_WINDOW, WINDOW
from tests.fakes.messenger_template import postbacks
from tests.fakes.messenger_user import CDN, Seen
from tests.fakes.phone.handset import Handset, Json, NotThere, Said

LOCALE = "th_TH"
STICKER = {"type": "sticker", "payload": {"url": CDN, "sticker_id": 369239263222822}}


@dataclass(kw_only=True)
class MessengerPhone(Handset):
    """One Messenger user's phone."""

    channel: ClassVar[str] = "messenger"
    seen_below: int = 0  # so many of the customer's messages were marked as seen
    looked_at: int = 0  # so many messages the phone has told to be delivered and read

    def acts(self) -> dict[str, Callable[[Json], None]]:
        return {
            "say": lambda told: self.send(told["text"], self.user.message(text=told["text"])),
            "tap": self._tap,
            "press": self._press,
            "menu": lambda told: self._entry(self._menu()[told["number"]], "title"),
            "starter": lambda told: self._entry(self._starters()[told["number"]], "question"),
            "start": self._start,
            "sticker": lambda _: self.send("👍", self.user.message(attachments=[STICKER])),
            "block": lambda _: setattr(self.user, "blocked", True),
            "follow": lambda _: setattr(self.user, "blocked", False),
            "unsend": self._unsend,
            "edit": self._edit,
            "react": self._react,
            "good": lambda _: self._judge(good=True),
            "bad": lambda _: self._judge(good=False),
            "redeliver": self._redeliver,
            "look": self._look,
            "take": lambda _: self.tell("take_thread_control", lambda: self.platform.staff_takes(self.user)),
            "standby": lambda told: self.tell("standby", lambda: self._standby(told["text"])),
            "staff": lambda told: self.tell("Business Suite", lambda: self._staff(told["text"])),
            "hand-back": lambda _: self.tell("pass_thread_control", lambda: self.platform.hand_back(self.user)),
        }

    def kept_back(self) -> str:
        if self.platform.tells_nothing:
            return "ไม่ถึงระบบ"
        return "กักไว้" if self.platform.holds else ""

    def send_picture(self, data: bytes, media_type: str) -> None:
        """Send a picture, which the desk then fetches from Meta."""
        address = self.platform.share(data, "picture." + media_type.rpartition("/")[2], media_type)
        event = self.user.message(attachments=[{"type": "image", "payload": {"url": address}}])
        self.send("", event, (data, media_type))

    def mark_seen(self) -> None:
        """Show that the page has looked."""
        self.seen_below = len(self.said)

    def _tap(self, told: Json) -> None:
        payload = self.user.offered.get(told["title"])
        if payload is None:
            raise NotThere(told["title"])
        self.send(told["title"], self.user.message(text=told["title"], quick_reply={"payload": payload}))

    def _press(self, told: Json) -> None:
        """Tap a button of a template, however old."""
        pressed = (told["title"], told["payload"])
        if not any(pressed in postbacks(seen.card) for seen in self.user.seen):
            raise NotThere(told["title"])
        self._post_back(told["payload"], told["title"])

    def _entry(self, entry: Json, title: str) -> None:
        self._post_back(entry["payload"], entry[title])

    def _start(self, _: Json) -> None:
        self._post_back(self.platform.settings.profile["get_started"]["payload"], "เริ่มต้นใช้งาน")

    def _post_back(self, payload: str, title: str) -> None:
        mid = self.platform.new_mid()
        self.send(title, self.user.event(postback={"mid": mid, "title": title, "payload": payload}))

    def _unsend(self, _: Json) -> None:
        said = self.take_back()
        self.tell("is_deleted", lambda: self.user.unsend(said.event))

    def _edit(self, told: Json) -> None:
        said = self.change(told["text"])
        self.tell("message_edit", lambda: self.user.edit(said.event, told["text"], said.edits))

    def _react(self, _: Json) -> None:
        if not self.user.seen:
            raise NotThere("no message")
        self.tell("reaction", lambda: self.user.react(self.user.seen[-1]))

    def _judge(self, *, good: bool) -> None:
        if not self.user.seen:
            raise NotThere("no message")
        self.tell("response_feedback", lambda: self.user.judge(self.user.seen[-1], good=good))

    def _redeliver(self, _: Json) -> None:
        if not self.said:
            raise NotThere("no event")
        event = self.said[-1].event
        self.tell("redelivery", lambda: self.platform.deliver(event, standby=self.user.is_elsewhere).raise_for_status())

    def _look(self, _: Json) -> None:
        """Tell that all arrived and was read, once."""
        if self.looked_at == (shown := len(self.user.seen)):
            return
        self.looked_at = shown
        self.tell("delivery", self.user.receive)
        self.tell("read", self.user.read)

    def _standby(self, text: str) -> None:
        """Let the platform tell of a message that somebody else is to answer."""
        event = self.user.message(text=text)
        self.said.append(Said(after=len(self.user.seen), text=text, event=event))
        self.platform.deliver(event, standby=True).raise_for_status()

    def _staff(self, text: str) -> None:
        self.platform.staff_replies(self.user, text)

    def view(self) -> Json:
        """Describe the screen and what the panel tells of this user."""
        items = [
            self._said(*one) if kind == "said" else _seen(*one)
            for kind, one in self.in_order()
        ]  # fmt: skip
        return {
            "account": self.platform.settings.name,
            "items": items,
            "quick": list(self.user.offered),
            "loading": self.is_signed,
            "menu": [entry["title"] for entry in self._menu()],
            "starters": [starter["question"] for starter in self._starters()],
            "greeting": next((one["text"] for one in self._of_profile("greeting")), ""),
            "can_start": "get_started" in self.platform.settings.profile,
            "blocked": self.user.blocked,
            "unread": len(self.user.seen) - self.looked_at,
            "window": self._left(WINDOW),
            "person_window": self._left(PERSON_WINDOW),
            "human_agent": self.platform.human_agent,
            "silent": self.platform.tells_nothing,
            "held": len(self.platform.undelivered) if self.platform.holds else None,
            "elsewhere": self.user.is_elsewhere,
        }

    def _said(self, number: int, said: Said) -> Json:
        return {**self.bubble(number, said), "read": number < self.seen_below}

    def _left(self, window: timedelta) -> float | None:
        """Tell how many seconds the desk may still answer; below 0 it may not."""
        if self.user.wrote_at is None:
            return None
        return float((self.user.wrote_at + window - self.platform.clock.now()).total_seconds())

    def _of_profile(self, name: str) -> list[Json]:
        """Give a localised part of the page's profile, in the phone's language where there is one."""
        parts: list[Json] = self.platform.settings.profile.get(name, [])
        return [part for part in parts if part["locale"] == LOCALE] or parts

    def _menu(self) -> list[Json]:
        return [entry for part in self._of_profile("persistent_menu")[:1] for entry in part["call_to_actions"]]

    def _starters(self) -> list[Json]:
        return [entry for part in self._of_profile("ice_breakers")[:1] for entry in part["call_to_actions"]]


def _seen(number: int, seen: Seen) -> Json:
    return {
        "key": f"seen-{number}",
        "by": "staff" if seen.by == "staff" else "account",
        "text": seen.text,
        "sender": "Business Suite" if seen.by == "staff" else seen.persona,
        "how": seen.tag,
        "template": seen.card,
    }
