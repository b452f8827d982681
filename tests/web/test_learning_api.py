"""Officers judge over the API what the assistant may learn from, and take it out as training data."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import cli
from bot.domain.agent import Role
from bot.domain.masking import NUMBER
from tests.visitor import Visitor
from tests.web.conftest import Web

PATH = "/api/v1/learning"


async def verifier(web: Web, name: str = "วารี") -> dict[str, str]:
    return await web.sign_in(Role.VERIFIER, name)


async def new(web: Web, who: dict[str, str], **params: str | int) -> list[dict[str, Any]]:
    response = await web.http.get(PATH, params=params, headers=who)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def test_only_verifiers_and_above_see_it(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)

    assert (await web.http.get(PATH, headers=agent)).status_code == 403
    assert (await web.http.get(f"{PATH}/export", headers=agent)).status_code == 403
    assert (await web.http.get(f"{PATH}/export")).status_code == 401
    assert await new(web, await web.sign_in(Role.SUPERVISOR)) == []


async def test_listed_masked_labelled_and_exported(web: Web) -> None:
    await Visitor.opens(web, "หัวดะไปดูไบ เลขบัตร 1-2345-67890-12-3", "ขอคุยกับเจ้าหน้าที่")
    who = await verifier(web)
    [not_found] = await new(web, who)  # a wish for a person in plain words is nothing to learn from
    path = f"{PATH}/{not_found['id']}"
    wrong = await web.http.post(f"{path}/label", json={"intent": "no_such"}, headers=who)
    words = "ส่งลูกหัวดะ [x](y)\nไปดูไบ โทร 0812345678"
    done = await web.http.post(f"{path}/label", json={"intent": "ask_knowledge", "text": words}, headers=who)
    again = await web.http.post(f"{path}/dismiss", headers=who)
    exported = await web.http.get(f"{PATH}/export", headers=who)

    assert (not_found["text"], not_found["why"], not_found["state"]) == (
        f"หัวดะไปดูไบ เลขบัตร {NUMBER}",
        "not_found",
        "new",
    )
    assert [item["id"] for item in await new(web, who, why="not_found", state="labelled")] == [not_found["id"]]
    assert [item["id"] for item in await new(web, who, before=not_found["id"])] == []
    assert wrong.status_code == 400
    assert (done.json()["label"], done.json()["reviewed_by"]) == ("ask_knowledge", "วารี")
    assert (again.status_code, again.json()["code"]) == (409, "already_judged")
    assert "0812345678" not in exported.text
    data = yaml.safe_load(exported.text)
    assert data == {
        "version": "3.1",
        "nlu": [{"intent": "ask_knowledge", "examples": "- ส่งลูกหัวดะ (x)(y) ไปดูไบ โทร 080 000 0000\n"}],
    }


async def test_a_judgement_is_taken_back_and_made_anew(web: Web) -> None:
    await Visitor.opens(web, "หัวดะไปดูไบ")
    who = await verifier(web)
    [found] = await new(web, who)
    path = f"{PATH}/{found['id']}"

    assert (await web.http.post(f"{path}/reopen", headers=who)).status_code == 409
    assert (await web.http.post(f"{path}/dismiss", headers=who)).json()["state"] == "dismissed"
    reopened = (await web.http.post(f"{path}/reopen", headers=who)).json()
    assert (reopened["state"], reopened["reviewed_by"]) == ("new", None)
    assert (await web.http.post(f"{path}/label", json={"intent": "abuse"}, headers=who)).status_code == 200
    assert (await web.http.post(f"{PATH}/999999/dismiss", headers=who)).status_code == 404


async def test_of_two_officers_at_once_one_judges(web: Web) -> None:
    await Visitor.opens(web, "หัวดะไปดูไบ")
    first, second = await verifier(web), await verifier(web, "มานี")
    [found] = await new(web, first)
    answers = await asyncio.gather(
        *(
            web.http.post(f"{PATH}/{found['id']}/label", json={"intent": "abuse"}, headers=who)
            for who in (first, second)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_question_is_added_as_a_draft_that_another_person_verifies(web: Web) -> None:
    await Visitor.opens(web, "หัวดะไปดูไบ เลขบัตร 1-2345-67890-12-3")
    who = await verifier(web)
    [found] = await new(web, who)
    path = f"{PATH}/{found['id']}/variant"
    before = (await web.http.get("/api/v1/articles/form-d", headers=who)).json()
    long = await web.http.post(path, json={"article_id": "form-d", "text": "ก" * 301}, headers=who)
    gone = await web.http.post(path, json={"article_id": "nowhere"}, headers=who)
    known = await web.http.post(path, json={"article_id": "form-d", "text": before["question"]}, headers=who)
    added = await web.http.post(path, json={"article_id": "form-d"}, headers=who)
    own = await web.http.post("/api/v1/articles/form-d/verify", headers=who)
    other = await web.http.post("/api/v1/articles/form-d/verify", headers=await verifier(web, "มานี"))

    assert [long.status_code, gone.status_code, known.status_code] == [400, 404, 409]
    draft = added.json()
    assert (draft["state"], draft["version"]) == ("draft", before["version"] + 1)
    assert draft["variants"] == [*before["variants"], "หัวดะไปดูไบ เลขบัตร"]
    same = ("title", "body", "body_en", "levels", "source", "topic", "question", "for_people_only", "owner")
    assert [draft[name] for name in same] == [before[name] for name in same]
    assert own.status_code == 403
    assert other.json()["state"] == "verified"
    [judged] = await new(web, who, state="added")
    assert judged["article_id"] == "form-d"
    found_by_it = await web.http.get("/api/v1/articles/search", params={"q": "หัวดะไปดูไบ เลขบัตร"}, headers=who)
    assert found_by_it.json()["items"][0]["article"]["id"] == "form-d"


async def test_the_command_line_writes_the_file(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await Visitor.opens(web, "หัวดะไปดูไบ")
    who = await verifier(web)
    [found] = await new(web, who)
    await web.http.post(f"{PATH}/{found['id']}/label", json={"intent": "ask_knowledge"}, headers=who)
    monkeypatch.setenv("DESK_DATABASE_URL", str(web.desk.settings.database_url))
    target = tmp_path / "learned.yml"

    assert await asyncio.to_thread(cli.main, ["learning", "export", str(target)]) == 0
    assert capsys.readouterr().out.endswith(f"Sentences in {target}: 1; make train uses them.\n")
    assert yaml.safe_load(target.read_text(encoding="utf-8"))["nlu"][0]["examples"] == "- หัวดะไปดูไบ\n"
    assert await asyncio.to_thread(cli.main, ["learning", "export", str(tmp_path / "no" / "x.yml")]) == 1
