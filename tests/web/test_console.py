"""The console over HTTP: the door, the forms, every button, and what a page must never let through."""

import asyncio
import hashlib
import re
import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import event, text, update

from bot.domain.agent import Role
from bot.domain.case import State
from bot.domain.conversation import Delivery, Message
from bot.domain.promise import Clock
from bot.services import cases, erasing
from bot.services.handoff import QUEUE
from tests.served import PASSWORD, Web
from tests.visitor import Visitor
from tests.web.officer import Officer, text_of, token_of

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(1)</script>'
PAGES = ["/desk", "/desk?view=open", "/desk/cases/1", "/desk/live/list", "/desk/live/cases/1", "/desk/kpi"]
BUTTONS = [
    "accept",
    "reply",
    "notes",
    "retry/1",
    "transfer",
    "release",
    "return-to-bot",
    "resolve",
    "discard",
    "profile",
]


# ---- the door ----


@pytest.mark.parametrize("path", PAGES)
async def test_who_is_not_signed_in_is_led_to_the_door_and_back(web: Web, path: str) -> None:
    response = await web.http.get(path)

    assert response.status_code == 302
    assert response.headers["location"].startswith("/desk/sign-in?next=/desk")


async def test_the_pages_script_is_told_401_and_the_stream_too(web: Web) -> None:
    part = await web.http.get("/desk/live/list", headers={"X-Desk": "live"})
    stream = await web.http.get("/desk/events")

    assert (part.status_code, part.json()["code"]) == (401, "unauthenticated")
    assert stream.status_code == 401


async def test_signing_in_sets_a_strict_cookie_that_is_also_an_api_token(web: Web) -> None:
    officer = await Officer.at(web)
    async with web.desk.uow() as uow:
        email = (await uow.agents.list(after=0, limit=1))[0].email
    again = await officer.sign_in(email, PASSWORD)
    cookie = next(c for c in again.headers.get_list("set-cookie") if c.startswith("desk_session="))

    assert {"HttpOnly", "SameSite=Strict", "Path=/desk"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    token = officer.http.cookies["desk_session"]
    assert (await web.http.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})).status_code == 200
    assert "สมศรี ใจดี" in await officer.page("/desk")


async def test_over_https_the_cookie_is_secure(web: Web) -> None:
    page = await web.http.get("/desk/sign-in", headers={"X-Forwarded-Proto": "https"})

    assert "; Secure" in page.headers["set-cookie"]


async def test_a_wrong_password_is_told_in_plain_words_and_throttled(web: Web) -> None:
    officer = await Officer.at(web)
    async with web.desk.uow() as uow:
        email = (await uow.agents.list(after=0, limit=1))[0].email
    answers = [await officer.sign_in(email, "wrong") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "อีเมลหรือรหัสผ่านไม่ถูกต้อง" in text_of(answers[0].text)
    assert "รอ 10 นาที" in text_of(answers[5].text)
    assert 'value="wrong"' not in answers[0].text


@pytest.mark.parametrize("token", [None, "", "0" * 64])
async def test_the_door_refuses_a_form_from_elsewhere(web: Web, token: str | None) -> None:
    await web.sign_in(Role.AGENT)
    data = {"email": "a@example.com", "password": PASSWORD} | ({"form_token": token} if token is not None else {})

    assert (await web.http.post("/desk/sign-in", data=data)).status_code == 403


@pytest.mark.parametrize(
    "way", ["https://evil.example", "//evil.example", "/desk//evil.example", "/chat", "/desk\\@evil"]
)
async def test_the_door_leads_only_into_the_console(web: Web, way: str) -> None:
    page = await web.http.get("/desk/sign-in", params={"next": way})

    assert 'name="next" value="/desk"' in page.text


async def test_signing_out_ends_the_session_in_the_database(web: Web) -> None:
    officer = await Officer.at(web)
    token = officer.http.cookies["desk_session"]
    response = await officer.post("/desk/sign-out")
    old = await web.browser(desk_session=token)

    assert response.headers["location"] == "/desk/sign-in"
    assert "desk_session" not in officer.http.cookies
    assert (await old.get("/desk")).status_code == 302


# ---- what every page keeps to ----


async def test_pages_have_the_strict_policy_and_are_never_kept(web: Web) -> None:
    officer = await Officer.at(web)
    _, case_id = await Visitor.waits(web)
    for path in ("/desk", f"/desk/cases/{case_id}", "/desk/kpi", f"/desk/live/cases/{case_id}", "/desk/cases/999"):
        response = await officer.http.get(path)
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" in policy
        assert "form-action 'self'; frame-ancestors 'none'; base-uri 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", response.text)


