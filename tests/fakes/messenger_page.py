"""The page behind the fake: its profile in Messenger, personas, subscriptions, whose the talks are.

Every answer is that of one Graph call which is no message. What Meta would refuse raises GraphProblem.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.http_thread import Request
from tests.fakes.messenger_bodies import body_of
from tests.fakes.messenger_faults import GraphProblem
from tests.fakes.messenger_routing import CALLS, control, owner

if TYPE_CHECKING:
    from tests.fakes.messenger import MessengerPlatform

Json = dict[str, Any]
PROFILE = ("get_started", "greeting", "ice_breakers", "persistent_menu")
SCOPES = ("pages_messaging", "pages_manage_metadata", "pages_show_list")


@dataclass
class PageSettings:
    """What can be read and written beside messages. ``default_app``: our app answers first in every talk."""

    name: str = "DITP Thailand"
    profile: Json = field(default_factory=dict)
    subscribed: list[str] = field(default_factory=list)
    unknown_fields: frozenset[str] = frozenset()  # what this version of Graph can't be asked to tell
    scopes: tuple[str, ...] = SCOPES
    default_app: bool = True
    expires_at: int = 0  # of the token; 0 is never
    hook: Json | None = None  # what the app was told about webhooks
    personas: dict[str, Json] = field(default_factory=dict)
    personas_off: bool = False
    numbers: itertools.count = field(default_factory=lambda: itertools.count(901))  # type: ignore[type-arg]

    def answer(self, platform: "MessengerPlatform", request: Request, path: str) -> Json:
        """Answer one call."""
        body = body_of(request)
        query = {name: values[-1] for name, values in parse_qs(urlsplit(request.path).query).items()}
        place = path.removeprefix(f"{platform.page_id}/").removeprefix("me/")
        method, app = request.method, platform.app_id
        answers: dict[str, Callable[[], Json]] = {
            "debug_token": lambda: {"data": self._token(platform, query)},
            "messenger_profile": lambda: self._profile(method, body, query),
            "subscribed_apps": lambda: self._subscriptions(platform, method, body),
            f"{app}/subscriptions": lambda: self._hooks(platform, request, body),
            "personas": lambda: self._personas(method, body),
            "secondary_receivers": self._receivers,
            "message_attachments": lambda: platform.uploads.add(platform, method, body),
            **{call: partial(control, platform, call, body) for call in CALLS},
            "conversations": lambda: platform.threads.answer(platform, query),
            "thread_owner": lambda: self._owner(platform, query),
            **dict.fromkeys(("me", platform.page_id), lambda: {"id": platform.page_id, "name": self.name}),
            **{psid: partial(self._user, platform, psid) for psid in platform.users},
        }
        if place not in answers:
            raise GraphProblem(100, 33, f"Unsupported {method} request: {path}")
        return answers[place]()

    def _token(self, platform: "MessengerPlatform", query: Json) -> Json:
        valid = query.get("input_token") == platform.page_token
        return {
            "app_id": platform.app_id,
            "is_valid": valid,
            "scopes": list(self.scopes),
            "expires_at": self.expires_at,
        }

    def _profile(self, method: str, body: Json, query: Json) -> Json:
        if method == "GET":
            wanted = query.get("fields", "").split(",")
            return {"data": [{name: self.profile[name] for name in wanted if name in self.profile}]}
        if method != "POST" or (unknown := set(body) - set(PROFILE)):
            raise GraphProblem(100, None, f"Unknown profile fields {sorted(unknown)}")
        _check_profile({**self.profile, **body})
        self.profile |= body
        return {"result": "success"}

    def _subscriptions(self, platform: "MessengerPlatform", method: str, body: Json) -> Json:
        if method == "POST":
            fields = body.get("subscribed_fields", [])
            asked = fields.split(",") if isinstance(fields, str) else list(fields)
            self._check_fields(asked)
            self.subscribed = asked
            return {"success": True}
        return {"data": [{"id": platform.app_id, "subscribed_fields": self.subscribed}] if self.subscribed else []}

    def _check_fields(self, asked: list[str]) -> None:
        if unknown := self.unknown_fields.intersection(asked):
            raise GraphProblem(100, None, f"Param subscribed_fields must be one of … got {sorted(unknown)}", ours=False)

    def _hooks(self, platform: "MessengerPlatform", request: Request, body: Json) -> Json:
        """Keep the webhook's address, after asking it for the verify token as Meta does."""
        if "|" not in request.headers.get("authorization", ""):
            raise GraphProblem(15, None, "This method must be called with an app access_token.")
        if request.method == "GET":
            return {"data": [self.hook] if self.hook else []}
        self._check_fields(body["fields"].split(","))
        platform.webhook = body["callback_url"]
        asked = platform.verify(verify_token=body["verify_token"])
        if asked.status_code != 200 or asked.text != "1158201444":
            raise GraphProblem(2200, None, "Callback verification failed", ours=False)
        fields = [{"name": name, "version": "v25.0"} for name in body["fields"].split(",")]
        self.hook = {"object": body["object"], "callback_url": body["callback_url"], "active": True, "fields": fields}
        return {"success": True}

    def _personas(self, method: str, body: Json) -> Json:
        if self.personas_off:
            raise GraphProblem(10, None, "Application does not have permission for this action", ours=False)
        if method == "GET":
            return {"data": [{"id": key, **persona} for key, persona in self.personas.items()]}
        name, picture = body.get("name"), body.get("profile_picture_url")
        if not isinstance(name, str) or not 0 < len(name) <= 50 or not str(picture).startswith("https://"):
            raise GraphProblem(100, None, "Param name or profile_picture_url is invalid")
        key = str(next(self.numbers))
        self.personas[key] = {"name": name, "profile_picture_url": picture}
        return {"id": key}

    def _receivers(self) -> Json:
        if not self.default_app:
            raise GraphProblem(10, 2018164, "Only the primary receiver can call this", ours=False)
        return {"data": [{"id": "263902037430900", "name": "Page Inbox"}]}

    def _owner(self, platform: "MessengerPlatform", query: Json) -> Json:
        user = platform.users.get(query.get("recipient", ""))
        if user is None:
            raise GraphProblem(100, 2018001, "No matching user found", ours=False)
        return {"data": [{"thread_owner": {"app_id": owner(platform, user)}}]}

    def _user(self, platform: "MessengerPlatform", psid: str) -> Json:
        user = platform.users[psid]
        if user.profile is None or user.wrote_at is None:
            raise GraphProblem(100, 2018218, "No profile available for this user.", ours=False)
        return {"id": psid, **user.profile}


