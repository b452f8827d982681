"""The chat page as a customer meets it: what it says, what can be tapped, with a keyboard, a screen reader, a zoom."""

import json
import re

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Locator, Page, expect

from tests.browser import sample_talk
from tests.browser.chat import Chat, sideways, until, until_given_up
from tests.browser.conftest import PHONE
from tests.browser.fake_server import FakeServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

SENT = "ส่งแล้ว"
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> javascript:alert(1)'


@pytest_asyncio.fixture(name="chat", loop_scope="session")
async def _chat(page: Page, server: FakeServer) -> Chat:
    """An open page in which nothing has been said."""
    return await Chat(page=page, server=server).open()


@pytest_asyncio.fixture(name="greeted", loop_scope="session")
async def _greeted(page: Page, server: FakeServer) -> Chat:
    """An open page with the greeting and its eight buttons."""
    server.on_session = sample_talk.greet
    chat = await Chat(page=page, server=server).open()
    await expect(chat.choice("คุยกับเจ้าหน้าที่")).to_be_enabled()
    return chat


# ---- what it says ----


async def test_the_page_is_thai_first_and_names_the_department(greeted: Chat, server: FakeServer) -> None:
    page = greeted.page
    await expect(page.locator("html")).to_have_attribute("lang", "th")
    await expect(page.get_by_role("heading", level=1)).to_have_text("ผู้ช่วยข้อมูลการค้าระหว่างประเทศ")
    await expect(page.get_by_role("banner")).to_contain_text("กรมส่งเสริมการค้าระหว่างประเทศ (DITP)")
    await expect(page.get_by_role("contentinfo")).to_contain_text("โปรดอย่าส่งเลขประจำตัวประชาชน")
    assert server.conversation.language == "th"


async def test_english_is_one_tap_away_and_remembered(greeted: Chat, server: FakeServer) -> None:
    page = greeted.page
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Trade Information Assistant")
    await expect(greeted.choice("Starting to export")).to_be_enabled()
    assert server.conversation.language == "en"

    await greeted.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(greeted.bubbles.first).to_contain_text("Welcome")
    await expect(greeted.bubbles.first).to_have_attribute("lang", "en")


async def test_changing_the_language_in_a_running_talk_keeps_the_talk(greeted: Chat, server: FakeServer) -> None:
    await greeted.write("สวัสดีค่ะ")
    await expect(greeted.log).to_contain_text(SENT)
    await greeted.page.get_by_role("button", name="English").click()

    await expect(greeted.log).to_contain_text("Sent")
    await expect(greeted.bubbles).to_have_count(2)
    await expect(greeted.bubbles.first).to_have_attribute("lang", "th")
    assert len(server.conversations) == 1


async def test_both_languages_have_every_word(chat: Chat) -> None:
    keys = await chat.page.evaluate(
        """async () => {
             const { LANGUAGES, words } = await import('/static/chat/words.js');
             return LANGUAGES.map((language) => Object.keys(words(language)));
           }"""
    )
    assert keys[0] == keys[1]
    used = await chat.page.evaluate(
        """() => ['word', 'label', 'placeholder'].flatMap((name) =>
             [...document.querySelectorAll(`[data-${name}]`)].map((element) => element.dataset[name]))"""
    )
    assert set(used) <= set(keys[0])


async def test_dates_are_thai_with_the_buddhist_year(chat: Chat, server: FakeServer) -> None:
    await server.say("วันแรก", at="2025-11-21T23:30:00+07:00")
    await server.say("วันที่สอง", at="2025-11-21T18:05:00+00:00")
    await server.say("วันเดียวกัน", at="2025-11-22T14:00:00+07:00")
    days = chat.log.locator(".day:visible")
    await expect(days).to_have_text(["วันศุกร์ที่ 21 พฤศจิกายน 2568", "วันเสาร์ที่ 22 พฤศจิกายน 2568"])
    await expect(chat.log.locator("time")).to_have_text(["23.30 น.", "01.05 น.", "14.00 น."])

    await chat.write("ขอบคุณ")  # a talk under way keeps its session when the language changes
    await expect(chat.log).to_contain_text(SENT)
    await chat.page.get_by_role("button", name="English").click()
    await expect(days.first).to_have_text("Friday 21 November 2025")


