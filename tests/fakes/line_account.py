"""What LINE keeps about an account beside messages: its facts, menus, read marks, contents, the webhook's address.

platform.account.default_menu, .linked[user.id], .menus[id].image     what `line setup` published
platform.account.loading, .read, .left                                 what the desk asked for, in order
platform.account.contents[message_id] = Content(data=b"…", waits=2)    202 twice, then the file
"""

import json
import re
import struct
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from tests.fakes.http_thread import CALLS, Reply, Request
from tests.fakes.line_faults import json_reply
from tests.fakes.line_rules import menu_problems, problems_of

if TYPE_CHECKING:
    from tests.fakes.line import LinePlatform

LARGEST_IMAGE = 1_000_000
MOST_MENUS = 1000
RATIO = 1.45


@dataclass(kw_only=True)
class RichMenu:
    """A rich menu; ``image`` is None until one was uploaded."""

    id: str
    asked: dict[str, Any]
    image: bytes | None = None


@dataclass(kw_only=True)
class Content:
    """What a customer sent: 202 ``waits`` times, then the data; ``gone`` instead, a status, when that is set."""

    data: bytes
    media_type: str = "image/jpeg"
    waits: int = 0
    gone: int | None = None
    transcoding: str | None = None


@dataclass(kw_only=True)
class LineAccount:
    """The account's state; ``chat_mode`` is "bot" or "chat", as LINE Official Account Manager has it."""

    platform: "LinePlatform" = field(repr=False)
    chat_mode: str = "bot"
    webhook_active: bool = True
    groups: set[str] = field(default_factory=set)
    menus: dict[str, RichMenu] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    linked: dict[str, str] = field(default_factory=dict)
    default_menu: str | None = None
    loading: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    contents: dict[str, Content] = field(default_factory=dict)

    def menu_of(self, user_id: str) -> RichMenu | None:
        """The menu that a user sees: the linked one, else the default."""
        return self.menus.get(self.linked.get(user_id) or self.default_menu or "")

    def answer(self, request: Request) -> Reply | None:
        """Answer a call with a valid token; None where LINE has no such endpoint."""
        path = request.path.partition("?")[0]
        for method, pattern, handler in self._routes():
            found = re.fullmatch(pattern, path)
            if found and request.method == method:
                return handler(request, *found.groups())
        return None

    def _routes(self) -> list[tuple[str, str, Callable[..., Reply]]]:
        menu = r"/v2/bot/richmenu"
        return [
            ("GET", r"/v2/bot/info", self._info),
            ("POST", r"/v2/bot/message/validate/(?:reply|push|multicast|narrowcast|broadcast)", self._validate),
            ("GET", r"/v2/bot/profile/([^/]+)", self._profile),
            ("GET", r"/v2/bot/message/quota", self._quota),
            ("GET", r"/v2/bot/message/quota/consumption", self._consumption),
            ("POST", r"/v2/bot/chat/loading/start", self._load),
            ("POST", r"/v2/bot/chat/markAsRead", self._mark_read),
            ("POST", r"/v2/bot/(?:group|room)/([^/]+)/leave", self._leave),
            ("GET", r"/v2/bot/channel/webhook/endpoint", self._endpoint),
            ("PUT", r"/v2/bot/channel/webhook/endpoint", self._set_endpoint),
            ("POST", r"/v2/bot/channel/webhook/test", self._test_endpoint),
            ("POST", menu, self._create_menu),
            ("POST", menu + r"/validate", self._validate_menu),
            ("GET", menu + r"/list", self._list_menus),
            ("POST", menu + r"/alias", self._create_alias),
            ("GET", menu + r"/alias/([^/]+)", self._alias),
            ("POST", menu + r"/alias/([^/]+)", self._update_alias),
            ("DELETE", menu + r"/([^/]+)", self._delete_menu),
            ("POST", menu + r"/([^/]+)/content", self._set_image),
            ("POST", r"/v2/bot/user/all/richmenu/([^/]+)", self._set_default),
            ("GET", r"/v2/bot/user/all/richmenu", self._default),
            ("POST", r"/v2/bot/user/([^/]+)/richmenu/([^/]+)", self._link),
            ("DELETE", r"/v2/bot/user/([^/]+)/richmenu", self._unlink),
            ("GET", r"/v2/bot/message/([^/]+)/content", self._content),
            ("GET", r"/v2/bot/message/([^/]+)/content/preview", self._content),
            ("GET", r"/v2/bot/message/([^/]+)/content/transcoding", self._transcoding),
        ]

    def _info(self, _request: Request) -> Reply:
        told = {"userId": self.platform.bot_id, "basicId": "@ditp", "displayName": "DITP", "chatMode": self.chat_mode}
        return json_reply(200, {**told, "markAsReadMode": "auto" if self.chat_mode == "bot" else "manual"})

    def _validate(self, request: Request) -> Reply:
        problems = problems_of({**json.loads(request.body), "to": "anybody"}, "to")
        return self.platform.invalid(problems) if problems else json_reply(200, {})

    def _profile(self, _request: Request, user_id: str) -> Reply:
        user = self.platform.users.get(user_id)
        if user is None or user.blocked:
            return _not_found()
        return json_reply(200, {"userId": user_id, "displayName": user.name, "language": "th"})

    def _quota(self, _request: Request) -> Reply:
        quota = self.platform.quota
        return json_reply(200, {"type": "none"} if quota is None else {"type": "limited", "value": quota})

    def _consumption(self, _request: Request) -> Reply:
        return json_reply(200, {"totalUsage": self.platform.used})

    def _load(self, request: Request) -> Reply:
        body = json.loads(request.body)
        seconds = body.get("loadingSeconds", 20)
        if body.get("chatId") not in self.platform.users or seconds not in range(5, 61, 5):
            return self.platform.wrong(400, f"loading {body}", "The request is invalid")
        self.loading.append(body["chatId"])
        return json_reply(202, {})

    def _mark_read(self, request: Request) -> Reply:
        token = json.loads(request.body).get("markAsReadToken")
        if token not in self.platform.read_tokens:
            return self.platform.wrong(400, f"read token {token!r}", "Invalid token")
        self.read.append(token)
        return json_reply(200, {})

    def _leave(self, _request: Request, group_id: str) -> Reply:
        if group_id not in self.groups:
            return json_reply(400, {"message": "The bot is not a member"})
        self.groups.discard(group_id)
        self.left.append(group_id)
        return json_reply(200, {})

    def _endpoint(self, _request: Request) -> Reply:
        if not self.platform.webhook:
            return _not_found()
        return json_reply(200, {"endpoint": self.platform.webhook, "active": self.webhook_active})

    def _set_endpoint(self, request: Request) -> Reply:
        endpoint = json.loads(request.body).get("endpoint", "")
        if not endpoint.startswith(("https://", "http://127.0.0.1")):  # the tests' desk has no certificate
            return json_reply(400, {"message": "The webhook endpoint must be HTTPS"})
        self.platform.webhook = endpoint
        return json_reply(200, {})

    def _test_endpoint(self, request: Request) -> Reply:
        endpoint = json.loads(request.body or b"{}").get("endpoint") or self.platform.webhook
        body = json.dumps({"destination": self.platform.bot_id, "events": []}).encode()
        headers = {"x-line-signature": self.platform.sign(body)}
        try:
            status = CALLS.post(endpoint, content=body, headers=headers, timeout=2).status_code
            reason = "OK" if status == 200 else "ERROR_STATUS_CODE"
        except httpx.HTTPError:
            status, reason = 0, "COULD_NOT_CONNECT"
        told = {"success": status == 200, "timestamp": "2026-11-23T05:00:00Z", "statusCode": status}
        return json_reply(200, {**told, "reason": reason, "detail": str(status)})

    def _create_menu(self, request: Request) -> Reply:
        asked = json.loads(request.body)
        problems = menu_problems(asked)
        if problems or len(self.menus) >= MOST_MENUS:
            return self.platform.invalid(problems)
        menu = RichMenu(id=f"richmenu-{uuid.uuid4().hex}", asked=asked)
        self.menus[menu.id] = menu
        return json_reply(200, {"richMenuId": menu.id})

    def _validate_menu(self, request: Request) -> Reply:
        problems = menu_problems(json.loads(request.body))
        return self.platform.invalid(problems) if problems else json_reply(200, {})

    def _list_menus(self, _request: Request) -> Reply:
        return json_reply(200, {"richmenus": [{"richMenuId": menu.id, **menu.asked} for menu in self.menus.values()]})

    def _delete_menu(self, _request: Request, menu_id: str) -> Reply:
        if self.menus.pop(menu_id, None) is None:
            return _not_found()
        self.linked = {user: linked for user, linked in self.linked.items() if linked != menu_id}
        self.default_menu = None if self.default_menu == menu_id else self.default_menu
        return json_reply(200, {})

    def _set_image(self, request: Request, menu_id: str) -> Reply:
        menu = self.menus.get(menu_id)
        if menu is None:
            return _not_found()
        if menu.image is not None:
            return self.platform.wrong(400, "a second image", "An image has already been uploaded to the richmenu")
        size = _png_size(request.body)
        right = size is not None and dict(zip(("width", "height"), size, strict=True)) == menu.asked["size"]
        if request.headers.get("content-type") != "image/png" or not right or len(request.body) > LARGEST_IMAGE:
            return self.platform.wrong(400, f"menu image of {size}, {len(request.body)} bytes", "Invalid image")
        menu.image = request.body
        return json_reply(200, {})

    def _create_alias(self, request: Request) -> Reply:
        body = json.loads(request.body)
        if body["richMenuAliasId"] in self.aliases:
            return json_reply(409, {"message": "conflict richmenu alias id"})
        return self._point(body["richMenuAliasId"], body["richMenuId"])

    def _update_alias(self, request: Request, alias: str) -> Reply:
        if alias not in self.aliases:
            return _not_found()
        return self._point(alias, json.loads(request.body)["richMenuId"])

    def _point(self, alias: str, menu_id: str) -> Reply:
        menu = self.menus.get(menu_id)
        if menu is None or menu.image is None or not re.fullmatch(r"[a-z0-9_-]{1,32}", alias):
            return self.platform.wrong(400, f"alias {alias!r} to {menu_id!r}", "richmenu not found")
        self.aliases[alias] = menu_id
        return json_reply(200, {})

    def _alias(self, _request: Request, alias: str) -> Reply:
        if alias not in self.aliases:
            return _not_found()
        return json_reply(200, {"richMenuAliasId": alias, "richMenuId": self.aliases[alias]})

    def _set_default(self, _request: Request, menu_id: str) -> Reply:
        menu = self.menus.get(menu_id)
        if menu is None or menu.image is None:
            return self.platform.wrong(400, "a default menu without image", "must upload richmenu image")
        self.default_menu = menu_id
        return json_reply(200, {})

    def _default(self, _request: Request) -> Reply:
        return json_reply(200, {"richMenuId": self.default_menu}) if self.default_menu else _not_found()

    def _link(self, _request: Request, user_id: str, menu_id: str) -> Reply:
        if user_id not in self.platform.users or menu_id not in self.menus:
            return _not_found()
        self.linked[user_id] = menu_id
        return json_reply(200, {})

    def _unlink(self, _request: Request, user_id: str) -> Reply:
        self.linked.pop(user_id, None)
        return json_reply(200, {})

    def _content(self, _request: Request, message_id: str) -> Reply:
        content = self.contents.get(message_id)
        if content is None or content.gone is not None:
            return json_reply(content.gone or 404 if content else 404, {"message": "Not found"})
        if content.waits > 0:
            content.waits -= 1
            return Reply(status=202)
        return Reply(body=content.data, headers={"Content-Type": content.media_type})

    def _transcoding(self, _request: Request, message_id: str) -> Reply:
        content = self.contents.get(message_id)
        if content is None or content.gone is not None:
            return _not_found()
        return json_reply(200, {"status": content.transcoding or ("processing" if content.waits else "succeeded")})


def _not_found() -> Reply:
    return json_reply(404, {"message": "Not found"})


def _png_size(data: bytes) -> tuple[int, int] | None:
    return struct.unpack(">II", data[16:24]) if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) > 24 else None
