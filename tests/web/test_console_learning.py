"""The page for verifiers without its script: what is listed, judged, refused, and taken out as a file."""

import pytest

from bot.domain.agent import Role
from bot.domain.candidate import Judgement
from bot.domain.masking import NUMBER
from tests.visitor import Visitor
from tests.web.conftest import Web
from tests.web.officer import Officer

WORDS = "หัวดะไปดูไบ <b>1-2345-67890-12-3</b>"


async def newest(web: Web, state: Judgement = Judgement.NEW) -> int:
    async with web.desk.uow() as uow:
        return (await uow.candidates.page(state=state, limit=1))[0].id


async def test_only_verifiers_and_above_see_it(web: Web) -> None:
    agent = await Officer.at(web)
    await Visitor.opens(web, WORDS)
    one = f"/desk/learning/{await newest(web)}"

    assert "สอนบอท" not in await agent.page("/desk")
    for path in ("/desk/learning", one, "/desk/learning/learned.yml"):
        refused = await agent.http.get(path)
        assert (refused.status_code, "หน้านี้สำหรับผู้ตรวจข้อมูล" in refused.text) == (403, True)
    assert (await agent.post(f"{one}/dismiss")).status_code == 403
    assert (await web.http.get("/desk/learning")).status_code == 302


async def test_labelled_one_after_the_other_and_downloaded(web: Web) -> None:
    officer = await Officer.at(web, "วารี", Role.VERIFIER)
    await Visitor.opens(web, WORDS, "ขนมเปี๊ยะไปลาว", "ขอคุยกับเจ้าหน้าที่")
    await officer.page("/desk/learning")
    listed = await officer.page("/desk/learning?state=new&why=not_found")
    second = await newest(web)
    shown = await officer.page(f"/desk/learning/{second}?state=new&why=not_found")
    labelled = await officer.post(
        f"/desk/learning/{second}/label", state="new", why="not_found", intent="ask_knowledge", text="ขนมเปี๊ยะไปลาว"
    )
    way = labelled.headers["location"]
    then = await officer.page(way)
    dismissed = await officer.post(way.partition("?")[0] + "/dismiss", state="new", why="not_found")
    file = await officer.http.get("/desk/learning/learned.yml")

    assert "สอนบอท" in await officer.page("/desk")
    assert "ขอคุยกับเจ้าหน้าที่</span>" not in listed
    assert f"หัวดะไปดูไบ &lt;b&gt;{NUMBER}&lt;/b&gt;" in listed
    assert "ถามความรู้เรื่องการส่งออก" in shown
    assert "ระบุความหมายแล้ว" in then
    assert "หัวดะไปดูไบ" in then
    assert dismissed.headers["location"].startswith("/desk/learning?state=new&why=not_found")
    assert file.headers["content-type"].startswith("application/yaml")
    assert "- ขนมเปี๊ยะไปลาว\n" in file.text
    assert "ระบุความหมายแล้ว (1)" in await officer.page("/desk/learning?state=labelled")


async def test_what_is_missing_is_told_and_what_was_typed_stays(web: Web) -> None:
    officer = await Officer.at(web, "วารี", Role.VERIFIER)
    await Visitor.opens(web, WORDS)
    one = f"/desk/learning/{await newest(web)}"
    no_label = await officer.post(f"{one}/label", intent="", text="คำที่แก้แล้ว")
    no_article = await officer.post(f"{one}/variant", text="คำที่แก้แล้ว")
    too_long = await officer.post(f"{one}/variant", article="form-d", text="ก" * 301)
    from_elsewhere = await officer.http.post(f"{one}/dismiss", data={"form_token": "x"})

    assert [r.status_code for r in (no_label, no_article, too_long, from_elsewhere)] == [400, 400, 400, 403]
    assert "โปรดเลือกความหมายของข้อความ" in no_label.text
    assert "คำที่แก้แล้ว" in no_label.text
    assert "โปรดเลือกบทความก่อน" in no_article.text
    assert "ข้อความยาวเกิน 300 ตัวอักษร" in too_long.text


async def test_an_article_is_searched_and_gets_the_question_and_a_colleague_comes_too_late(web: Web) -> None:
    officer, slow = await Officer.at(web, "วารี", Role.VERIFIER), await Officer.at(web, "มานี", Role.VERIFIER)
    await Visitor.opens(web, WORDS)
    one = f"/desk/learning/{await newest(web)}"
    found = await officer.page(f"{one}?q=ขอ Form D ที่ไหน")
    added = await officer.post(f"{one}/variant", article="form-d", text="หัวดะไปดูไบใช้ฟอร์มอะไร")
    late = await slow.post(f"{one}/dismiss")
    shown = await officer.page(f"{one}?state=added")

    assert 'value="form-d"' in found
    assert "รอผู้อื่นตรวจ" in await officer.page(added.headers["location"])
    assert (late.status_code, "มีผู้ตรวจข้อความนี้ไปแล้ว" in late.text) == (409, True)
    assert "เพิ่มในบทความแล้ว" in shown
    assert "โดย วารี" in shown
    assert "นำกลับมาตรวจใหม่" not in shown


async def test_a_judgement_is_taken_back(web: Web) -> None:
    officer = await Officer.at(web, "วารี", Role.VERIFIER)
    await Visitor.opens(web, WORDS)
    one = f"/desk/learning/{await newest(web)}"
    await officer.post(f"{one}/dismiss")
    assert "นำกลับมาตรวจใหม่" in await officer.page(f"{one}?state=dismissed")
    await officer.post(f"{one}/reopen", state="dismissed")

    assert "บันทึกความหมาย" in await officer.page(one)


@pytest.mark.parametrize("path", ["999999999", "99999999999999999999", "1?state=x", "?why=x"])
async def test_what_is_not_there_is_told(web: Web, path: str) -> None:
    officer = await Officer.at(web, "วารี", Role.VERIFIER)

    assert (await officer.http.get(f"/desk/learning/{path}")).status_code == 404