@pytest.mark.parametrize("button", BUTTONS)
async def test_every_button_refuses_a_form_without_its_secret(web: Web, button: str) -> None:
    officer = await Officer.at(web)
    _, case_id = await Visitor.waits(web)
    for data in ({}, {"form_token": "0" * 64}, {"form_token": hashlib.sha256(b"").hexdigest()}):
        response = await officer.http.post(f"/desk/cases/{case_id}/{button}", data=data)
        assert response.status_code == 403
        assert "แบบฟอร์มนี้หมดอายุแล้ว" in text_of(response.text)


async def test_another_sessions_secret_does_not_help(web: Web) -> None:
    officer, other = await Officer.at(web), await Officer.at(web)
    _, case_id = await Visitor.waits(web)
    theirs = token_of(await other.page("/desk"))

    response = await officer.http.post(f"/desk/cases/{case_id}/accept", data={"form_token": theirs})
    assert response.status_code == 403


async def test_a_customers_text_is_only_ever_text(web: Web) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web)
    await visitor.says(HOSTILE)
    await officer.do(case_id, "accept")
    await officer.do(case_id, "notes", note=HOSTILE)
    await officer.do(case_id, "profile", name=HOSTILE, company="", email="", phone="", consent="yes")
    pages = [await officer.page("/desk"), await officer.page(f"/desk/cases/{case_id}")]

    for page in pages:
        assert "<img src=x" not in page
        assert "<script>" not in page
        assert "&lt;img src=x" in page


# ---- lists ----


async def test_the_list_shows_what_waits_with_all_that_helps_to_choose(web: Web) -> None:
    officer = await Officer.at(web)
    visitor, _ = await Visitor.waits(web, "ขอ Form D ที่ไหนคะ")
    await visitor.says("ด่วนมากค่ะ")
    page = await officer.page("/desk")
    shown = text_of(page)

    assert "<title>(1) โต๊ะเจ้าหน้าที่</title>" in page
    for words in ("รอเจ้าหน้าที่", "เว็บแชต", "ยังไม่มีธุรกิจ", "ลูกค้า: ด่วนมากค่ะ", "1 ข้อความใหม่", "ภายใน 12.03 น.", "รับเรื่อง"):
        assert words in shown
    assert "ขอคุยกับคน" in shown


async def test_the_list_says_first_what_a_case_is_about(web: Web) -> None:
    officer = await Officer.at(web)
    await Visitor.waits(web, "ขอ Form D ที่ไหนคะ")
    visitor, _ = await Visitor.waits(web, "ส่งทุเรียนไปจีนต้องใช้อะไรบ้าง")
    await visitor.says("รอนานแล้วค่ะ")
    shown = text_of(await officer.page("/desk"))

    assert "ลูกค้า: ขอ Form D ที่ไหนคะ · ล่าสุด: ขอคุยกับเจ้าหน้าที่" in shown
    assert "ลูกค้า: รอนานแล้วค่ะ · ก่อนหน้า: ส่งทุเรียนไปจีนต้องใช้อะไรบ้าง" in shown
    assert shown.count("รอเจ้าหน้าที่") == 1, "all of the queue wait, so their number says it"
    assert text_of(await officer.page("/desk?view=open")).count("รอเจ้าหน้าที่") == 3


