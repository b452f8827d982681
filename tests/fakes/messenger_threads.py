"""The page's talks as Graph lists them (the Conversations API), and who may answer in them (Conversation Routing)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.fakes.messenger_faults import GraphProblem

if TYPE_CHECKING:
    from tests.fakes.messenger import MessengerPlatform
    from tests.fakes.messenger_user import MessengerUser

Json = dict[str, Any]
LAST = 20  # messages of a talk that can be read
MOST_CALLS = 2  # a second
FEW = 25  # talks on a page of the answer, unless fewer are asked for


@dataclass
class Threads:
    """``said`` is what users wrote or tapped, by message id; ``off``: the app may not read talks."""

    said: dict[str, tuple["MessengerUser", Json, datetime]] = field(default_factory=dict)
    off: bool = False
    last: int = LAST
    asked_at: list[float] = field(default_factory=list)
    seconds: Callable[[], float] = time.monotonic

    def hear(self, platform: "MessengerPlatform", event: Json) -> None:
        """Keep what a user said, however often it is delivered; what is taken back is gone."""
        user = platform.users.get(event.get("sender", {}).get("id", ""))
        message = event.get("message") or event.get("postback")
        if user is None or not isinstance(message, dict) or not message.get("mid"):
            return
        if message.get("is_deleted"):
            self.said.pop(message["mid"], None)
        elif message["mid"] not in self.said:
            self.said[message["mid"]] = (user, message, platform.clock.now())

    def answer(self, platform: "MessengerPlatform", query: Json) -> Json:
        """List the talks, those with the newest message first."""
        self._count()
        if self.off:
            raise GraphProblem(200, None, "Requires pages_read_engagement permission", ours=False)
        if query.get("platform") != "messenger":
            raise GraphProblem(100, None, "Param platform must be messenger")
        talks = sorted(
            (talk for talk in (self._talk(platform, user) for user in platform.users.values()) if talk),
            key=lambda talk: str(talk["updated_time"]), reverse=True,
        )  # fmt: skip
        first, limit = int(query.get("after", "0")), min(int(query.get("limit", FEW)), FEW)
        behind = first + limit
        paging = {"cursors": {"after": str(behind)}} if behind < len(talks) else {}
        whole = talks[first:behind]
        shown = whole if "messages" in query.get("fields", "") else [{"id": talk["id"]} for talk in whole]
        return {"data": shown, "paging": paging}

    def _count(self) -> None:
        now = self.seconds()
        self.asked_at = [at for at in self.asked_at if now - at < 1] + [now]
        if len(self.asked_at) > MOST_CALLS:
            raise GraphProblem(613, None, "Calls to this api have exceeded the rate limit.")

    def _talk(self, platform: "MessengerPlatform", user: "MessengerUser") -> Json | None:
        page = {"id": platform.page_id, "name": platform.settings.name, "email": f"{platform.page_id}@facebook.com"}
        person = {"id": user.id, "name": user.name, "email": f"{user.id}@facebook.com"}
        theirs = [(at, mid, person, message) for mid, (who, message, at) in self.said.items() if who is user]
        ours = [(seen.at, seen.id, page, {"text": "" if seen.card else seen.text}) for seen in user.seen if seen.at]
        lines = sorted([*theirs, *ours], key=lambda line: line[0], reverse=True)[: self.last]
        if not lines:
            return None
        return {
            "id": f"t_{user.id}",
            "updated_time": _stamp(lines[0][0]),
            "participants": {"data": [person, page]},
            "messages": {"data": [_line(*line) for line in lines]},
        }


def _line(at: datetime, mid: str, by: Json, message: Json) -> Json:
    """Write one message as Graph does: without what the webhook alone tells."""
    shown: Json = {"id": mid, "created_time": _stamp(at), "from": by, "message": message.get("text", "")}
    if title := message.get("title"):
        shown["message"] = title
    files = []
    for attachment in message.get("attachments", []):
        kind, url = attachment["type"], attachment["payload"].get("url")
        if kind == "sticker":
            shown["sticker"] = url
        elif kind in ("image", "video"):
            files.append({"mime_type": f"{kind}/jpeg", f"{kind}_data": {"url": url}})
        else:
            files.append({"mime_type": "application/octet-stream", "file_url": url})
    return shown | ({"attachments": {"data": files}} if files else {})


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")
