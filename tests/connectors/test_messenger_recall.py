"""Reading a page's talks: whatever Graph answers, nothing breaks, and nothing is made up."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from connectors.abilities import RecallingChannel
from connectors.contract import ChannelHalted, DeliveryFailed, EventKind, InboundEvent, MediaKind, NotAllTold
from connectors.messenger import MessengerChannel
from tests.connectors.messenger_page import NOON, PAGE_ID, channel_of, message_to, platform_of, writing_user
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.messenger import MessengerPlatform

SINCE = NOON - timedelta(hours=1)
PEOPLE = {"data": [{"id": PAGE_ID}, {"id": "7"}]}


@dataclass
class Graph:
    """Answers as the test says; the last answer for ever."""

    answers: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request.path)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return Reply(body=answer if isinstance(answer, bytes) else json.dumps(answer).encode())


@pytest.fixture(name="graph")
def _graph() -> Graph:
    return Graph()


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    with platform_of() as platform:
        yield platform


@pytest_asyncio.fixture(name="channel")
async def _channel(graph: Graph, platform: MessengerPlatform) -> AsyncIterator[MessengerChannel]:
    server = HttpThread(graph)
    server.start()
    channel = channel_of(platform, address=f"{server.address}/v25.0")
    yield channel
    server.stop()
    await channel.close()


async def everything(channel: MessengerChannel) -> list[InboundEvent]:
    """Read everything, in the order in which it is given."""
    return [event async for said in channel.said_since(SINCE) for event in said]


def talk(*messages: Any, **told: Any) -> dict[str, Any]:
    return {"data": [{"participants": PEOPLE, "messages": {"data": list(messages)}, **told}]}


def line(at: str = "2026-11-23T05:00:00+0000", by: str = "7", **told: Any) -> dict[str, Any]:
    return {"id": "m_1", "created_time": at, "from": {"id": by}, **told}


@pytest.mark.parametrize(
    ("told", "kind", "media", "text"),
    [
        ({"message": "สวัสดี"}, EventKind.TEXT, None, "สวัสดี"),
        ({"message": "", "sticker": "https://x.fbcdn.net/a.png"}, EventKind.MEDIA, MediaKind.STICKER, None),
        (
            {"attachments": {"data": [{"mime_type": "image/png", "image_data": {"url": "https://x.fbcdn.net/a"}}]}},
            EventKind.MEDIA, MediaKind.IMAGE, None,
        ),
        (
            {"attachments": {"data": [{"mime_type": "audio/mp4", "file_url": "https://x.fbcdn.net/a"}]}},
            EventKind.MEDIA, MediaKind.AUDIO, None,
        ),
        (
            {"shares": {"data": [{"link": "https://a.test", "name": "งาน"}]}},
            EventKind.MEDIA, MediaKind.LINK, "งาน https://a.test",
        ),
        ({}, EventKind.MEDIA, MediaKind.UNSUPPORTED, None),
    ],
)  # fmt: skip
async def test_a_message_of_a_customer(
    graph: Graph, channel: MessengerChannel, told: dict[str, Any], kind: EventKind, media: MediaKind, text: str | None
) -> None:
    graph.answers = [talk(line(**told))]
    assert isinstance(channel, RecallingChannel)

    [event] = await everything(channel)

    assert (event.kind, event.media, event.text) == (kind, media, text)
    assert (event.event_id, event.external_id, event.occurred_at) == ("msg:m_1", "7", NOON)


async def test_words_of_the_page_are_echoes_of_nobody(graph: Graph, channel: MessengerChannel) -> None:
    graph.answers = [talk(line(by=PAGE_ID, message="สวัสดีค่ะ"))]

    [event] = await everything(channel)

    assert (event.kind, event.own, event.external_id, event.text) == (EventKind.ECHO, False, "7", "สวัสดีค่ะ")


async def test_the_oldest_comes_first_and_what_is_older_is_left_out(graph: Graph, channel: MessengerChannel) -> None:
    times = ("2026-11-23T04:59:00+0000", "2026-11-23T04:10:00+0000", "2026-11-23T03:59:59+0000")
    graph.answers = [talk(*(line(at=at, message=at) for at in times))]

    assert [event.text for event in await everything(channel)] == [times[1], times[0]]


async def test_it_stops_asking_at_the_first_older_talk(graph: Graph, channel: MessengerChannel) -> None:
    more = {"paging": {"cursors": {"after": "x"}}}
    graph.answers = [talk(line(message="ก"), updated_time="2026-11-23T03:00:00+0000") | more]

    await everything(channel)

    assert len(graph.asked) == 1
    assert "platform=messenger" in graph.asked[0]


async def test_who_is_told_of_too_many_talks_knows_it(
    graph: Graph, channel: MessengerChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.messenger_recall.PAUSE", 0)
    monkeypatch.setattr("connectors.messenger_recall.MOST_CALLS", 3)
    graph.answers = [talk(line(message="ก")) | {"paging": {"cursors": {"after": "x"}}}]

    given = channel.said_since(SINCE)

    assert [[event.text for event in await anext(given)] for _ in range(3)] == [["ก"]] * 3
    with pytest.raises(NotAllTold):
        await anext(given)
    assert len(graph.asked) == 3


@pytest.mark.parametrize(
    "answer",
    [
        [], 7, None, {}, {"data": None}, {"data": [None, 7, {}]}, {"data": [{"participants": 7, "messages": []}]},
        talk(None, 7, {}, {"id": 7}, line(at="gestern"), line(at="2026-11-23T05:00:00"), participants={"data": [{}]}),
        talk(line(at="gestern"), line(at="2026-11-23T05:00:00"), {"created_time": 7}),
    ],
)  # fmt: skip
async def test_odd_answers_bring_nothing(graph: Graph, channel: MessengerChannel, answer: Any) -> None:
    graph.answers = [answer]

    assert await everything(channel) == []


async def test_no_json(graph: Graph, channel: MessengerChannel) -> None:
    graph.answers = [b"<html>"]

    with pytest.raises(DeliveryFailed, match="platform_down"):
        await everything(channel)


async def test_a_busy_page_is_not_asked(platform: MessengerPlatform) -> None:
    channel = channel_of(platform)
    platform.usage = 90
    await channel.send(message_to(writing_user(platform)))

    with pytest.raises(ChannelHalted, match="rate_limited"):
        await everything(channel)
    assert not platform.others
    await channel.close()


async def test_without_a_page_in_the_settings_nothing_is_asked(platform: MessengerPlatform) -> None:
    channel = channel_of(platform, page_id=None)

    assert await everything(channel) == []
    assert not platform.others
    await channel.close()