async def test_the_case_with_the_least_time_comes_first_and_late_ones_say_so(web: Web) -> None:
    officer = await Officer.at(web)
    _, late = await Visitor.waits(web)
    web.desk.clock.forward(minutes=4)
    _, fresh = await Visitor.waits(web)
    page = await officer.page("/desk")

    order = [int(number) for number in re.findall(r'id="row-(\d+)"', page)]
    assert order == [late, fresh]
    assert "เกินเวลา" in page.split(f'id="row-{fresh}"')[0]
    assert "เกินเวลา" not in page.split(f'id="row-{fresh}"')[1]


async def test_a_case_handed_on_waits_its_turn_though_its_promise_is_met(web: Web) -> None:
    officer, other = await Officer.at(web), await Officer.at(web, "มานะ ขยัน")
    _, handed_on = await Visitor.waits(web)
    page = await officer.do(handed_on, "accept")
    await officer.do(handed_on, "reply", text="สวัสดีค่ะ", key="k1", last_seen_seq=_seen(page))
    async with asyncio.timeout(30):
        while (await _clocks(web, handed_on))[0].unanswered:
            await asyncio.sleep(0.02)
    _, before = await Visitor.waits(web)
    web.desk.clock.forward(minutes=1)
    await officer.do(handed_on, "transfer", to=other.agent.id)
    web.desk.clock.forward(minutes=1)
    _, after = await Visitor.waits(web)

    order = [int(number) for number in re.findall(r'id="row-(\d+)"', await other.page("/desk"))]
    assert order == [before, handed_on, after]


async def _clocks(web: Web, case_id: int) -> Sequence[Clock]:
    async with web.desk.uow() as uow:
        return await uow.work.clocks(case_id)


async def test_views_of_bot_cases_and_closed_ones(web: Web) -> None:
    officer = await Officer.at(web)
    await Visitor.opens(web, "ขอ Form D ที่ไหนคะ")
    _, spam = await Visitor.waits(web)
    await officer.do(spam, "discard", reason="spam")

    assert "บอท" in text_of(await officer.page("/desk?view=open"))
    assert "<b>บอท</b>" in await officer.page(f"/desk/cases/{spam}"), "one word for it, also beside its messages"
    assert "สแปม" in text_of(await officer.page("/desk?view=closed"))
    assert "ไม่มีเรื่องที่รออยู่" in text_of(await officer.page("/desk"))
    assert (await officer.http.get("/desk?view=nonsense")).status_code == 404


async def test_two_hundred_rows_need_no_more_queries_than_one(web: Web) -> None:
    officer = await Officer.at(web)
    _, case_id = await Visitor.waits(web)
    await officer.page("/desk")  # notes the sign of life
    one = await _queries(web, officer)
    async with web.desk.uow() as uow:
        await _copy(uow.session, case_id, 199)
        await uow.commit()
    many = await _queries(web, officer)

    assert (await officer.page("/desk")).count('class="row ') + (await officer.page("/desk")).count(
        'class="row"'
    ) >= 200
    assert many == one


# ---- every button ----


async def test_accept_reply_and_delivery(web: Web) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web)
    page = await officer.do(case_id, "accept")
    assert "สมศรี ใจดี (คุณ)" in text_of(page)
    await officer.do(case_id, "reply", text="สวัสดีค่ะ\r\nยินดีช่วยค่ะ", key="k1", last_seen_seq=_seen(page))
    said = await visitor.until_said(5)

    assert (said[-1]["author"], said[-1]["text"]) == ("agent", "สวัสดีค่ะ\nยินดีช่วยค่ะ")
    assert "ส่งแล้ว" in text_of(await officer.page(f"/desk/cases/{case_id}"))
    assert "ทันเวลา" in text_of(await officer.page(f"/desk/cases/{case_id}"))


async def test_who_comes_second_is_told_who_has_the_case(web: Web) -> None:
    first, second = await Officer.at(web, "สมศรี ใจดี"), await Officer.at(web, "มานะ ขยัน")
    _, case_id = await Visitor.waits(web)
    await first.do(case_id, "accept")
    page = await second.post(f"/desk/cases/{case_id}/accept")
    live = await second.post(f"/desk/cases/{case_id}/accept", live=True)

    assert page.status_code == 409
    assert "สมศรี ใจดี รับเรื่องนี้ไปแล้ว" in text_of(page.text)
    assert live.json() == {"code": "already_taken", "message": "สมศรี ใจดี รับเรื่องนี้ไปแล้ว", "agent": "สมศรี ใจดี"}


