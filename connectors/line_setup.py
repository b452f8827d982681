"""Sets a LINE account up and looks it over: rich menus, webhook, credentials, quota, and what only a person can see.

Menus are found again by their names, which carry a hash of what they show: publishing twice changes nothing (LINE
allows 100 creations an hour), and what an older setup left is removed.
"""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any, Final

from linebot.v3 import messaging

from connectors.abilities import Finding, MenuEntry, SetupPlan
from connectors.contract import (
    ChannelHalted,
    DeliveryFailed,
    Menu,
    OutboundArticle,
    OutboundButton,
    OutboundMessage,
)
from connectors.line_account import ALIASES, LineAccount, refuse
from connectors.line_objects import objects_of
from connectors.line_picture import WIDTH, cell, draw, height
from connectors.texts import shorten

LONGEST_BAR: Final = 14  # clusters
LONGEST_LABEL: Final = 20
LONGEST_DISPLAY_TEXT: Final = 300
OURS: Final = "desk-"  # how the names of our menus begin
BY_HAND: Final = (
    "auto_response",
    "greeting_message",
    "redelivery",
    "error_statistics",
    "groups",
)  # LINE tells them nobody
MENU: Final = "/v2/bot/richmenu"
MENU_PATIENCE: Final = 30.0  # seconds


async def set_up(account: LineAccount, plan: SetupPlan) -> list[Finding]:
    """Publish the menus and the webhook's address."""
    info = await account.info()
    found = [Finding(code="account", good=True, about=f"{info.name} {info.basic_id}")]
    kept = []
    for menu, entries in plan.menus.items():
        menu_id = await _publish(account, menu, plan.titles[menu], entries)
        kept.append(menu_id)
        found.append(Finding(code=f"menu_{menu}", good=True, about=menu_id))
    await _remove_others(account, kept)
    request = messaging.SetWebhookEndpointRequest(endpoint=plan.webhook)
    answer = await account.ask("/v2/bot/channel/webhook/endpoint", "set_webhook_endpoint", request)
    found.append(Finding(code="webhook_set", good=answer.status == 200, about=plan.webhook))
    return found


async def check(account: LineAccount, plan: SetupPlan) -> list[Finding]:
    """Look at everything; the order is that in which one would mend it."""
    try:
        info = await account.info()
    except (ChannelHalted, DeliveryFailed) as error:
        return [Finding(code="account", good=False, about=error.reason)]
    found = [
        Finding(code="account", good=True, about=f"{info.name} {info.basic_id}"),
        Finding(code="chat_off", good=not info.chat),
        *await _webhook(account, plan),
        *[await _menu(account, plan, menu) for menu in plan.menus],
        await _messages(account, plan),
        await _quota(account),
    ]
    return found + [Finding(code=code, good=None) for code in BY_HAND]


async def _webhook(account: LineAccount, plan: SetupPlan) -> list[Finding]:
    answer = await account.ask("/v2/bot/channel/webhook/endpoint", "get_webhook_endpoint")
    told = answer.body if answer.status == 200 and isinstance(answer.body, dict) else {}
    address = str(told.get("endpoint", ""))
    found = [Finding(code="webhook_set", good=address == plan.webhook, about=address)]
    if not address:
        return found
    found.append(Finding(code="webhook_active", good=told.get("active") is True))
    request = messaging.TestWebhookEndpointRequest(endpoint=plan.webhook)
    answer = await account.ask("/v2/bot/channel/webhook/test", "test_webhook_endpoint", request, patience=MENU_PATIENCE)
    tested = answer.body if answer.status == 200 and isinstance(answer.body, dict) else {}
    status, reason = tested.get("statusCode"), str(tested.get("reason", ""))
    code = "webhook_secret" if status == 401 else "webhook_test"
    return [*found, Finding(code=code, good=tested.get("success") is True, about=f"{reason} {status or ''}".strip())]


async def _menu(account: LineAccount, plan: SetupPlan, menu: Menu) -> Finding:
    menus = await _ours(account)
    menu_id = menus.get(_name(menu, plan.titles[menu], plan.menus[menu]))
    shown = await _default(account) if menu is Menu.BOT else await account.menu_id(menu)
    return Finding(code=f"menu_{menu}", good=menu_id is not None and menu_id == shown, about=menu_id or "")


