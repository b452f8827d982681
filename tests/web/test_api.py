"""The JSON API: signing in, roles, cases, articles, calendar, and the errors' one shape."""

import asyncio
import re
from typing import Any

import pytest

from bot.domain.agent import Role
from bot.services import receive
from connectors.contract import EventKind, InboundEvent
from tests.conftest import NOON
from tests.web.conftest import PASSWORD, Web

ARTICLE = {
    "title": "ใบรับรองทดสอบ",
    "body": "ขอได้ที่กรมค่ะ",
    "question": "ขอใบรับรองทดสอบที่ไหน",
    "variants": ["ใบทดสอบขอที่ไหนคะ"],
    "topic": "documents",
    "source": "คู่มือทดสอบ",
}


async def test_a_wrong_password_is_refused_and_too_many_tries_wait(web: Web) -> None:
    await web.sign_in(Role.AGENT)
    async with web.desk.uow() as uow:
        email = (await uow.agents.list(after=0, limit=1))[0].email
    wrong = [
        (await web.http.post("/api/v1/login", json={"email": email, "password": "wrong"})).status_code for _ in range(6)
    ]
    right = await web.http.post("/api/v1/login", json={"email": email, "password": PASSWORD})

    assert wrong == [401] * 5 + [429]
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0


async def test_an_unknown_email_answers_like_a_wrong_password(web: Web) -> None:
    response = await web.http.post("/api/v1/login", json={"email": "nobody@example.com", "password": "x"})

    assert response.status_code == 401
    assert response.json()["code"] == "login_refused"


async def test_only_an_admin_manages_agents(web: Web) -> None:
    admin, agent = await web.sign_in(Role.ADMIN), await web.sign_in(Role.AGENT)
    new = {"email": "New@Example.com", "name": "สมชาย", "role": "verifier", "password": "a long password"}

    assert (await web.http.post("/api/v1/agents", json=new, headers=agent)).status_code == 403
    created = await web.http.post("/api/v1/agents", json=new, headers=admin)
    again = await web.http.post("/api/v1/agents", json=new, headers=admin)
    listed = await web.http.get("/api/v1/agents", headers=admin)

    assert created.status_code == 201
    assert created.json()["email"] == "new@example.com"
    assert "password" not in created.text
    assert again.status_code == 409
    assert len(listed.json()["items"]) == 3


@pytest.mark.parametrize(
    "change", [{"password": "short"}, {"email": "no-address"}, {"role": "boss"}, {"name": " "}, {"extra": 1}]
)
async def test_an_agent_that_makes_no_sense_is_400(web: Web, change: dict[str, Any]) -> None:
    admin = await web.sign_in(Role.ADMIN)
    new = {"email": "a@example.com", "name": "ก", "role": "agent", "password": "a long password"}
    response = await web.http.post("/api/v1/agents", json=new | change, headers=admin)

    assert response.status_code == 400


async def test_a_case_is_listed_and_shown_whole(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)
    visitor = await web.visitor()
    web.rasa.answer = lambda _: [
        {"custom": {"proposal": "readiness", "answers": {"registered": "no"}, "method": "text", "finished": True}},
        {"custom": {"proposal": "answer", "article_id": "form-d", "version": 1, "score": 0.9, "alternatives": []}},
    ]
    await web.http.post("/webchat/messages", json={"client_id": "a", "text": "ขอ Form D ที่ไหน"}, headers=visitor)
    shown = await web.messages(visitor, at_least=3)
    listed = (await web.http.get("/api/v1/cases", params={"state": "bot"}, headers=agent)).json()["items"]
    case = (await web.http.get(f"/api/v1/cases/{listed[0]['id']}", headers=agent)).json()
    events = (await web.http.get(f"/api/v1/cases/{case['id']}/events", headers=agent)).json()["items"]

    answer = shown["messages"][-1]
    assert answer["article"]["id"] == "form-d"
    assert "ที่มา: " in answer["text"]
    assert " · ทบทวนล่าสุด 22 พ.ย. 2569" in answer["text"]
    assert case["number"].startswith("LC-2569-")
    assert case["readiness"]["level"] == "not_yet_business"
    assert case["readiness"]["answers"] == {"registered": "no"}
    assert case["answers"] == [{"article_id": "form-d", "version": 1}]
    assert [m["author"] for m in case["messages"]] == ["bot", "customer", "bot"]
    assert [event["kind"] for event in events] == ["opened", "greeted", "customer_wrote", "readiness", "answered"]
    contract = {"clocks", "steps", "basket", "rating", "summary", "handoff_reason", "assignee", "topic", "closed_at"}
    assert contract <= case.keys()