async def test_the_state_line_says_who_answers(chat: Chat, server: FakeServer) -> None:
    state = chat.page.locator("#state")
    await expect(state).to_have_text("ผู้ช่วยอัตโนมัติพร้อมตอบ")
    await server.tell(state="queued")
    await expect(state).to_have_text("กำลังรอเจ้าหน้าที่รับเรื่อง")
    await server.tell(state="agent")
    await server.say("สวัสดีค่ะ", author="agent", name="สมศรี ใจดี")
    await expect(state).to_have_text("กำลังสนทนากับเจ้าหน้าที่ สมศรี ใจดี")
    await server.tell(state="survey")
    await expect(state).to_have_text("โปรดให้คะแนนการบริการ")
    await server.tell(state="closed")
    await expect(state).to_contain_text("จบการสนทนาแล้ว")
    await expect(chat.box).to_be_enabled()


async def test_typing_shows_only_while_the_server_says_so(chat: Chat, server: FakeServer) -> None:
    typing = chat.page.get_by_text("ผู้ช่วยกำลังพิมพ์…")
    await chat.write("สวัสดี")
    await expect(chat.log).to_contain_text(SENT)
    await expect(typing).to_be_hidden()
    await server.tell(typing=True)
    await expect(typing).to_be_visible()
    await server.tell(typing=False)
    await expect(typing).to_be_hidden()


async def test_a_number_stands_on_one_line_and_is_copied_as_it_is(chat: Chat, server: FakeServer) -> None:
    said = "เลขที่เรื่อง LC-2569-000001 โทร. 02-507-7999 ค่ะ อีเมล a-1@example.com"
    await server.say(said)
    await expect(chat.bubbles).to_have_text(said)
    measure = "() => [...document.querySelectorAll('.whole')].map((one) => one.getClientRects().length)"
    heights = "() => [...document.querySelectorAll('.whole')].map((one) => one.getBoundingClientRect().height)"

    for width in range(320, 400, 10):
        await chat.page.set_viewport_size({"width": width, "height": 700})
        assert await chat.page.evaluate(measure) == [1, 1]
        assert max(await chat.page.evaluate(heights)) < 30, f"one line at {width}"
    copied = await chat.page.evaluate(
        """() => {
            getSelection().selectAllChildren(document.querySelector('.text'));
            return getSelection().toString();
        }"""
    )
    assert copied == said
    await expect(chat.log.get_by_role("link", name="a-1@example.com")).to_be_visible()


async def test_text_is_text_whoever_wrote_it(chat: Chat, server: FakeServer) -> None:
    await server.say(HOSTILE, buttons=[HOSTILE])
    await server.say(
        HOSTILE, author="agent", name=HOSTILE, attachments=[{"url": "javascript:alert(1)", "name": HOSTILE}]
    )
    await chat.write(HOSTILE)

    await expect(chat.bubbles).to_have_text([HOSTILE] * 3)
    await expect(chat.log.locator("img, script, a")).to_have_count(0)
    assert await chat.page.evaluate("window.hacked") is None


async def test_addresses_become_links_and_the_source_line_is_quiet(chat: Chat, server: FakeServer) -> None:
    await server.say(
        "ดูที่ https://www.example.go.th/a(b)?x=1&y=2ค่ะ (หรือ www.example.org/c) ถาม info@example.go.th.\n"
        "ที่มา: คู่มือส่งออก https://example.org/d · ทบทวนล่าสุด 14 มีนาคม 2568"
    )
    links = chat.log.get_by_role("link")
    await expect(links).to_have_text(
        ["https://www.example.go.th/a(b)?x=1&y=2", "www.example.org/c", "info@example.go.th", "https://example.org/d"]
    )
    addresses = await links.evaluate_all("(all) => all.map((link) => [link.href, link.rel, link.target])")
    assert [address for address, _, _ in addresses] == [
        "https://www.example.go.th/a(b)?x=1&y=2",
        "https://www.example.org/c",
        "mailto:info@example.go.th",
        "https://example.org/d",
    ]
    assert {(rel, target) for _, rel, target in addresses} == {("noopener noreferrer", "_blank")}
    await expect(chat.log.locator(".source")).to_have_text(re.compile("^ที่มา: .*2568$"))
    assert await _font_size(chat.log.locator(".source")) < await _font_size(chat.log.locator(".text"))


