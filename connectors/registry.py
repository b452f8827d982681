"""The channels this installation knows, by name. Only ``bot.bootstrap`` imports this module."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.contract import Channel
from connectors.webchat import WebChatChannel

CHANNELS: Mapping[str, Callable[[Any], Channel]] = {
    "webchat": lambda _settings: WebChatChannel(),
}