async def _messages(account: LineAccount, plan: SetupPlan) -> Finding:
    """Let LINE look at what we send, without sending it."""
    buttons = [OutboundButton(id=entry.payload, title=entry.title) for entry in plan.menus[Menu.BOT]]
    article = OutboundArticle(title="ตัวอย่าง", source="DITP", reviewed="1 ม.ค. 2569", url="https://www.ditp.go.th")
    common: dict[str, Any] = {"external_id": "", "retry_key": uuid.uuid4()}
    samples = [
        OutboundMessage(text=plan.greeting["th"], article=article, **common),
        OutboundMessage(text=plan.titles[Menu.PERSON], buttons=buttons[:1], lasting=True, **common),
        OutboundMessage(text=plan.titles[Menu.BOT], buttons=buttons, by_person=True, sender_name="DITP", **common),
    ]
    request = messaging.ValidateMessageRequest(messages=[one for of in objects_of(samples) for one in of])
    answer = await account.ask("/v2/bot/message/validate/reply", "validate_reply", request)
    return Finding(code="messages", good=answer.status == 200, about=answer.message)


async def _quota(account: LineAccount) -> Finding:
    quota = await account.quota()
    if quota.limit is None:
        return Finding(code="quota", good=True, about=str(quota.used))
    return Finding(code="quota", good=quota.used < quota.limit, about=f"{quota.used} / {quota.limit}")


async def _publish(account: LineAccount, menu: Menu, title: str, entries: Sequence[MenuEntry]) -> str:
    name = _name(menu, title, entries)
    menu_id = (await _ours(account)).get(name)
    if menu_id is None:
        menu_id = await _create(account, name, title, entries)
    await _point(account, ALIASES[menu], menu_id)
    if menu is Menu.BOT:
        answer = await account.ask("/v2/bot/user/all/richmenu/{richMenuId}", "set_default_rich_menu", menu_id)
        refuse(answer)
    return menu_id


async def _create(account: LineAccount, name: str, title: str, entries: Sequence[MenuEntry]) -> str:
    request = messaging.RichMenuRequest(
        size=messaging.RichMenuSize(width=WIDTH, height=height(len(entries))),
        selected=True,
        name=name,
        chat_bar_text=shorten(title, LONGEST_BAR),
        areas=[_area(number, entry, len(entries)) for number, entry in enumerate(entries)],
    )
    answer = await account.ask(MENU, "create_rich_menu", request)
    refuse(answer)
    menu_id = str(answer.body["richMenuId"])
    answer = await account.upload_menu_image(menu_id, _picture(entries), patience=MENU_PATIENCE)
    refuse(answer)
    return menu_id


async def _point(account: LineAccount, alias: str, menu_id: str) -> None:
    request = messaging.UpdateRichMenuAliasRequest(rich_menu_id=menu_id)
    answer = await account.ask(f"{MENU}/alias/{{aliasId}}", "update_rich_menu_alias", alias, request)
    if answer.status == 404:
        new = messaging.CreateRichMenuAliasRequest(rich_menu_alias_id=alias, rich_menu_id=menu_id)
        answer = await account.ask(f"{MENU}/alias", "create_rich_menu_alias", new)
    refuse(answer)


async def _remove_others(account: LineAccount, kept: Sequence[str]) -> None:
    for menu_id in (await _ours(account)).values():
        if menu_id not in kept:
            refuse(await account.ask(f"{MENU}/{{richMenuId}}", "delete_rich_menu", menu_id))


async def _ours(account: LineAccount) -> dict[str, str]:
    """List the menus that we published: their ids by name."""
    answer = await account.ask(f"{MENU}/list", "get_rich_menu_list")
    refuse(answer)
    listed = answer.body.get("richmenus", []) if isinstance(answer.body, dict) else []
    return {menu["name"]: menu["richMenuId"] for menu in listed if menu["name"].startswith(OURS)}


async def _default(account: LineAccount) -> str | None:
    answer = await account.ask("/v2/bot/user/all/richmenu", "get_default_rich_menu_id")
    return answer.body.get("richMenuId") if isinstance(answer.body, dict) else None


def _area(number: int, entry: MenuEntry, count: int) -> Any:
    x, y, wide, tall = cell(number, count)
    return messaging.RichMenuArea(
        bounds=messaging.RichMenuBounds(x=x, y=y, width=wide, height=tall),
        action=messaging.PostbackAction(
            label=shorten(entry.title, LONGEST_LABEL),
            data=entry.payload,
            display_text=shorten(entry.title, LONGEST_DISPLAY_TEXT),
        ),
    )


def _picture(entries: Sequence[MenuEntry]) -> bytes:
    return draw([entry.title for entry in entries], [entry.payload.rpartition(":")[2] for entry in entries])


def _name(menu: Menu, title: str, entries: Sequence[MenuEntry]) -> str:
    shown = hashlib.sha256(title.encode() + _picture(entries) + repr(list(entries)).encode()).hexdigest()
    return f"{OURS}{menu}-{shown[:12]}"