async def test_an_address_behind_a_hyphen_is_a_link(chat: Chat, server: FakeServer) -> None:
    said = "LINE-https://lin.ee/abc DITP-www.ditp.go.th 1169-WWW.ditp.go.th/a-1 02-507-https://a.th"
    await server.say(said)
    await expect(chat.bubbles).to_have_text(said)

    await expect(chat.log.get_by_role("link")).to_have_text(
        ["https://lin.ee/abc", "www.ditp.go.th", "WWW.ditp.go.th/a-1", "https://a.th"]
    )
    await expect(chat.log.locator(".whole")).to_have_text(["02-507"])


# ---- buttons ----


async def test_a_button_is_used_once(greeted: Chat, server: FakeServer) -> None:
    offered = server.conversation.messages[0]["buttons"]
    await greeted.choice("หาผู้นำเข้า").dblclick()
    await expect(greeted.bubbles.last).to_have_text("หาผู้นำเข้า/คู่ค้า")
    await expect(greeted.log).to_contain_text(SENT)

    await expect(greeted.log.locator(".choice:enabled")).to_have_count(0)
    await expect(greeted.log.locator(".chosen")).to_have_text("5 หาผู้นำเข้า/คู่ค้า")
    [post] = server.posts()
    assert post == {"client_id": post["client_id"], "payload": offered[4]["payload"]}


async def test_buttons_of_an_older_message_are_closed_after_a_reload_too(greeted: Chat, server: FakeServer) -> None:
    await greeted.write("สวัสดี")
    await server.say("เลือกอีกครั้งค่ะ", buttons=["หนึ่ง", "สอง"])
    await expect(greeted.choice("หนึ่ง")).to_be_enabled()
    await expect(greeted.choice("เริ่มต้นส่งออก")).to_be_disabled()
    await greeted.write("2")
    await expect(greeted.choice("หนึ่ง")).to_be_disabled()
    await expect(greeted.log).to_contain_text(SENT)
    await greeted.reload()

    await expect(greeted.log.locator(".choice")).to_have_count(10)
    await expect(greeted.log.locator(".choice:enabled")).to_have_count(0)
    await expect(greeted.log.locator(".chosen")).to_have_text("2 สอง")


async def test_buttons_close_when_the_talk_goes_on_without_them(greeted: Chat, server: FakeServer) -> None:
    await greeted.write("ขอบคุณค่ะ")
    await expect(greeted.log).to_contain_text(SENT)
    await expect(greeted.choice("เริ่มต้นส่งออก")).to_be_enabled()  # nobody has answered yet: both ways stay open
    await server.say("ยินดีค่ะ")
    await expect(greeted.choice("เริ่มต้นส่งออก")).to_be_disabled()


async def test_two_offers_of_one_turn_are_both_open_and_numbers_mean_the_newer(chat: Chat, server: FakeServer) -> None:
    await server.say("คำตอบค่ะ", buttons=["เรื่องใกล้เคียง", "อีกเรื่อง"])
    await server.say("ขอถามกลับค่ะ", buttons=["ใช่", "ไม่ใช่"])
    await expect(chat.choice("อีกเรื่อง")).to_be_enabled()
    await expect(chat.choice("ไม่ใช่")).to_be_enabled()
    assert await chat.log.locator(".choice .number:visible").count() == 2
    await chat.write("2")
    await expect(chat.log.locator(".chosen")).to_have_text("2 ไม่ใช่")
    await server.say("ขอบคุณค่ะ")
    await expect(chat.log.locator(".choice:enabled")).to_have_count(0)


