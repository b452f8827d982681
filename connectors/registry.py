"""The channels this installation knows, by name. Only ``bot.bootstrap`` imports this module.

A maker takes the desk's settings, as a value with their names: connectors import nothing of the desk's. It imports its
channel when that is served: LINE's library alone takes a second to load.
"""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.contract import Channel
from connectors.webchat import WebChatChannel


def _line(settings: Any) -> Channel:
    from connectors.line import LineChannel

    return LineChannel(
        secret=settings.line_channel_secret,
        old_secrets=settings.line_channel_secret_old,
        access_token=settings.line_channel_access_token,
        channel_id=settings.line_channel_id,
        api_base=settings.line_api_base,
        data_base=settings.line_data_api_base,
        names=settings.display_names,
    )


def _messenger(settings: Any) -> Channel:
    from connectors.messenger import MessengerChannel

    is_public = settings.public_url.startswith("https://")
    return MessengerChannel(
        app_secret=settings.messenger_app_secret,
        old_secrets=settings.messenger_app_secret_old,
        page_access_token=settings.messenger_page_access_token,
        verify_token=settings.messenger_verify_token,
        app_id=settings.messenger_app_id,
        page_id=settings.messenger_page_id,
        graph_base=settings.messenger_graph_base,
        human_agent=settings.messenger_human_agent,
        names=settings.display_names,
        persona_picture=f"{settings.public_url}/static/speaker.png" if is_public else None,
    )


CHANNELS: Mapping[str, Callable[[Any], Channel]] = {
    "webchat": lambda _settings: WebChatChannel(),
    "line": _line,
    "messenger": _messenger,
}
