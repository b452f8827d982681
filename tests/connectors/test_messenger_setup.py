"""Setting a Facebook page up, and what its check says in plain words."""

import logging
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import pytest_asyncio

from bot import setup_words
from bot.domain import menu
from bot.services import setup
from connectors import messenger_setup
from connectors.abilities import Finding, PreparedChannel, SetUpChannel, SetupPlan
from connectors.contract import ChannelHalted, SignatureInvalid
from connectors.messenger import MessengerChannel
from connectors.texts import units
from tests.connectors.messenger_page import channel_of, platform_of
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.messenger import MessengerPlatform


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    with platform_of() as platform:
        yield platform


@pytest_asyncio.fixture(name="channel")
async def _channel(platform: MessengerPlatform) -> AsyncIterator[MessengerChannel]:
    channel = channel_of(platform)
    yield channel
    await channel.close()


@pytest.fixture(name="plan")
def _plan(channel: MessengerChannel) -> Iterator[SetupPlan]:
    """What is to be published, with a desk that knows the verify token."""

    def answer(request: Request) -> Reply:
        try:
            return Reply(body=channel.verify(dict(parse_qsl(urlsplit(request.path).query))).encode())
        except SignatureInvalid:
            return Reply(status=403)

    served = HttpThread(answer)
    served.start()
    yield setup.plan("messenger", served.address)
    served.stop()


def bad(findings: Sequence[Finding]) -> set[str]:
    return {finding.code for finding in findings if finding.good is False}


async def test_a_fresh_page_is_set_up_once(
    platform: MessengerPlatform, channel: MessengerChannel, plan: SetupPlan
) -> None:
    assert isinstance(channel, SetUpChannel)
    everything = {"fields", "get_started", "greeting", "ice_breakers", "persistent_menu", "webhook"}
    assert bad(await channel.check(plan)) == everything

    assert bad(await channel.set_up(plan)) == set()
    assert bad(await channel.check(plan)) == set()
    written = [request for request in platform.others if request.method == "POST"]
    await channel.set_up(plan)

    again = [request for request in platform.others if request.method == "POST"][len(written) :]
    assert [request.path.partition("?")[0] for request in again] == [f"/v25.0/{platform.app_id}/subscriptions"]
    assert platform.violations == []


async def test_a_field_that_graph_does_not_know_costs_no_other(
    platform: MessengerPlatform, channel: MessengerChannel, plan: SetupPlan
) -> None:
    platform.settings.unknown_fields = frozenset({"business_integrity"})

    assert bad(await channel.set_up(plan)) == set()
    assert set(platform.settings.subscribed) == set(messenger_setup.NEEDED)
    [missing] = [finding for finding in await channel.check(plan) if finding.good is False]
    assert (missing.code, missing.about) == ("fields", "business_integrity, response_feedback")


async def test_what_an_empty_chat_shows(
    platform: MessengerPlatform, channel: MessengerChannel, plan: SetupPlan
) -> None:
    await channel.set_up(plan)
    shown = platform.settings.profile

    assert {part["locale"] for part in shown["persistent_menu"]} == {"default", "th_TH"}
    assert all(units(part["text"]) <= 160 for part in shown["greeting"])
    assert [len(part["call_to_actions"]) for part in shown["ice_breakers"]] == [4, 4]
    thai = next(part for part in shown["persistent_menu"] if part["locale"] == "th_TH")["call_to_actions"]
    english = next(part for part in shown["persistent_menu"] if part["locale"] == "default")["call_to_actions"]
    assert (thai[0]["title"], english[0]["title"]) == ("เริ่มต้นส่งออก", "Starting to export")
    questions = [question for part in shown["ice_breakers"] for question in part["call_to_actions"]]
    assert all(menu.chosen(entry["payload"]) for entry in [*thai, *english, *questions]), "every tap means something"


async def test_a_changed_menu_alone_is_written(
    platform: MessengerPlatform, channel: MessengerChannel, plan: SetupPlan
) -> None:
    await channel.set_up(plan)
    platform.settings.profile["persistent_menu"][0]["call_to_actions"].pop()
    assert bad(await channel.check(plan)) == {"persistent_menu"}
    before = len(platform.others)

    await channel.set_up(plan)

    paths = [r.path.partition("?")[0] for r in platform.others[before:] if r.method == "POST"]
    assert [path for path in paths if path.endswith("messenger_profile")] == ["/v25.0/110022/messenger_profile"]


