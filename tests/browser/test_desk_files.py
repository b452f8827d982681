"""Files at the desk in Chromium: a customer's picture is seen, a document is attached and leaves with the reply."""

import base64
import uuid

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk import OfficerAtDesk, violations
from tests.fakes.media import PDF
from tests.served import Web
from tests.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mOQcW3AihiGlgQA4gM4QVkl1voAAAAASUVORK5CYII="
)


async def test_a_picture_is_seen_and_a_document_leaves_with_the_reply(web: Web, browser: Browser) -> None:
    visitor, case_id = await Visitor.waits(web)
    officer = await OfficerAtDesk.arrives(browser, web, "สมศรี ใจดี")
    page = officer.page
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    await officer.opens(case_id)
    await officer.accept.click()
    query = {"client_id": uuid.uuid4().hex, "name": "ป้ายสินค้า.png"}
    sent = await web.http.post("/webchat/attachments", params=query, content=PICTURE, headers=visitor.headers)
    assert sent.status_code == 202
    picture = officer.thread.get_by_role("img", name="รูปภาพจากลูกค้า")
    await expect(picture).to_be_visible()
    await page.wait_for_function("document.querySelector('.file img')?.naturalWidth === 8")
    name = await officer.thread.get_by_text("ป้ายสินค้า.png", exact=True).bounding_box()
    size = await officer.thread.locator(".file .size").bounding_box()
    assert name
    assert size
    assert abs(size["y"] - name["y"]) < 4
    assert 0 <= size["x"] - name["x"] - name["width"] < 12
    async with page.expect_download() as downloading:
        await officer.thread.get_by_role("link", name="ป้ายสินค้า.png").click()
    download = await downloading.value
    await page.get_by_label("แนบไฟล์").set_input_files(
        {"name": "แบบฟอร์ม.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    await officer.has_read()
    await officer.reply.fill("แบบฟอร์มค่ะ")
    await expect(page.get_by_role("button", name="เอาไฟล์ออก")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(officer.thread.get_by_role("link", name="แบบฟอร์ม.pdf")).to_be_visible()

    await page.get_by_label("แนบไฟล์").set_input_files({"name": "คู่มือ.pdf", "mimeType": "application/pdf", "buffer": PDF})
    await officer.send.click()
    await expect(officer.thread.get_by_role("link", name="คู่มือ.pdf")).to_be_visible()
    assert await officer.thread.get_by_text("คู่มือ.pdf").count() == 1, "a name is said once"

    assert download.suggested_filename == "ป้ายสินค้า.png"
    await expect(officer.reply).to_have_value("")
    await expect(page.get_by_role("button", name="เอาไฟล์ออก")).to_be_hidden()
    assert await page.locator("#file").evaluate("chooser => chooser.files.length") == 0
    messages = (await web.http.get("/webchat/messages", headers=visitor.headers)).json()["messages"]
    [document] = messages[-2]["attachments"]
    assert (await web.http.get(document["url"])).content == PDF
    assert await violations(page) == []
    assert faults == []
    await officer.context.close()


async def test_a_file_that_is_refused_stays_chosen_and_the_text_stays_written(web: Web, browser: Browser) -> None:
    _visitor, case_id = await Visitor.waits(web)
    officer = await OfficerAtDesk.arrives(browser, web, "มานะ ขยัน")
    await officer.opens(case_id)
    await officer.accept.click()
    await expect(officer.send).to_be_enabled()
    await officer.has_read()
    await officer.page.get_by_label("แนบไฟล์").set_input_files(
        {"name": "a.docx", "mimeType": "application/msword", "buffer": b"PK\x03\x04 broken"}
    )
    await officer.reply.fill("ดูไฟล์นะคะ")
    await officer.send.click()

    await expect(officer.notice).to_contain_text("แนบไฟล์ชนิดนี้ไม่ได้")
    await expect(officer.reply).to_have_value("ดูไฟล์นะคะ")
    await officer.page.get_by_role("button", name="เอาไฟล์ออก").click()
    await officer.send.click()
    await expect(officer.thread).to_contain_text("ดูไฟล์นะคะ")
    await officer.context.close()