async def test_a_case_has_the_customers_names(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)
    event = InboundEvent(
        channel="line", event_id="e1", external_id="U1", kind=EventKind.TEXT, text="ขอ Form D", occurred_at=NOON
    )
    async with web.desk.uow() as uow:
        await receive.accept(uow, [event])
        await uow.commit()
    async with asyncio.timeout(30):
        while not (items := (await web.http.get("/api/v1/cases", headers=agent)).json()["items"]):
            await asyncio.sleep(0.02)
    assert (items[0]["contact_name"], items[0]["display_name"]) == (None, None)

    async with web.desk.uow() as uow:
        await uow.errands.name("line", "U1", "สมชาย 🐘", uow.now)
        found = await uow.cases.get(items[0]["id"])
        assert found is not None
        contact = await uow.conversations.contact(found.contact_id)
        assert contact is not None
        contact.name = "สมชาย ส่งออก"
        await uow.commit()
    [listed] = (await web.http.get("/api/v1/cases", headers=agent)).json()["items"]
    case = (await web.http.get(f"/api/v1/cases/{listed['id']}", headers=agent)).json()

    for shown in (listed, case):
        assert (shown["contact_name"], shown["display_name"]) == ("สมชาย ส่งออก", "สมชาย 🐘")


async def test_cases_need_a_signed_in_agent(web: Web) -> None:
    assert (await web.http.get("/api/v1/cases")).status_code == 401
    assert (await web.http.get("/api/v1/cases/1", headers={"Authorization": "Bearer x"})).status_code == 401


async def test_an_unknown_case_or_route_is_404_in_the_one_shape(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)
    for path in ("/api/v1/cases/999", "/api/v1/cases/999/events", "/api/v1/articles/none", "/api/v1/nothing"):
        response = await web.http.get(path, headers=agent)
        assert response.status_code == 404
        assert response.json()["code"] == "not_found"


async def test_an_article_serves_after_a_second_person_verified_it(web: Web) -> None:
    author, verifier = await web.sign_in(Role.VERIFIER, "ผู้เขียน"), await web.sign_in(Role.VERIFIER, "ผู้ตรวจ")
    created = (await web.http.post("/api/v1/articles", json=ARTICLE, headers=author)).json()
    path = f"/api/v1/articles/{created['id']}"
    before = await _search(web, author, "ขอใบรับรองทดสอบที่ไหน")
    own = await web.http.post(f"{path}/verify", headers=author)
    other = await web.http.post(f"{path}/verify", headers=verifier)
    after = await _search(web, author, "ขอใบรับรองทดสอบที่ไหน")

    assert created["state"] == "draft"
    assert created["id"] not in before
    assert own.status_code == 403
    assert other.json()["state"] == "verified"
    assert other.json()["verified_by"] == "ผู้ตรวจ"
    assert after[0] == created["id"]