async def test_the_check_names_what_is_wrong(
    platform: MessengerPlatform, channel: MessengerChannel, plan: SetupPlan
) -> None:
    await channel.set_up(plan)
    platform.settings.default_app = False
    platform.settings.scopes = ("pages_messaging",)
    platform.settings.subscribed.remove("standby")
    platform.settings.expires_at = int((datetime.now(UTC) + timedelta(days=3)).timestamp())

    found = {finding.code: finding.about for finding in await channel.check(plan) if finding.good is False}

    assert found.keys() == {"default_app", "permissions", "fields", "token_end"}
    assert (found["permissions"], found["fields"]) == ("pages_manage_metadata", "standby")


async def test_a_webhook_that_meta_switched_off_is_noticed(
    platform: MessengerPlatform, channel: MessengerChannel, plan: SetupPlan
) -> None:
    await channel.set_up(plan)
    assert platform.settings.hook is not None
    platform.settings.hook["active"] = False

    assert bad(await channel.check(plan)) == {"webhook"}


async def test_a_dead_token_is_all_that_is_told(platform: MessengerPlatform, plan: SetupPlan) -> None:
    channel = channel_of(platform, page_access_token="EAAG-old")

    assert [(one.code, one.good, one.about) for one in await channel.check(plan)] == [("token", False, "190")]
    with pytest.raises(ChannelHalted, match="no_access"):
        await channel.set_up(plan)
    await channel.close()


async def test_without_app_and_page_in_the_settings_that_is_told(platform: MessengerPlatform, plan: SetupPlan) -> None:
    channel = channel_of(platform, app_id=None, page_id=None)

    assert {"app_id", "page_id"} <= bad(await channel.check(plan))
    await channel.close()


async def test_a_desk_that_knows_another_verify_token(platform: MessengerPlatform, plan: SetupPlan) -> None:
    channel = channel_of(platform, verify_token="another")

    assert bad(await channel.set_up(plan)) == {"webhook_told"}
    await channel.close()


async def test_at_the_start_and_daily_it_is_logged_without_secrets(
    platform: MessengerPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="connectors")
    seconds = [0.0]
    channel = channel_of(platform, monotonic=lambda: seconds[0])
    assert isinstance(channel, PreparedChannel)

    await channel.prepare()
    seconds[0] = 23 * 3600.0
    await channel.prepare()
    told = [(line.levelname, vars(line)["finding"]) for line in caplog.records]
    seconds[0] = 25 * 3600.0
    await channel.prepare()

    assert told == [
        ("INFO", "token"), ("INFO", "page_id"), ("INFO", "app_id"), ("INFO", "permissions"), ("ERROR", "fields"),
        ("INFO", "default_app"), ("ERROR", "webhook"),
    ]  # fmt: skip
    assert len(caplog.records) == 2 * len(told)
    whole = " ".join(str(vars(line)) for line in caplog.records)
    assert not [
        secret for secret in (platform.page_token, platform.app_secret, platform.verify_token) if secret in whole
    ]
    await channel.close()


async def test_a_platform_that_is_down_at_the_start_harms_nothing(
    platform: MessengerPlatform, channel: MessengerChannel
) -> None:
    platform.stop()

    await channel.prepare()


def test_every_finding_has_words_and_names_a_place_or_a_setting() -> None:
    known = setup_words.words()["messenger"]
    profile = messenger_setup.profile_of(setup.plan("messenger", "https://desk.test"))
    codes = {
        "token",
        "page_id",
        "app_id",
        "permissions",
        "token_end",
        "fields",
        "default_app",
        "webhook",
        "webhook_told",
        "conversations",
    }
    by_hand = {*messenger_setup.BY_HAND, "human_agent_on", "human_agent_off"}

    assert known.keys() == codes | profile.keys() | by_hand
    for code in codes | profile.keys():
        [said] = setup_words.lines("messenger", [Finding(code=code, good=False, about="x")])
        assert re.search(r"DESK_|messenger setup|token|Conversation routing", said), said
        assert setup_words.lines("messenger", [Finding(code=code, good=True, about="x")])[0].startswith("[OK]")
