"""Names, signs and files: what is beside messages, and never worth a wait."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import pytest_asyncio

from connectors.abilities import NamingChannel, ReadChannel, ThinkingChannel
from connectors.contract import (
    ChannelHalted,
    DeliveryFailed,
    InboundAttachment,
    MediaChannel,
    MediaGone,
    MediaKind,
    MediaNotReady,
    MediaRefused,
    RecipientUnreachable,
)
from connectors.messenger import MessengerChannel
from connectors.messenger_files import name_in
from tests.connectors.messenger_page import channel_of, message_to, platform_of, writing_user
from tests.fakes.messenger import MessengerPlatform

PDF = b"%PDF-1.7 " + b"x" * 500


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    with platform_of() as platform:
        yield platform
        assert not platform.violations


@pytest_asyncio.fixture(name="channel")
async def _channel(platform: MessengerPlatform) -> AsyncIterator[MessengerChannel]:
    channel = channel_of(platform)
    yield channel
    await channel.close()


def test_it_can_do_all_that(channel: MessengerChannel) -> None:
    for able in (NamingChannel, ReadChannel, ThinkingChannel, MediaChannel):
        assert isinstance(channel, able)


# Names.


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"first_name": "สมหญิง", "last_name": "ใจดี", "name": "Somying"}, "สมหญิง ใจดี"),
        ({"name": "Somying  Jaidee"}, "Somying Jaidee"),
        ({"first_name": "สมหญิง"}, "สมหญิง"),
        ({"first_name": "สม\x00หญิง", "last_name": "\ud83d"}, "สมหญิง \ufffd"),
        ({}, None),
        (None, None),
    ],
)
async def test_a_name(
    platform: MessengerPlatform, channel: MessengerChannel, profile: dict[str, str] | None, name: str | None
) -> None:
    user = writing_user(platform)
    user.profile = profile

    assert await channel.name_of(user.id) == name


async def test_a_name_that_can_not_be_had_now_is_asked_for_later(
    platform: MessengerPlatform, channel: MessengerChannel
) -> None:
    platform.stop()

    with pytest.raises(DeliveryFailed) as caught:
        await channel.name_of("1")

    assert caught.value.retry_after == timedelta(minutes=5)


# Signs.


async def test_typing_and_seen(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user = writing_user(platform)

    await channel.show_thinking(user.id)
    await channel.mark_read(user.id, "m_1")

    assert user.actions == ["typing_on", "mark_seen"]


async def test_signs_are_left_out_while_the_page_is_near_its_limit(
    platform: MessengerPlatform, channel: MessengerChannel
) -> None:
    user = writing_user(platform)
    platform.usage = 85
    await channel.send(message_to(user))

    with pytest.raises(ChannelHalted):
        await channel.show_thinking(user.id)
    assert user.actions == []


async def test_a_sign_to_somebody_who_blocked_the_page(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user = writing_user(platform)
    user.blocked = True

    with pytest.raises(RecipientUnreachable):
        await channel.mark_read(user.id, "m_1")


# Files.


def file_at(address: str) -> InboundAttachment:
    return InboundAttachment(kind=MediaKind.FILE, reference=address)


async def test_a_file_with_its_name(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    fetched = await channel.fetch(file_at(platform.share(PDF, "ใบขน 1.pdf", "application/pdf")), limit=1_000)

    assert (fetched.data, fetched.file_name, fetched.media_type) == (PDF, "ใบขน 1.pdf", "application/pdf")
    assert "authorization" not in platform.cdn.headers[0], "the page's token is nobody else's"


async def test_a_file_that_is_too_large_is_not_read_to_its_end(
    platform: MessengerPlatform, channel: MessengerChannel
) -> None:
    with pytest.raises(MediaRefused, match="too_large"):
        await channel.fetch(file_at(platform.share(PDF, "a.pdf", "application/pdf")), limit=100)


async def test_an_expired_address(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    address = platform.share(PDF, "a.pdf", "application/pdf")
    platform.cdn.expired = True

    with pytest.raises(MediaGone):
        await channel.fetch(file_at(address), limit=1_000)


async def test_a_host_that_is_down(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    address = platform.share(PDF, "a.pdf", "application/pdf")
    platform.cdn.down = 1

    with pytest.raises(MediaNotReady):
        await channel.fetch(file_at(address), limit=1_000)
    assert (await channel.fetch(file_at(address), limit=1_000)).data == PDF

    platform.stop()
    with pytest.raises(MediaNotReady):
        await channel.fetch(file_at(address), limit=1_000)


FOREIGN = [
    "http://scontent.xx.fbcdn.net/a.jpg", "https://fbcdn.net.evil.test/a.jpg", "https://evil.test/fbcdn.net",
    "https://evilfbcdn.net/a.jpg", "https://user@scontent.fbcdn.net/a.jpg", "https://scontent.fbcdn.net:8443/a.jpg",
    "https://169.254.169.254/latest", "file:///etc/passwd", "ftp://a.fbcdn.net/a", "//a.fbcdn.net/a", "",
    "https://[::1/a", "https://a.fbcdn.net:port/a", "https://scontent.fbcdn.net@evil.test/a", "http://127.0.0.1:1/a",
]  # fmt: skip


@pytest.mark.parametrize("address", FOREIGN)
async def test_only_metas_own_hosts_are_asked(
    platform: MessengerPlatform, channel: MessengerChannel, address: str
) -> None:
    with pytest.raises(MediaRefused, match="foreign"):
        await channel.fetch(file_at(address), limit=1_000)


@pytest.mark.parametrize("address", FOREIGN[:7])
async def test_nor_after_a_redirect(platform: MessengerPlatform, channel: MessengerChannel, address: str) -> None:
    platform.cdn.redirect = address

    with pytest.raises(MediaRefused, match="foreign"):
        await channel.fetch(file_at(platform.share(PDF, "a.pdf", "application/pdf")), limit=1_000)


async def test_redirects_without_end(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    platform.cdn.redirect = "/cdn/again"

    with pytest.raises(MediaRefused):
        await channel.fetch(file_at(platform.share(PDF, "a.pdf", "application/pdf")), limit=1_000)
    assert len(platform.cdn.asked) == 4


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://cdn.fbsbx.com/v/t59/%E0%B9%83%E0%B8%9A.pdf?oe=1", "ใบ.pdf"),
        ("https://cdn.fbsbx.com/", None),
        ("https://[bad", None),
    ],
)
def test_the_name_in_an_address(address: str, name: str | None) -> None:
    assert name_in(address) == name
