"""A page with its app, and a connector that is set up for it."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from connectors.contract import OutboundButton, OutboundMessage
from connectors.messenger import MessengerChannel
from tests.fakes.messenger import MessengerPlatform, MessengerUser
from tests.fakes.platform_clock import PlatformClock

APP_ID = "1042"
PAGE_ID = "110022"
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def platform_of(**changed: Any) -> MessengerPlatform:
    settings = {
        "app_secret": "app-secret",
        "page_token": "EAAG-page-token",
        "verify_token": "verify-token",
        "app_id": APP_ID,
        "page_id": PAGE_ID,
        "clock": PlatformClock(at=NOON),
    }
    return MessengerPlatform(**{**settings, **changed})


def channel_of(platform: MessengerPlatform, *, address: str | None = None, **changed: Any) -> MessengerChannel:
    settings = {
        "app_secret": platform.app_secret,
        "page_access_token": platform.page_token,
        "verify_token": platform.verify_token,
        "graph_base": address or platform.address,
        "app_id": APP_ID,
        "page_id": PAGE_ID,
        "now": platform.clock.now,
        "timeout": httpx.Timeout(5),
    }
    return MessengerChannel(**{**settings, **changed})


def message_to(user: MessengerUser, text: str = "สวัสดีค่ะ", *titles: str, **changed: Any) -> OutboundMessage:
    settings = {
        "external_id": user.id,
        "text": text,
        "retry_key": uuid.uuid4(),
        "silent_for": timedelta(minutes=1),
        "buttons": [OutboundButton(id=f"b{number}", title=title) for number, title in enumerate(titles)],
    }
    return OutboundMessage(**{**settings, **changed})


def writing_user(platform: MessengerPlatform) -> MessengerUser:
    """A user whose window is open."""
    user = platform.user("สมหญิง")
    user.wrote_at = platform.clock.now()
    return user