async def test_a_reply_over_something_unread_is_refused_and_kept(web: Web) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web)
    page = await officer.do(case_id, "accept")
    await visitor.says("เดี๋ยวก่อนค่ะ")
    refused = await officer.post(f"/desk/cases/{case_id}/reply", text="ตอบค่ะ", key="k", last_seen_seq=_seen(page))

    assert refused.status_code == 409
    assert "ลูกค้าส่งข้อความใหม่เข้ามา" in text_of(refused.text)
    assert ">ตอบค่ะ</textarea>" in refused.text
    assert 'name="key" value="k"' in refused.text
    assert re.search(r'class="message customer new"[^>]*>.*?เดี๋ยวก่อนค่ะ', refused.text, re.DOTALL)
    await officer.do(case_id, "reply", text="ตอบค่ะ", key="k", last_seen_seq=_seen(refused.text))


async def test_the_same_draft_is_sent_once_however_often_it_is_posted(web: Web) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web)
    page = await officer.do(case_id, "accept")
    fields = {"text": "ครั้งเดียวค่ะ", "key": "draft", "last_seen_seq": _seen(page)}
    secret = token_of(page)
    answers = await asyncio.gather(
        *(officer.http.post(f"/desk/cases/{case_id}/reply", data=fields | {"form_token": secret}) for _ in range(5))
    )
    changed = await officer.post(f"/desk/cases/{case_id}/reply", **(fields | {"text": "แก้แล้วค่ะ"}))

    assert {answer.status_code for answer in answers} == {303}
    assert changed.status_code == 409
    assert "ข้อความก่อนแก้ไขส่งถึงลูกค้าไปแล้ว" in text_of(changed.text)
    assert [m["text"] for m in await visitor.until_said(5)].count("ครั้งเดียวค่ะ") == 1


async def test_nothing_typed_or_too_much_is_told_in_plain_words(web: Web) -> None:
    officer = await Officer.at(web)
    _, case_id = await Visitor.waits(web)
    await officer.do(case_id, "accept")
    empty = await officer.post(f"/desk/cases/{case_id}/reply", text="  ", key="k")
    long = await officer.post(f"/desk/cases/{case_id}/reply", text="ก" * 5001, key="k")
    nobody = await officer.post(f"/desk/cases/{case_id}/transfer", to="")

    assert [empty.status_code, long.status_code, nobody.status_code] == [400] * 3
    assert "โปรดพิมพ์ข้อความก่อน" in text_of(empty.text)
    assert "ยาวเกิน 5,000 ตัวอักษร" in text_of(long.text)
    assert "โปรดเลือกเจ้าหน้าที่" in text_of(nobody.text)


async def test_a_note_stands_in_the_thread_and_never_reaches_the_customer(web: Web) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web)
    page = await officer.do(case_id, "notes", note="ลูกค้าประจำ ดูแลเป็นพิเศษ")
    failed = await officer.post(f"/desk/cases/{case_id}/notes", note="")

    assert "บันทึกภายใน (ลูกค้าไม่เห็น) · สมศรี ใจดี" in text_of(page)
    assert "ลูกค้าประจำ ดูแลเป็นพิเศษ" in text_of(page)
    assert failed.status_code == 400
    assert "ลูกค้าประจำ" not in str(await visitor.until_said(1))


