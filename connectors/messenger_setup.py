"""Sets a Facebook page up and looks it over: token, subscriptions, what an empty chat shows, and what only people see.

Every setting is read first and written only if it differs (Meta allows 10 changes in 10 minutes), so publishing twice
changes nothing.

Sources: developers.facebook.com/docs/messenger-platform/reference/messenger-profile-api, …/docs/graph-api/reference/
page/subscribed_apps, …/docs/graph-api/reference/app/subscriptions, …/docs/facebook-login/guides/access-tokens/
debugging. That only the default app may list the other receivers is the Handover Protocol's rule, which Conversation
Routing kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from connectors.abilities import Finding, MenuEntry, SetupPlan
from connectors.contract import ChannelError, DeliveryFailed, Menu
from connectors.messenger_errors import SOON, meaning_of
from connectors.messenger_events import GET_STARTED
from connectors.messenger_graph import Graph, GraphRefused
from connectors.messenger_recall import can_recall
from connectors.texts import shorten

NEEDED: Final = (
    "messages", "messaging_postbacks", "messaging_referrals", "message_echoes", "message_edits", "message_reactions",
    "message_deliveries", "message_reads", "messaging_handovers", "standby", "messaging_policy_enforcement",
)  # fmt: skip
FIELDS: Final = (
    *NEEDED,
    "business_integrity",
    "response_feedback",
)  # the last two came late; old apps may not know them
SCOPES: Final = ("pages_messaging", "pages_manage_metadata")
INVALID: Final = 100  # Graph's code for a parameter that it does not take
EXPIRES_SOON: Final = timedelta(days=14)
LONGEST_GREETING: Final = 160  # UTF-16 units, the strictest reading of Meta's "characters"
LONGEST_ENTRY: Final = 30
LONGEST_QUESTION: Final = 80
MOST_ENTRIES: Final = 20
MOST_STARTERS: Final = 4
LOCALES: Final = {"default": "en", "th_TH": "th"}
BY_HAND: Final = ("live_mode", "app_review", "app_secret", "take_control", "inbox_automations", "business_agent")


@dataclass(frozen=True, kw_only=True)
class Page:
    """The page and the app as the settings name them; ``graph`` calls in their name."""

    graph: Graph
    token: str
    verify_token: str
    app_id: str | None
    page_id: str | None
    human_agent: bool

    @property
    def path(self) -> str:
        """Where the page's own settings are."""
        return self.page_id or "me"


async def set_up(page: Page, plan: SetupPlan) -> list[Finding]:
    """Publish what differs: what an empty chat shows, the page's subscription, the webhook's address."""
    done = []
    wanted = profile_of(plan)
    try:
        known = await _profile(page)
        for name, value in wanted.items():
            if known.get(name) != value:
                await page.graph.ask("POST", f"{page.path}/messenger_profile", {name: value})
        if set(FIELDS) - await _subscribed(page):
            await _subscribe(page)
        if page.app_id is not None:
            done.append(await _set_webhook(page, plan))
    except GraphRefused as error:
        raise meaning_of(error.error) from error
    except (httpx.HTTPError, ValueError) as error:
        raise DeliveryFailed("platform_down") from error
    return done


async def check(page: Page, plan: SetupPlan) -> list[Finding]:
    """Look at everything; the order is that in which one would mend it."""
    found = await look(page, plan)
    if not found[0].good:
        return found
    known = await _tried(_profile(page))
    for name, value in profile_of(plan).items():
        found.append(Finding(code=name, good=isinstance(known, dict) and known.get(name) == value))
    found.append(await _recall(page))
    by_hand = [*BY_HAND, "human_agent_on" if page.human_agent else "human_agent_off"]
    return found + [Finding(code=code, good=None) for code in by_hand]


async def look(page: Page, plan: SetupPlan | None = None) -> list[Finding]:
    """Look at what every message needs: the token, the page, the subscription, who may answer first, the webhook.

    Meta switches a webhook off that failed for long; without a ``plan`` only that is looked at, not its address.
    """
    told = await _tried(page.graph.ask("GET", page.path, query={"fields": "id,name"}))
    if not isinstance(told, dict):
        return [Finding(code="token", good=False, about=told)]
    return [
        Finding(code="token", good=True, about=f"{told.get('name', '')} ({told.get('id', '')})"),
        Finding(code="page_id", good=page.page_id is not None and str(told.get("id")) == page.page_id),
        *await _token(page),
        await _fields(page),
        await _default_app(page),
        *await _webhook(page, plan),
    ]


def profile_of(plan: SetupPlan) -> dict[str, Any]:
    """Write what an empty chat shows, and the menu, as the Messenger Profile API wants it."""
    return {
        "get_started": {"payload": GET_STARTED},
        "greeting": [
            {"locale": locale, "text": shorten(plan.greeting[language], LONGEST_GREETING, by_units=True)}
            for locale, language in LOCALES.items()
        ],
        "ice_breakers": [
            {"call_to_actions": _starters(plan.starters, language), "locale": locale}
            for locale, language in LOCALES.items()
        ],
        "persistent_menu": [
            {"locale": locale, "composer_input_disabled": False, "call_to_actions": _entries(plan, language)}
            for locale, language in LOCALES.items()
        ],
    }


def _starters(starters: Sequence[MenuEntry], language: str) -> list[dict[str, str]]:
    return [
        {"question": shorten(_title(starter, language), LONGEST_QUESTION, by_units=True), "payload": starter.payload}
        for starter in starters[:MOST_STARTERS]
    ]


def _entries(plan: SetupPlan, language: str) -> list[dict[str, str]]:
    return [
        {
            "type": "postback",
            "title": shorten(_title(entry, language), LONGEST_ENTRY, by_units=True),
            "payload": entry.payload,
        }
        for entry in plan.menus[Menu.BOT][:MOST_ENTRIES]
    ]


