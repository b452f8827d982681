"""The console in Chromium with real officers and customers: races, live updates, refusals, and how a case ends.

The web app and the worker are the real ones, in this process; only Rasa is scripted.
"""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, expect
from sqlalchemy import update

from bot.domain.agent import Role
from bot.domain.case import State
from bot.domain.conversation import Author, Delivery, Message
from bot.services import cases, erasing, troubles
from tests.browser.desk import OfficerAtDesk, new_context, violations
from tests.served import Web
from tests.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(name="somsri", loop_scope="session")
async def _somsri(browser: Browser, web: Web) -> AsyncIterator[OfficerAtDesk]:
    officer = await OfficerAtDesk.arrives(browser, web, "สมศรี ใจดี")
    faults = watch(officer.page)
    yield officer
    await officer.context.close()
    assert faults == []


@pytest_asyncio.fixture(name="mana", loop_scope="session")
async def _mana(browser: Browser, web: Web) -> AsyncIterator[OfficerAtDesk]:
    officer = await OfficerAtDesk.arrives(browser, web, "มานะ ขยัน")
    yield officer
    await officer.context.close()


def watch(page: Page) -> list[str]:
    """Collect the errors of the page's own code, and the browser's complaints about the policy."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    return faults


async def test_both_accept_at_once_one_has_it_and_the_other_sees_who(
    web: Web, somsri: OfficerAtDesk, mana: OfficerAtDesk
) -> None:
    _, case_id = await Visitor.waits(web)
    await asyncio.gather(somsri.opens(case_id), mana.opens(case_id))
    await asyncio.gather(somsri.accept.click(), mana.accept.click())
    await expect(somsri.page.locator("#may-reply")).not_to_contain_text("กด “รับเรื่อง” ก่อน")
    async with web.desk.uow() as uow:
        case = await uow.cases.get(case_id)
    assert case is not None
    winner, loser = (somsri, mana) if case.assignee_id == somsri.agent.id else (mana, somsri)

    await expect(winner.page.locator("#may-reply")).to_have_text(f"ตอบในชื่อ {winner.agent.name}")
    await expect(winner.reply).to_be_focused()
    await expect(loser.notice).to_have_text(f"{winner.agent.name} รับเรื่องนี้ไปแล้ว")
    await expect(loser.page.locator(".head")).to_contain_text(winner.agent.name)
    await expect(loser.send).to_be_disabled()


async def test_the_open_case_is_in_view_among_many(web: Web, somsri: OfficerAtDesk) -> None:
    waiting = [(await Visitor.waits(web))[1] for _ in range(6)]
    await somsri.page.set_viewport_size({"width": 1280, "height": 420})
    await somsri.opens(waiting[-1])

    await expect(somsri.page.locator(f"#row-{waiting[-1]}")).to_be_in_viewport()
    await expect(somsri.page.locator("#head-name")).to_be_in_viewport()


async def test_a_new_case_and_a_new_message_appear_without_reload(web: Web, somsri: OfficerAtDesk) -> None:
    await expect(somsri.page.get_by_text("ไม่มีเรื่องที่รออยู่")).to_be_visible()
    visitor, case_id = await Visitor.waits(web, "สนใจงานแสดงสินค้าค่ะ")
    await expect(somsri.rows).to_have_count(1)
    await expect(somsri.page).to_have_title("(1) โต๊ะเจ้าหน้าที่")
    await expect(somsri.page.locator("#announce")).to_contain_text("มีเรื่องรอใหม่ LC-2569-")

    await somsri.page.get_by_role("button", name="รับเรื่อง").click()
    await expect(somsri.page).to_have_url(re.compile(rf"/desk/cases/{case_id}$"))
    await somsri.reply.fill("กำลังพิมพ์คำตอบยาว ๆ")
    await somsri.reply.evaluate("box => box.setSelectionRange(3, 7)")
    await visitor.says("ลืมบอกว่าเป็นงานที่โตเกียวค่ะ")

    await expect(somsri.thread).to_contain_text("ลืมบอกว่าเป็นงานที่โตเกียวค่ะ")
    await expect(somsri.page.locator(".head")).to_contain_text("เหลือ")
    await expect(somsri.reply).to_have_value("กำลังพิมพ์คำตอบยาว ๆ")
    await expect(somsri.reply).to_be_focused()
    assert await somsri.reply.evaluate("box => [box.selectionStart, box.selectionEnd]") == [3, 7]


async def test_a_note_being_written_survives_live_updates(web: Web, somsri: OfficerAtDesk) -> None:
    visitor, case_id = await Visitor.waits(web)
    await somsri.opens(case_id)
    await somsri.accept.click()
    await expect(somsri.send).to_be_enabled()
    await somsri.page.locator("#resolve-open").click()
    await somsri.page.get_by_label("สรุปการให้บริการ").fill("สรุปที่กำลังเขียน")
    await visitor.says("มีอีกคำถามค่ะ")

    await expect(somsri.thread).to_contain_text("มีอีกคำถามค่ะ")
    await expect(somsri.page.get_by_label("สรุปการให้บริการ")).to_have_value("สรุปที่กำลังเขียน")
    await expect(somsri.page.get_by_label("สรุปการให้บริการ")).to_be_focused()


async def test_a_reply_over_an_unread_message_is_refused_kept_and_sent_after_reading(
    web: Web, somsri: OfficerAtDesk
) -> None:
    visitor, case_id = await Visitor.waits(web)
    await somsri.opens(case_id)
    await somsri.accept.click()
    await expect(somsri.send).to_be_enabled()
    await expect(somsri.thread).to_contain_text("สมศรี ใจดี รับเรื่องของท่านแล้วค่ะ")

    held = asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await somsri.page.route("**/desk/live/cases/**", hold)
    await visitor.says("เดี๋ยวก่อนค่ะ เปลี่ยนเป็นประเทศจีน")
    await somsri.reply.fill("ส่งญี่ปุ่นใช้ JTEPA ค่ะ")
    await somsri.reply.press("Control+Enter")
    await expect(somsri.notice).to_contain_text("ลูกค้าส่งข้อความใหม่เข้ามา")
    held.set()

    new = somsri.thread.get_by_role("listitem").filter(has_text="เปลี่ยนเป็นประเทศจีน")
    await expect(new.get_by_text("ใหม่", exact=True)).to_be_visible()
    await expect(somsri.reply).to_have_value("ส่งญี่ปุ่นใช้ JTEPA ค่ะ")
    seq = await new.get_attribute("data-seq")
    await expect(somsri.page.locator("#compose [name=last_seen_seq]")).to_have_value(seq or "")
    await somsri.reply.fill("ส่งจีนใช้ Form E ค่ะ")
    await somsri.reply.press("Control+Enter")
    await expect(somsri.reply).to_have_value("")
    await expect(somsri.thread).to_contain_text("ส่งจีนใช้ Form E ค่ะ")
    assert "JTEPA" not in str(await visitor.until_said(1))


async def test_a_lost_answer_and_a_double_click_send_one_message(web: Web, somsri: OfficerAtDesk) -> None:
    visitor, case_id = await Visitor.waits(web)
    await somsri.opens(case_id)
    await somsri.accept.click()
    await expect(somsri.send).to_be_enabled()
    lose = True

    async def lost(route: Route) -> None:
        nonlocal lose
        await route.fetch()
        if lose:
            lose = False
            await route.abort()
        else:
            await route.continue_()

    await somsri.page.route("**/reply", lost)
    await somsri.reply.fill("ครั้งเดียวค่ะ")
    await somsri.send.dblclick()
    await expect(somsri.notice).to_contain_text("ขาดการเชื่อมต่อ สิ่งที่พิมพ์ไว้ยังอยู่")
    await expect(somsri.reply).to_have_value("ครั้งเดียวค่ะ")
    await somsri.page.reload()
    await expect(somsri.reply).to_have_value("ครั้งเดียวค่ะ")
    await somsri.send.click()
    await expect(somsri.reply).to_have_value("")

    await expect(somsri.thread.get_by_text("ครั้งเดียวค่ะ")).to_have_count(1)
    assert [m["text"] for m in await visitor.until_said(5)].count("ครั้งเดียวค่ะ") == 1


async def test_the_ending_survey_rating_and_closed_case_are_seen_on_both_sides(
    browser: Browser, web: Web, somsri: OfficerAtDesk
) -> None:
    await Visitor.opens(web)  # gives Rasa its script
    phone = await new_context(browser, web, width=390, height=780)
    chat = await phone.new_page()
    await chat.goto("/chat")
    await chat.get_by_role("button", name="คุยกับเจ้าหน้าที่").click()
    await expect(chat.get_by_role("log")).to_contain_text("เจ้าหน้าที่จะตอบกลับภายใน 3 นาที")
    await somsri.rows.first.click()
    await somsri.accept.click()
    await expect(chat.get_by_role("log")).to_contain_text("สมศรี ใจดี รับเรื่องของท่านแล้วค่ะ")
    await somsri.reply.fill("สวัสดีค่ะ ยินดีช่วยค่ะ")
    await somsri.reply.press("Control+Enter")
    await expect(chat.get_by_role("log")).to_contain_text("สวัสดีค่ะ ยินดีช่วยค่ะ")
    await expect(somsri.thread.locator(".message.agent .delivery")).to_have_text("ส่งแล้ว")

    await somsri.page.locator("#resolve-open").click()
    await somsri.page.get_by_role("button", name="จบเรื่องและขอคะแนน").click()
    await expect(somsri.page.get_by_label("ผลของเรื่อง")).to_be_focused()  # nothing is chosen beforehand
    await somsri.page.get_by_label("ผลของเรื่อง").select_option("ตอบครบแล้ว")
    await somsri.page.get_by_role("button", name="จบเรื่องและขอคะแนน").click()
    await expect(somsri.page.locator("#may-reply")).to_contain_text("รอคะแนนจากลูกค้า")
    await chat.get_by_role("button", name="1 ประทับใจ").click()
    await expect(chat.get_by_role("log")).to_contain_text("ขอบคุณสำหรับการประเมินค่ะ")

    await expect(somsri.page.locator(".head")).to_contain_text("ปิดแล้ว")
    await expect(somsri.page.locator(".head")).to_contain_text("1 ประทับใจ")
    await expect(somsri.page.locator("#panel-summary")).to_contain_text("เก็บเข้า CKS เมื่อ 23 พ.ย. 2569")
    await phone.close()


async def test_a_whole_case_by_keyboard_alone(web: Web, somsri: OfficerAtDesk) -> None:
    first, _ = await Visitor.waits(web)
    second, case_id = await Visitor.waits(web)
    page, keys = somsri.page, somsri.page.keyboard
    await expect(somsri.rows).to_have_count(2)
    await keys.press("j")
    await keys.press("j")
    await expect(somsri.rows.nth(1)).to_be_focused()
    await keys.press("k")
    await keys.press("j")
    await keys.press("Enter")
    await expect(page).to_have_url(re.compile(rf"/desk/cases/{case_id}$"))
    await keys.press("Alt+a")
    await expect(somsri.reply).to_be_focused()
    await keys.type("jk สวัสดีค่ะ")  # shortcuts sleep while typing
    await keys.press("Control+Enter")
    await expect(somsri.thread).to_contain_text("jk สวัสดีค่ะ")
    await expect(somsri.reply).to_have_value("")
    await keys.press("Escape")
    await expect(somsri.thread).to_be_focused()
    await keys.press("Alt+n")
    await keys.type("บันทึกไว้ก่อน")
    await keys.press("Control+Enter")
    await expect(somsri.thread).to_contain_text("บันทึกไว้ก่อน")
    await keys.press("Alt+r")
    await expect(somsri.reply).to_be_focused()
    await keys.press("Escape")
    await keys.press("Alt+e")
    await expect(page.get_by_label("ผลของเรื่อง")).to_be_focused()
    await keys.press("ArrowDown")
    await keys.press("Tab")
    await keys.press("Control+End")
    await keys.type("\nตอบเรียบร้อย")
    await keys.press("Control+Enter")

    await expect(page.locator("#may-reply")).to_contain_text("รอคะแนนจากลูกค้า")
    case = await second.case()
    assert case.state is State.SURVEY
    assert case.summary.endswith("ตอบเรียบร้อย")
    assert (await first.case()).state is State.QUEUED


async def test_transfer_and_insert_of_an_article(web: Web, somsri: OfficerAtDesk, mana: OfficerAtDesk) -> None:
    await web.desk.search.refresh()
    _, case_id = await Visitor.waits(web, "ขอ Form D ที่ไหนคะ")
    await somsri.opens(case_id)
    await somsri.accept.click()
    await expect(somsri.send).to_be_enabled()
    await somsri.reply.fill("เรียนท่าน")
    await somsri.page.get_by_role("button", name="ใส่ลงในช่องตอบ").first.click()
    await expect(somsri.reply).to_have_value(re.compile(r"^เรียนท่าน\n[\s\S]+ที่มา: "))

    await somsri.page.locator("#transfer-open").click()
    await somsri.page.get_by_label("ส่งต่อให้").select_option(label=await _option(somsri.page))
    await somsri.page.get_by_role("button", name="ส่งต่อเรื่อง").click()
    await expect(somsri.page.locator(".head")).to_contain_text("ส่งต่อถึง มานะ ขยัน")
    await expect(somsri.reply).to_have_value(re.compile("^เรียนท่าน"))  # nothing typed is ever lost
    await expect(mana.page.get_by_text("ส่งต่อถึงคุณ")).to_be_visible()


async def test_a_failed_message_is_sent_again_by_its_button(web: Web, somsri: OfficerAtDesk) -> None:
    visitor, case_id = await Visitor.waits(web)
    await somsri.opens(case_id)
    await somsri.accept.click()
    await expect(somsri.send).to_be_enabled()
    await somsri.reply.fill("ถึงไหมคะ")
    await somsri.reply.press("Control+Enter")
    await expect(somsri.thread.locator(".message.agent .delivery")).to_have_text("ส่งแล้ว")
    async with web.desk.uow() as uow:
        for message in await uow.conversations.messages_of_case(case_id):
            if message.author is Author.AGENT:
                message.delivery, message.delivery_reason = Delivery.FAILED, "unreachable"
        uow.notify("queue")
        await uow.commit()
    await somsri.page.reload()
    await expect(somsri.thread).to_contain_text("ส่งไม่สำเร็จ: ลูกค้าบล็อกหรือเลิกติดตามแล้ว")
    await somsri.page.get_by_role("button", name="ส่งอีกครั้ง").click()

    await expect(somsri.thread.locator(".message.agent .delivery")).to_have_text("ส่งแล้ว")
    assert len([m for m in await visitor.until_said(5) if m["author"] == "agent"]) == 1


async def test_signing_out_elsewhere_leads_this_page_to_the_door(web: Web, somsri: OfficerAtDesk) -> None:
    _, case_id = await Visitor.waits(web)
    await somsri.opens(case_id)
    other = await somsri.context.new_page()
    await other.goto("/desk")
    await other.get_by_role("button", name="ออกจากระบบ").click()
    await expect(other).to_have_url(re.compile("/desk/sign-in"))
    await Visitor.waits(web)  # wakes the queue

    await expect(somsri.page).to_have_url(re.compile(rf"/desk/sign-in\?next=.*cases.*{case_id}"))


async def quotes(web: Web, officer: OfficerAtDesk, case_id: int, words: str) -> Locator:
    """Take the case and choose to answer the message with these words; gives the button that does so."""
    async with web.desk.uow() as uow:  # as LINE would have given it
        await uow.session.execute(update(Message).where(Message.text == words).values(quote_token="t"))
        await uow.commit()
    await officer.opens(case_id)
    await officer.accept.click()
    await expect(officer.send).to_be_enabled()
    line = officer.thread.locator(".message").filter(has_text=words)
    quote = line.get_by_role("button", name="ตอบข้อความนี้")
    await line.hover()
    await quote.click()
    return quote


async def test_an_officer_answers_one_of_several_messages(web: Web, somsri: OfficerAtDesk) -> None:
    visitor, case_id = await Visitor.waits(web, "ราคาเท่าไรคะ")
    await visitor.says("ส่งเมื่อไรคะ")
    quote = await quotes(web, somsri, case_id, "ราคาเท่าไรคะ")
    await expect(somsri.reply).to_be_focused()
    await expect(somsri.page.locator("#quoting")).to_have_text("ตอบข้อความ: ราคาเท่าไรคะ ไม่อ้างถึง")
    assert await violations(somsri.page) == []
    await somsri.page.get_by_role("button", name="ไม่อ้างถึง").click()
    await expect(somsri.page.locator("#quoting")).to_be_hidden()
    await quote.focus()
    await somsri.page.keyboard.press("Enter")
    await somsri.has_read()
    await somsri.reply.fill("100 บาทค่ะ")
    await somsri.page.keyboard.press("Control+Enter")

    said = somsri.thread.locator(".message.agent").filter(has_text="100 บาทค่ะ")
    await expect(said.get_by_role("link", name="ราคาเท่าไรคะ")).to_be_visible()
    await expect(somsri.page.locator("#quoting")).to_be_hidden()
    await expect(somsri.page.locator("[name=quoted_seq]")).to_have_value("")


async def takes_back(web: Web, case_id: int, words: str) -> None:
    """The customer takes back the message with these words, as a platform would tell."""
    async with web.desk.uow() as uow:
        conversation, case = await cases.locked(uow, case_id)
        [said] = [message for message in await uow.conversations.messages_of_case(case.id) if message.text == words]
        await erasing.erase(uow, conversation, said)
        await uow.commit()


async def test_words_taken_back_leave_the_draft_of_a_form_half_filled(web: Web, somsri: OfficerAtDesk) -> None:
    visitor, case_id = await Visitor.waits(web, "ส่งทุเรียนไปจีนอย่างไรคะ")
    await visitor.says("บัตรของดิฉันเลขลับสุดยอดค่ะ")
    await somsri.opens(case_id)
    await somsri.page.locator("#resolve-open").click()
    await somsri.has_read()
    summary = somsri.page.get_by_label("สรุปการให้บริการ")
    await expect(summary).to_have_value(re.compile("เลขลับสุดยอด"))
    await somsri.page.get_by_label("ผลของเรื่อง").select_option("ตอบครบแล้ว")
    await takes_back(web, case_id, "บัตรของดิฉันเลขลับสุดยอดค่ะ")
    await expect(summary).not_to_have_value(re.compile("เลขลับสุดยอด"))
    await somsri.page.get_by_role("button", name="จบเรื่องและขอคะแนน").click()
    await expect(somsri.page.locator("#may-reply")).to_contain_text("รอคะแนนจากลูกค้า")

    filed = (await visitor.case()).summary
    assert "ส่งทุเรียนไปจีน" in filed
    assert "เลขลับสุดยอด" not in filed


async def test_words_taken_back_leave_a_summary_that_was_written_in(web: Web, somsri: OfficerAtDesk) -> None:
    visitor, case_id = await Visitor.waits(web, "ส่งทุเรียนไปจีนอย่างไรคะ")
    await visitor.says("บัตรของดิฉันเลขลับสุดยอดค่ะ")
    await somsri.opens(case_id)
    await somsri.page.locator("#resolve-open").click()
    await somsri.has_read()
    summary, outcome = somsri.page.get_by_label("สรุปการให้บริการ"), somsri.page.get_by_label("ผลของเรื่อง")
    await outcome.select_option("ตอบครบแล้ว")
    await summary.press("Control+End")
    await summary.press_sequentially("\nโทรกลับพรุ่งนี้")
    await takes_back(web, case_id, "บัตรของดิฉันเลขลับสุดยอดค่ะ")
    await expect(somsri.thread).not_to_contain_text("เลขลับสุดยอด")
    end = somsri.page.get_by_role("button", name="จบเรื่องและขอคะแนน")
    await end.click()
    await expect(somsri.notice).to_have_text("ลูกค้ายกเลิกข้อความแล้ว โปรดตรวจสรุปอีกครั้ง")
    await expect(summary).to_have_value(re.compile("ส่งทุเรียนไปจีน.*\nโทรกลับพรุ่งนี้$", re.DOTALL))
    await expect(summary).not_to_have_value(re.compile("เลขลับสุดยอด"))
    await expect(outcome).to_have_value("answered")
    await end.click()
    await expect(somsri.page.locator("#may-reply")).to_contain_text("รอคะแนนจากลูกค้า")

    filed = (await visitor.case()).summary
    assert filed.endswith("โทรกลับพรุ่งนี้")
    assert "เลขลับสุดยอด" not in filed


async def test_the_line_of_the_quote_follows_what_it_quotes(web: Web, somsri: OfficerAtDesk) -> None:
    _, case_id = await Visitor.waits(web, "ราคาเท่าไรคะ")
    await quotes(web, somsri, case_id, "ราคาเท่าไรคะ")
    quoting = somsri.page.locator("#quoting")
    await expect(quoting).to_contain_text("ราคาเท่าไรคะ")
    async with web.desk.uow() as uow:
        conversation, _ = await cases.locked(uow, case_id)
        changed = update(Message).where(Message.text == "ราคาเท่าไรคะ").values(text="ราคาส่งเท่าไรคะ", edited_at=uow.now)
        await uow.session.execute(changed)
        uow.notify(conversation.lane)
        await uow.commit()
    await expect(quoting).to_contain_text("ราคาส่งเท่าไรคะ")
    await takes_back(web, case_id, "ราคาส่งเท่าไรคะ")

    await expect(quoting).to_be_hidden()
    await expect(somsri.page.locator("#quoted-words")).to_have_text("")
    await expect(somsri.page.locator("[name=quoted_seq]")).to_have_value("")
    await expect(somsri.notice).to_contain_text("อ้างถึงข้อความที่เลือกไว้ไม่ได้แล้ว")


async def test_what_comes_in_while_the_officer_types_is_not_read(web: Web, somsri: OfficerAtDesk) -> None:
    visitor, case_id = await Visitor.waits(web)
    await somsri.opens(case_id)
    await somsri.accept.click()
    await expect(somsri.send).to_be_enabled()
    await somsri.page.clock.install()
    await somsri.reply.press_sequentially("ส่งญี่ปุ่น")
    await visitor.says("เปลี่ยนเป็นประเทศจีนค่ะ")
    new = somsri.thread.get_by_role("listitem").filter(has_text="เปลี่ยนเป็นประเทศจีน")
    await expect(new).to_be_visible()
    for letter in "ใช้ JTEPA":
        await somsri.page.clock.run_for(900)
        await somsri.reply.press_sequentially(letter)
    await somsri.reply.press("Control+Enter")
    await expect(somsri.notice).to_contain_text("ลูกค้าส่งข้อความใหม่เข้ามา")
    await expect(somsri.reply).to_have_value("ส่งญี่ปุ่นใช้ JTEPA")
    await somsri.page.clock.run_for(4_000)  # reads
    await somsri.reply.press("Control+Enter")
    await expect(somsri.reply).to_have_value("")


async def test_on_a_phone_the_thread_is_open_at_its_end_above_the_composer(browser: Browser, web: Web) -> None:
    visitor, case_id = await Visitor.waits(web, "ขอ Form D ที่ไหนคะ")
    await visitor.says("รบกวนด้วยค่ะ")
    officer = await OfficerAtDesk.arrives(browser, web, "สมศรี ใจดี", role=Role.ADMIN, width=390, height=780)
    await officer.opens(case_id)
    await expect(officer.thread.locator(".message").last).to_be_in_viewport(ratio=1)
    await officer.accept.click()
    await expect(officer.send).to_be_enabled()

    thread, compose = await officer.thread.bounding_box(), await officer.page.locator("#compose").bounding_box()
    assert thread
    assert compose
    assert thread["height"] >= 390
    assert compose["y"] + compose["height"] <= 780
    await expect(officer.thread.locator(".message").last).to_be_in_viewport(ratio=1)
    await officer.page.set_viewport_size({"width": 390, "height": 640})  # the phone's keyboard comes up
    await expect(officer.thread.locator(".message").last).to_be_in_viewport(ratio=1)
    async with web.desk.uow() as uow:
        await troubles.begin(uow, "webchat", "suspended")
        await uow.commit()
    await expect(officer.page.locator("#channel-trouble")).to_contain_text("ระงับ")
    await expect(officer.thread.locator(".message").last).to_be_in_viewport(ratio=1)
    await officer.page.set_viewport_size({"width": 390, "height": 780})
    await officer.page.locator("#resolve-open").click()
    await expect(officer.page.get_by_role("button", name="จบเรื่องและขอคะแนน")).to_be_in_viewport(ratio=1)
    await officer.context.close()


@pytest.mark.parametrize("width", [1280, 1024, 390])
async def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(browser: Browser, web: Web, width: int) -> None:
    await web.desk.search.refresh()
    visitor, case_id = await Visitor.waits(web, "ขอ Form D ที่ไหนคะ")
    await visitor.says("รบกวนด้วยค่ะ")
    context = await new_context(browser, web, width=width)
    door = await context.new_page()
    await door.goto("/desk/sign-in")
    found = {"door": await violations(door)}
    async with web.desk.uow() as uow:
        await troubles.begin(uow, "webchat", "no_access")
        await uow.commit()
    officer = await OfficerAtDesk.arrives(browser, web, "สมศรี ใจดี", role=Role.ADMIN, width=width)
    page = officer.page
    pages = [
        ("list", "/desk"),
        ("case", f"/desk/cases/{case_id}"),
        ("kpi", "/desk/kpi"),
        ("learning", "/desk/learning"),
    ]
    for name, path in pages:
        await page.goto(path)
        await expect(page.get_by_role("main")).to_be_visible()
        found[name] = await violations(page)
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, name
        cut = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText)"
        assert await page.locator(".scroll-x").evaluate_all(cut) == [], "no figure is hidden beside the screen"
    await page.goto(f"/desk/cases/{case_id}")
    await officer.accept.click()
    await expect(officer.send).to_be_enabled()
    await page.locator("#resolve-open").click()
    found["mine"] = await violations(page)
    await page.emulate_media(color_scheme="dark")
    found["dark"] = await violations(page)

    assert found == {name: [] for name in found}
    await context.close()
    await officer.context.close()


async def _option(page: Page) -> str:
    return await page.locator("#to option").filter(has_text="มานะ").inner_text()


async def test_how_channels_stand_is_readable_and_seen_at_once(web: Web, somsri: OfficerAtDesk) -> None:
    await somsri.page.goto("/desk")
    async with web.desk.uow() as uow:
        await uow.channels.set_quota("line", 300, 290, uow.now)
        await troubles.begin(uow, "line", "no_access")
        await uow.commit()

    notes = somsri.page.locator(".channel-note")
    await expect(notes).to_have_count(2)
    await expect(notes.nth(1)).to_contain_text("เหลือ 10 จาก 300")
    assert await violations(somsri.page) == []
    async with web.desk.uow() as uow:
        await uow.channels.recover("line")
        await uow.channels.set_quota("line", None, 0, uow.now)
        await uow.commit()