@pytest.mark.parametrize(
    ("delivery", "reason", "words"),
    [
        (Delivery.FAILED, "unreachable", "ส่งไม่สำเร็จ: ลูกค้าบล็อกหรือเลิกติดตามแล้ว"),
        (Delivery.FAILED, "quota", "ส่งไม่สำเร็จ: แพลตฟอร์มแจ้งว่า quota"),
        (Delivery.UNKNOWN, "no_answer", "ไม่ทราบผลการส่ง: แพลตฟอร์มไม่ตอบกลับ"),
    ],
)
async def test_what_did_not_arrive_is_shown_with_its_reason_and_can_be_sent_again(
    web: Web, delivery: Delivery, reason: str, words: str
) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web)
    await officer.do(case_id, "accept")
    await officer.do(case_id, "reply", text="ตอบค่ะ", key="k")
    seq = (await visitor.until_said(5))[-1]["seq"]
    await _until_sent(web, case_id)
    async with web.desk.uow() as uow:
        change = update(Message).where(Message.case_id == case_id, Message.seq == seq)
        await uow.session.execute(change.values(delivery=delivery, delivery_reason=reason))
        await uow.commit()
    page = await officer.page(f"/desk/cases/{case_id}")

    assert words in text_of(page)
    assert ("ส่งอีกครั้ง (ลูกค้าอาจได้รับซ้ำ)" in text_of(page)) == (delivery is Delivery.UNKNOWN)
    again = await officer.post(f"/desk/cases/{case_id}/retry/{seq}")
    assert again.status_code == 303


async def test_transfer_is_marked_for_the_one_it_is_for(web: Web) -> None:
    officer, other = await Officer.at(web), await Officer.at(web, "มานะ ขยัน")
    third = await Officer.at(web, "ปิติ ยินดี")
    _, case_id = await Visitor.waits(web)
    page = await officer.do(case_id, "accept")
    assert "มานะ ขยัน (เจ้าหน้าที่)" in text_of(page)
    await officer.do(case_id, "transfer", to=other.agent.id)

    assert "ส่งต่อถึงคุณ" in text_of(await other.page("/desk"))
    assert "ส่งต่อถึง มานะ ขยัน" in text_of(await third.page("/desk"))


async def test_release_and_return_to_the_bot(web: Web) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web)
    await officer.do(case_id, "accept")
    released = await officer.do(case_id, "release")
    await officer.do(case_id, "accept")
    returned = await officer.do(case_id, "return-to-bot")

    assert "กด “รับเรื่อง” ก่อนจึงจะส่งได้" in text_of(released)
    assert "บอทกำลังดูแลเรื่องนี้" in text_of(returned)
    assert (await visitor.case()).state is State.BOT


async def test_resolve_with_the_prefilled_summary(web: Web) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web, "ขอ Form D ที่ไหนคะ")
    page = await officer.do(case_id, "accept")
    draft = re.search(r'<textarea id="summary"[^>]*>([^<]+)</textarea>', page)
    assert draft
    done = await officer.do(
        case_id, "resolve", outcome="answered", summary=draft[1] + "\nตอบครบ", last_seen_seq=_seen(page)
    )
    case = await visitor.case()

    assert "ระดับความพร้อม: ยังไม่มีธุรกิจ" in draft[1]
    assert "ลูกค้าสอบถาม: ขอ Form D ที่ไหนคะ\n" in draft[1]
    assert '<option value="">เลือกผลของเรื่อง</option>' in page
    assert "กำลังรอคะแนนจากลูกค้า" in text_of(done)
    assert (case.state, case.outcome) == (State.SURVEY, "answered")
    assert case.summary.endswith("ตอบครบ")
    wrong = await officer.post(f"/desk/cases/{case_id}/resolve", outcome="answered")
    assert wrong.status_code == 409
    assert "จบและรอคะแนน" in text_of(wrong.text)


async def test_without_the_script_a_message_taken_back_shows_the_fresh_draft(web: Web) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web, "ขอ Form D ที่ไหนคะ")
    page = await officer.do(case_id, "accept")
    assert 'name="erased_messages" value="0"' in page
    async with web.desk.uow() as uow:
        conversation, case = await cases.locked(uow, case_id)
        said = next(m for m in await uow.conversations.messages_of_case(case.id) if "Form D" in m.text)
        await erasing.erase(uow, conversation, said)
        await uow.commit()
    refused = await officer.post(
        f"/desk/cases/{case_id}/resolve", outcome="answered", summary="ขอ Form D ที่ไหนคะ", last_seen_seq=_seen(page),
        erased_messages=0,
    )  # fmt: skip

    assert refused.status_code == 409
    assert "ลูกค้ายกเลิกข้อความแล้ว โปรดตรวจสรุปอีกครั้ง" in text_of(refused.text)
    assert "ขอ Form D ที่ไหนคะ" not in refused.text
    assert 'name="erased_messages" value="1"' in refused.text
    assert (await visitor.case()).summary is None