async def test_a_second_message_of_the_same_turn_leaves_the_buttons_open(chat: Chat, server: FakeServer) -> None:
    await server.say("เลือกได้เลยค่ะ", buttons=["หนึ่ง", "สอง"])
    await server.say("หรือพิมพ์คำถามก็ได้ค่ะ")
    await expect(chat.bubbles).to_have_count(2)
    await expect(chat.choice("สอง")).to_be_enabled()


# ---- composer ----


async def test_enter_sends_shift_enter_does_not_and_composing_does_not(chat: Chat, server: FakeServer) -> None:
    await chat.box.fill("บรรทัดแรก")
    height = await _height(chat.box)
    await chat.box.press("Shift+Enter")
    await chat.box.press_sequentially("บรรทัดสอง")
    assert await _height(chat.box) > height
    await chat.box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await expect(chat.box).to_have_value("บรรทัดแรก\nบรรทัดสอง")
    await chat.box.press("Enter")

    await expect(chat.log).to_contain_text(SENT)
    assert server.texts() == ["บรรทัดแรก\nบรรทัดสอง"]
    assert await _height(chat.box) == height


async def test_nothing_is_not_sent(chat: Chat, server: FakeServer) -> None:
    await chat.write("   \n ")
    await chat.page.get_by_role("button", name="ส่งข้อความ").click()
    await chat.write("มีข้อความ")
    await expect(chat.log).to_contain_text(SENT)
    assert [post["text"] for post in server.posts()] == ["มีข้อความ"]


async def test_the_limit_is_counted_near_the_end_and_kept(chat: Chat, server: FakeServer) -> None:
    counter = chat.page.locator("#counter")
    await chat.box.fill("ก" * 4499)
    await expect(counter).to_have_text("")
    await chat.box.fill("ก" * 4998 + "😀😀")
    await expect(counter).to_have_text("5,000 / 5,000")
    await chat.box.fill("ก" * 5001)
    await expect(counter).to_have_text("5,001 / 5,000")
    await expect(chat.page.get_by_text("ข้อความยาวเกินไป")).to_be_visible()
    await chat.box.press("Enter")
    await expect(chat.box).to_have_value("ก" * 5001)
    await chat.write("ก" * 5000)

    await expect(chat.log).to_contain_text(SENT)
    assert [len(text) for text in server.texts()] == [5000]


# ---- keyboard, screen reader, sizes ----


async def test_everything_works_with_the_keyboard_alone(greeted: Chat, server: FakeServer) -> None:
    page = greeted.page
    seen = []
    for _ in range(14):
        await page.keyboard.press("Tab")
        name, ring = await page.evaluate(
            """() => {
                 const { activeElement: element } = document;
                 return [element.id || element.textContent.trim(), getComputedStyle(element).outlineStyle];
               }"""
        )
        seen.append(name)
        assert ring == "solid", name
        if name.startswith("8"):
            break
    assert seen[:4] == ["ข้ามไปที่ช่องพิมพ์ข้อความ", "ไทย", "EN", "scroll"]
    assert [name[0] for name in seen[4:]] == list("12345678")

    await page.keyboard.press("Enter")
    await expect(greeted.bubbles.last).to_have_text("คุยกับเจ้าหน้าที่")
    await expect(greeted.box).to_be_focused()
    await page.keyboard.type("ok")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="ส่งข้อความ")).to_be_focused()
    await page.keyboard.press("Enter")
    await until(lambda: server.texts() == ["คุยกับเจ้าหน้าที่", "ok"], "both are sent")
    await expect(greeted.box).to_be_focused()


