"""Officers work over the JSON API: accept, answer, hand on, end; and the report."""

import asyncio
from typing import Any

import pytest

from bot.domain.agent import Role
from bot.domain.conversation import Author
from bot.services import cases, erasing
from tests.web.conftest import Web

HANDOFF = [{"custom": {"proposal": "handoff", "reason": "customer_asked"}}]


async def waiting_case(web: Web) -> tuple[dict[str, str], int]:
    """A customer who waits for a person: the visitor's headers and the case's id."""
    web.rasa.answer = lambda _: HANDOFF
    visitor = await web.visitor()
    await write(web, visitor, "ขอคุยกับเจ้าหน้าที่")
    await web.messages(visitor, at_least=3)
    async with web.desk.uow() as uow:
        newest = (await uow.cases.list(state=None, marked=None, assignee_id=None, before=None, limit=1))[0]
    return visitor, newest.id


async def write(web: Web, visitor: dict[str, str], text: str) -> None:
    count = len((await web.http.get("/webchat/messages", headers=visitor)).json()["messages"])
    response = await web.http.post(
        "/webchat/messages", json={"client_id": f"c{count}-{text[:20]}", "text": text}, headers=visitor
    )
    assert response.status_code == 202


async def post(web: Web, agent: dict[str, str], path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    return await web.http.post(f"/api/v1/cases/{path}", json=body, headers=agent | headers)


async def test_a_case_from_waiting_to_rated(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT, "สมหญิง")
    visitor, case_id = await waiting_case(web)
    waiting = (await web.http.get("/api/v1/cases", params={"state": "queued"}, headers=agent)).json()["items"]
    accepted = await post(web, agent, f"{case_id}/accept")
    mine = (await web.http.get("/api/v1/cases", params={"mine": "true"}, headers=agent)).json()["items"]
    replied = await post(web, agent, f"{case_id}/messages", {"text": "สวัสดีค่ะ", "last_seen_seq": 3})
    shown = await web.messages(visitor, at_least=5)
    resolved = await post(web, agent, f"{case_id}/resolve", {"outcome": "answered", "summary": "ตอบแล้ว"})
    asked = await web.messages(visitor, at_least=6)
    await write(web, visitor, "2 ค่ะ")
    await web.messages(visitor, at_least=8)
    case = (await web.http.get(f"/api/v1/cases/{case_id}", headers=agent)).json()

    assert waiting[0]["window_due_at"] is not None
    assert accepted.json()["state"] == "agent"
    assert [item["id"] for item in mine] == [case_id]
    assert replied.status_code == 201
    assert (shown["state"], shown["messages"][-1]["name"]) == ("agent", "สมหญิง")
    assert resolved.json()["state"] == "survey"
    assert asked["state"] == "survey"
    assert (case["state"], case["rating"], case["summary"]) == ("closed", 2, "ตอบแล้ว")
    assert case["summary_filed_at"] is not None
    assert [clock["state"] for clock in case["clocks"]] == ["met"]


@pytest.mark.timeout(600)
async def test_twenty_accept_one_case_two_hundred_times_over(web: Web) -> None:
    """Always one officer has it, and the nineteen others are told who."""
    officers = {f"เจ้าหน้าที่ {n}": await web.sign_in(Role.AGENT, f"เจ้าหน้าที่ {n}") for n in range(20)}
    _, case_id = await waiting_case(web)
    for _ in range(200):
        answers = await asyncio.gather(*(post(web, headers, f"{case_id}/accept") for headers in officers.values()))
        [winner] = [name for name, answer in zip(officers, answers, strict=True) if answer.status_code == 200]
        lost = [answer.json() for answer in answers if answer.status_code == 409]
        assert len(lost) == 19
        assert {(answer["code"], answer["agent"]) for answer in lost} == {("already_taken", winner)}
        assert (await post(web, officers[winner], f"{case_id}/release")).status_code == 200


async def test_an_idempotency_key_sends_once(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)
    visitor, case_id = await waiting_case(web)
    await post(web, agent, f"{case_id}/accept")
    key = {"Idempotency-Key": "k1"}
    answers = [await post(web, agent, f"{case_id}/messages", {"text": "ตอบค่ะ"}, **key) for _ in range(3)]
    other = await post(web, agent, f"{case_id}/messages", {"text": "อย่างอื่น"}, **key)
    body = await web.messages(visitor, at_least=5)

    assert len({answer.json()["seq"] for answer in answers}) == 1
    assert other.json()["code"] == "idempotency_key_reused"
    assert [m["text"] for m in body["messages"] if m["author"] == "agent"] == ["ตอบค่ะ"]


async def test_a_summary_of_before_a_message_was_taken_back_is_refused(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT, "สมหญิง")
    _, case_id = await waiting_case(web)
    known = (await web.http.get(f"/api/v1/cases/{case_id}", headers=agent)).json()["erased_messages"]
    async with web.desk.uow() as uow:
        conversation, _ = await cases.locked(uow, case_id)
        said = next(m for m in await uow.conversations.messages_of_case(case_id) if m.author is Author.CUSTOMER)
        await erasing.erase(uow, conversation, said)
        await uow.commit()
    given = {"outcome": "answered", "summary": "ขอคุย", "last_seen_seq": 9}
    refused = await post(web, agent, f"{case_id}/resolve", {**given, "erased_messages": known})
    now = (await web.http.get(f"/api/v1/cases/{case_id}", headers=agent)).json()["erased_messages"]
    resolved = await post(web, agent, f"{case_id}/resolve", {**given, "erased_messages": now})

    assert (refused.status_code, refused.json()["code"]) == (409, "message_erased")
    assert (known, now) == (0, 1)
    assert resolved.status_code == 200, resolved.text


async def test_newer_messages_refuse_a_reply(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)
    visitor, case_id = await waiting_case(web)
    await post(web, agent, f"{case_id}/accept")
    await write(web, visitor, "เดี๋ยวก่อน")
    await web.messages(visitor, at_least=5)
    refused = await post(web, agent, f"{case_id}/messages", {"text": "ตอบ", "last_seen_seq": 4})

    assert (refused.status_code, refused.json()["code"]) == (409, "newer_messages")


async def test_accepting_while_rasa_is_held_keeps_its_late_answer_away(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)
    visitor, case_id = await waiting_case(web)
    await write(web, visitor, "ถามบอทระหว่างรอ")
    payload = next(
        button["payload"]
        for message in (await web.messages(visitor, at_least=4))["messages"]
        for button in message["buttons"]
        if button["title"] == "ถามบอทระหว่างรอ"
    )
    await web.http.post("/webchat/messages", json={"client_id": "tap", "payload": payload}, headers=visitor)
    await web.messages(visitor, at_least=6)
    web.rasa.answer = lambda _: [
        {"custom": {"proposal": "answer", "article_id": "form-d", "version": 1, "score": 0.9, "alternatives": []}}
    ]
    web.rasa.held.clear()
    asked = len(web.rasa.asked)
    await write(web, visitor, "ขอ Form D ที่ไหน")
    async with asyncio.timeout(30):
        while len(web.rasa.asked) == asked:
            await asyncio.sleep(0.01)
    assert (await post(web, agent, f"{case_id}/accept")).status_code == 200
    web.rasa.held.set()
    async with asyncio.timeout(30):
        while True:
            events = (await web.http.get(f"/api/v1/cases/{case_id}/events", headers=agent)).json()["items"]
            if "bot_suppressed" in [event["kind"] for event in events]:
                break
            await asyncio.sleep(0.02)
    body = await web.messages(visitor, at_least=1)

    assert all(message["article"] is None for message in body["messages"])


async def test_the_profile_is_checked_and_kept_with_consent(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)
    _, case_id = await waiting_case(web)
    path = f"/api/v1/cases/{case_id}/profile"
    kept = await web.http.put(path, json={"name": "สมชาย", "phone": "081 234 5678"}, headers=agent)
    wrong = await web.http.put(path, json={"email": "not an address"}, headers=agent)

    assert kept.json()["phone"] == "+66812345678"
    assert kept.json()["consents"][0]["text_version"] == "consent_profile:1"
    assert wrong.status_code == 400


async def test_contact_details_in_the_chat_are_kept_only_after_consent(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)
    visitor = await web.visitor()
    await write(web, visitor, "อีเมล somchai@durian.co.th ค่ะ")
    body = await web.messages(visitor, at_least=3)
    async with web.desk.uow() as uow:
        case_id = (await uow.cases.list(state=None, marked=None, assignee_id=None, before=None, limit=1))[0].id
    before = await web.http.put(f"/api/v1/cases/{case_id}/profile", json={}, headers=agent)
    await write(web, visitor, "1")
    await web.messages(visitor, at_least=5)
    after = await web.http.put(f"/api/v1/cases/{case_id}/profile", json={}, headers=agent)

    assert body["messages"][-1]["buttons"][0]["title"] == "ยินยอม"
    assert before.json()["email"] is None
    assert after.json()["email"] == "somchai@durian.co.th"
    assert after.json()["consents"][0]["recorded_by"] == "customer"
    assert web.rasa.asked == []


async def test_the_report_opens_down_to_its_cases(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)
    visitor, case_id = await waiting_case(web)
    await post(web, agent, f"{case_id}/accept")
    await post(web, agent, f"{case_id}/messages", {"text": "สวัสดีค่ะ"})
    await web.messages(visitor, at_least=5)
    await post(web, agent, f"{case_id}/resolve", {"outcome": "answered"})
    await web.messages(visitor, at_least=6)
    await write(web, visitor, "3")
    await web.messages(visitor, at_least=8)
    period = {"from": "2026-11-01", "to": "2026-11-30"}
    report = (await web.http.get("/api/v1/reports/kpi", params=period, headers=agent)).json()
    empty = (
        await web.http.get("/api/v1/reports/kpi", params={"from": "2025-01-01", "to": "2025-01-31"}, headers=agent)
    ).json()
    figures = {figure["key"]: figure for figure in report["figures"]}

    assert (figures["satisfied"]["numerator"], figures["satisfied"]["n"], figures["satisfied"]["met"]) == (0, 1, False)
    assert figures["rated_3"]["counted_case_ids"] == [case_id]
    assert figures["first_reply"]["percent"] == 100.0
    assert (figures["human_window"]["numerator"], figures["human_window"]["case_ids"]) == (1, [case_id])
    assert all(figure["percent"] is None for figure in empty["figures"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("messages", {"text": ""}), ("messages", {}), ("resolve", {"outcome": "bored"}),
        ("discard", {"reason": "mood"}), ("transfer", {}), ("notes", {"text": ""}),
    ],
)  # fmt: skip
async def test_requests_that_make_no_sense(web: Web, path: str, body: dict[str, Any]) -> None:
    agent = await web.sign_in(Role.AGENT)
    _, case_id = await waiting_case(web)

    assert (await post(web, agent, f"{case_id}/{path}", body)).status_code == 400
