"""Cards, documents and buttons that stay, and in whose name and with which picture the page speaks."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from connectors.contract import DeliveryFailed, OutboundArticle, OutboundDocument
from connectors.messenger import MessengerChannel
from connectors.texts import units
from tests.connectors.messenger_page import NOON, channel_of, message_to, platform_of, writing_user
from tests.fakes.messenger import MessengerPlatform

SOURCE = "https://www.ditp.go.th/form-d"
PICTURE = "https://desk.test/static/speaker.png"
ARTICLE = OutboundArticle(title="การขอ Form D", source="กรมการค้าต่างประเทศ", reviewed="22 พ.ย. 2569", url=SOURCE)
DOCUMENT = OutboundDocument(
    title="คู่มือส่งออก", url="https://desk.test/f/1?s=x", media_type="application/pdf", size=120_000, expires_at=NOON
)


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


# Cards.


async def test_a_short_answer_has_the_way_to_its_source_below(
    platform: MessengerPlatform, channel: MessengerChannel
) -> None:
    user = writing_user(platform)
    message = message_to(user, "ขอได้ที่กรมการค้าต่างประเทศค่ะ", "ขอบคุณ", article=ARTICLE)

    receipt = await channel.send(message)

    [seen] = user.seen
    assert (seen.text, seen.links) == (message.text, {"เปิดแหล่งที่มา": SOURCE})
    assert (list(seen.buttons), seen.metadata) == (["ขอบคุณ"], f"desk:{message.retry_key}")
    assert receipt.external_message_id == seen.id


async def test_a_long_answer_has_a_card_behind_it(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user = writing_user(platform)
    message = message_to(user, "ส่งออก " * 400, "ขอบคุณ", article=ARTICLE)

    await channel.send(message)

    *texts, card = user.seen
    assert len(texts) == 2
    assert card.text == "การขอ Form D\nที่มา: กรมการค้าต่างประเทศ · ทบทวนล่าสุด 22 พ.ย. 2569"
    assert (card.links, list(card.buttons)) == ({"เปิดแหล่งที่มา": SOURCE}, ["ขอบคุณ"])
    assert [seen.metadata == f"desk:{message.retry_key}" for seen in user.seen] == [False, False, True]


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "https://x.test/" + "a" * 1_000, "https://ไทย.test"])
async def test_without_an_address_to_open_the_text_says_it_all(
    platform: MessengerPlatform, channel: MessengerChannel, url: str | None
) -> None:
    user = writing_user(platform)
    article = OutboundArticle(title="ก", source="ข", reviewed="ค", url=url)

    await channel.send(message_to(user, "คำตอบ", article=article))

    assert [(seen.text, seen.links) for seen in user.seen] == [("คำตอบ", {})]


async def test_documents_are_cards_with_the_button_that_opens_them(
    platform: MessengerPlatform, channel: MessengerChannel
) -> None:
    user = writing_user(platform)

    await channel.send(message_to(user, "เอกสารค่ะ", by_person=True, sender_name="มะลิ", documents=[DOCUMENT]))

    text, card = user.seen
    assert text.text == "(มะลิ) เอกสารค่ะ"
    assert card.text == "คู่มือส่งออก\nPDF · 120 KB · เปิดได้ถึง 23/11/2569"
    assert card.links == {"เปิดเอกสาร": DOCUMENT.url}


async def test_more_documents_than_cards_stand_in_the_text(
    platform: MessengerPlatform, channel: MessengerChannel
) -> None:
    user = writing_user(platform)

    await channel.send(message_to(user, "เอกสารค่ะ", documents=[DOCUMENT] * 11))

    assert user.texts[0].count(DOCUMENT.url) == 11
    assert user.seen[0].links == {}


async def test_cards_of_an_english_talk_are_english(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user, long = writing_user(platform), "Where to get the certificate of origin"
    article = OutboundArticle(title="Form D", source="Department of Foreign Trade", reviewed="22 Nov 2026", url=SOURCE)

    await channel.send(message_to(user, "x" * 700, article=article, language="en"))
    await channel.send(message_to(user, "Short", article=article, language="en"))
    await channel.send(message_to(user, "Documents", documents=[DOCUMENT], language="en"))
    await channel.send(message_to(user, "Which one?", long, superseded=True, language="en"))

    shown = [seen for seen in user.seen if seen.links or seen.lasting]
    assert [[*seen.links, *seen.lasting] for seen in shown] == [
        ["Open the source"], ["Open the source"], ["Open"], ["Choose this"],
    ]  # fmt: skip
    assert not re.search("[ก-๙]", "".join(seen.text for seen in user.seen).replace(DOCUMENT.title, ""))


@pytest.mark.parametrize("length", [1, 80, 81, 500])
async def test_lines_of_a_card_are_cut(platform: MessengerPlatform, channel: MessengerChannel, length: int) -> None:
    user = writing_user(platform)
    article = OutboundArticle(title="🥭" * length, source="กิ่" * length, reviewed="22 พ.ย. 2569", url=SOURCE)

    await channel.send(message_to(user, "ก" * 700, article=article))

    assert all(units(line) <= 80 for line in user.seen[-1].text.splitlines())


async def test_buttons_that_stay(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    user = writing_user(platform)

    await channel.send(message_to(user, "ได้รับแล้วค่ะ", "ดูคำตอบ", lasting=True))
    await channel.send(message_to(user, "ก" * 700, "ดูคำตอบ", lasting=True))
    await channel.send(message_to(user, "เลือกค่ะ", "1", "2", "3", "4", lasting=True))

    staying, too_long, too_many = user.seen
    assert (staying.lasting, staying.buttons) == ({"ดูคำตอบ": "v1:button:b0"}, {})
    assert (list(too_long.buttons), list(too_many.buttons)) == (["ดูคำตอบ"], ["1", "2", "3", "4"])


# Personas.


def speaking(platform: MessengerPlatform, **changed: object) -> MessengerChannel:
    return channel_of(platform, persona_picture=PICTURE, **changed)


async def test_whoever_speaks_has_a_name_and_a_picture(platform: MessengerPlatform) -> None:
    channel, user = speaking(platform), writing_user(platform)

    await channel.send(message_to(user, "สวัสดีค่ะ", sender_name="ผู้ช่วยอัตโนมัติ"))
    await channel.send(message_to(user, "ยินดีค่ะ", sender_name="มะลิ", by_person=True))
    await channel.send(message_to(user, "เชิญค่ะ", sender_name="มะลิ", by_person=True))

    assert [(seen.text, seen.persona) for seen in user.seen] == [
        ("สวัสดีค่ะ", "ผู้ช่วยอัตโนมัติ"), ("ยินดีค่ะ", "มะลิ"), ("เชิญค่ะ", "มะลิ"),
    ]  # fmt: skip
    assert [request.method for request in platform.others] == ["GET", "POST", "POST"]
    await channel.close()


async def test_two_messages_at_once_make_one_persona(platform: MessengerPlatform) -> None:
    channel, user = speaking(platform), writing_user(platform)

    await asyncio.gather(
        *[channel.send(message_to(user, "ยินดีค่ะ", sender_name="มะลิ", by_person=True)) for _ in range(3)]
    )

    assert len(platform.settings.personas) == 1
    await channel.close()


async def test_another_process_finds_the_persona_again(platform: MessengerPlatform) -> None:
    user = writing_user(platform)
    for _ in range(2):
        channel = speaking(platform)
        await channel.send(message_to(user, "ยินดีค่ะ", sender_name="มะลิ", by_person=True))
        await channel.close()

    assert len(platform.settings.personas) == 1


async def test_without_personas_the_name_stands_before_the_text(platform: MessengerPlatform) -> None:
    seconds = [0.0]
    channel, user = speaking(platform, monotonic=lambda: seconds[0]), writing_user(platform)
    platform.settings.personas_off = True
    for _ in range(3):
        await channel.send(message_to(user, "ยินดีค่ะ", sender_name="มะลิ", by_person=True))
    assert user.texts == ["(มะลิ) ยินดีค่ะ"] * 3
    assert len(platform.others) == 1, "and it is not tried for each message"

    platform.settings.personas_off = False
    seconds[0] = 601
    await channel.send(message_to(user, "ยินดีค่ะ", sender_name="มะลิ", by_person=True))
    assert (user.seen[-1].text, user.seen[-1].persona) == ("ยินดีค่ะ", "มะลิ")
    await channel.close()


async def test_a_persona_that_was_removed_costs_nothing_but_the_picture(platform: MessengerPlatform) -> None:
    channel, user = speaking(platform), writing_user(platform)
    await channel.send(message_to(user, "หนึ่ง", sender_name="มะลิ", by_person=True))
    platform.settings.personas.clear()

    await channel.send(message_to(user, "สอง", sender_name="มะลิ", by_person=True))

    assert user.texts == ["หนึ่ง", "(มะลิ) สอง"]
    await channel.close()


async def test_a_refusal_for_another_reason_is_told_as_such(platform: MessengerPlatform) -> None:
    channel, user = speaking(platform), writing_user(platform)
    platform.fail_next(100, 2018014, times=2)

    with pytest.raises(DeliveryFailed, match="refused"):
        await channel.send(message_to(user, "หนึ่ง", sender_name="มะลิ", by_person=True))
    await channel.close()


async def test_personas_that_do_not_answer_hold_nothing_up_for_long(platform: MessengerPlatform) -> None:
    channel = speaking(platform, timeout=httpx.Timeout(5))
    platform.stop()

    with pytest.raises(DeliveryFailed, match="platform_down"):
        await channel.send(message_to(writing_user(platform), sender_name="มะลิ", by_person=True))
    await channel.close()


async def test_a_name_too_long_for_a_persona_is_cut(platform: MessengerPlatform) -> None:
    channel, user = speaking(platform), writing_user(platform)

    await channel.send(message_to(user, "ยินดีค่ะ", sender_name="มะลิ" * 30, by_person=True))

    assert user.seen[0].persona is not None
    assert units(user.seen[0].persona) <= 50
    await channel.close()


async def test_customers_names_may_be_left_alone(platform: MessengerPlatform) -> None:
    channel, user = channel_of(platform, names=False), writing_user(platform)
    user.profile = {"name": "สมหญิง"}

    assert await channel.name_of(user.id) is None
    assert not platform.others
    await channel.close()