async def test_each_new_message_is_announced_once_and_history_is_not(page: Page, server: FakeServer) -> None:
    await page.add_init_script(
        """window.announced = [];
           new MutationObserver((changes) => {
             for (const { target, addedNodes } of changes) {
               const live = target.closest && target.closest('[aria-live]');
               for (const node of addedNodes) {
                 if (!live || live.getAttribute('aria-live') !== 'polite') continue;
                 const bubble = node.nodeType === Node.ELEMENT_NODE && node.querySelector('.bubble');
                 window.announced.push((bubble || node).textContent);
               }
             }
           }).observe(document, { childList: true, subtree: true });"""
    )
    chat = await Chat(page=page, server=server).open()
    await server.say("สวัสดีค่ะ", buttons=["หนึ่ง"])
    await chat.write("สวัสดี")
    await expect(chat.log).to_contain_text(SENT)
    await server.say("ยินดีค่ะ")
    await expect(chat.bubbles).to_have_count(3)
    assert await page.evaluate("window.announced") == ["สวัสดีค่ะ", "สวัสดี", "ยินดีค่ะ"]

    await chat.reload()
    await expect(chat.log).to_have_attribute("aria-live", "polite")
    await expect(chat.bubbles).to_have_count(3)
    server.cut_connections()
    await server.say("มาใหม่")
    await expect(chat.bubbles).to_have_count(4)
    assert await page.evaluate("window.announced") == ["มาใหม่"]


@pytest.mark.parametrize("look", ["light", "dark"])
async def test_axe_finds_nothing_serious(greeted: Chat, server: FakeServer, look: str) -> None:
    await greeted.page.emulate_media(color_scheme="dark" if look == "dark" else "light", reduced_motion="reduce")
    await greeted.choice("เอกสารและกฎระเบียบ").click()
    await expect(greeted.log).to_contain_text(SENT)
    await server.say(sample_talk.ANSWER, buttons=sample_talk.RELATED)
    await server.say("เจ้าหน้าที่รับเรื่องแล้วค่ะ", author="system")
    await server.tell(state="agent", typing=True)
    await server.say("Good morning, see https://example.org", author="agent", name="Somsri")
    await greeted.page.clock.install()
    server.refuse_posts = 100
    await greeted.write("ก" * 4600)
    await greeted.box.fill("ก" * 5001)
    await until_given_up(greeted)
    await expect(greeted.page.get_by_role("button", name="ส่งไม่สำเร็จ")).to_be_visible()
    await server.stop()
    await expect(greeted.connection).to_have_text("กำลังเชื่อมต่อใหม่…")

    found = (await Axe().run(greeted.page)).response["violations"]
    serious = [violation for violation in found if violation["impact"] in {"serious", "critical"}]
    assert serious == [], json.dumps(serious, ensure_ascii=False, indent=1)[:4000]


@pytest.mark.parametrize(("width", "height"), [(320, 568), (430, 932), (1280, 800)])
async def test_nothing_runs_off_the_side(greeted: Chat, server: FakeServer, width: int, height: int) -> None:
    await greeted.page.set_viewport_size({"width": width, "height": height})
    await server.say(sample_talk.ANSWER + "\n" + "https://example.org/" + "x" * 300, buttons=sample_talk.RELATED)
    await server.tell(state="agent")
    await server.say("ๆ" * 200, author="agent", name="ชื่อยาวมาก" * 8)
    await greeted.write("w" * 300)
    await expect(greeted.bubbles).to_have_count(4)

    assert await sideways(greeted.page) == 0
    for button in await greeted.page.locator("button:visible").all():
        box = await button.bounding_box()
        assert box
        assert min(box["height"], box["width"]) >= 44, await button.inner_text()
    column = await greeted.page.locator(".page").bounding_box()
    assert column
    assert column["width"] == min(width, 720)


@pytest.mark.parametrize(("width", "height"), [(640, 360), (320, 256)])  # 1280 px wide at 200 % and at 400 %
async def test_zoomed_in_the_talk_still_has_room(greeted: Chat, width: int, height: int) -> None:
    await greeted.page.set_viewport_size({"width": width, "height": height})
    assert await sideways(greeted.page) == 0
    assert await _height(greeted.page.locator("#scroll")) >= height * 0.33
    await expect(greeted.box).to_be_in_viewport(ratio=1)
    await greeted.choice("คุยกับเจ้าหน้าที่").scroll_into_view_if_needed()
    await expect(greeted.choice("คุยกับเจ้าหน้าที่")).to_be_in_viewport(ratio=0.99)


