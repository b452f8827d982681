"""What the domain knows of the channels agrees with the connectors."""

from bot.domain.conversation import BOT_WINDOWS, PULLED
from bot.settings import load_settings
from connectors.abilities import WindowedChannel
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


def test_the_bot_is_silent_after_the_time_that_the_connector_names_whatever_officers_may() -> None:
    for more in ({}, {"DESK_MESSENGER_HUMAN_AGENT": "1"}):
        settings = load_settings({**ALL_CHANNELS, **more})
        channels = {name: make(settings) for name, make in CHANNELS.items()}

        assert {
            name: channel.open_for(by_person=False)
            for name, channel in channels.items()
            if isinstance(channel, WindowedChannel)
        } == BOT_WINDOWS
