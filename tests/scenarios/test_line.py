"""The whole service on LINE: the real desk and Rasa, and a LINE that keeps LINE's rules."""

import asyncio
import os
import signal
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from bot.bootstrap import look_over
from bot.settings import load_settings
from tests.fakes.line import LinePlatform
from tests.fakes.line_faults import BROKEN, EMPTY_SUCCESS, USED_UP
from tests.run.desk import Desk
from tests.scenarios.platforms import case_of, in_state, said_by, sees, settled, until
from tests.scenarios.talk import Officer, Talk

pytestmark = [pytest.mark.run, pytest.mark.timeout(600)]


def new_name() -> str:
    return f"ลูกค้า {uuid.uuid4().hex[:6]}"


def test_the_whole_story_with_an_officer(line: LinePlatform, officer: Officer) -> None:
    user = line.user(new_name())
    user.follow()
    greeting = user.sees("ผู้ช่วยอัตโนมัติ")
    assert (greeting.by, len(greeting.buttons)) == ("reply", 8)

    user.say("ขอ Form D ต้องไปขอที่ไหนคะ")
    answer = user.sees("ที่มา: ")
    assert answer.by == "reply"
    assert "ทบทวนล่าสุด" in answer.text
    assert "จดแล้ว" in user.sees("จดทะเบียน").buttons
    user.tap("จดแล้ว")
    user.sees("เคยส่งออก")
    user.say("ขอคุยกับเจ้าหน้าที่ค่ะ")
    notice = user.sees("เลขที่เรื่อง")
    assert {seen.by for seen in user.seen} == {"reply"}, "no answer of the bot costs a push"

    case = in_state(officer, case_of(officer, "ขอคุยกับเจ้าหน้าที่ค่ะ")["id"], "queued")
    assert case["channel"] == "line"
    assert case["number"] in notice.text
    assert case["readiness"]["answers"] == {"registered": "yes"}
    officer.post(f"/api/v1/cases/{case['id']}/accept")
    officer.post(f"/api/v1/cases/{case['id']}/messages", {"text": "สวัสดีค่ะ ดูให้แล้วนะคะ"}, status=201)
    reply = sees(user, "ดูให้แล้วนะคะ")
    assert reply.sender == "DITP"
    user.say("ขอบคุณมากครับ เข้าใจแล้ว")
    newest = settled(officer, case_of(officer, "เข้าใจแล้ว")["id"])["messages"][-1]["seq"]
    officer.post(
        f"/api/v1/cases/{case['id']}/resolve",
        {"outcome": "answered", "summary": "แนะนำ Form D", "last_seen_seq": newest},
    )
    sees(user, "ประทับใจ กด 1")
    user.tap("1 ประทับใจ")
    user.sees("ขอบคุณสำหรับการประเมิน")

    closed = settled(officer, in_state(officer, case["id"], "closed")["id"])
    assert (closed["rating"], closed["summary"]) == (1, "แนะนำ Form D")
    assert [clock["state"] for clock in closed["clocks"]] == ["met", "cancelled"]
    assert {message["delivery"] for message in closed["messages"]} == {"sent"}
    assert line.violations == []


def test_one_changed_byte_is_refused_and_nothing_is_stored(line: LinePlatform, officer: Officer) -> None:
    user = line.user(new_name())
    before = officer.get("/api/v1/cases", limit=1)["items"][0]["id"]
    body = b'{"destination":"U","events":[{"type":"message"}]}'
    signature = line.sign(body)

    assert line.post(body.replace(b"message", b"messagf"), signature).status_code == 401
    assert line.post(body, "").status_code == 401
    assert line.post(body, signature).status_code == 200
    assert line.post(b'{"events":[]}', line.sign(b'{"events":[]}')).status_code == 200
    assert officer.get("/api/v1/cases", limit=1)["items"][0]["id"] == before
    assert user.seen == []


