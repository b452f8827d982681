"""The LINE that other tests rely on: it delivers as LINE does, and notices what LINE would refuse."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from connectors.contract import EventKind, InboundEvent
from connectors.line import LineChannel
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.line import PUSH, REPLY, TOKEN, LinePlatform
from tests.fakes.line_user import LineUser


@dataclass
class Desk:
    """Takes webhooks and keeps their events; answers ``status``."""

    events: list[InboundEvent] = field(default_factory=list)
    status: int = 200

    def __call__(self, request: Request) -> Reply:
        channel = LineChannel(secret="line-secret", access_token="unused")
        self.events += channel.parse(request.headers, request.body)
        return Reply(status=self.status)


@pytest.fixture(name="desk")
def _desk() -> Desk:
    return Desk()


@pytest.fixture(name="platform")
def _platform(desk: Desk) -> Iterator[LinePlatform]:
    served = HttpThread(desk)
    served.start()
    with LinePlatform(webhook=served.address) as platform:
        yield platform
    served.stop()


@pytest.fixture(name="somchai")
def _somchai(platform: LinePlatform) -> LineUser:
    return platform.user("สมชาย")


def text(*titles: str, **more: Any) -> dict[str, Any]:
    items = [item(label=title[:20], data=f"b:{title}", displayText=title) for title in titles]
    return {"type": "text", "text": "สวัสดีค่ะ", **({"quickReply": {"items": items}} if items else {}), **more}


def item(kind: str = "postback", **action: str) -> dict[str, Any]:
    return {"type": "action", "action": {"type": kind, "label": "ก", "data": "b", "displayText": "ก", **action}}


def call(platform: LinePlatform, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    sent = {"authorization": f"Bearer {platform.token}", **{name.replace("_", "-"): headers[name] for name in headers}}
    return httpx.post(platform.address + path, json=body, headers=sent)


def push(user: LineUser, *messages: dict[str, Any], key: str | None = None) -> httpx.Response:
    body = {"to": user.id, "messages": list(messages)}
    return call(user.platform, PUSH, body, x_line_retry_key=key or str(uuid.uuid4()))


def test_what_a_user_does_reaches_the_desk_signed_and_in_order(desk: Desk, somchai: LineUser) -> None:
    said = somchai.say("สวัสดี")
    somchai.sticker("ขอบคุณ")
    somchai.image()
    somchai.unsend(said)
    somchai.block()
    somchai.follow()

    kinds = [EventKind.TEXT, EventKind.MEDIA, EventKind.MEDIA, EventKind.UNSENT, EventKind.LEFT, EventKind.OPENED]
    assert [event.kind for event in desk.events] == kinds
    assert desk.events[3].target_message_id == desk.events[0].message_id
    assert {event.external_id for event in desk.events} == {somchai.id}


def test_redelivered_and_doubled_events_keep_their_ids(desk: Desk, platform: LinePlatform, somchai: LineUser) -> None:
    event = somchai.say("สวัสดี")
    platform.clock.move(30)
    platform.redeliver(event)
    platform.deliver_at_once(event, copies=3)

    assert len(desk.events) == 5
    assert len({(event.event_id, event.message_id, event.occurred_at) for event in desk.events}) == 1
    assert desk.events[1].raw["deliveryContext"] == {"isRedelivery": True}


def test_a_tap_brings_back_what_the_button_carried(desk: Desk, somchai: LineUser) -> None:
    title = "ขอคำแนะนำเรื่องการส่งออกผลไม้สด"
    push(somchai, text(title))
    somchai.tap(title)

    assert desk.events[0].payload == f"b:{title}"
    with pytest.raises(AssertionError, match="no button"):
        somchai.tap(title)  # gone with the tap


def test_only_the_buttons_of_the_last_message_can_be_tapped(somchai: LineUser) -> None:
    push(somchai, text("เก่า"), text("ใหม่"), text())

    assert somchai.offered == {}


def test_a_user_waits_for_words_that_come_after_what_they_did(somchai: LineUser) -> None:
    push(somchai, text())
    assert somchai.sees("สวัสดี") == somchai.seen[0]

    somchai.say("ขอบคุณ")
    with pytest.raises(AssertionError, match="among"):
        somchai.sees("สวัสดี", seconds=0.01)


def test_a_desk_that_fails_is_noticed(desk: Desk, somchai: LineUser) -> None:
    desk.status = 500

    with pytest.raises(AssertionError, match="500"):
        somchai.say("สวัสดี")


@pytest.mark.parametrize(
    "message",
    [
        text(colour="red"),
        {"type": "text"},
        {"type": "text", "text": " "},
        {"type": "text", "text": "😀" * 2501},
        {"type": "flex", "altText": "x", "contents": {}},
        {"type": "flex", "altText": "ก" * 401, "contents": {"type": "bubble"}},
        {"type": "flex", "altText": "x", "contents": {"type": "bubble", "colour": "red"}},
        {"type": "flex", "altText": "x", "contents": {"type": "carousel", "contents": []}},
        {"type": "flex", "altText": "x", "contents": {"type": "bubble", "size": "vast"}},
        {"type": "imagemap"},
        text(sender={"name": "LINE Official"}),
        text(sender={"name": "ก" * 21}),
        text(sender={"name": "a", "age": 5}),
        text(*["ตัวเลือก"] * 14),
        text(quickReply={"items": []}),
        text(quickReply={"items": [item("message")]}),
        text(quickReply={"items": [{"action": item()["action"]}]}),
        text(quickReply={"items": [item(label="ก้" * 21)]}),
        text(quickReply={"items": [item(displayText="ก้" * 301)]}),
        text(quickReply={"items": [item(data="b" * 301)]}),
        text(quickReply={"items": [item(label="")]}),
        text(quickReply={"items": [item(colour="red")]}),
    ],
)
def test_what_line_refuses_is_refused_and_counted(
    platform: LinePlatform, somchai: LineUser, message: dict[str, Any]
) -> None:
    response = push(somchai, message)

    assert response.status_code == 400
    assert response.json()["details"]
    assert len(platform.violations) == 1
    assert somchai.seen == []


@pytest.mark.parametrize("count", [0, 6])
def test_a_call_has_one_to_five_objects(platform: LinePlatform, somchai: LineUser, count: int) -> None:
    assert push(somchai, *[text()] * count).status_code == 400
    assert platform.violations == ["messages: Size must be between 1 and 5"]


@pytest.mark.parametrize(
    ("path", "headers", "violation"),
    [
        (PUSH, {}, "retry key None"),
        (PUSH, {"x_line_retry_key": "abc"}, "retry key 'abc'"),
        (REPLY, {"x_line_retry_key": str(uuid.uuid4())}, "a retry key on reply"),
        ("/v2/bot/message/shout", {}, "no endpoint /v2/bot/message/shout"),
    ],
)
def test_a_wrong_call_is_a_violation(
    platform: LinePlatform, somchai: LineUser, path: str, headers: dict[str, str], violation: str
) -> None:
    target = {"replyToken": platform.issue_reply_token(somchai)} if path == REPLY else {"to": somchai.id}

    assert call(platform, path, {**target, "messages": [text()]}, **headers).status_code in (400, 404)
    assert platform.violations == [violation]


def test_a_push_to_nobody_is_a_violation(platform: LinePlatform) -> None:
    nobody = LineUser(platform=platform, name="nobody")

    assert push(nobody, text()).status_code == 400
    assert platform.violations == ["a push to nobody"]


def test_an_accepted_key_answers_409_with_the_first_ids_for_a_day(platform: LinePlatform, somchai: LineUser) -> None:
    key = str(uuid.uuid4())
    first, again = push(somchai, text(), key=key), push(somchai, text(), key=key)
    assert (first.status_code, again.status_code) == (200, 409)
    assert again.json()["sentMessages"] == first.json()["sentMessages"]
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]

    push(somchai, text("อื่น"), key=key)
    assert platform.violations == ["a retry key with another message"]

    platform.clock.move(24 * 3600)
    assert push(somchai, text(), key=key).status_code == 200


def test_the_same_key_may_drop_a_quote_and_change_nothing_else(platform: LinePlatform, somchai: LineUser) -> None:
    key, quoting = str(uuid.uuid4()), {**text(), "quoteToken": somchai.issue_quote_token("1")}
    assert [push(somchai, body, key=key).status_code for body in (quoting, quoting, text())] == [200, 409, 409]
    assert platform.violations == []

    push(somchai, {**text(), "quoteToken": somchai.issue_quote_token("2")}, key=key)
    push(somchai, text("อื่น"), key=key)
    assert platform.violations == ["a retry key with another message"] * 2


def test_a_stateless_token_lives_15_minutes(platform: LinePlatform, somchai: LineUser) -> None:
    form = {"grant_type": "client_credentials", "client_id": platform.channel_id, "client_secret": platform.secret}
    token = httpx.post(platform.address + TOKEN, data=form).json()["access_token"]
    body = {"to": somchai.id, "messages": [text()]}

    statuses = []
    for _ in range(2):
        headers = {"authorization": f"Bearer {token}", "x-line-retry-key": str(uuid.uuid4())}
        statuses.append(httpx.post(platform.address + PUSH, json=body, headers=headers).status_code)
        platform.clock.move(15 * 60)
    assert statuses == [200, 401]


def test_a_batch_can_hold_anything(desk: Desk, platform: LinePlatform, somchai: LineUser) -> None:
    response = platform.deliver(
        somchai.event("teleport"), somchai.message("text", text="อยู่ไหม", mode="standby"), somchai.message("hologram")
    )

    assert response.status_code == 200
    assert [(event.kind, event.standby) for event in desk.events] == [
        (EventKind.OTHER, False),
        (EventKind.TEXT, True),
        (EventKind.OTHER, False),
    ]
