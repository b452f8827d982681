"""The whole service on Messenger: the real desk and Rasa, and a page that keeps Meta's rules."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.fakes.messenger import MessengerPlatform
from tests.fakes.messenger_user import Seen
from tests.run.desk import Desk
from tests.scenarios.platforms import case_of, in_state, said_by, sees, settled, until
from tests.scenarios.talk import Officer

pytestmark = [pytest.mark.run, pytest.mark.timeout(600)]


def new_name() -> str:
    return f"ลูกค้า {uuid.uuid4().hex[:6]}"


def words_of(seen: Seen) -> str:
    """What a message says, without the list of what may be chosen."""
    return seen.text.partition("\n\n1. ")[0]


def is_card(seen: Seen) -> bool:
    """Tell a card with the way to a source, or with what may be chosen, from the answer before it."""
    return seen.card is not None and "elements" in seen.card


def test_the_address_is_verified_by_its_token(messenger: MessengerPlatform) -> None:
    right = messenger.verify()
    wrong = messenger.verify(verify_token="wrong")
    incomplete = httpx.get(str(messenger.webhook))

    assert (right.status_code, right.text, right.headers["content-type"].split(";")[0]) == (
        200, "1158201444", "text/plain",
    )  # fmt: skip
    assert (wrong.status_code, incomplete.status_code) == (403, 403)


def test_the_whole_story_with_an_officer(messenger: MessengerPlatform, officer: Officer) -> None:
    user = messenger.user(new_name())
    user.get_started()
    greeting = sees(user, "ผู้ช่วยอัตโนมัติ")
    assert len(greeting.buttons) == 8
    user.say("ขอ Form D ต้องไปขอที่ไหนคะ")
    assert "ทบทวนล่าสุด" in sees(user, "ที่มา: ").text
    sees(user, "จดทะเบียน")
    user.tap("จดแล้ว")
    sees(user, "เคยส่งออก")
    user.receive()
    user.read()
    user.say("ขอคุยกับเจ้าหน้าที่ค่ะ")
    notice = sees(user, "เลขที่เรื่อง")

    case = in_state(officer, case_of(officer, notice.text)["id"], "queued")
    assert case["channel"] == "messenger"
    officer.post(f"/api/v1/cases/{case['id']}/accept")
    officer.post(f"/api/v1/cases/{case['id']}/messages", {"text": "สวัสดีค่ะ ดูให้แล้วนะคะ"}, status=201)
    assert sees(user, "ดูให้แล้วนะคะ").text.startswith("(DITP) ")
    user.say("เข้าใจแล้วครับ")
    newest = settled(officer, case_of(officer, "เข้าใจแล้วครับ")["id"])["messages"][-1]["seq"]
    officer.post(
        f"/api/v1/cases/{case['id']}/resolve",
        {"outcome": "answered", "summary": "แนะนำ Form D", "last_seen_seq": newest},
    )
    sees(user, "ประทับใจ กด 1")
    user.say("2")
    sees(user, "ขอบคุณสำหรับการประเมิน")

    closed = settled(officer, in_state(officer, case["id"], "closed")["id"])
    assert (closed["rating"], closed["summary"]) == (2, "แนะนำ Form D")
    assert {message["delivery"] for message in closed["messages"]} == {"sent"}
    assert [words_of(seen) for seen in user.seen if seen.by == "app" and not is_card(seen)] == [
        f"(DITP) {message['text']}" if message["author"] == "agent" else message["text"]
        for message in closed["messages"]
        if message["author"] != "customer"
    ], "each message once, in its order, and no echo became a message"
    assert messenger.violations == []


def test_a_person_of_the_page_silences_the_bot(messenger: MessengerPlatform, officer: Officer) -> None:
    user = messenger.user(new_name())
    user.say("สวัสดีค่ะ")
    sees(user, "ผู้ช่วยอัตโนมัติ")
    words = f"ตอบจากกล่องข้อความ {uuid.uuid4().hex[:8]}"
    messenger.settle()
    messenger.staff_replies(user, words)
    case = in_state(officer, case_of(officer, words)["id"], "queued")
    asked = f"แล้วต้องทำอย่างไรต่อคะ {uuid.uuid4().hex[:8]}"
    user.say(asked)

    kept = case_of(officer, asked)
    assert (kept["id"], kept["handoff_reason"]) == (case["id"], "answered_elsewhere")
    assert [message["name"] for message in kept["messages"] if message["text"] == words] == ["ตอบจากนอกระบบ"]
    assert user.seen[-1].text == words, "the bot says nothing"
    messenger.hand_back(user)


def test_one_changed_byte_is_refused_and_twenty_copies_are_one(messenger: MessengerPlatform, officer: Officer) -> None:
    user = messenger.user(new_name())
    question = "Incoterms คืออะไรคะ 🙏"
    event = user.message(text=question)
    user.wrote_at = messenger.clock.now()
    body = messenger.body(messenger.entry(messaging=[event]))
    assert messenger.post(body.replace(b"Incoterms", b"Incoterns", 1), messenger.sign(body)).status_code == 401
    assert {answer.status_code for answer in messenger.deliver_at_once(event, 20)} == {200}
    assert messenger.deliver(event, standby=True).status_code == 200
    sees(user, "ที่มา: ")

    case = settled(officer, case_of(officer, question)["id"])
    assert said_by(case, "customer") == [question]
    assert len([text for text in user.texts if "ที่มา: " in text]) == 1


def test_a_mixed_batch_is_walked_to_its_end(messenger: MessengerPlatform, officer: Officer) -> None:
    first, second = messenger.user(new_name()), messenger.user(new_name())
    words = uuid.uuid4().hex[:8]
    first.wrote_at = second.wrote_at = messenger.clock.now()
    entries = [
        messenger.entry(changes=[{"field": "feed", "value": {}}]),
        messenger.entry(
            messaging=[
                {"nonsense": True},
                first.message(text=f"หนึ่ง {words}"),
                first.event(read={"watermark": messenger.clock.stamp()}),
            ]
        ),
        messenger.entry(standby=[], messaging=[second.message(text=f"สอง {words}")]),
    ]
    assert messenger.deliver_entries(*entries).status_code == 200

    assert said_by(case_of(officer, f"หนึ่ง {words}"), "customer") == [f"หนึ่ง {words}"]
    assert said_by(case_of(officer, f"สอง {words}"), "customer") == [f"สอง {words}"]


def test_after_a_day_the_box_is_closed_with_a_reason(
    messenger: MessengerPlatform, officer: Officer, running: Desk, sign_in: Callable[[], Officer]
) -> None:
    user = messenger.user(new_name())
    words = f"ขอคุยกับเจ้าหน้าที่ค่ะ {uuid.uuid4().hex[:8]}"
    user.say(words)
    case = in_state(officer, case_of(officer, words)["id"], "queued")
    settled(officer, case["id"])
    later = datetime.now(UTC) + messenger.clock.moved + timedelta(hours=24, minutes=1)
    assert httpx.put(f"{running.address}/test/clock", json={"now": later.isoformat()}).status_code == 200
    messenger.clock.move(hours=24, minutes=1)
    officer = sign_in()
    officer.post(f"/api/v1/cases/{case['id']}/accept")
    refused = officer.post(f"/api/v1/cases/{case['id']}/messages", {"text": "ขออภัยที่ตอบช้าค่ะ"}, status=409)

    assert refused["code"] == "window_closed"
    newest = settled(officer, case["id"])["messages"][-1]["seq"]
    ending = {"outcome": "unresolved", "summary": "ติดต่อไม่ได้", "last_seen_seq": newest}
    officer.post(f"/api/v1/cases/{case['id']}/resolve", ending)
    before = len(user.texts)
    user.say("ขอบคุณค่ะ")
    assert sees(user, "ประทับใจ กด 1", after=before).buttons
    rated = settled(officer, in_state(officer, case["id"], "survey")["id"])["messages"]
    assert {message["delivery"] for message in rated} == {"sent"}, "nothing was written that could only fail"
    assert "ขออภัยที่ตอบช้าค่ะ" not in " ".join(user.texts)
    assert messenger.violations == [], "the window is known here, not learnt from a refusal"


def test_what_is_beside_the_words_reaches_the_desk(messenger: MessengerPlatform, officer: Officer) -> None:
    user = messenger.user(new_name())
    user.profile = {"first_name": "สมหญิง", "last_name": f"ใจดี {uuid.uuid4().hex[:4]}"}
    user.follow_link("booth-2026")
    words = f"ขอคุยกับเจ้าหน้าที่ {uuid.uuid4().hex[:8]}"
    user.say(words)
    notice = sees(user, "เลขที่เรื่อง")
    case_id = in_state(officer, case_of(officer, words)["id"], "queued")["id"]
    officer.post(f"/api/v1/cases/{case_id}/accept")
    sees(user, "เจ้าหน้าที่", after=user.seen.index(notice) + 1)
    mistyped = user.say("ราคาทุเรียน 40 ตุ้")
    case_of(officer, "40 ตุ้")
    user.edit(mistyped, "ราคาทุเรียน 40 ตู้")
    secret = user.say(f"เลขบัญชี {uuid.uuid4().hex}")
    user.unsend(secret)
    pdf = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    user.send_file(pdf, "ใบขน.pdf", "application/pdf")
    messenger.settle()
    user.react(notice)
    user.read()

    def look() -> dict[str, Any] | None:
        case = officer.get(f"/api/v1/cases/{case_id}")
        files = [file for message in case["messages"] for file in message["attachments"]]
        marks = {message["reaction"] for message in case["messages"]} - {None}
        read = [m for m in case["messages"] if m["reached"] == "read"]
        return case if read and marks and files and files[0]["state"] == "saved" else None

    case = until(look)
    said = said_by(case, "customer")
    assert "ราคาทุเรียน 40 ตู้" in said
    assert secret["message"]["text"] not in str(case)
    assert case["write_until"] is not None
    assert [m["text"] for m in case["messages"] if m["reaction"] == "❤"] == [notice.text]
    history = officer.get(f"/api/v1/cases/{case_id}/events")["items"]
    assert [e["data"]["referral"] for e in history if e["kind"] == "referred"] == ["booth-2026 · SHORTLINK"]
    assert messenger.cdn.asked
    assert messenger.violations == []
