"""What LINE tells us: the signature first, then every event of the batch, whatever it looks like."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import EventKind, InboundEvent, MediaKind, ReplyChannel, SignatureInvalid, WebhookChannel
from connectors.line import LineChannel
from tests.connectors.line_account import NOON
from tests.fakes.line import LinePlatform
from tests.fakes.line_user import Event
from tests.fakes.platform_clock import PlatformClock

LATER = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

PLATFORM = LinePlatform(clock=PlatformClock(at=NOON))
SOMCHAI = PLATFORM.user("สมชาย")
CHANNEL = LineChannel(secret=PLATFORM.secret, access_token=PLATFORM.token, now=lambda: LATER)
UNHURRIED = settings(deadline=None)  # other processes share the machine


def parse(*events: object) -> list[InboundEvent]:
    return parse_body(json.dumps({"destination": PLATFORM.bot_id, "events": events}).encode())


def parse_body(body: bytes) -> list[InboundEvent]:
    return CHANNEL.parse({"x-line-signature": PLATFORM.sign(body)}, body)


def parse_one(event: Event) -> InboundEvent:
    [parsed] = parse(event)
    return parsed


def without(event: Event, name: str) -> Event:
    return {key: value for key, value in event.items() if key != name}


def test_it_is_a_channel_with_a_webhook_and_replies() -> None:
    assert isinstance(CHANNEL, WebhookChannel)
    assert isinstance(CHANNEL, ReplyChannel)


@pytest.mark.parametrize("position", [0, 20, -1])
def test_one_changed_byte_is_refused(position: int) -> None:
    body = bytearray(json.dumps({"events": [SOMCHAI.message("text", text="สวัสดี")]}).encode())
    signature = PLATFORM.sign(bytes(body))
    body[position] ^= 1

    with pytest.raises(SignatureInvalid):
        CHANNEL.parse({"x-line-signature": signature}, bytes(body))


@pytest.mark.parametrize(
    "headers", [{}, {"x-line-signature": ""}, {"x-line-signature": "ลายเซ็น"}, {"x-line-signature": "\udcff"}]
)
def test_a_missing_or_odd_signature_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        CHANNEL.parse(headers, b"{}")


def test_the_signature_of_another_secret_is_refused() -> None:
    with pytest.raises(SignatureInvalid):
        CHANNEL.parse({"x-line-signature": LinePlatform(secret="other").sign(b"{}")}, b"{}")


def test_both_secrets_sign_while_a_new_one_is_introduced() -> None:
    rotating = LineChannel(secret="new", old_secrets=["older", "old"], access_token="t")
    for secret in ("new", "old", "older"):
        assert rotating.parse({"x-line-signature": LinePlatform(secret=secret).sign(b"{}")}, b"{}") == []
    with pytest.raises(SignatureInvalid):
        rotating.parse({"x-line-signature": LinePlatform(secret="oldest").sign(b"{}")}, b"{}")


def test_a_text() -> None:
    event = SOMCHAI.message("text", text="ส่งทุเรียนไปจีน")

    assert parse_one(event) == InboundEvent(
        channel="line",
        event_id=event["webhookEventId"],
        external_id=SOMCHAI.id,
        kind=EventKind.TEXT,
        occurred_at=NOON,
        text="ส่งทุเรียนไปจีน",
        message_id=event["message"]["id"],
        reply_token=event["replyToken"],
        read_token=event["message"]["markAsReadToken"],
        quote_token=event["message"]["quoteToken"],
        raw=event,
    )


@pytest.mark.parametrize(
    ("kind", "content", "media", "text"),
    [
        ("sticker", {"keywords": ["ขอบคุณ", "ไหว้", 5]}, MediaKind.STICKER, "ขอบคุณ ไหว้"),
        ("sticker", {}, MediaKind.STICKER, None),
        ("image", {"contentProvider": {"type": "line"}}, MediaKind.IMAGE, None),
        ("video", {"duration": 60000}, MediaKind.VIDEO, None),
        ("audio", {"duration": 60000}, MediaKind.AUDIO, None),
        ("file", {"fileName": "ใบเสนอราคา.pdf", "fileSize": 2138}, MediaKind.FILE, "ใบเสนอราคา.pdf"),
        (
            "location",
            {"title": "กรมส่งเสริมการค้า", "address": "นนทบุรี", "latitude": 13.8},
            MediaKind.LOCATION,
            "กรมส่งเสริมการค้า นนทบุรี",
        ),
    ],
)
def test_media_with_what_line_tells_about_it_in_words(
    kind: str, content: dict[str, Any], media: MediaKind, text: str | None
) -> None:
    sent = SOMCHAI.message(kind, **content)
    event = parse_one(sent)

    assert (event.kind, event.media, event.text) == (EventKind.MEDIA, media, text)
    assert (event.message_id, event.reply_token) == (sent["message"]["id"], sent["replyToken"])


@pytest.mark.parametrize(
    ("event", "kind", "field", "value"),
    [
        (SOMCHAI.event("postback", postback={"data": "b17"}), EventKind.TAPPED, "payload", "b17"),
        (SOMCHAI.event("follow", follow={"isUnblocked": True}), EventKind.OPENED, "returning", True),
        (SOMCHAI.event("follow", follow={"isUnblocked": "yes"}), EventKind.OPENED, "returning", False),
        (
            SOMCHAI.event("messageEdited", message={"id": "7", "type": "text", "text": "ใหม่"}),
            EventKind.EDITED,
            "text",
            "ใหม่",
        ),
        (
            SOMCHAI.event("messageEdited", messageEdited={"messageId": "7", "text": ""}),
            EventKind.EDITED,
            "message_id",
            "7",
        ),
        (SOMCHAI.event("unfollow", answerable=False), EventKind.LEFT, "reply_token", None),
        (SOMCHAI.event("unsend", unsend={"messageId": "77"}), EventKind.UNSENT, "target_message_id", "77"),
    ],
)
def test_the_other_kinds(event: Event, kind: EventKind, field: str, value: Any) -> None:
    parsed = parse_one(event)

    assert parsed.kind is kind
    assert parsed.external_id == SOMCHAI.id
    assert getattr(parsed, field) == value


@pytest.mark.parametrize(
    "event",
    [
        SOMCHAI.event("teleport", teleport={"to": "moon"}),
        SOMCHAI.event("accountLink", link={"result": "ok"}),
        SOMCHAI.message("hologram"),
        SOMCHAI.message("text"),  # without its text
        SOMCHAI.event("message"),
        SOMCHAI.event("postback", postback={}),
        SOMCHAI.event("unsend"),
        SOMCHAI.event("messageEdited"),
        SOMCHAI.event("messageEdited", message={"id": "7"}),
        SOMCHAI.event("messageEdited", message={"text": "ของใคร"}),
    ],
)
def test_what_is_unknown_or_broken_is_kept_and_means_nothing(event: Event) -> None:
    parsed = parse_one(event)

    assert parsed.kind is EventKind.OTHER
    assert parsed.raw == event


@pytest.mark.parametrize("kind", ["group", "room"])
def test_a_group_is_not_a_customer_and_its_token_is_not_used(kind: str) -> None:
    said = SOMCHAI.message("text", text="สวัสดีทุกคน")
    parsed = parse_one({**said, "source": {"type": kind, f"{kind}Id": "C1", "userId": SOMCHAI.id}})

    assert (parsed.kind, parsed.reply_token, parsed.text) == (EventKind.OTHER, None, None)


@pytest.mark.parametrize("kind", ["group", "room"])
@pytest.mark.parametrize("happened", ["join", "memberJoined"])
def test_an_invitation_into_a_group_is_the_groups(kind: str, happened: str) -> None:
    event = {**SOMCHAI.event(happened), "source": {"type": kind, f"{kind}Id": "C1"}}
    parsed = parse_one(event)

    assert (parsed.kind, parsed.external_id, parsed.reply_token) == (EventKind.INVITED, "C1", event["replyToken"])


@pytest.mark.parametrize(
    ("happened", "kind"), [("botSuspended", EventKind.SUSPENDED), ("botResumed", EventKind.RESUMED)]
)
def test_what_happens_to_the_account_concerns_nobody(happened: str, kind: EventKind) -> None:
    event = without(SOMCHAI.event(happened, answerable=False), "source")

    assert (parse_one(event).kind, parse_one(event).external_id) == (kind, "")


def test_a_quote_names_the_earlier_message_and_brings_the_means_to_quote_back() -> None:
    event = parse_one(SOMCHAI.message("text", text="?", quotedMessageId="468789577898262530", quoteToken="q3Plxr"))
    odd = parse_one(SOMCHAI.message("text", text="?", quotedMessageId=7, quoteToken=["x"]))

    assert (event.quoted_message_id, event.quote_token) == ("468789577898262530", "q3Plxr")
    assert (odd.kind, odd.quoted_message_id, odd.quote_token) == (EventKind.TEXT, None, None)


def test_the_token_for_read_marks_is_kept() -> None:
    assert parse_one(SOMCHAI.message("text", text="?", markAsReadToken="r1")).read_token == "r1"


@pytest.mark.parametrize("source", [None, {}, {"type": "user"}, {"type": "user", "userId": 5}, "U1"])
def test_an_event_of_nobody_is_other(source: Any) -> None:
    parsed = parse_one({**SOMCHAI.message("text", text="?"), "source": source})

    assert (parsed.kind, parsed.external_id) == (EventKind.OTHER, "")


def test_standby_is_told_and_an_unknown_mode_is_not_it() -> None:
    assert parse_one(SOMCHAI.message("text", text="?", mode="standby")).standby
    assert not parse_one(SOMCHAI.message("text", text="?", mode="dreaming")).standby


def test_every_event_of_a_batch_in_order_around_a_bad_one() -> None:
    first, second = SOMCHAI.message("text", text="หนึ่ง"), SOMCHAI.message("text", text="สอง")
    events = parse(first, "no event", SOMCHAI.event("teleport"), second)

    assert [event.kind for event in events] == [EventKind.TEXT, EventKind.OTHER, EventKind.TEXT]
    assert [event.text for event in events] == ["หนึ่ง", None, "สอง"]


def test_a_redelivery_is_the_same_event_at_its_first_time() -> None:
    event = SOMCHAI.message("text", text="?")
    again = {**event, "deliveryContext": {"isRedelivery": True}}

    for stripped in (event, without(event, "webhookEventId"), without(without(event, "webhookEventId"), "message")):
        twin = {**stripped, "deliveryContext": again["deliveryContext"]}
        assert parse_one(stripped).event_id == parse_one(twin).event_id
        assert parse_one(stripped).occurred_at == parse_one(twin).occurred_at == NOON


def test_an_event_without_id_is_named_by_its_message_or_its_content() -> None:
    said = without(SOMCHAI.message("text", text="?"), "webhookEventId")
    followed = without(SOMCHAI.event("follow"), "webhookEventId")

    assert parse_one(said).event_id == f"msg:{said['message']['id']}"
    assert parse_one(followed).event_id.startswith("sha256:")
    assert parse_one(followed).event_id != parse_one({**followed, "timestamp": 1}).event_id


def test_an_id_too_long_for_an_index_is_not_used() -> None:
    event = SOMCHAI.event("follow")

    assert parse_one({**event, "webhookEventId": "x" * 5000}).event_id.startswith("sha256:")


@pytest.mark.parametrize("timestamp", [None, True, "1795000000000", -1, 0, 10**17, 10**400, 1e300])
def test_a_time_that_makes_no_sense_is_the_time_of_arrival(timestamp: Any) -> None:
    assert parse_one({**SOMCHAI.message("text", text="?"), "timestamp": timestamp}).occurred_at == LATER


def test_what_postgresql_refuses_is_gone_from_texts_and_raw() -> None:
    event = SOMCHAI.message("text", text="a\0b\ud83d", **{"ke\0y": ["\0", {"deep": "\udc00"}]})
    [parsed] = parse({**event, "huge": 10**30})

    kept = json.dumps(dict(parsed.raw), ensure_ascii=False)
    assert parsed.text is not None
    assert parsed.text.startswith("ab")
    assert "\0" not in parsed.text + kept
    assert (parsed.text + kept).encode()  # no surrogates
    assert parsed.raw["huge"] == str(10**30)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{", b"5", b'{"events": 5}', b'{"events": []}', b"[" * 100_000])
def test_a_signed_body_that_cannot_be_read_has_no_events(body: bytes) -> None:
    assert parse_body(body) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet=st.characters()), inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from(
    ["join", "botSuspended", "messageEdited", "message", "postback", "follow", "unfollow", "unsend"]
)
CONTENT = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "sticker", "location", "file"]) | JSON},
    optional=dict.fromkeys(("id", "text", "keywords", "fileName", "title", "address"), JSON),
)
EVENTS = st.fixed_dictionaries(
    {"type": KINDS | JSON, "source": st.just({"type": "user", "userId": "U1"}) | JSON, "message": CONTENT | JSON},
    optional={
        **dict.fromkeys(("mode", "timestamp", "webhookEventId", "replyToken", "deliveryContext"), JSON),
        "postback": st.fixed_dictionaries({"data": JSON}) | JSON,
        "unsend": st.fixed_dictionaries({"messageId": JSON}) | JSON,
    },
)


@UNHURRIED
@given(value=JSON)
def test_any_json_is_read_without_an_error(value: Any) -> None:
    assert parse_body(json.dumps(value).encode()) == []


@UNHURRIED
@given(events=st.lists(EVENTS | JSON, max_size=3))
def test_any_events_are_read_and_can_be_stored(events: list[Any]) -> None:
    parsed = parse(*events)

    assert len(parsed) == sum(isinstance(event, dict) for event in events)
    for event in parsed:
        assert event.external_id or event.kind in (EventKind.OTHER, EventKind.SUSPENDED, EventKind.RESUMED)
        assert 0 < len(event.event_id) <= 255
        assert event.occurred_at.tzinfo is not None
        stored = json.dumps([event.text, event.payload, event.message_id, dict(event.raw)], allow_nan=False)
        assert "\\u0000" not in stored
        assert json.loads(stored)[3] == event.raw
        assert (event.text or "").encode() is not None


@UNHURRIED
@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(body: bytes) -> None:
    assert parse_body(body) == [] or body.startswith(b"{")