@pytest.mark.parametrize("reason", ["spam", "duplicate"])
async def test_close_as_spam_or_duplicate(web: Web, reason: str) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web)
    page = await officer.do(case_id, "discard", reason=reason)

    assert "เรื่องนี้ปิดแล้ว" in text_of(page)
    assert ((await visitor.case()).state, (await visitor.case()).closed_as) == (State.CLOSED, reason)


async def test_the_profile_is_kept_only_with_consent_and_checked(web: Web) -> None:
    officer = await Officer.at(web)
    _, case_id = await Visitor.waits(web)
    fields = {"name": "คุณสุดา", "company": "สุดาฟู้ด", "email": "suda@example.com", "phone": "081 234 5678"}
    without = await officer.post(f"/desk/cases/{case_id}/profile", **fields)
    email = await officer.post(f"/desk/cases/{case_id}/profile", **(fields | {"email": "x"}), consent="yes")
    phone = await officer.post(f"/desk/cases/{case_id}/profile", **(fields | {"phone": "1"}), consent="yes")
    page = await officer.do(case_id, "profile", **fields, consent="yes")

    assert "ต้องได้รับความยินยอมจากลูกค้าก่อน" in text_of(without.text)
    assert "อีเมลไม่ถูกต้อง" in text_of(email.text)
    assert "หมายเลขโทรศัพท์ไม่ถูกต้อง" in text_of(phone.text)
    assert "+66812345678" in text_of(page)
    assert "ลูกค้ายินยอมให้เก็บ" in text_of(page)
    assert "คุณสุดา" in text_of(await officer.page("/desk"))


async def test_the_panel_knows_what_the_bot_learnt_and_suggests_articles(web: Web) -> None:
    await web.desk.search.refresh()
    officer = await Officer.at(web)
    _, case_id = await Visitor.waits(web, "ขอ Form D ที่ไหนคะ")
    shown = text_of(await officer.page(f"/desk/cases/{case_id}"))

    for words in (
        "สรุปก่อนถึงเจ้าหน้าที่", "ลูกค้าสอบถาม: ขอ Form D ที่ไหนคะ", "จดทะเบียนธุรกิจ ยังไม่จด", "อ่านจากข้อความของลูกค้า",
        "คลังความรู้: form-d ฉบับที่ 1", "ที่มา:", "บทความที่อาจช่วยได้", "ใส่ในช่องตอบ", "ส่งเรื่องให้เจ้าหน้าที่ : ลูกค้าขอคุยกับเจ้าหน้าที่",
        "วันจันทร์ที่ 23 พฤศจิกายน 2569",
    ):  # fmt: skip
        assert words.replace(" : ", ": ") in shown.replace(" : ", ": "), words


async def test_an_unknown_case_is_told_in_plain_words(web: Web) -> None:
    officer = await Officer.at(web)
    page = await officer.http.get("/desk/cases/999")
    button = await officer.post("/desk/cases/999/accept")

    assert [page.status_code, button.status_code] == [404, 404]
    assert "ไม่พบเรื่อง" in text_of(page.text)


# ---- live ----


async def test_the_stream_tells_of_the_queue_and_the_case_and_is_a_sign_of_life(web: Web) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web)
    web.desk.clock.forward(minutes=1)
    told: list[str] = []
    async with asyncio.timeout(30), officer.http.stream("GET", f"/desk/events?case={case_id}") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                told.append(line.removeprefix("event: "))
            if told == ["ready"]:
                await visitor.says("อยู่ไหมคะ")
            if {"ready", "queue", "case"} <= set(told):
                break
    async with web.desk.uow() as uow:
        agent = await uow.agents.get(officer.agent.id)

    assert agent is not None
    assert agent.last_seen_at == web.desk.clock.time


