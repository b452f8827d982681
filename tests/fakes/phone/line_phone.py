"""A phone with LINE."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from tests.fakes.line_account import Content
from tests.fakes.line_user import Seen
from tests.fakes.phone.handset import Handset, Json, NotThere, Said


@dataclass(kw_only=True)
class LinePhone(Handset):
    """One LINE user's phone."""

    channel: ClassVar[str] = "line"

    def acts(self) -> dict[str, Callable[[Json], None]]:
        return {
            "say": lambda told: self.send(told["text"], self.user.message("text", text=told["text"])),
            "tap": self._tap,
            "menu": self._menu,
            "sticker": lambda _: self.send("😊", self.user.message("sticker", packageId="446", stickerId="1988")),
            "follow": lambda _: self.tell("follow", self.user.follow),
            "block": lambda _: self.tell("unfollow", self.user.block),
            "unsend": self._unsend,
            "edit": self._edit,
            "quote": self._quote,
            "redeliver": self._redeliver,
        }

    def send_picture(self, data: bytes, media_type: str) -> None:
        """Send a picture, which the desk then fetches from LINE."""
        event = self.user.message("image", contentProvider={"type": "line"})
        self.platform.account.contents[event["message"]["id"]] = Content(data=data, media_type=media_type)
        self.send("", event, (data, media_type))

    def _tap(self, told: Json) -> None:
        """Tap a quick reply or a button of a card; LINE shows its words as the customer's."""
        action = {**self.user.lasting, **self.user.offered}.get(told["title"])
        if action is None:
            raise NotThere(told["title"])
        self._post_back(action)

    def _menu(self, told: Json) -> None:
        """Tap an area of the rich menu."""
        menu = self.platform.account.menu_of(self.user.id)
        if menu is None or not 0 <= told["area"] < len(menu.asked["areas"]):
            raise NotThere("menu")
        self._post_back(menu.asked["areas"][told["area"]]["action"])

    def _post_back(self, action: Json) -> None:
        self.send(action["displayText"], self.user.event("postback", postback={"data": action["data"]}))

    def _unsend(self, _: Json) -> None:
        said = self.take_back()
        self.tell("unsend", lambda: self.user.unsend(said.event))

    def _edit(self, told: Json) -> None:
        said = self.change(told["text"])
        self.tell("messageEdited", lambda: self.user.edit(said.event, told["text"]))

    def _quote(self, told: Json) -> None:
        """Answer the newest text or card of the account, which LINE shows above the answer."""
        if not self.user.seen:
            raise NotThere("no message to answer")
        quoted = self.user.seen[-1].id
        self.send(told["text"], self.user.message("text", text=told["text"], quotedMessageId=quoted))

    def _redeliver(self, _: Json) -> None:
        if not self.said:
            raise NotThere("no event")
        self.tell("redelivery", lambda: self.platform.redeliver(self.said[-1].event).raise_for_status())

    def view(self) -> Json:
        """Describe the screen and what the panel tells of this user."""
        words = {said.event["message"]["id"]: said.text for said in self.said if "message" in said.event}
        words |= {seen.id: seen.text for seen in self.user.seen}
        items = [
            self._said(*one, words) if kind == "said" else _seen(*one, words)
            for kind, one in self.in_order()
        ]  # fmt: skip
        return {
            "account": "DITP",
            "items": items,
            "quick": list(self.user.offered),
            "loading": self.is_signed,
            "menu": self._menu_view(),
            "blocked": self.user.blocked,
            "token": self._token(),
            "quota": {"used": self.platform.used, "limit": self.platform.quota},
        }

    def _said(self, number: int, said: Said, words: Mapping[str, str]) -> Json:
        message = said.event.get("message", {})
        told = {"read": message.get("markAsReadToken") in self.platform.account.read}
        return {**self.bubble(number, said), **told, "quotes": words.get(message.get("quotedMessageId"))}

    def _menu_view(self) -> Json | None:
        menu = self.platform.account.menu_of(self.user.id)
        if menu is None:
            return None
        width, height = menu.asked["size"]["width"], menu.asked["size"]["height"]
        areas = [
            {
                "label": area["action"]["label"],
                "x": area["bounds"]["x"] / width,
                "y": area["bounds"]["y"] / height,
                "width": area["bounds"]["width"] / width,
                "height": area["bounds"]["height"] / height,
            }
            for area in menu.asked["areas"]
        ]
        return {"id": menu.id, "bar": menu.asked["chatBarText"], "ratio": width / height, "areas": areas}

    def _token(self) -> Json | None:
        """Tell how long the newest reply token is good, in seconds, and whether it was used."""
        newest = next((said.event["replyToken"] for said in reversed(self.said) if "replyToken" in said.event), None)
        known = self.platform._reply_tokens.get(newest)
        if known is None:
            return None
        return {"left": (known.until - self.platform.clock.now()).total_seconds(), "used": known.used}


def _seen(number: int, seen: Seen, words: Mapping[str, str]) -> Json:
    return {
        "key": f"seen-{number}",
        "by": "account",
        "text": seen.text,
        "sender": seen.sender,
        "how": seen.by,
        "quotes": words.get(seen.quotes or ""),
        "flex": seen.card["contents"] if seen.card else None,
    }
