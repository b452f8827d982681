"""What Meta tells us: the signature first, then every event of the batch, whatever it looks like."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import EventKind, InboundEvent, MediaKind, SignatureInvalid, VerifiedChannel
from connectors.messenger_events import GET_STARTED
from tests.connectors.messenger_page import APP_ID, NOON, PAGE_ID, channel_of, platform_of
from tests.fakes.messenger import INBOX_APP
from tests.fakes.messenger_user import CDN, Event

LATER = NOON + timedelta(hours=1)
PLATFORM = platform_of()
SOMYING = PLATFORM.user("สมหญิง")
CHANNEL = channel_of(PLATFORM, now=lambda: LATER)
KEY = str(uuid.uuid4())


def parse(*events: object, **lists: Any) -> list[InboundEvent]:
    return parse_body(PLATFORM.body(PLATFORM.entry(messaging=list(events), **lists)))


def parse_body(body: bytes) -> list[InboundEvent]:
    return CHANNEL.parse({"x-hub-signature-256": PLATFORM.sign(body)}, body)


def parse_one(event: Event) -> InboundEvent:
    [parsed] = parse(event)
    return parsed


def echo(*, sender: str = PAGE_ID, recipient: str = "", **message: Any) -> Event:
    told = {"mid": "m_echo", "is_echo": True, **message}
    return SOMYING.event(message=told) | {"sender": {"id": sender}, "recipient": {"id": recipient or SOMYING.id}}


def attached(kind: object, **attachment: Any) -> Event:
    return SOMYING.message(attachments=[{"type": kind, **attachment}])


# The signature and the question before it.


def test_it_is_a_channel_that_is_asked_first() -> None:
    assert isinstance(CHANNEL, VerifiedChannel)


def test_thai_and_emoji_are_signed_as_they_are_sent() -> None:
    body = PLATFORM.body(PLATFORM.entry(messaging=[SOMYING.message(text="ส่งออกทุเรียน 🥭 / มะม่วง")]))

    [event] = parse_body(body)

    assert b"\\u0e2a" in body
    assert b"\\ud83e\\udd6d \\/ " in body
    assert event.text == "ส่งออกทุเรียน 🥭 / มะม่วง"


@pytest.mark.parametrize("position", [0, 30, -1])
def test_one_changed_byte_is_refused(position: int) -> None:
    body = bytearray(PLATFORM.body(PLATFORM.entry(messaging=[SOMYING.message(text="สวัสดีค่ะ 🙏")])))
    signature = PLATFORM.sign(bytes(body))
    body[position] ^= 1

    with pytest.raises(SignatureInvalid):
        CHANNEL.parse({"x-hub-signature-256": signature}, bytes(body))


def test_the_same_json_in_other_bytes_is_refused() -> None:
    body = PLATFORM.body(PLATFORM.entry(messaging=[SOMYING.message(text="สวัสดีค่ะ")]))
    rewritten = json.dumps(json.loads(body), ensure_ascii=False).encode()

    with pytest.raises(SignatureInvalid):
        CHANNEL.parse({"x-hub-signature-256": PLATFORM.sign(body)}, rewritten)


@pytest.mark.parametrize("signature", [None, "", "sha256=", "sha256=ลายเซ็น", "\udcff", "bare", "sha1"])
def test_a_missing_or_odd_signature_is_refused(signature: str | None) -> None:
    body = PLATFORM.body()
    right = PLATFORM.sign(body).removeprefix("sha256=")
    odd = {"bare": right, "sha1": f"sha1={right}"}.get(signature or "", signature)

    with pytest.raises(SignatureInvalid):
        CHANNEL.parse({} if odd is None else {"x-hub-signature-256": odd}, body)


def test_an_old_secret_signs_until_it_is_taken_away() -> None:
    body = PLATFORM.body()
    channel = channel_of(PLATFORM, app_secret="new-secret", old_secrets=["older-secret", PLATFORM.app_secret])

    assert channel.parse({"x-hub-signature-256": PLATFORM.sign(body)}, body) == []

    with pytest.raises(SignatureInvalid):
        channel_of(PLATFORM, app_secret="new-secret").parse({"x-hub-signature-256": PLATFORM.sign(body)}, body)


QUESTION = {"hub.mode": "subscribe", "hub.verify_token": PLATFORM.verify_token, "hub.challenge": "1158201444"}


def test_the_right_question_gets_the_challenge_back() -> None:
    assert CHANNEL.verify(QUESTION) == "1158201444"


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.verify_token": "wrong"},
        {"hub.verify_token": "ผิด"},
        {"hub.verify_token": "\udcff"},
        {"hub.challenge": ""},
    ],
)
def test_a_wrong_question_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        CHANNEL.verify(QUESTION | changed)


@pytest.mark.parametrize("missing", QUESTION)
def test_an_incomplete_question_is_refused(missing: str) -> None:
    with pytest.raises(SignatureInvalid):
        CHANNEL.verify({name: value for name, value in QUESTION.items() if name != missing})


# What a customer does.


def test_a_text() -> None:
    raw = SOMYING.message(text="ขอดูแบบฟอร์ม D")

    event = parse_one(raw)

    assert event == InboundEvent(
        channel="messenger",
        event_id=f"msg:{raw['message']['mid']}",
        external_id=SOMYING.id,
        kind=EventKind.TEXT,
        occurred_at=NOON,
        text="ขอดูแบบฟอร์ม D",
        message_id=raw["message"]["mid"],
        read_token=raw["message"]["mid"],
        quote_token=raw["message"]["mid"],
        raw=raw,
    )


def test_a_text_that_answers_an_earlier_one() -> None:
    event = parse_one(SOMYING.message(text="อันนี้ค่ะ", reply_to={"mid": "m_7"}))

    assert (event.quoted_message_id, event.quote_token) == ("m_7", event.message_id)
    assert parse_one(SOMYING.message(text="ก", reply_to={"mid": 7})).quoted_message_id is None


def test_a_text_beside_a_link_card_is_the_text() -> None:
    event = parse_one(SOMYING.message(text="ดู https://ditp.go.th", attachments=[{"type": "fallback", "url": CDN}]))

    assert (event.kind, event.text, event.media) == (EventKind.TEXT, "ดู https://ditp.go.th", None)


@pytest.mark.parametrize(
    ("raw", "payload"),
    [
        (SOMYING.message(text="ส่งออก", quick_reply={"payload": "b7"}), "b7"),
        (SOMYING.event(postback={"mid": "m_9", "title": "เมนู", "payload": "b8"}), "b8"),
        (SOMYING.event(postback={"payload": "b9"}), "b9"),
        (SOMYING.event(postback={"payload": "v1:button:b9"}), "b9"),
        (SOMYING.message(text="ส่งออก", quick_reply={"payload": "v1:button:b7"}), "b7"),
        (SOMYING.event(postback={"payload": "v1:topic:fairs"}), "v1:topic:fairs"),
    ],
)
def test_a_tap(raw: Event, payload: str) -> None:
    event = parse_one(raw)

    assert (event.kind, event.payload, event.text) == (EventKind.TAPPED, payload, None)


def test_get_started() -> None:
    event = parse_one(SOMYING.event(postback={"mid": "m_9", "title": "Get Started", "payload": GET_STARTED}))

    assert (event.kind, event.payload, event.event_id) == (EventKind.OPENED, None, "postback:m_9")


def test_a_postback_without_its_payload_says_its_title() -> None:
    """As Meta sends it to an app that only stands by."""
    [event] = parse(standby=[SOMYING.event(postback={"mid": "m_9", "title": "เมนู"})])

    assert (event.kind, event.text, event.standby) == (EventKind.TEXT, "เมนู", True)


@pytest.mark.parametrize(
    ("raw", "media", "text"),
    [
        (attached("sticker", payload={"url": CDN, "sticker_id": 3}), MediaKind.STICKER, None),
        (attached("sticker"), MediaKind.STICKER, None),
        (attached("image", payload={"url": CDN, "sticker_id": 3}), MediaKind.STICKER, None),
        (attached("image", payload={"url": CDN}), MediaKind.IMAGE, None),
        (attached("video", payload={"url": CDN}), MediaKind.VIDEO, None),
        (attached("audio", payload={"url": CDN}), MediaKind.AUDIO, None),
        (attached("file", payload={"url": CDN}), MediaKind.FILE, None),
        (attached("file", title="ใบขน.pdf", payload={"url": CDN}), MediaKind.FILE, "ใบขน.pdf"),
        (attached("location", title="ท่าเรือ", url="https://maps.test/1"), MediaKind.LOCATION, "ท่าเรือ https://maps.test/1"),
        (attached("post", payload={"title": "โพสต์", "url": "https://x.test"}), MediaKind.LINK, "โพสต์ https://x.test"),
        (attached("reel", payload={"url": "https://x.test"}), MediaKind.LINK, "https://x.test"),
        (attached("ig_post", payload={"title": "โพสต์"}), MediaKind.LINK, "โพสต์"),
        (attached("ig_reel", payload={}), MediaKind.LINK, None),
        (attached("fallback", title="เว็บ", url="https://x.test"), MediaKind.LINK, "เว็บ https://x.test"),
        (attached("appointment_booking", payload={"title": "นัด"}), MediaKind.LINK, "นัด"),
        (attached("hologram", payload={"depth": 3}), MediaKind.UNSUPPORTED, None),
        (attached(None, payload=None), MediaKind.UNSUPPORTED, None),
        (SOMYING.message(is_unsupported=True), MediaKind.UNSUPPORTED, None),
    ],
)  # fmt: skip
def test_what_is_no_text(raw: Event, media: MediaKind, text: str | None) -> None:
    event = parse_one(raw)

    assert (event.kind, event.media, event.text) == (EventKind.MEDIA, media, text)
    assert event.message_id == raw["message"]["mid"]


def test_the_files_of_a_message() -> None:
    address = "https://cdn.fbsbx.com/v/t59.2708-21/form.pdf?oe=1"
    parts = [{"type": "image", "payload": {"url": CDN}}, {"type": "file", "payload": {"url": address}}]

    event = parse_one(SOMYING.message(text="ตามไฟล์แนบค่ะ", attachments=parts))

    assert [(file.kind, file.reference, file.file_name) for file in event.attachments] == [
        (MediaKind.IMAGE, CDN, "851587_369239346556147.png"),
        (MediaKind.FILE, address, "form.pdf"),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        attached("sticker", payload={"url": CDN, "sticker_id": 3}),
        attached("post", payload={"url": "https://x.test"}),
        attached("image", payload={}),
        attached("image", payload={"url": "https://x.fbcdn.net/" + "a" * 5_000}),
        echo(attachments=[{"type": "image", "payload": {"url": CDN}}]),
    ],
)
def test_what_brings_no_file(raw: Event) -> None:
    assert parse_one(raw).attachments == ()


def test_an_unsent_message() -> None:
    event = parse_one(SOMYING.event(message={"mid": "m_7", "is_deleted": True}))

    assert (event.kind, event.target_message_id, event.message_id) == (EventKind.UNSENT, "m_7", None)
    assert event.event_id == "del:m_7", "not the name of the message itself"


@pytest.mark.parametrize(
    ("content", "event_id"),
    [
        ({"reaction": {"action": "react", "emoji": "❤"}}, None),
        ({"message_edit": {"mid": "m_1", "num_edit": "2"}}, "edit:m_1:2"),
        ({"delivery": {"mids": ["m_1"]}}, None),
        ({"read": {"watermark": "now"}}, None),
        ({"pass_thread_control": {"metadata": "x"}}, None),
        ({"request_thread_control": {"requested_owner_app_id": 123}}, None),
        ({"response_feedback": {"feedback": "Bad response"}}, None),
        ({"response_feedback": {"feedback": "So so", "mid": "m_1"}}, None),
        ({"message": {"mid": "m_1"}}, "msg:m_1"),
        ({"message": {"mid": "m_1", "text": ""}}, "msg:m_1"),
        ({"message": {"is_deleted": True}}, None),
        ({"postback": {"mid": "m_1"}}, "postback:m_1"),
        ({"tomorrow": {"mid": "m_1"}}, None),
        ({}, None),
    ],
)
def test_whatever_else_happens_is_kept(content: dict[str, Any], event_id: str | None) -> None:
    raw = {**SOMYING.event(**content), "timestamp": 1763874000000}

    event = parse_one(raw)

    assert (event.kind, event.external_id, event.raw) == (EventKind.OTHER, SOMYING.id, raw)
    assert event.event_id.startswith("event:") if event_id is None else event.event_id == event_id
    assert event == parse_one(raw), "a redelivery has the same name"


@pytest.mark.parametrize("sender", [{"user_ref": "x"}, None, {"id": PAGE_ID}, {"id": True}, {"id": "9" * 600}, "x"])
def test_nobody_in_particular(sender: object) -> None:
    event = parse_one({**SOMYING.message(text="ใครคะ"), "sender": sender})

    assert (event.kind, event.external_id) == (EventKind.OTHER, "")


# What is beside the words.


STAMP = 1763874000000
AD = {"ads_context_data": {"ad_title": "งาน\nผลไม้"}}
THEN = datetime(2025, 11, 23, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "event_id", "read"),
    [
        (
            {"message_edit": {"mid": "m_1", "num_edit": "2", "text": "ใหม่"}},
            "edit:m_1:2",
            {"kind": EventKind.EDITED, "message_id": "m_1", "text": "ใหม่"},
        ),
        (
            {"reaction": {"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤"}},
            f"react:m_1:{SOMYING.id}:react:{STAMP}",
            {"kind": EventKind.REACTED, "target_message_id": "m_1", "text": "❤"},
        ),
        (
            {"reaction": {"mid": "m_1", "action": "unreact"}},
            f"react:m_1:{SOMYING.id}:unreact:{STAMP}",
            {"kind": EventKind.REACTED, "target_message_id": "m_1", "text": None},
        ),
        (
            {"referral": {"ref": "booth", "source": "SHORTLINK"}},
            f"ref:{SOMYING.id}:{STAMP}:booth",
            {"kind": EventKind.REFERRED, "referral": "booth · SHORTLINK"},
        ),
        ({"delivery": {"mids": ["m_1"], "watermark": STAMP}}, None, {"kind": EventKind.DELIVERED, "watermark": THEN}),
        ({"read": {"watermark": STAMP // 1000}}, None, {"kind": EventKind.READ, "watermark": THEN}),
        ({"pass_thread_control": {"new_owner_app_id": int(APP_ID)}}, None, {"kind": EventKind.HANDED, "own": True}),
        ({"pass_thread_control": {"new_owner_app_id": APP_ID}}, None, {"kind": EventKind.HANDED, "own": True}),
        ({"take_thread_control": {"previous_owner_app_id": APP_ID}}, None, {"kind": EventKind.HANDED, "own": False}),
    ],
)
def test_what_is_told_beside_the_words(content: dict[str, Any], event_id: str | None, read: dict[str, Any]) -> None:
    event = parse_one({**SOMYING.event(**content), "timestamp": STAMP})

    assert {name: getattr(event, name) for name in read} == read
    assert event.event_id.startswith("event:") if event_id is None else event.event_id == event_id


@pytest.mark.parametrize(
    ("raw", "referral"),
    [
        (SOMYING.message(text="ก", referral={"ref": "fair", "source": "ADS", "ad_id": "77"}), "fair · 77 · ADS"),
        (SOMYING.event(postback={"payload": GET_STARTED, "referral": AD}), "งาน ผลไม้"),
        (SOMYING.message(text="สวัสดี", referral={"source": "S" * 900}), "S" * 200),
        (SOMYING.message(text="สวัสดี", referral="?"), None),
    ],
)  # fmt: skip
def test_who_comes_by_a_link_or_an_advertisement(raw: Event, referral: str | None) -> None:
    event = parse_one(raw)

    assert event.referral == referral
    assert event.kind in (EventKind.TEXT, EventKind.OPENED)


def test_without_an_app_id_nobody_can_tell_to_whom_a_talk_went() -> None:
    channel = channel_of(PLATFORM, app_id=None)
    body = PLATFORM.body(PLATFORM.entry(messaging=[SOMYING.event(pass_thread_control={"new_owner_app_id": 1})]))

    [event] = channel.parse({"x-hub-signature-256": PLATFORM.sign(body)}, body)

    assert event.kind is EventKind.OTHER


FLAGGED = {"timestamp": STAMP // 1000, "status": "restricted", "restrictions": [], "action_events": []}
SPAM = {"type": "SPAM", "description": "The Page may be\nsending spam.", "url": "https://www.facebook.com/x"}
LIMIT = {"feature": "MESSAGING", "status": "active", "applied_time": STAMP // 1000}


@pytest.mark.parametrize(
    ("raw", "kind", "code", "words"),
    [
        ({"policy_enforcement": {"action": "warning", "reason": "spam"}}, EventKind.WARNED, "policy_warning", "spam"),
        ({"policy_enforcement": {"action": "block"}}, EventKind.WARNED, "policy_block", None),
        ({"policy_enforcement": {"action": "unblock"}}, EventKind.CLEARED, "policy", None),
        ({"policy_enforcement": {"action": "frown"}}, EventKind.OTHER, None, None),
        (
            {**FLAGGED, "violations": [SPAM], "restrictions": [LIMIT]},
            EventKind.WARNED, "integrity", "The Page may be sending spam. · MESSAGING",
        ),
        ({**FLAGGED, "violations": "?"}, EventKind.WARNED, "integrity", None),
        ({**FLAGGED, "status": "unrestricted"}, EventKind.CLEARED, "integrity", None),
        ({"action_events": [{"type": "APPEAL", "status": "PENDING"}]}, EventKind.OTHER, None, None),
    ],
)  # fmt: skip
def test_what_meta_says_of_the_page(raw: dict[str, Any], kind: EventKind, code: str | None, words: str | None) -> None:
    told = {"recipient": {"id": PAGE_ID}, "timestamp": STAMP, **raw}
    event = parse_one(told)

    assert (event.kind, event.payload, event.text or None, event.external_id) == (kind, code, words, "")
    assert event.occurred_at == THEN
    assert event == parse_one(told), "a redelivery has the same name"


def test_a_breach_of_the_rules_is_logged_as_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    for action in ("block", "unblock"):
        parse_one({"recipient": {"id": PAGE_ID}, "policy_enforcement": {"action": action}})

    assert [(line.levelname, line.message) for line in caplog.records] == [
        ("ERROR", "messenger.about_page"),
        ("INFO", "messenger.about_page"),
    ]


@pytest.mark.parametrize(("feedback", "helped"), [("Good response", True), ("Bad response", False)])
def test_a_customer_judges_a_message_of_ours(feedback: str, helped: bool) -> None:
    event = parse_one(SOMYING.event(response_feedback={"feedback": feedback, "mid": "m_1"}))

    assert (event.kind, event.target_message_id, event.own) == (EventKind.JUDGED, "m_1", helped)
    assert event.external_id == SOMYING.id


# Echoes.


def test_an_echo_of_our_own() -> None:
    event = parse_one(echo(app_id=int(APP_ID), metadata=f"desk:{KEY}", text="สวัสดีค่ะ"))

    assert (event.kind, event.own, event.correlation_id) == (EventKind.ECHO, True, KEY)
    assert (event.external_id, event.text, event.message_id) == (SOMYING.id, "สวัสดีค่ะ", "m_echo")
    assert event.event_id == "msg:m_echo"


@pytest.mark.parametrize(
    ("told", "own", "correlation"),
    [
        ({"app_id": APP_ID}, True, None),
        ({"metadata": f"desk:{KEY}"}, True, KEY),
        ({"app_id": INBOX_APP}, False, None),
        ({}, False, None),
        ({"app_id": None}, False, None),
        ({"app_id": INBOX_APP, "metadata": "desk:not-ours"}, False, None),
        ({"app_id": INBOX_APP, "metadata": KEY}, False, None),
        ({"app_id": INBOX_APP, "metadata": {"desk": KEY}}, False, None),
    ],
)
def test_whose_echo_it_is(told: dict[str, Any], own: bool, correlation: str | None) -> None:
    event = parse_one(echo(text="ยินดีค่ะ", **told))

    assert (event.kind, event.own, event.correlation_id) == (EventKind.ECHO, own, correlation)


def test_without_an_app_id_in_the_settings_the_metadata_tells() -> None:
    channel = channel_of(PLATFORM, app_id=None)
    body = PLATFORM.body(PLATFORM.entry(messaging=[echo(text="ก"), echo(text="ข", metadata=f"desk:{KEY}")]))

    events = channel.parse({"x-hub-signature-256": PLATFORM.sign(body)}, body)

    assert [event.own for event in events] == [False, True]


def test_an_echo_with_sender_and_recipient_swapped() -> None:
    event = parse_one(echo(sender=SOMYING.id, recipient=PAGE_ID, text="ยินดีค่ะ"))

    assert (event.kind, event.external_id) == (EventKind.ECHO, SOMYING.id)


def test_an_echo_of_a_picture() -> None:
    event = parse_one(echo(attachments=[{"type": "image", "payload": {"url": CDN}}]))

    assert (event.kind, event.media, event.text) == (EventKind.ECHO, MediaKind.IMAGE, None)


# Batches.


def test_a_mixed_batch_in_its_order() -> None:
    body = PLATFORM.body(
        PLATFORM.entry(changes=[{"field": "feed", "value": {"item": "comment"}}]),
        PLATFORM.entry(
            messaging=[SOMYING.message(text="หนึ่ง"), 7, None, SOMYING.event(read={"watermark": 1763874000000}), "x"],
            standby=[SOMYING.message(text="สอง")],
        ),
        {"id": "999", "messaging": [SOMYING.message(text="another page")]},
        PLATFORM.entry(messaging=[echo(text="สาม")]),
    )

    events = parse_body(body)

    assert [(event.kind, event.text, event.standby) for event in events] == [
        (EventKind.TEXT, "หนึ่ง", False),
        (EventKind.READ, None, False),
        (EventKind.TEXT, "สอง", True),
        (EventKind.ECHO, "สาม", False),
    ]


def test_the_same_message_in_both_lists_is_one_event() -> None:
    raw = SOMYING.message(text="สวัสดี")

    messaging, standby = parse(raw, standby=[raw])

    assert messaging.event_id == standby.event_id
    assert [messaging.standby, standby.standby] == [False, True]


def test_without_a_page_id_every_page_is_ours() -> None:
    channel = channel_of(PLATFORM, page_id=None)
    body = PLATFORM.body({"id": 999, "messaging": [SOMYING.message(text="สวัสดี")]})

    [event] = channel.parse({"x-hub-signature-256": PLATFORM.sign(body)}, body)

    assert event.text == "สวัสดี"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe\x00", b"null", b"[]", b"7", b'"page"', b'{"object": "page"}', b"[" * 200_000,
        b'{"object": "page", "entry": {}}', b'{"object": "page", "entry": [null, 7, "x", [], {}]}',
        b'{"object": "instagram", "entry": [{"id": "110022", "messaging": [{"sender": {"id": "1"}}]}]}',
    ],
)  # fmt: skip
def test_a_signed_body_without_events(body: bytes) -> None:
    assert parse_body(body) == []


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        (1763874000000, datetime(2025, 11, 23, 5, 0, tzinfo=UTC)),
        (1763874000, datetime(2025, 11, 23, 5, 0, tzinfo=UTC)),
        (1763874000123.5, datetime(2025, 11, 23, 5, 0, 0, 123500, tzinfo=UTC)),
        (0, LATER),
        (-5, LATER),
        (True, LATER),
        (10**17, LATER),
        (10**30, LATER),
        ("yesterday", LATER),
        (None, LATER),
        ([], LATER),
    ],
)
def test_when_it_happened(stamp: object, at: datetime) -> None:
    assert parse_one({**SOMYING.message(text="สวัสดี"), "timestamp": stamp}).occurred_at == at


# Odd values.


def test_what_postgresql_refuses_is_taken_out() -> None:
    body = PLATFORM.body(
        PLATFORM.entry(messaging=[{**SOMYING.message(text="ก\0ข\ud83d"), "a\0": [float("nan"), 10**40]}])
    )

    [event] = parse_body(body)

    assert event.text == "กข\ufffd"
    assert event.raw["a"] == ["NaN", "1" + "0" * 40]
    assert event.raw["message"]["text"] == event.text


def test_two_messages_without_ids_are_two_events() -> None:
    events = parse(*(SOMYING.event(message={"mid": mid, "text": text}) for mid, text in [("", "ก"), (None, "ข")]))

    assert [(event.text, event.message_id) for event in events] == [("ก", None), ("ข", None)]
    assert events[0].event_id != events[1].event_id


def test_two_postbacks_without_ids_are_two_events() -> None:
    events = parse(*(SOMYING.event(postback={"payload": payload}) for payload in ("b1", "b2", "b2")))

    assert events[0].event_id.startswith(f"postback:{SOMYING.id}:")
    assert events[0].event_id != events[1].event_id == events[2].event_id


def test_a_name_too_long_for_an_index_is_shortened_without_losing_the_event() -> None:
    first, second = parse(*(SOMYING.event(message={"mid": "m" * 5_000 + end, "text": "ก"}) for end in "ab"))

    assert (first.kind, first.message_id) == (EventKind.TEXT, None)
    assert len(first.event_id) < 100
    assert first.event_id != second.event_id


KEYS = st.sampled_from(
    "object entry id messaging standby changes sender recipient timestamp message mid text is_echo is_deleted app_id "
    "metadata quick_reply payload attachments type title url sticker_id postback reaction action message_edit num_edit "
    "referral ref is_unsupported coordinates delivery read watermark pass_thread_control new_owner_app_id emoji".split()
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.sampled_from(["page", PAGE_ID, "m_1", "image", GET_STARTED, f"desk:{KEY}", 1763874000000, 10**400]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=6),
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "sender": st.just({"id": "7"}) | VALUES,
        "recipient": st.just({"id": PAGE_ID}) | VALUES,
        "timestamp": VALUES,
        "message": st.dictionaries(KEYS, VALUES, max_size=8) | VALUES,
        "postback": st.dictionaries(KEYS, VALUES, max_size=4) | VALUES,
        "message_edit": st.dictionaries(KEYS, VALUES, max_size=4) | VALUES,
        "reaction": st.dictionaries(KEYS, VALUES, max_size=4) | VALUES,
        "referral": st.dictionaries(KEYS, VALUES, max_size=4) | VALUES,
        "read": st.dictionaries(KEYS, VALUES, max_size=2) | VALUES,
        "pass_thread_control": st.dictionaries(KEYS, VALUES, max_size=2) | VALUES,
    },
)


@given(VALUES | st.fixed_dictionaries({"object": st.just("page"), "entry": VALUES}))
def test_no_json_breaks_the_reading(batch: Any) -> None:
    for event in parse_body(json.dumps(batch).encode()):
        assert_storable(event)


@given(EVENTS)
def test_every_odd_event_is_kept_and_can_be_stored(raw: Event) -> None:
    assert_storable(parse_one(raw))


def assert_storable(event: InboundEvent) -> None:
    """As PostgreSQL asks it of text and jsonb, and the contract of the fields."""
    assert event.event_id
    assert event.external_id or event.kind in (EventKind.OTHER, EventKind.WARNED, EventKind.CLEARED)
    assert event.occurred_at.tzinfo is not None
    assert (event.kind in (EventKind.UNSENT, EventKind.REACTED, EventKind.JUDGED)) == (
        event.target_message_id is not None
    )
    assert (event.kind in (EventKind.DELIVERED, EventKind.READ)) == (event.watermark is not None)
    assert event.kind is not EventKind.EDITED or (event.text and event.message_id)
    words = (
        event.event_id,
        event.external_id,
        event.text,
        event.payload,
        event.message_id,
        event.target_message_id,
        event.referral,
    )
    stored = json.dumps([words, event.raw], ensure_ascii=False, allow_nan=False)
    assert "\\u0000" not in stored.replace("\\\\", ""), "json writes a NUL as an escape, a backslash as two"
    stored.encode()
