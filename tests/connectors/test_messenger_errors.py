"""Every way a send may end, through real HTTP: what Graph answers, and what the desk makes of it."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.domain.conversation import Delivery, Message
from bot.web.console_words import DELIVERY_REASONS, delivery_reason
from connectors.contract import (
    ChannelError,
    ChannelHalted,
    DeliveryFailed,
    DeliveryUnknown,
    Receipt,
    RecipientUnreachable,
    ThreadTakenOver,
)
from connectors.messenger import MessengerChannel
from connectors.messenger_errors import MEANINGS
from tests.connectors.messenger_page import channel_of, message_to, platform_of, writing_user
from tests.fakes.http_thread import Reply
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.messenger_faults import RESET_AFTER, RESET_BEFORE, STALL, Fault, graph_error, html, odd_success

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
Ending = tuple[type[ChannelError], str | None, timedelta | None]

CLOSED: Ending = (DeliveryFailed, "outside_window", None)
ELSEWHERE: Ending = (ThreadTakenOver, None, None)
BUSY: Ending = (DeliveryFailed, "busy_flow", MINUTE)
UNREACHABLE: Ending = (RecipientUnreachable, None, None)
REFUSED: Ending = (DeliveryFailed, "refused", None)
BAD_FILE: Ending = (DeliveryFailed, "bad_file", None)
FILE_NOT_LOADED: Ending = (DeliveryFailed, "bad_file", MINUTE)
NO_ACCESS: Ending = (ChannelHalted, "no_access", MINUTE)
NOT_PERMITTED: Ending = (DeliveryFailed, "not_permitted", None)
RESTRICTED: Ending = (ChannelHalted, "page_restricted", 10 * MINUTE)
LIMITED: Ending = (DeliveryFailed, "rate_limited", MINUTE)
DOWN: Ending = (DeliveryFailed, "platform_down", 2 * SECOND)
UNKNOWN: Ending = (DeliveryUnknown, None, None)

ROWS: dict[tuple[int | None, int | None], Ending] = {
    (10, 2018278): CLOSED, (10, 2534022): CLOSED, (10, 2018065): CLOSED,
    (10, 2018300): ELSEWHERE, (100, 2534037): ELSEWHERE,
    (2018321, None): BUSY, (None, 2018321): BUSY,
    (551, None): UNREACHABLE, (200, 1545041): UNREACHABLE, (10, 2018108): UNREACHABLE, (100, 2018001): UNREACHABLE,
    (100, 33): REFUSED, (100, 1893061): REFUSED, (100, 2018014): REFUSED, (100, 2018034): REFUSED,
    (100, None): REFUSED,
    (100, 2018047): BAD_FILE, (100, 2018109): BAD_FILE, (100, 2018074): FILE_NOT_LOADED,
    (100, 2018008): FILE_NOT_LOADED, (100, 2018294): FILE_NOT_LOADED,
    (190, None): NO_ACCESS, (102, None): NO_ACCESS,
    (10, None): NOT_PERMITTED, (200, None): NOT_PERMITTED, (230, None): NOT_PERMITTED, (3, None): NOT_PERMITTED,
    (1, 99): NOT_PERMITTED,
    (10, 1893063): RESTRICTED, (368, None): RESTRICTED, (613, 2018338): RESTRICTED, (2022, None): RESTRICTED,
    (None, 2022): RESTRICTED,
    (4, None): LIMITED, (17, None): LIMITED, (32, None): LIMITED, (613, None): LIMITED,
    **{(code, None): LIMITED for code in range(80001, 80010)},
    (2, None): DOWN, (-1, None): DOWN, (1200, None): DOWN,
    (1, None): UNKNOWN,
}  # fmt: skip
MORE_EXACT: dict[tuple[int, int], Ending] = {
    (551, 1545041): UNREACHABLE, (190, 460): NO_ACCESS, (190, 463): NO_ACCESS, (200, 2018028): NOT_PERMITTED,
    (613, 2534040): LIMITED, (10, 2018321): BUSY, (555, 777): REFUSED,
}  # fmt: skip


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    with platform_of() as platform:
        yield platform


@pytest_asyncio.fixture(name="channel")
async def _channel(platform: MessengerPlatform) -> AsyncIterator[MessengerChannel]:
    channel = channel_of(platform, timeout=httpx.Timeout(5, read=0.1))
    yield channel
    await channel.close()


async def ending_of(channel: MessengerChannel, platform: MessengerPlatform) -> Ending | Receipt:
    """Send to somebody who may be written to, and tell how it ended."""
    try:
        return await channel.send(message_to(writing_user(platform)))
    except ChannelError as error:
        return type(error), getattr(error, "reason", None), getattr(error, "retry_after", None)


@pytest.mark.parametrize(("codes", "ending"), [*ROWS.items(), *MORE_EXACT.items()])
async def test_an_error_of_graph(
    platform: MessengerPlatform, channel: MessengerChannel, codes: tuple[int | None, int | None], ending: Ending
) -> None:
    code, subcode = codes
    platform.fail_next(10 if code is None else code, subcode)

    assert await ending_of(channel, platform) == ending
    assert len(platform.calls) == 1, "nothing is repeated by the connector itself"
    assert not platform.user("สมหญิง").seen


@pytest.mark.parametrize(
    ("codes", "most_tries"),
    [
        ((2018321, None), 2),
        ((10, 2018321), 2),
        ((100, 2018008), 2),
        ((100, 2018294), 2),
        ((100, 2018074), 2),
        ((613, None), None),
    ],
)
async def test_what_is_tried_again_once_says_so(
    platform: MessengerPlatform, channel: MessengerChannel, codes: tuple[int, int | None], most_tries: int | None
) -> None:
    platform.fail_next(*codes)

    with pytest.raises(DeliveryFailed) as failed:
        await channel.send(message_to(writing_user(platform)))

    assert failed.value.most_tries == most_tries


def test_no_row_of_the_table_is_untested() -> None:
    assert MEANINGS.keys() == ROWS.keys()


@pytest.mark.parametrize(
    ("fault", "ending"),
    [
        pytest.param(Fault(reply=graph_error(551, 1545041, status=200)), UNREACHABLE, id="an error with HTTP 200"),
        pytest.param(
            Fault(reply=graph_error(100, message="Cannot tag message with HUMAN_AGENT without prior approval.")),
            (DeliveryFailed, "tag_not_approved", None),
            id="tag not approved",
        ),
        pytest.param(Fault(reply=graph_error(999, is_transient=True)), UNKNOWN, id="transient"),
        pytest.param(Fault(reply=graph_error(999, status=503)), UNKNOWN, id="an unknown error of Graph with HTTP 503"),
        pytest.param(
            Fault(accepts=True, reply=graph_error(2, status=500, is_transient=True)),
            UNKNOWN,
            id="a hiccup with HTTP 500 after acceptance",
        ),
        pytest.param(Fault(reply=graph_error(-1, status=500)), UNKNOWN, id="-1 with HTTP 500"),
        pytest.param(Fault(reply=graph_error(1200, status=503)), UNKNOWN, id="1200 with HTTP 503"),
        pytest.param(Fault(reply=graph_error(2, is_transient=True)), DOWN, id="a hiccup that took nothing"),
        pytest.param(Fault(reply=graph_error(999, status=429)), LIMITED, id="an unknown error with HTTP 429"),
        pytest.param(Fault(reply=graph_error(551, is_transient=True)), UNREACHABLE, id="the code beats is_transient"),
        pytest.param(html(429), LIMITED, id="429 without a code"),
        pytest.param(html(502), UNKNOWN, id="a gateway's page"),
        pytest.param(html(502, accepts=True), UNKNOWN, id="a gateway's page after acceptance"),
        pytest.param(html(302, headers={"Location": "/v25.0/me/messages"}), UNKNOWN, id="no redirect is followed"),
        pytest.param(RESET_BEFORE, UNKNOWN, id="reset before acceptance, which nobody can tell from after"),
        pytest.param(RESET_AFTER, UNKNOWN, id="reset after acceptance"),
        pytest.param(STALL, UNKNOWN, id="accepted, and no answer in time"),
        pytest.param(Fault(reply=Reply(headers={"Content-Encoding": "gzip"}, body=b"?")), UNKNOWN, id="broken gzip"),
    ],
)
async def test_another_bad_answer(
    platform: MessengerPlatform, channel: MessengerChannel, fault: Fault, ending: Ending
) -> None:
    platform.spoil_next(fault)

    assert await ending_of(channel, platform) == ending
    assert len(platform.calls) == 1
    assert len(platform.user("สมหญิง").seen) == fault.accepts


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b"null", b'"m_1"', b'{"message_id": 7}', b'{"message_id": ""}', b"\xff\xfe",
        b'{"recipient_id": "1"}', b'{"error": "strange"}', b"[" * 100_000, b'{"message_id": ' + b"9" * 5_000 + b"}",
    ],
)  # fmt: skip
async def test_an_unreadable_success_is_unknown(
    platform: MessengerPlatform, channel: MessengerChannel, body: bytes
) -> None:
    platform.spoil_next(odd_success(body))

    assert await ending_of(channel, platform) == UNKNOWN


async def test_sent_although_graph_could_not_read_its_own_answer(
    platform: MessengerPlatform, channel: MessengerChannel
) -> None:
    platform.spoil_next(Fault(accepts=True, reply=graph_error(1, 1357046, message="Received invalid JSON reply")))

    assert await ending_of(channel, platform) == Receipt()


async def test_codes_written_as_text(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    platform.spoil_next(
        Fault(reply=Reply(status=400, body=b'{"error": {"code": "10", "error_subcode": "2018278", "message": 1}}'))
    )

    assert await ending_of(channel, platform) == CLOSED


@pytest.mark.parametrize(
    "error", [b"{}", b'{"code": true}', b'{"code": []}', b'{"code": "\\u0e51"}', b'{"code": 1e99}']
)
async def test_an_error_without_a_usable_code_is_a_refusal(
    platform: MessengerPlatform, channel: MessengerChannel, error: bytes
) -> None:
    platform.spoil_next(Fault(reply=Reply(status=400, body=b'{"error": %s}' % error)))

    ending = await ending_of(channel, platform)

    assert ending in (REFUSED, UNKNOWN)
    assert (ending == UNKNOWN) == (b"0e51" in error), "a Thai ๑ is a 1, and 1 may have been sent"


USAGE = '{"110022": [{"type": "messenger", "call_count": 100, "estimated_time_to_regain_access": %s}]}'


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (USAGE % 7, 7 * MINUTE),
        (USAGE % '"7"', 7 * MINUTE),
        (USAGE % 0.5, 30 * SECOND),
        (USAGE % 1e15, timedelta(days=1)),
        (USAGE % "Infinity", timedelta(days=1)),
        (USAGE % ("9" * 400), MINUTE),
        (USAGE % 0, MINUTE),
        (USAGE % -3, MINUTE),
        (USAGE % "NaN", MINUTE),
        (USAGE % "null", MINUTE),
        ("[]", MINUTE),
        ('{"110022": 5}', MINUTE),
        ('{"110022": [5]}', MINUTE),
        ("{}", MINUTE),
        ('{"110022": [{"type"', MINUTE),
        ("", MINUTE),
    ],
)
@pytest.mark.parametrize("with_code", [True, False])
async def test_how_long_to_wait_is_read_from_the_usage_header(
    platform: MessengerPlatform, channel: MessengerChannel, header: str, wait: timedelta, with_code: bool
) -> None:
    headers = {"X-Business-Use-Case-Usage": header}
    platform.spoil_next(Fault(reply=graph_error(80006, headers=headers)) if with_code else html(429, headers=headers))

    assert await ending_of(channel, platform) == (DeliveryFailed, "rate_limited", wait)


async def test_nobody_listens(platform: MessengerPlatform, channel: MessengerChannel) -> None:
    platform.stop()

    assert await ending_of(channel, platform) == DOWN

    platform.start()

    assert isinstance(await ending_of(channel, platform), Receipt), "and afterwards all is well"


async def test_a_dead_token_halts_until_there_is_a_new_one(platform: MessengerPlatform) -> None:
    channel = channel_of(platform, page_access_token="EAAG-old-token")

    assert await ending_of(channel, platform) == NO_ACCESS

    await channel.close()


async def test_a_wrong_app_secret_shows_in_the_proof(platform: MessengerPlatform) -> None:
    channel = channel_of(platform, app_secret="another")

    assert await ending_of(channel, platform) == REFUSED
    assert "appsecret_proof" in platform.violations[0]

    await channel.close()


async def test_the_log_helps_and_tells_nothing(
    platform: MessengerPlatform, channel: MessengerChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="connectors")
    platform.fail_next(10, 2018278)
    platform.spoil_next(html(502))

    for _ in range(3):
        await ending_of(channel, platform)

    told: list[dict[str, Any]] = [vars(record) for record in caplog.records if record.name.startswith("connectors")]
    assert [line["message"] for line in told] == ["messenger.refused", "messenger.unreadable", "messenger.sent"]
    assert (told[0]["status"], told[0]["code"], told[0]["subcode"]) == (400, 10, 2018278)
    assert told[0]["fbtrace_id"].startswith("A")
    assert not any(secret in str(told) for secret in ("สวัสดี", platform.page_token, platform.user("สมหญิง").id))


async def test_sends_to_one_page_go_on_while_one_stalls(platform: MessengerPlatform) -> None:
    channel = channel_of(platform)
    platform.spoil_next(STALL)
    stalled = asyncio.create_task(channel.send(message_to(writing_user(platform), "หนึ่ง")))
    while not platform.user("สมหญิง").seen:
        await asyncio.sleep(0.01)

    await channel.send(message_to(writing_user(platform), "สอง"))

    assert not stalled.done()
    platform.release()
    assert (await stalled).external_message_id == platform.user("สมหญิง").seen[0].id
    await channel.close()


REASONS = {"RecipientUnreachable": "unreachable", "ThreadTakenOver": "thread_elsewhere", "DeliveryUnknown": "no_answer"}
# What a sentence may tell an officer to do.
ADVICE = re.compile("โปรด|ระบบจะ|จะส่งเอง|ต้องรอ|ทักมาใหม่|รอดู|ส่งอีกครั้ง")


@pytest.mark.parametrize("ending", sorted({*ROWS.values(), (DeliveryFailed, "tag_not_approved", None)}, key=str))
def test_each_class_has_a_thai_sentence_that_an_officer_can_act_on(ending: Ending) -> None:
    kind, reason, retry_after = ending
    delivery = Delivery.UNKNOWN if kind is DeliveryUnknown else Delivery.PENDING if retry_after else Delivery.FAILED
    code = reason or REASONS[kind.__name__]

    said = delivery_reason(Message(delivery=delivery, delivery_reason=code))

    assert code in DELIVERY_REASONS
    assert ADVICE.search(said), said


def test_who_has_the_talk_is_told_with_the_setting() -> None:
    assert "Conversation routing" in DELIVERY_REASONS["thread_elsewhere"]


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        ((190, None), logging.ERROR), ((200, None), logging.ERROR), ((368, None), logging.ERROR),
        ((100, 1893061), logging.ERROR), ((100, 2018047), logging.ERROR),
        ((551, None), logging.WARNING), ((10, 2018278), logging.WARNING), ((10, 2018300), logging.WARNING),
        ((613, None), logging.WARNING), ((2, None), logging.WARNING),
    ],
)  # fmt: skip
async def test_what_people_must_see_to_is_an_error_in_the_log(
    platform: MessengerPlatform,
    channel: MessengerChannel,
    caplog: pytest.LogCaptureFixture,
    codes: tuple[int, int | None],
    level: int,
) -> None:
    platform.fail_next(*codes)

    await ending_of(channel, platform)

    assert [line.levelno for line in caplog.records if line.message == "messenger.refused"] == [level]
