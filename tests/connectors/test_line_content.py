"""What LINE users send is downloaded at once, later, or never."""

import json
import logging
from datetime import timedelta

import pytest

from connectors.contract import (
    ChannelError,
    ChannelHalted,
    InboundAttachment,
    MediaChannel,
    MediaGone,
    MediaKind,
    MediaNotReady,
    MediaRefused,
)
from connectors.line import LineChannel
from tests.connectors.line_account import Connect, failure
from tests.fakes.line import LinePlatform
from tests.fakes.line_account import Content
from tests.fakes.line_user import LineUser

LIMIT = 1000


def sent(kind: MediaKind = MediaKind.IMAGE, reference: str = "7", **more: object) -> InboundAttachment:
    return InboundAttachment(kind=kind, reference=reference, **more)  # type: ignore[arg-type]


async def test_a_picture_comes_as_it_is(line: LineChannel, platform: LinePlatform) -> None:
    assert isinstance(line, MediaChannel)
    platform.account.contents["7"] = Content(data=b"x" * LIMIT, media_type="image/png")

    got = await line.fetch(sent(), limit=LIMIT)
    assert (got.data, got.media_type) == (b"x" * LIMIT, "image/png")
    assert platform.violations == []


@pytest.mark.parametrize("kind", [MediaKind.VIDEO, MediaKind.FILE])
async def test_what_is_being_prepared_is_asked_for_again(
    line: LineChannel, platform: LinePlatform, kind: MediaKind
) -> None:
    platform.account.contents["7"] = Content(data=b"film", waits=1)
    error = await failure(line.fetch(sent(kind), limit=LIMIT))
    assert isinstance(error, MediaNotReady)
    assert (error.reason, error.retry_after) == ("preparing", timedelta(seconds=2))

    assert (await line.fetch(sent(kind), limit=LIMIT)).data == b"film"


async def test_a_film_that_line_cannot_prepare_is_gone(line: LineChannel, platform: LinePlatform) -> None:
    platform.account.contents["7"] = Content(data=b"", waits=9, transcoding="failed")

    assert isinstance(await failure(line.fetch(sent(MediaKind.VIDEO), limit=LIMIT)), MediaGone)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, MediaGone),
        (Content(data=b"", gone=404), MediaGone),
        (Content(data=b"", gone=410), MediaGone),
        (Content(data=b"", gone=400), MediaGone),
        (Content(data=b"", gone=429), MediaNotReady),
        (Content(data=b"", gone=500), MediaNotReady),
        (Content(data=b"x" * (LIMIT + 1)), MediaRefused),
    ],
)
async def test_each_answer_has_its_meaning(
    line: LineChannel, platform: LinePlatform, content: Content | None, error: type[ChannelError]
) -> None:
    if content is not None:
        platform.account.contents["7"] = content

    assert type(await failure(line.fetch(sent(), limit=LIMIT))) is error


async def test_a_dead_token_halts_and_a_stateless_one_is_renewed(
    line: LineChannel, connect: Connect, platform: LinePlatform
) -> None:
    platform.account.contents["7"] = Content(data=b"x")
    stateless = connect(access_token=None, channel_id=platform.channel_id)
    await stateless.fetch(sent(), limit=LIMIT)
    platform.revoke_tokens()

    assert (await stateless.fetch(sent(), limit=LIMIT)).data == b"x"
    assert isinstance(await failure(line.fetch(sent(), limit=LIMIT)), ChannelHalted)


async def test_a_platform_that_is_down_is_asked_later(line: LineChannel, platform: LinePlatform) -> None:
    platform.stop()

    assert isinstance(await failure(line.fetch(sent(), limit=LIMIT)), MediaNotReady)


async def test_a_foreign_file_is_never_called_for(
    line: LineChannel, platform: LinePlatform, somchai: LineUser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    said = somchai.message("image", contentProvider={"type": "external", "originalContentUrl": "http://127.0.0.1:1/x"})
    body = json.dumps({"events": [said]}).encode()
    [event] = line.parse({"x-line-signature": platform.sign(body)}, body)
    [attachment] = event.attachments

    error = await failure(line.fetch(attachment, limit=LIMIT))
    assert isinstance(error, MediaRefused)
    assert error.reason == "foreign"
    assert platform.calls == []
    assert caplog.records == []