def test_twenty_copies_at_once_and_after_a_restart_are_one_message_and_one_answer(
    line: LinePlatform, officer: Officer, running: Desk
) -> None:
    user = line.user(new_name())
    question = "อยากรู้ว่า Incoterms คืออะไรคะ"
    event = user.message("text", text=question)
    assert [answer.status_code for answer in line.deliver_at_once(event, 20)] == [200] * 20
    case_id = settled(officer, case_of(officer, question)["id"])["id"]
    sees(user, "ที่มา: ")
    for part in ("web", "worker"):
        os.kill(running.pid(part), signal.SIGKILL)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: _insist(line, event, running), range(20)))
    other = {**event, "webhookEventId": uuid.uuid4().hex[:26].upper()}  # the same message under another event
    assert line.deliver(other).status_code == 200
    user.say("ขอบคุณค่ะ")
    user.sees("ยินดี")

    case = settled(officer, case_id)
    assert answers == [200] * 20
    assert said_by(case, "customer") == [question, "ขอบคุณค่ะ"]
    assert len([message for message in case["messages"] if message["article"]]) == 1
    assert len([text for text in user.texts if "ที่มา: " in text]) == 1
    assert line.violations == []


def _insist(line: LinePlatform, event: dict[str, object], running: Desk) -> int:
    """Deliver as LINE does: again and again until there is an answer."""
    statuses: list[int] = []

    def answered() -> bool:
        try:
            statuses.append(line.redeliver(event).status_code)
        except httpx.TransportError:
            return False
        return statuses[-1] == 200

    running.until(answered, 120)
    return statuses[-1]


def test_a_taken_back_message_is_erased_for_officers_too(line: LinePlatform, officer: Officer) -> None:
    user = line.user(new_name())
    said = user.say("สวัสดีค่ะ")
    user.sees("ผู้ช่วยอัตโนมัติ")
    canary = f"ความลับ {uuid.uuid4().hex}"
    said = user.say(f"{canary} ขอคุยกับเจ้าหน้าที่ค่ะ")
    case = in_state(officer, case_of(officer, canary)["id"], "queued")
    user.unsend(said)

    erased = case_of(officer, "ลูกค้ายกเลิกการส่งข้อความนี้")
    assert erased["id"] == case["id"]
    assert canary not in str(erased)


def test_no_log_mail_or_file_holds_what_was_taken_back(line: LinePlatform, officer: Officer, running: Desk) -> None:
    user = line.user(new_name())
    canary = uuid.uuid4().hex
    said = user.say(f"อีเมลของผมคือ {canary}@example.com โทร 0812345678 บริษัท {canary} จำกัด")
    sees(user, "ยินยอม")
    user.tap("ยินยอม")
    asked = user.say(f"{canary} ขอคุยกับเจ้าหน้าที่ค่ะ")
    in_state(officer, case_of(officer, f"{canary} ขอคุย")["id"], "queued")
    for message in (said, asked):
        user.unsend(message)
    until(lambda: canary not in str(case_of(officer, "ลูกค้ายกเลิกการส่งข้อความนี้")))

    database = running.var / "postgres" / "data"  # what its own files keep for a while stands in the README
    files = [path for path in running.var.rglob("*") if path.is_file() and database not in path.parents]
    assert [path.name for path in files if path.suffix == ".log"], "there are logs to look through"
    assert [path for path in files if canary.encode() in path.read_bytes() or canary in str(path)] == []


def test_pictures_stickers_standby_and_unknown_events(line: LinePlatform, officer: Officer) -> None:
    user = line.user(new_name())
    user.sticker("ดีใจ")
    user.sees("ผู้ช่วยอัตโนมัติ")
    user.image()
    user.sees("ยังอ่านรูปภาพ")
    shown = len(user.seen)
    unknown = [user.event("brandNewType"), user.event("message", message={"type": "hologram", "id": line.new_id()})]
    words = f"ถามอีกแอป {uuid.uuid4().hex[:8]}"
    assert line.deliver(*unknown, user.message("text", text=words, mode="standby")).status_code == 200

    case = settled(officer, case_of(officer, words)["id"])
    assert said_by(case, "customer") == ["[สติกเกอร์: ดีใจ]", "[รูปภาพ]", words]
    assert len(user.seen) == shown


def test_a_blocked_account_ends_the_case(line: LinePlatform, officer: Officer) -> None:
    user = line.user(new_name())
    words = f"ขอคุยกับเจ้าหน้าที่ค่ะ {uuid.uuid4().hex[:8]}"
    user.say(words)
    case = in_state(officer, case_of(officer, words)["id"], "queued")
    user.block()

    closed = in_state(officer, case["id"], "closed")
    assert closed["closed_as"] == "unfollowed"
    assert closed["rating"] is None