def _check_profile(profile: Json) -> None:
    """Refuse what is beyond the limits of the Messenger Profile API."""
    for greeting in profile.get("greeting", []):
        if not 0 < len(greeting["text"]) <= 160:
            raise GraphProblem(100, None, "greeting[text] must be at most 160 characters")
    for locale in profile.get("ice_breakers", []):
        if len(locale["call_to_actions"]) > 4:
            raise GraphProblem(100, None, "at most 4 ice breakers")
    menus = profile.get("persistent_menu", [])
    if menus and "get_started" not in profile:
        raise GraphProblem(100, 2018145, "You must set a Get Started button if you also wish to use persistent menu")
    if menus and not any(menu["locale"] == "default" for menu in menus):
        raise GraphProblem(100, None, "the locale default must be provided")
    for menu in menus:
        _check_menu(menu["call_to_actions"])


def _check_menu(entries: list[Json]) -> None:
    if not 0 < len(entries) <= 20:
        raise GraphProblem(100, None, "a menu has 1 to 20 entries")
    for entry in entries:
        if entry["type"] not in ("postback", "web_url") or not 0 < len(entry["title"]) <= 30:
            raise GraphProblem(100, None, f"menu entry {entry['title']!r} is invalid")
        if entry["type"] == "postback" and not 0 < len(entry["payload"]) <= 1000:
            raise GraphProblem(100, None, "payload is missing or too long")
