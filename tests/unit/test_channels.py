"""What the domain knows of the channels agrees with the connectors."""

from bot.domain.conversation import PULLED
from bot.settings import load_settings
from connectors.registry import CHANNELS

ALL_CHANNELS = {
    "DESK_LINE_CHANNEL_SECRET": "s",
    "DESK_LINE_CHANNEL_ACCESS_TOKEN": "t",
    "DESK_MESSENGER_APP_SECRET": "s",
    "DESK_MESSENGER_PAGE_ACCESS_TOKEN": "t",
    "DESK_MESSENGER_VERIFY_TOKEN": "v",
}


def test_only_those_channels_need_no_sending_whose_connector_says_so() -> None:
    settings = load_settings(ALL_CHANNELS)

    assert {name for name, make in CHANNELS.items() if make(settings).pulled} == PULLED