async def test_letters_twice_as_large_keep_everything_readable(greeted: Chat) -> None:
    page = greeted.page
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    await greeted.reload()
    await expect(greeted.choice("คุยกับเจ้าหน้าที่")).to_be_enabled()

    assert await _font_size(greeted.bubbles.first) == 32
    assert await sideways(page) == 0
    assert await _height(page.locator("#scroll")) >= PHONE["height"] * 0.33
    clipped = await page.locator(".choice, h1, .department, .bubble").evaluate_all(
        "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"
    )
    assert clipped == []


async def test_a_reader_further_up_is_not_pulled_down(greeted: Chat, server: FakeServer) -> None:
    for number in range(12):
        await server.say(f"ข้อความที่ {number}")
    newer = greeted.page.get_by_role("button", name="ข้อความใหม่")
    await newer.click()
    await expect(greeted.bubbles.last).to_be_in_viewport()
    await expect(newer).to_be_hidden()

    await greeted.page.locator("#scroll").evaluate("(element) => { element.scrollTop = 0; }")
    await expect(greeted.bubbles.first).to_be_in_viewport()
    await server.say("ข้อความใหม่มาก")
    await expect(newer).to_be_visible()
    assert await greeted.page.locator("#scroll").evaluate("(element) => element.scrollTop") == 0
    await newer.click()
    await expect(greeted.bubbles.last).to_be_in_viewport()
    await expect(newer).to_be_hidden()


async def test_a_long_answer_is_shown_from_its_beginning(greeted: Chat, server: FakeServer) -> None:
    await greeted.write("ขอรายละเอียดทั้งหมด")
    await expect(greeted.log).to_contain_text(SENT)
    await server.say("\n".join(f"ข้อที่ {number}" for number in range(1, 80)))
    await expect(greeted.bubbles).to_have_count(3)
    assert 0 <= await _below_the_top(greeted, greeted.bubbles.last) < 80


async def test_an_answer_stays_in_view_above_what_follows_it(greeted: Chat, server: FakeServer) -> None:
    await greeted.write("ขอ Form D ที่ไหน")
    await expect(greeted.log).to_contain_text(SENT)
    await server.tell(typing=True)
    await server.say(sample_talk.ANSWER, buttons=sample_talk.RELATED)
    await server.say(sample_talk.QUESTION, buttons=sample_talk.QUESTION_CHOICES)
    await server.tell(typing=False)
    await server.say("หรือพิมพ์คำถามได้เลยค่ะ", buttons=sample_talk.TOPICS["th"])
    await expect(greeted.choice("ร้องเรียน/ข้อพิพาท").last).to_be_enabled()

    answer = greeted.bubbles.nth(2)
    assert 0 <= await _below_the_top(greeted, answer) < 80
    newer = greeted.page.get_by_role("button", name="ข้อความใหม่")
    await expect(newer).to_be_visible()
    await greeted.reload()
    await expect(greeted.choice("ร้องเรียน/ข้อพิพาท").last).to_be_enabled()
    assert 0 <= await _below_the_top(greeted, answer) < 80
    await newer.click()
    await expect(greeted.choice("คุยกับเจ้าหน้าที่").last).to_be_in_viewport()
    await expect(newer).to_be_hidden()

    await greeted.choice("ร้องเรียน/ข้อพิพาท").last.click()
    await server.say("เล่าเรื่องให้ฟังได้เลยค่ะ")
    await expect(greeted.bubbles.last).to_be_in_viewport(ratio=1)


async def _below_the_top(chat: Chat, bubble: Locator) -> float:
    """How many pixels below the top of the log a message begins."""
    mine, log = await bubble.bounding_box(), await chat.page.locator("#scroll").bounding_box()
    assert mine
    assert log
    return mine["y"] - log["y"]


async def _height(locator: Locator) -> float:
    box = await locator.bounding_box()
    assert box
    return box["height"]


async def _font_size(locator: Locator) -> float:
    return float(await locator.evaluate("(element) => parseFloat(getComputedStyle(element).fontSize)"))