def _title(entry: MenuEntry, language: str) -> str:
    return entry.title_en if language == "en" and entry.title_en else entry.title


async def _profile(page: Page) -> dict[str, Any]:
    query = {"fields": "get_started,greeting,ice_breakers,persistent_menu"}
    answer = await page.graph.ask("GET", f"{page.path}/messenger_profile", query=query)
    return {name: value for part in _data(answer) for name, value in part.items()}


async def _subscribe(page: Page) -> None:
    """Ask for everything; a field that Graph does not know must not cost the others."""
    path = f"{page.path}/subscribed_apps"
    try:
        await page.graph.ask("POST", path, {"subscribed_fields": ",".join(FIELDS)})
    except GraphRefused as error:
        if error.error.code != INVALID:
            raise
        await page.graph.ask("POST", path, {"subscribed_fields": ",".join(NEEDED)})


async def _subscribed(page: Page) -> set[str]:
    """Give the fields that the page sends to our app (to any, if the settings do not name it)."""
    apps = _data(await page.graph.ask("GET", f"{page.path}/subscribed_apps"))
    ours = [app for app in apps if page.app_id is None or str(app.get("id")) == page.app_id]
    return {str(name) for app in ours for name in app.get("subscribed_fields", [])}


async def _fields(page: Page) -> Finding:
    known = await _tried(_subscribed(page))
    missing = sorted(set(FIELDS) - known) if isinstance(known, set) else list(FIELDS)
    return Finding(code="fields", good=not missing, about=", ".join(missing))


async def _token(page: Page) -> list[Finding]:
    """Ask what the token is good for, which only the app itself may."""
    if page.app_id is None:
        return [Finding(code="app_id", good=False)]
    answer = await _tried(page.graph.ask("GET", "debug_token", as_app=True, query={"input_token": page.token}))
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), dict):
        return [Finding(code="app_id", good=False, about=str(answer))]
    told = answer["data"]
    missing = [scope for scope in SCOPES if scope not in told.get("scopes", [])]
    found = [
        Finding(code="app_id", good=str(told.get("app_id")) == page.app_id),
        Finding(code="permissions", good=not missing, about=", ".join(missing)),
    ]
    ends = told.get("expires_at")
    if isinstance(ends, int) and ends > 0:
        at = datetime.fromtimestamp(ends, UTC)
        found.append(Finding(code="token_end", good=at - datetime.now(UTC) > EXPIRES_SOON, about=f"{at:%Y-%m-%d}"))
    return found


async def _default_app(page: Page) -> Finding:
    answer = await _tried(page.graph.ask("GET", f"{page.path}/secondary_receivers", query={"fields": "id,name"}))
    return Finding(code="default_app", good=isinstance(answer, dict), about="" if isinstance(answer, dict) else answer)


async def _recall(page: Page) -> Finding:
    """See whether messages that the webhook does not bring could be fetched."""
    try:
        await can_recall(page.graph, page.path)
    except ChannelError as error:
        return Finding(code="conversations", good=False, about=str(error))
    return Finding(code="conversations", good=True)


async def is_told(page: Page) -> bool:
    """Tell whether Meta would call the webhook with a customer's message; raises a ChannelError."""
    try:
        fields = await _subscribed(page)
        hooks = None
        if page.app_id is not None:
            hooks = _data(await page.graph.ask("GET", f"{page.app_id}/subscriptions", as_app=True))
    except GraphRefused as error:
        raise meaning_of(error.error) from error
    except (httpx.HTTPError, ValueError) as error:
        raise DeliveryFailed("platform_down", retry_after=SOON) from error
    active = hooks is None or any(hook.get("object") == "page" and hook.get("active") is True for hook in hooks)
    return active and "messages" in fields


async def _set_webhook(page: Page, plan: SetupPlan) -> Finding:
    """Tell Meta the webhook's address; Meta then asks it for the verify token at once."""
    answer = await _tell_webhook(page, plan, FIELDS)
    if answer == str(INVALID):
        answer = await _tell_webhook(page, plan, NEEDED)
    good = isinstance(answer, dict)
    return Finding(code="webhook_told", good=good, about=plan.webhook if good else f"{plan.webhook}: {answer}")


async def _tell_webhook(page: Page, plan: SetupPlan, fields: Sequence[str]) -> Any:
    body = {
        "object": "page", "callback_url": plan.webhook, "verify_token": page.verify_token, "fields": ",".join(fields),
        "include_values": True,
    }  # fmt: skip
    return await _tried(page.graph.ask("POST", f"{page.app_id}/subscriptions", body, as_app=True))


async def _webhook(page: Page, plan: SetupPlan | None) -> list[Finding]:
    if page.app_id is None:
        return []
    answer = await _tried(page.graph.ask("GET", f"{page.app_id}/subscriptions", as_app=True))
    hooks = [hook for hook in _data(answer) if hook.get("object") == "page"]
    hook = hooks[0] if hooks else {}
    address = str(hook.get("callback_url") or "–")
    right = plan is None or address == plan.webhook
    return [Finding(code="webhook", good=right and hook.get("active") is True, about=address)]


async def _tried(call: Any) -> Any:
    """Give what a call brought, or in words why it brought nothing."""
    try:
        return await call
    except GraphRefused as error:
        return f"{error.error.code}/{error.error.subcode}" if error.error.subcode else str(error.error.code)
    except (httpx.HTTPError, ValueError) as error:
        return type(error).__name__


def _data(answer: Any) -> list[Mapping[str, Any]]:
    listed = answer.get("data") if isinstance(answer, dict) else None
    return [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []
