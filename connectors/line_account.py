"""What can be done with a LINE account beside messages: names, read marks, menus, groups, the loading sign, its facts.

Every call has a short time limit and ends in an answer or a ChannelError; see line-openapi, messaging-api.yml.
"""

import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from linebot.v3 import messaging

from connectors import json_body
from connectors.abilities import Quota
from connectors.contract import ChannelHalted, DeliveryFailed, Menu
from connectors.line_calls import NO_ACCESS_PAUSE, Answer, LineCalls, NoAnswer, NothingSent

PATIENCE: Final = 5.0  # seconds; nobody waits for these
LOADING_PATIENCE: Final = 2.0
LOADING_SECONDS: Final = 20  # of 5 to 60 in steps of 5; the next message ends it
DOWN_PAUSE: Final = timedelta(seconds=2)
RATE_PAUSE: Final = timedelta(seconds=5)
ALIASES: Final = {Menu.BOT: "desk-bot", Menu.PERSON: "desk-person"}  # under which our menus are found again
LONGEST_NAME: Final = 100
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class BotInfo:
    """What LINE tells about the account; ``chat``: its staff may write in LINE Official Account Manager."""

    user_id: str
    basic_id: str
    name: str
    chat: bool


def refuse(answer: Answer) -> None:
    """Raise what an answer that is no success means; https://developers.line.biz/en/reference/messaging-api/#status-codes"""
    match answer.status:
        case status if 200 <= status < 300:
            return
        case 401:
            raise ChannelHalted("no_access", retry_after=NO_ACCESS_PAUSE)
        case 403:
            raise DeliveryFailed("not_permitted")
        case 429 if "monthly limit" in answer.message.casefold():
            raise DeliveryFailed("quota_used")
        case 429:
            raise DeliveryFailed("rate_limited", retry_after=RATE_PAUSE)
        case status if status >= 500:
            raise DeliveryFailed("platform_down", retry_after=DOWN_PAUSE)
    raise DeliveryFailed("refused")


class LineAccount:
    """One Official Account."""

    def __init__(self, calls: LineCalls) -> None:
        self._calls = calls
        self._info: BotInfo | None = None
        self._menus: dict[Menu, str] = {}

    async def info(self) -> BotInfo:
        """Give the account's facts, asked for once."""
        if self._info is None:
            told = await self._told("/v2/bot/info", "get_bot_info")
            self._info = BotInfo(
                user_id=str(told.get("userId", "")),
                basic_id=str(told.get("basicId", "")),
                name=str(told.get("displayName", "")),
                chat=told.get("chatMode") == "chat",
            )
        return self._info

    async def name_of(self, user_id: str) -> str | None:
        """Give a user's display name; None for one who blocked the account or did not consent."""
        answer = await self.ask("/v2/bot/profile/{userId}", "get_profile", user_id)
        if answer.status == 404:
            return None
        refuse(answer)
        name = answer.body.get("displayName") if isinstance(answer.body, dict) else None
        return json_body.storable(name).strip()[:LONGEST_NAME] or None if isinstance(name, str) else None

    async def mark_read(self, token: str) -> None:
        """Mark messages as read; in the account's other mode LINE does so by itself."""
        if (await self.info()).chat:
            request = messaging.MarkMessagesAsReadByTokenRequest(mark_as_read_token=token)
            refuse(await self.ask("/v2/bot/chat/markAsRead", "mark_messages_as_read_by_token", request))

    async def show_menu(self, user_id: str, menu: Menu) -> None:
        """Link a published menu to a user, or leave the user with the account's default one."""
        if menu is Menu.BOT:
            path = "/v2/bot/user/{userId}/richmenu"
            answer = await self.ask(path, "unlink_rich_menu_id_from_user", user_id)
        else:
            menu_id = await self.menu_id(menu)
            if menu_id is None:
                return
            path = "/v2/bot/user/{userId}/richmenu/{richMenuId}"
            answer = await self.ask(path, "link_rich_menu_id_to_user", user_id, menu_id)
        if answer.status == 404:  # the user is gone, or the menu was published anew since we asked
            self._menus.pop(menu, None)
        refuse(answer)

    async def menu_id(self, menu: Menu) -> str | None:
        """Find a menu that `line setup` published, by its alias."""
        if menu not in self._menus:
            answer = await self.ask("/v2/bot/richmenu/alias/{aliasId}", "get_rich_menu_alias", ALIASES[menu])
            if answer.status == 404:
                return None
            refuse(answer)
            menu_id = answer.body.get("richMenuId") if isinstance(answer.body, dict) else None
            if not isinstance(menu_id, str):
                raise DeliveryFailed("platform_down", retry_after=DOWN_PAUSE)
            self._menus[menu] = menu_id
        return self._menus[menu]

    async def leave(self, group_id: str) -> None:
        """Leave a group or a room; not being in it is as good."""
        kind = "room" if group_id.startswith("R") else "group"
        answer = await self.ask(f"/v2/bot/{kind}/{{{kind}Id}}/leave", f"leave_{kind}", group_id)
        if answer.status not in (400, 404):
            refuse(answer)

    async def show_loading(self, user_id: str) -> None:
        """Show the loading sign in a user's open chat."""
        request = messaging.ShowLoadingAnimationRequest(chat_id=user_id, loading_seconds=LOADING_SECONDS)
        path = "/v2/bot/chat/loading/start"
        refuse(await self.ask(path, "show_loading_animation", request, patience=LOADING_PATIENCE))

    async def _told(self, path: str, method: str, *arguments: Any) -> dict[str, Any]:
        """Ask for something that LINE must know."""
        answer = await self.ask(path, method, *arguments)
        refuse(answer)
        if not isinstance(answer.body, dict):
            raise DeliveryFailed("platform_down", retry_after=DOWN_PAUSE)
        return answer.body

    async def quota(self) -> Quota:
        """Give the month's pushes: how many are allowed (None: no limit) and how many were used."""
        allowed = await self._told("/v2/bot/message/quota", "get_message_quota")
        used = await self._told("/v2/bot/message/quota/consumption", "get_message_quota_consumption")
        limit = allowed.get("value") if allowed.get("type") == "limited" else None
        return Quota(limit=limit if isinstance(limit, int) else None, used=int(used.get("totalUsage", 0)))

    async def upload_menu_image(self, menu_id: str, png: bytes, *, patience: float) -> Answer:
        """Give a new menu its picture."""
        return await self._within(self._calls.upload_menu_image(menu_id, png, patience=patience))

    async def ask(self, path: str, method: str, *arguments: Any, patience: float | None = None) -> Answer:
        """Make a call by its name in the SDK; ``path``, without ids, is for the log."""
        return await self._within(self._calls.ask(path, method, *arguments, patience=patience or PATIENCE))

    async def _within(self, call: Awaitable[Answer]) -> Answer:
        try:
            return await call
        except (NothingSent, NoAnswer) as error:
            raise DeliveryFailed("platform_down", retry_after=DOWN_PAUSE) from error


async def learn(account: LineAccount) -> BotInfo | None:
    """Ask who the account is and log it; a wrong credential is said plainly."""
    try:
        info = await account.info()
    except (ChannelHalted, DeliveryFailed) as error:
        log.warning(
            "the account could not be read: check its credentials", extra={"channel": "line", "code": error.reason}
        )
        return None
    log.info("account read", extra={"channel": "line", "code": "chat" if info.chat else "bot"})
    return info
