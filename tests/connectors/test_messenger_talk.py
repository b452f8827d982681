"""The connector and the fake platform talking both ways, with a desk that only listens."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import pytest
import pytest_asyncio

from connectors.contract import DeliveryFailed, EventKind, InboundEvent, MediaKind, SignatureInvalid, ThreadTakenOver
from connectors.messenger import MessengerChannel
from tests.connectors.messenger_page import channel_of, message_to, platform_of
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.messenger import MessengerPlatform


@dataclass
class Listener:
    """A desk's webhook: keeps what it is told, refuses what isn't signed."""

    channel: MessengerChannel
    heard: list[InboundEvent] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        try:
            if request.method == "GET":
                return Reply(body=self.channel.verify(dict(parse_qsl(urlsplit(request.path).query))).encode())
            self.heard += self.channel.parse(request.headers, request.body)
        except SignatureInvalid:
            return Reply(status=401)
        return Reply()


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    with platform_of() as platform:
        yield platform
        assert not platform.violations


@pytest_asyncio.fixture(name="listener")
async def _listener(platform: MessengerPlatform) -> AsyncIterator[Listener]:
    listener = Listener(channel_of(platform))
    server = HttpThread(listener)
    server.start()
    platform.webhook = f"{server.address}/webhooks/messenger"
    yield listener
    server.stop()
    await listener.channel.close()


def test_meta_asks_and_is_answered(platform: MessengerPlatform, listener: Listener) -> None:
    assert platform.verify().text == "1158201444"
    assert platform.verify(verify_token="wrong").status_code == 401
    assert platform.post(platform.body(), "sha256=0").status_code == 401


async def test_a_talk_with_a_tap(platform: MessengerPlatform, listener: Listener) -> None:
    user = platform.user("สมหญิง")

    user.get_started()
    await listener.channel.send(message_to(user, "สวัสดีค่ะ", "ข้อมูลการส่งออกผลไม้ไปประเทศจีน"))
    platform.settle()
    user.receive()
    user.read()
    user.tap("ข้อมูลการส่งออกผลไม้ไปประเทศจีน")

    assert [event.kind for event in listener.heard] == [
        EventKind.OPENED, EventKind.ECHO, EventKind.DELIVERED, EventKind.READ, EventKind.TAPPED,
    ]  # fmt: skip
    assert listener.heard[-1].payload == "b0"


@pytest.mark.parametrize("echoes", ["first", "soon"])
async def test_our_own_echo_names_the_message(platform: MessengerPlatform, listener: Listener, echoes: str) -> None:
    platform.echoes = "first" if echoes == "first" else "soon"
    user = platform.user("สมหญิง")
    user.say("สวัสดี")
    message = message_to(user, "สวัสดีค่ะ")

    receipt = await listener.channel.send(message)
    told_before_the_answer = len(listener.heard) == 2
    platform.settle()

    echo = listener.heard[1]
    assert (echo.kind, echo.own, echo.correlation_id) == (EventKind.ECHO, True, message.correlation_id)
    assert (echo.external_id, echo.message_id) == (user.id, receipt.external_message_id)
    assert told_before_the_answer or echoes == "soon"


async def test_a_person_of_the_page_answers_in_business_suite(platform: MessengerPlatform, listener: Listener) -> None:
    user = platform.user("สมหญิง")
    user.say("สวัสดี")

    platform.staff_replies(user, "สวัสดีค่ะ เจ้าหน้าที่ค่ะ")
    user.say("ขอบคุณ")

    assert [(event.kind, event.own, event.standby) for event in listener.heard] == [
        (EventKind.TEXT, False, False), (EventKind.ECHO, False, False), (EventKind.TEXT, False, True),
    ]  # fmt: skip
    with pytest.raises(ThreadTakenOver):
        await listener.channel.send(message_to(user))

    platform.hand_back(user)
    await listener.channel.send(message_to(user, "ดิฉันกลับมาแล้วค่ะ"))

    assert user.texts == ["สวัสดีค่ะ เจ้าหน้าที่ค่ะ", "ดิฉันกลับมาแล้วค่ะ"]


def test_after_a_silent_day_the_talk_is_ours_again(platform: MessengerPlatform, listener: Listener) -> None:
    user = platform.user("สมหญิง")
    user.say("สวัสดี")
    platform.staff_replies(user, "สวัสดีค่ะ")

    platform.clock.move(hours=23)
    user.say("ยังอยู่ไหมคะ")
    platform.clock.move(hours=23)
    user.say("ฮัลโหล")
    platform.clock.move(hours=25)
    user.say("สวัสดีอีกครั้ง")

    assert [event.standby for event in listener.heard if event.kind is EventKind.TEXT] == [False, True, True, False]


def test_duplicates_at_once_have_one_name(platform: MessengerPlatform, listener: Listener) -> None:
    raw = platform.user("สมหญิง").message(text="สวัสดี")

    answers = platform.deliver_at_once(raw, copies=4)

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(listener.heard) == 4
    assert len({event.event_id for event in listener.heard}) == 1


def test_what_the_desk_did_not_take_comes_again(platform: MessengerPlatform, listener: Listener) -> None:
    user = platform.user("สมหญิง")
    right, platform.app_secret = platform.app_secret, "another"
    assert platform.deliver(user.message(text="ถูกปฏิเสธ")).status_code == 401
    platform.app_secret = right
    webhook, platform.webhook = platform.webhook, "http://127.0.0.1:9/nobody"
    assert platform.deliver(user.message(text="หนึ่ง")).status_code == 504
    assert platform.deliver(user.message(text="สอง")).status_code == 504
    platform.webhook = webhook

    answers = platform.redeliver()

    assert [answer.status_code for answer in answers] == [200, 200, 401]
    assert [event.text for event in listener.heard] == ["สอง", "หนึ่ง"]


async def test_another_version_of_graph_is_refused(platform: MessengerPlatform, listener: Listener) -> None:
    user = platform.user("สมหญิง")
    user.say("สวัสดี")
    for address in (platform.address.replace("v25.0", "v9.9"), platform.address.removesuffix("/v25.0")):
        channel = channel_of(platform, address=address)
        if "v9.9" in address:
            with pytest.raises(DeliveryFailed):
                await channel.send(message_to(user))
            platform.violations.clear()
        else:
            await channel.send(message_to(user))
        await channel.close()

    assert user.texts == ["สวัสดีค่ะ"]


def test_what_a_phone_can_send(platform: MessengerPlatform, listener: Listener) -> None:
    user = platform.user("สมหญิง")

    user.sticker()
    said = user.image()
    user.unsend(said)
    user.postback("b4", "เมนู")

    assert [event.media for event in listener.heard] == [MediaKind.STICKER, MediaKind.IMAGE, None, None]
    assert listener.heard[2].target_message_id == listener.heard[1].message_id
    assert listener.heard[3].payload == "b4"