def test_a_failing_line_loses_and_doubles_nothing(line: LinePlatform, officer: Officer) -> None:
    user = line.user(new_name())
    line.fail_next(EMPTY_SUCCESS)
    user.say("ขอคุยกับเจ้าหน้าที่ค่ะ")
    user.sees("เลขที่เรื่อง")
    case = in_state(officer, case_of(officer, user.texts[-1])["id"], "queued")
    officer.post(f"/api/v1/cases/{case['id']}/accept")
    sees(user, "รับเรื่องของท่านแล้ว")
    line.fail_next(BROKEN, times=2)
    officer.post(f"/api/v1/cases/{case['id']}/messages", {"text": "ตอบผ่านระบบที่ล่ม"}, status=201)
    sees(user, "ตอบผ่านระบบที่ล่ม")
    line.fail_next(USED_UP)
    officer.post(f"/api/v1/cases/{case['id']}/messages", {"text": "โควตาหมด"}, status=201)

    messages = settled(officer, case["id"])["messages"]
    assert (messages[-1]["delivery"], messages[-1]["delivery_reason"]) == ("failed", "quota_used")
    assert {message["delivery"] for message in messages[:-1]} == {"sent"}
    assert user.texts.count("ตอบผ่านระบบที่ล่ม") == 1
    assert line.violations == []


def test_menus_follow_the_case_and_what_they_bring_back_is_understood(
    line: LinePlatform, officer: Officer, running: Desk
) -> None:
    secrets = {"DESK_LINE_CHANNEL_SECRET": line.secret, "DESK_LINE_CHANNEL_ACCESS_TOKEN": line.token}
    where = {"DESK_LINE_API_BASE": line.address, "DESK_PUBLIC_URL": running.address}
    findings = asyncio.run(look_over(load_settings({**secrets, **where}), "line", set_up=True))
    assert [finding for finding in findings if finding.good is False] == []
    user = line.user(new_name())
    user.tap_menu("งานแสดงสินค้าและกิจกรรม")
    user.sees("งานแสดงสินค้า")
    user.tap_menu("คุยกับเจ้าหน้าที่")
    notice = user.sees("เลขที่เรื่อง")
    until(lambda: user.id in line.account.linked)
    case = in_state(officer, case_of(officer, notice.text)["id"], "queued")
    user.tap_menu("ดูคำตอบจากเจ้าหน้าที่")
    user.sees("ยังไม่มีข้อความใหม่")
    officer.post(f"/api/v1/cases/{case['id']}/accept")
    officer.post(f"/api/v1/cases/{case['id']}/return-to-bot")
    until(lambda: user.id not in line.account.linked)

    assert line.violations == []


def test_a_group_is_left_with_one_sentence_and_a_changed_message_is_shown_as_changed(
    line: LinePlatform, officer: Officer
) -> None:
    crowd = line.user(new_name())
    crowd.invite(group := f"C{uuid.uuid4().hex}")
    until(lambda: group in line.account.left)
    assert len(crowd.texts) == 1
    user = line.user(new_name())
    said = user.say("ขอคุยกับเจ้าหน้าที่ค่ะ")
    user.sees("เลขที่เรื่อง")
    words = f"ขอคุยกับเจ้าหน้าที่เรื่องทุเรียน {uuid.uuid4().hex[:8]}"
    user.edit(said, words)

    assert said_by(case_of(officer, words), "customer") == [words]
    assert line.violations == []


def test_a_long_reply_of_an_officer_is_split(line: LinePlatform, officer: Officer, talk: Callable[..., Talk]) -> None:
    user = line.user(new_name())
    words = f"ขอคุยกับเจ้าหน้าที่ค่ะ {uuid.uuid4().hex[:8]}"
    user.say(words)
    case = in_state(officer, case_of(officer, words)["id"], "queued")
    officer.post(f"/api/v1/cases/{case['id']}/accept")
    shown = len(user.seen)
    long = "ขั้นตอนการส่งออกผลไม้ไปจีน " * 180
    officer.post(f"/api/v1/cases/{case['id']}/messages", {"text": long}, status=201)
    settled(officer, case["id"])

    parts = [seen.text for seen in user.seen[shown:] if "ขั้นตอน" in seen.text]
    assert len(parts) == 1 + (len(long) > 5000)
    assert "".join(part.strip() for part in parts).replace(" ", "") == long.replace(" ", "")
    assert line.violations == []
