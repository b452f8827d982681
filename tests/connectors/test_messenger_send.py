"""What a customer of the page sees of a message, and when the page may still write."""

import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from connectors.contract import Channel, DeliveryFailed, DeliveryUnknown, RecipientUnreachable, ThreadTakenOver
from connectors.messenger import MessengerChannel
from connectors.texts import graphemes, units
from tests.connectors.messenger_page import channel_of, message_to, platform_of, writing_user
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.messenger_faults import RESET_BEFORE, STALL, Fault

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    with platform_of() as platform:
        yield platform


@pytest_asyncio.fixture(name="channel")
async def _channel(platform: MessengerPlatform) -> AsyncIterator[MessengerChannel]:
    channel = channel_of(platform)
    yield channel
    await channel.close()
    assert not platform.violations


async def test_a_message_with_its_quick_replies(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user = writing_user(platform)
    message = message_to(user, "สนใจเรื่องใดคะ", "ส่งออก", "นำเข้า")

    receipt = await channel.send(message)

    (seen,) = user.seen
    assert receipt.external_message_id == seen.id
    assert (seen.text, seen.tag, seen.buttons) == (
        "สนใจเรื่องใดคะ",
        None,
        {"ส่งออก": "v1:button:b0", "นำเข้า": "v1:button:b1"},
    )
    assert seen.metadata == f"desk:{message.retry_key}"


async def test_without_a_page_id_the_token_says_which_page(platform: MessengerPlatform) -> None:
    channel = channel_of(platform, page_id=None, address=platform.address + "/")

    await channel.send(message_to(writing_user(platform)))

    assert platform.calls[0].path.startswith("/v25.0/me/messages")
    assert platform.page_token not in platform.calls[0].path
    await channel.close()


async def test_an_officer_is_named_and_the_bot_is_not(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user = writing_user(platform)

    await channel.send(message_to(user, "ยินดีค่ะ", by_person=True, sender_name="คุณมะลิ"))
    await channel.send(message_to(user, "ยินดีค่ะ", by_person=True))
    await channel.send(message_to(user, "ยินดีค่ะ", sender_name="ผู้ช่วย"))

    assert user.texts == ["(คุณมะลิ) ยินดีค่ะ", "ยินดีค่ะ", "ยินดีค่ะ"]


@pytest.mark.parametrize(
    ("silent_for", "by_person", "human_agent", "tag"),
    [
        (DAY - MINUTE, False, False, None),
        (DAY - MINUTE, True, False, None),
        (DAY - MINUTE, True, True, None),
        (DAY + MINUTE, True, True, "HUMAN_AGENT"),
        (7 * DAY - HOUR, True, True, "HUMAN_AGENT"),
    ],
)
async def test_inside_a_window(
    platform: MessengerPlatform, silent_for: timedelta, by_person: bool, human_agent: bool, tag: str | None
) -> None:
    platform.human_agent = human_agent
    channel = channel_of(platform, human_agent=human_agent)
    user = writing_user(platform)
    platform.clock.move(silent_for.total_seconds())

    await channel.send(message_to(user, by_person=by_person, silent_for=silent_for))

    assert [seen.tag for seen in user.seen] == [tag]
    await channel.close()


@pytest.mark.parametrize(
    ("silent_for", "by_person", "human_agent"),
    [
        (DAY, False, True),
        (DAY + MINUTE, False, True),
        (DAY + MINUTE, True, False),
        (7 * DAY - HOUR, True, False),
        (7 * DAY - HOUR, False, True),
        (7 * DAY + HOUR, True, True),
        (7 * DAY + HOUR, False, True),
        (None, True, True),
        (None, False, False),
    ],
)
async def test_outside_the_windows_nothing_is_even_tried(
    platform: MessengerPlatform, silent_for: timedelta | None, by_person: bool, human_agent: bool
) -> None:
    channel = channel_of(platform, human_agent=human_agent)

    with pytest.raises(DeliveryFailed) as caught:
        await channel.send(message_to(writing_user(platform), by_person=by_person, silent_for=silent_for))

    assert (caught.value.reason, caught.value.retry_after) == ("outside_window", None)
    assert not platform.calls
    await channel.close()


async def test_a_tag_that_meta_did_not_approve(platform: MessengerPlatform) -> None:
    channel = channel_of(platform, human_agent=True)
    user = writing_user(platform)
    platform.clock.move(hours=25)

    with pytest.raises(DeliveryFailed, match="tag_not_approved"):
        await channel.send(message_to(user, by_person=True, silent_for=25 * HOUR))
    with pytest.raises(DeliveryFailed, match="outside_window"):
        await channel.send(message_to(user, by_person=True, silent_for=25 * HOUR))

    assert len(platform.calls) == 1, "the tag is not tried again"
    await channel.close()


async def test_a_window_that_closed_on_the_way(platform: MessengerPlatform) -> None:
    channel = channel_of(platform)
    user = writing_user(platform)
    platform.clock.move(hours=24, minutes=1)

    with pytest.raises(DeliveryFailed, match="outside_window"):
        await channel.send(message_to(user, silent_for=DAY - MINUTE))

    await channel.close()


@pytest.mark.parametrize("sign", ["ก", "กิ่", "😀", "👩‍👩‍👧‍👦", "การส่งออกทุเรียน ", "export licence\n"])
async def test_a_long_text_comes_whole_in_several_messages(
    platform: MessengerPlatform, channel: MessengerChannel, sign: str
) -> None:
    user = writing_user(platform)
    text = (sign * 5_000)[:4_700].strip()

    receipt = await channel.send(message_to(user, text, "ต่อไป"))

    assert len(user.seen) >= 3
    assert "".join("".join(user.texts).split()) == "".join(text.split())
    assert all(units(seen.text) <= 1_900 for seen in user.seen)
    assert [list(seen.buttons) for seen in user.seen] == [[]] * (len(user.seen) - 1) + [["ต่อไป"]]
    assert [*receipt.more_ids, receipt.external_message_id] == [seen.id for seen in user.seen]
    assert {seen.metadata for seen in user.seen[:-1]} == {"desk:part"}, "its echo is ours, and settles nothing"
    assert user.seen[-1].metadata not in (None, "desk:part")


@pytest.mark.parametrize("fault", [RESET_BEFORE, STALL, "refused"], ids=["reset", "stall", "refused"])
async def test_what_was_shown_in_part_is_never_sent_again(platform: MessengerPlatform, fault: Fault | str) -> None:
    channel = channel_of(platform, timeout=httpx.Timeout(5, read=0.1))
    platform.spoil_next(Fault(accepts=True))
    if isinstance(fault, Fault):
        platform.spoil_next(fault)
    else:
        platform.fail_next(613)
    user = writing_user(platform)

    with pytest.raises(DeliveryUnknown):
        await channel.send(message_to(user, "ก" * 4_000))

    assert len(platform.calls) == 2, "the third part is not sent behind a hole"
    await channel.close()


@pytest.mark.parametrize("title", ["งานแสดงสินค้าและกิจกรรม", "👩‍👩‍👧‍👦" * 2, "A very long title indeed", "พอดี"])
async def test_titles_are_cut_where_a_reader_expects_it(
    platform: MessengerPlatform, channel: MessengerChannel, title: str
) -> None:
    await channel.send(message_to(writing_user(platform), "เลือกได้เลยค่ะ", title))

    sent = httpx.Response(200, content=platform.calls[0].body).json()["message"]["quick_replies"][0]["title"]
    assert len(graphemes(sent)) <= 20
    assert sent == title or (sent.endswith("…") and title.startswith(sent[:-1]))


async def test_titles_too_long_to_be_cut_are_a_numbered_list(
    platform: MessengerPlatform, channel: MessengerChannel
) -> None:
    user = writing_user(platform)
    long = "ข้อมูลการส่งออกผลไม้ไปประเทศจีน"

    await channel.send(message_to(user, "ท่านหมายถึงข้อใดคะ", long, "อื่น ๆ"))

    assert user.texts == [f"ท่านหมายถึงข้อใดคะ\n\n1. {long}\n2. อื่น ๆ"]
    assert user.offered == {"1": "v1:button:b0", "2": "v1:button:b1"}


async def test_no_more_than_thirteen_quick_replies(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user = writing_user(platform)

    await channel.send(message_to(user, "เลือกได้เลยค่ะ", *(f"ข้อ {number}" for number in range(1, 15))))

    assert list(user.offered) == [f"ข้อ {number}" for number in range(1, 14)]


async def test_one_of_several_messages_is_answered(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user, asked = writing_user(platform), platform.user("สมหญิง").message(text="ราคาเท่าไร")
    platform.threads.hear(platform, asked)

    await channel.send(message_to(user, "ก" * 3_000, quote_token=asked["message"]["mid"]))

    assert [seen.quotes for seen in user.seen] == [asked["message"]["mid"], None]


async def test_what_was_taken_back_is_answered_plainly(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user = writing_user(platform)

    await channel.send(message_to(user, "ยินดีค่ะ", quote_token="m_gone"))

    assert [(seen.text, seen.quotes) for seen in user.seen] == [("ยินดีค่ะ", None)]


async def test_after_a_day_nothing_is_quoted(platform: MessengerPlatform) -> None:
    platform.human_agent = True
    channel, user = channel_of(platform, human_agent=True), writing_user(platform)
    platform.clock.move(25 * 3600)

    await channel.send(message_to(user, by_person=True, silent_for=DAY + HOUR, quote_token="m_1"))

    assert [(seen.tag, seen.quotes) for seen in user.seen] == [("HUMAN_AGENT", None)]
    await channel.close()


async def test_somebody_who_blocked_the_page(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user = writing_user(platform)
    user.blocked = True

    with pytest.raises(RecipientUnreachable):
        await channel.send(message_to(user))


async def test_somebody_of_another_page(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    with pytest.raises(RecipientUnreachable):
        await channel.send(message_to(writing_user(platform), external_id="1"))


async def test_a_talk_that_a_person_of_the_page_has(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user = writing_user(platform)
    user.be_taken()

    with pytest.raises(ThreadTakenOver):
        await channel.send(message_to(user))

    platform.clock.move(hours=24)
    user.wrote_at = platform.clock.now()
    await channel.send(message_to(user))

    assert user.texts == ["สวัสดีค่ะ"]


async def test_it_is_a_channel_without_keys(channel: MessengerChannel) -> None:
    checked: Channel = channel

    assert (checked.name, checked.keyed) == ("messenger", False)


async def test_two_messages_with_the_same_key_are_two(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user, key = writing_user(platform), uuid.uuid4()

    for _ in range(2):
        await channel.send(message_to(user, retry_key=key))

    assert len(user.seen) == 2, "so the desk must not repeat an unknown outcome"