async def test_who_closes_the_page_is_no_longer_there(web: Web) -> None:
    officer = await Officer.at(web)
    async with officer.http.stream("GET", "/desk/events") as stream:
        async for line in stream.aiter_lines():
            if line == "event: ready":
                break
        listening = len(web.desk.wakeups._waiters[QUEUE])
    async with asyncio.timeout(30):
        while web.desk.wakeups._waiters.get(QUEUE):
            await asyncio.sleep(0.02)

    assert listening == 1


async def test_the_stream_ends_with_the_session(web: Web) -> None:
    officer = await Officer.at(web)
    _, case_id = await Visitor.waits(web)
    other = await web.browser(**officer.http.cookies)
    told: list[str] = []
    async with asyncio.timeout(30), other.stream("GET", "/desk/events") as stream:
        async for line in stream.aiter_lines():
            told += [line.removeprefix("event: ")] if line.startswith("event: ") else []
            if told == ["ready"]:
                await officer.post("/desk/sign-out")
                second = await Officer.at(web)
                await second.do(case_id, "accept")  # wakes the queue
                told.append("asked")

    assert told[-1] == "signed-out"


# ---- figures ----


async def test_the_figures_say_when_there_is_nothing_to_count(web: Web) -> None:
    officer = await Officer.at(web)
    shown = text_of(await officer.page("/desk/kpi"))

    assert "วันอาทิตย์ที่ 1 พฤศจิกายน 2569 ถึง วันจันทร์ที่ 30 พฤศจิกายน 2569" in shown
    assert "ร้อยละความพึงพอใจ ไม่มีข้อมูล 0 0 85 %" in shown