async def test_a_change_is_a_draft_beside_the_text_in_service(web: Web) -> None:
    author, verifier = await web.sign_in(Role.AGENT), await web.sign_in(Role.VERIFIER)
    created = (await web.http.post("/api/v1/articles", json=ARTICLE, headers=author)).json()
    path = f"/api/v1/articles/{created['id']}"
    await web.http.post(f"{path}/verify", headers=verifier)
    changed = await web.http.put(path, json=ARTICLE | {"body": "ขอออนไลน์ได้ค่ะ"}, headers=author)
    serving = (await web.http.get("/api/v1/articles", params={"state": "verified"}, headers=author)).json()["items"]
    await web.http.post(f"{path}/verify", headers=verifier)
    expired = await web.http.post(f"{path}/expire", headers=verifier)

    assert (changed.json()["version"], changed.json()["state"]) == (2, "draft")
    assert next(a for a in serving if a["id"] == created["id"])["version"] == 1
    assert (expired.json()["version"], expired.json()["state"]) == (2, "expired")
    assert created["id"] not in await _search(web, author, ARTICLE["question"])


async def test_starter_articles_show_who_stands_for_them(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)
    items: list[dict[str, Any]] = []
    after = ""
    while True:
        page = (await web.http.get("/api/v1/articles", params={"after": after, "limit": 30}, headers=agent)).json()
        items += page["items"]
        if page["next"] is None:
            break
        after = page["next"]

    assert len(items) == len({item["id"] for item in items}) > 60
    assert {item["verified_by"] for item in items if item["state"] == "verified"} == {"starter set"}
    assert all(item["confidence"] != "low" for item in items if item["state"] == "verified")


async def test_the_calendar_is_checked_and_versioned(web: Web) -> None:
    supervisor, agent = await web.sign_in(Role.SUPERVISOR), await web.sign_in(Role.AGENT)
    now = (await web.http.get("/api/v1/calendar", headers=agent)).json()
    body = {"periods": {"mon": [["08:30", "12:00"], ["13:00", "16:30"]]}, "holidays": []}
    refused = await web.http.put("/api/v1/calendar", json=body, headers=agent)
    changed = await web.http.put("/api/v1/calendar", json=body, headers=supervisor)
    overlap = {"periods": {"mon": [["08:30", "12:00"], ["11:00", "16:30"]]}}
    wrong = await web.http.put("/api/v1/calendar", json=overlap, headers=supervisor)

    assert now["periods"]["mon"] == [["08:30", "16:30"]]
    assert refused.status_code == 403
    assert changed.status_code == 200
    assert (await web.http.get("/api/v1/calendar", headers=agent)).json()["periods"]["mon"][1] == ["13:00", "16:30"]
    assert wrong.status_code == 400


async def test_openapi_describes_every_json_route(web: Web) -> None:
    document = (await web.http.get("/api/v1/openapi.json")).json()

    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    served = {
        (method, re.sub(r"<(\w+)(?::\w+)?>", r"{\1}", f"/{route.path}").rstrip("/"))
        for route in web.app.router.routes
        for method in route.methods
        if route.path.startswith(("api/v1/", "webchat/", "webhooks/", "test/")) and route.path != "api/v1/openapi.json"
    }
    assert document["openapi"].startswith("3.1")
    assert described == served


async def test_health_readiness_and_metrics(web: Web) -> None:
    health, ready = await web.http.get("/healthz"), await web.http.get("/readyz")
    metrics = await web.http.get("/metrics")

    assert health.json()["status"] == "ok"
    assert ready.json() == {"status": "ok", "parts": {"database": True, "worker": True, "rasa": True}}
    assert "desk_inbound_events_waiting 0" in metrics.text
    assert "desk_http_requests_total" in metrics.text


async def test_the_test_clock_is_off_unless_set(web: Web) -> None:
    response = await web.http.put("/test/clock", json={"now": "2026-11-23T09:00:00+07:00"})

    assert response.status_code == 404


async def test_pages_carry_a_strict_policy(web: Web) -> None:
    page = await web.http.get("/chat")

    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"


async def _search(web: Web, headers: dict[str, str], query: str) -> list[str]:
    async with asyncio.timeout(30):
        response = await web.http.get("/api/v1/articles/search", params={"q": query}, headers=headers)
    assert response.status_code == 200, response.text
    return [item["article"]["id"] for item in response.json()["items"]]