async def test_each_figure_opens_to_its_cases(web: Web) -> None:
    officer = await Officer.at(web)
    visitor, case_id = await Visitor.waits(web)
    await officer.do(case_id, "accept")
    await officer.do(case_id, "reply", text="ตอบค่ะ", key="k")
    await _until_sent(web, case_id)
    await officer.do(case_id, "resolve", outcome="answered", summary="")
    await visitor.says("2")
    await visitor.until(State.CLOSED)
    page = await officer.page("/desk/kpi?from=1/11/2569&to=2026-11-30")
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/desk/kpi/cases[^"]+)"', page)]
    opened = [await officer.page(link) for link in links]

    assert "ร้อยละความพึงพอใจ 100.0 % 1" in text_of(page)
    assert "(ข) เจ้าหน้าที่ตอบภายในเวลาที่กำหนด 100.0 % 1" in text_of(page)
    assert len(links) >= 7
    assert all(f'id="row-{case_id}"' in shown for shown in opened)


@pytest.mark.parametrize(
    "period", ["from=x", "from=31/2/2569", "from=9999-12-31&to=9999-12-31", "from=30/11/2569&to=1/11/2569"]
)
async def test_a_period_that_is_none_is_told(web: Web, period: str) -> None:
    officer = await Officer.at(web)
    response = await officer.http.get(f"/desk/kpi?{period}")

    assert response.status_code == 400
    assert "จึงแสดงเดือนนี้แทน" in text_of(response.text)


def _seen(page: str) -> int:
    found = re.search(r'id="compose".*?name="last_seen_seq" value="(\d+)"', page, re.DOTALL)
    assert found
    return int(found[1])


async def _until_sent(web: Web, case_id: int) -> None:
    async with asyncio.timeout(30):
        while True:
            async with web.desk.uow() as uow:
                messages = await uow.conversations.messages_of_case(case_id)
            if all(message.delivery is not Delivery.PENDING for message in messages):
                return
            await asyncio.sleep(0.02)


async def _queries(web: Web, officer: Officer) -> int:
    """Count what the list page asks the database; the worker's own queries run in other tasks."""
    asked: dict[object, list[str]] = {}

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.setdefault(asyncio.current_task(), []).append(statement)

    event.listen(web.desk.engine.sync_engine, "before_cursor_execute", note)
    await officer.page("/desk")
    event.remove(web.desk.engine.sync_engine, "before_cursor_execute", note)
    return next(len(statements) for statements in asked.values() if any("LATERAL" in one for one in statements))


async def _copy(session: object, case_id: int, times: int) -> None:
    """Put more waiting cases beside one, each with a conversation, messages and a clock of its own."""
    for number in range(times):
        external = f"copy-{number}-{uuid.uuid4().hex[:6]}"
        await session.execute(text(COPY), {"external": external, "case": case_id})


COPY = """
with contact as (insert into contacts (created_at) select now() returning id),
identity as (insert into identities (contact_id, channel, external_id, created_at)
  select id, 'webchat', :external, now() from contact returning id, contact_id),
talk as (insert into conversations (identity_id, contact_id, channel, external_id, last_seq, created_at)
  select id, contact_id, 'webchat', :external, 0, now() from identity returning id, contact_id),
copied as (insert into cases (service, channel, contact_id, conversation_id, state, language, rasa_session,
    misunderstood, bot_assists, opened_at, first_written_at, last_activity_at, handoff_at, handoff_reason)
  select c.service, c.channel, talk.contact_id, talk.id, c.state, c.language, 1, 0, false, c.opened_at,
    c.first_written_at, c.last_activity_at, c.handoff_at, c.handoff_reason
  from cases c, talk where c.id = :case returning id, conversation_id),
ticking as (insert into clocks (case_id, measure, state, minutes, started_at, due_at)
  select copied.id, k.measure, k.state, k.minutes, k.started_at, k.due_at from clocks k, copied where k.case_id = :case)
insert into messages (conversation_id, case_id, lane, seq, author, text, language, at, delivery, attempts)
  select copied.conversation_id, copied.id, m.lane, m.seq, m.author, m.text, m.language, m.at, 'sent', 0
  from messages m, copied where m.case_id = :case
"""


async def test_officers_see_how_channels_stand(web: Web) -> None:
    officer = await Officer.at(web)
    assert "channel-note" not in await officer.page("/desk")
    async with web.desk.uow() as uow:
        await uow.channels.set_quota("line", 300, 290, uow.now)
        await uow.channels.halt("line", "no_access", uow.now)
        await uow.channels.set_quota("messenger", None, 5, uow.now)
        await uow.channels.tell("messenger", "policy", "policy_warning", "<b>spam</b>", uow.now)
        await uow.channels.tell("messenger", "integrity", "new_code", None, uow.now)
        await uow.commit()
    page = await officer.page("/desk")

    assert "เหลือ 10 จาก 300" in text_of(page)
    assert "LINE (ตั้งแต่ 12.00 น.): ส่งข้อความถึงลูกค้าไม่ได้ เพราะรหัสเชื่อมต่อ (token)" in text_of(page)
    assert "โปรดแจ้งผู้ดูแลระบบ" in text_of(page)
    assert "Meta เตือนว่าเพจอาจผิดนโยบาย" in text_of(page)
    assert "Messenger (12.00 น.): new_code" in text_of(page), "a code without words of ours"
    assert "&lt;b&gt;spam" in page
    assert (page.count("channel-note bad"), page.count("channel-note problem")) == (2, 2)


async def test_who_answers_a_case_of_a_channel_that_cannot_send_is_told_above_the_reply(web: Web) -> None:
    officer = await Officer.at(web)
    _, case_id = await Visitor.waits(web)
    path = f"/desk/cases/{case_id}"
    assert "channel-trouble" not in await officer.page(path)
    async with web.desk.uow() as uow:
        await uow.channels.halt("line", "no_access", uow.now)
        await uow.commit()
    assert "channel-trouble" not in await officer.page(path), "another channel's"
    for trouble, words in (
        ("suspended", "ถูกแพลตฟอร์มระงับ"),
        ("page_restricted", "เพจถูกจำกัด"),
        ("new", "เว็บแชต (ตั้งแต่ 12.00 น.): new"),
    ):
        async with web.desk.uow() as uow:
            await uow.channels.halt("webchat", trouble, uow.now)
            await uow.commit()
        page = await officer.page(path)
        assert 'id="channel-trouble" class="problem" role="alert"' in page
        assert words in text_of(page)
