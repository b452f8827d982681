"""The page of `make fakes` with its two phones, beside a desk that only takes what it is told."""

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Locator, Page, expect

from bot.domain.calendar import load_calendar, read_calendar
from tests.browser.conftest import PHONE
from tests.browser.desk import LAPTOP, SERIOUS
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.line import PUSH, LinePlatform
from tests.fakes.media import PNG
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.messenger_user import Seen
from tests.fakes.phone.server import PhoneServer, make_platforms

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
NAME = "นภา"


@dataclass
class Fakes:
    """Both platforms, their page, and the webhooks that a desk was told."""

    line: LinePlatform
    messenger: MessengerPlatform
    server: PhoneServer
    told: list[Request] = field(default_factory=list)


@pytest.fixture(name="fakes")
def _fakes() -> Iterator[Fakes]:
    line, messenger = make_platforms()
    told: list[Request] = []

    def take(request: Request) -> Reply:
        told.append(request)
        return Reply(status=200)

    desk = HttpThread(take)
    desk.start()
    line.webhook = messenger.webhook = f"{desk.address}/hook"
    server = PhoneServer(line, messenger, desk.address)
    with line, messenger:
        server.start()
        yield Fakes(line, messenger, server, told)
        server.stop()
    desk.stop()


@pytest_asyncio.fixture(name="phones", loop_scope="session")
async def _phones(page: Page, fakes: Fakes) -> AsyncIterator[Page]:
    await page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
    await page.goto(fakes.server.address)
    await expect(page.get_by_role("status")).to_contain_text("(0)")
    yield page
    assert await page.evaluate("window.hacked") is None


async def write(phones: Page, channel: str, text: str) -> None:
    await phones.get_by_label(f"ข้อความใน {channel}").first.fill(text)
    await phones.keyboard.press("Enter")


def chat(phones: Page, channel: str) -> Locator:
    return phones.get_by_role("log", name=f"แชต {channel}")


async def press(phones: Page, channel: str, title: str) -> None:
    box = phones.locator(f"fieldset[data-channel={channel}]")
    await box.locator("details").evaluate("(details) => { details.open = true }")
    await box.get_by_role("button", name=title).click()


async def test_what_the_platforms_show_is_text_and_nothing_else(phones: Page, fakes: Fakes) -> None:
    evil = {"type": "uri", "label": HOSTILE, "uri": "javascript:window.hacked=1"}
    lines = [{"type": "text", "text": HOSTILE}, {"type": "button", "action": evil}]
    bubble = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": lines}}
    user = fakes.line.user(NAME)
    user.show("push", {"type": "text", "text": f"{HOSTILE} https://example.org/a"}, "1")
    user.show("push", {"type": "flex", "altText": "x", "contents": {"type": "carousel", "contents": [bubble] * 3}}, "2")
    await write(phones, "Messenger", HOSTILE)

    await expect(chat(phones, "LINE").get_by_text(HOSTILE)).to_have_count(7)
    await expect(chat(phones, "LINE").get_by_role("link")).to_have_text("https://example.org/a")
    await expect(chat(phones, "Messenger")).to_contain_text(HOSTILE)
    await phones.set_viewport_size(PHONE)
    assert await phones.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_a_message_is_changed_taken_back_and_sent_again(phones: Page, fakes: Fakes) -> None:
    phones.on("dialog", lambda dialog: dialog.accept("ทุเรียนสด"))
    for channel in ("LINE", "Messenger"):
        await write(phones, channel, "ทุเรียน")
        await expect(chat(phones, channel)).to_have_text("ทุเรียน")
        await press(phones, channel.lower(), "แก้ข้อความ")
        await expect(chat(phones, channel)).to_contain_text("ทุเรียนสดแก้ไขแล้ว")
        await press(phones, channel.lower(), "ยกเลิกข้อความ")
        await expect(chat(phones, channel)).to_have_text("ยกเลิกข้อความแล้ว")
        await press(phones, channel.lower(), "ส่งเหตุการณ์ซ้ำ")
        await expect(phones.get_by_role("row", name="redelivery")).to_have_count(1 if channel == "LINE" else 2)
    bodies = " ".join(request.body.decode() for request in fakes.told)
    for sign in ("messageEdited", "unsend", '"isRedelivery": true', "message_edit", "is_deleted"):
        assert sign in bodies


async def test_an_answer_shows_what_it_answers_on_both_sides(phones: Page, fakes: Fakes) -> None:
    phones.on("dialog", lambda dialog: dialog.accept("ข้อนี้ค่ะ"))
    user = fakes.line.user(NAME)
    await write(phones, "LINE", "ราคาเท่าไร")
    await expect(chat(phones, "LINE")).to_contain_text("ราคาเท่าไร")
    [asked] = user.quotable
    bearer = {"Authorization": f"Bearer {fakes.line.token}", "X-Line-Retry-Key": str(uuid.uuid4())}
    body = {"to": user.id, "messages": [{"type": "text", "text": "หมายถึงข้อใดคะ", "quoteToken": asked}]}
    assert httpx.post(fakes.line.address + PUSH, json=body, headers=bearer).status_code == 200  # noqa: ASYNC210
    await expect(chat(phones, "LINE").locator(".row.account .quoted")).to_have_text("ราคาเท่าไร")
    await press(phones, "line", "ตอบกลับ…")

    await expect(chat(phones, "LINE").locator(".row.customer .quoted")).to_have_text("หมายถึงข้อใดคะ")
    assert f'"quotedMessageId": "{user.seen[-1].id}"' in fakes.told[-1].body.decode()


async def test_a_picture_can_be_fetched_from_the_platform(phones: Page, fakes: Fakes) -> None:
    picture = {"name": "durian.png", "mimeType": "image/png", "buffer": PNG}
    await phones.get_by_label("รูปสำหรับ LINE").set_input_files(picture)  # type: ignore[arg-type]
    await phones.get_by_label("รูปสำหรับ Messenger").set_input_files(picture)  # type: ignore[arg-type]
    await expect(phones.get_by_alt_text("รูปที่ส่ง")).to_have_count(2)

    assert [content.data for content in fakes.line.account.contents.values()] == [PNG]
    assert [data for data, _ in fakes.messenger.cdn.files.values()] == [PNG]


async def test_a_broken_rule_is_counted_in_red_and_a_fault_is_listed(phones: Page, fakes: Fakes) -> None:
    await write(phones, "LINE", "สวัสดีค่ะ")
    await expect(chat(phones, "LINE")).to_contain_text("สวัสดี")
    bearer = {"Authorization": f"Bearer {fakes.line.token}"}
    body = {"to": fakes.line.user(NAME).id, "messages": [{"type": "text", "text": "ค่ะ"}]}
    await press(phones, "line", "500 ก่อนรับ")
    await expect(phones.get_by_role("row", name="500-before")).to_be_visible()
    refused = [httpx.post(fakes.line.address + PUSH, json=body, headers=bearer) for _ in range(2)]  # noqa: ASYNC210

    assert [answer.status_code for answer in refused] == [500, 400]
    await expect(phones.get_by_role("status")).to_have_text("ผิดกติกาของแพลตฟอร์ม 1 ครั้ง")
    await expect(phones.get_by_role("row", name="push").locator("td:last-child")).to_have_text(["400", "500"])
    await expect(phones.locator("tr.bad")).to_contain_text("retry key")


async def test_time_passes_for_windows_and_tokens_and_a_silent_desk_is_told(phones: Page, fakes: Fakes) -> None:
    await write(phones, "Messenger", "สวัสดีค่ะ")
    await write(phones, "LINE", "สวัสดีค่ะ")
    await expect(phones.get_by_text("อีก 23 ชม. 59 นาที")).to_be_visible()
    await expect(phones.get_by_text("ใช้ได้อีก")).to_be_visible()
    await phones.get_by_role("button", name="เดินหน้า 25 ชม.").click()
    await expect(phones.get_by_text("ปิดแล้ว")).to_be_visible()
    await expect(phones.get_by_text("หมดอายุ ต้อง push")).to_be_visible()
    fakes.line.webhook = "http://127.0.0.1:9/nobody"
    await write(phones, "LINE", "มีใครอยู่ไหมคะ")
    await expect(phones.get_by_role("row", name="ConnectError")).to_contain_text("ไม่มีคำตอบ")


async def test_events_wait_and_come_in_another_order_or_not_at_all(phones: Page, fakes: Fakes) -> None:
    await press(phones, "messenger", "กักไว้")
    for text in ("หนึ่ง", "สอง"):
        await write(phones, "Messenger", text)
        await expect(chat(phones, "Messenger")).to_contain_text(text)
    await expect(phones.get_by_text("กักไว้ 2 รายการ")).to_be_visible()
    assert fakes.told == []
    await press(phones, "messenger", "ปล่อย ใหม่สุดก่อน")
    await expect(phones.get_by_role("row", name="reorder")).to_be_visible()
    said = [json.loads(request.body)["entry"][0]["messaging"][0]["message"]["text"] for request in fakes.told]
    assert said == ["สอง", "หนึ่ง"]

    await press(phones, "messenger", "เงียบ")
    await write(phones, "Messenger", "ได้ยินไหมคะ")
    await expect(phones.get_by_role("row", name="ไม่ถึงระบบ")).to_be_visible()
    await press(phones, "messenger", "กลับมา")
    await expect(phones.get_by_text("ส่งตามปกติ")).to_be_visible()
    assert len(fakes.told) == 2


async def test_somebody_else_has_the_talk(phones: Page, fakes: Fakes) -> None:
    phones.on("dialog", lambda dialog: dialog.accept("ถามแอปอื่นค่ะ"))
    await press(phones, "messenger", "ข้อความ standby")
    await expect(chat(phones, "Messenger")).to_contain_text("ถามแอปอื่นค่ะ")
    await press(phones, "messenger", "รับแชตไป")
    await expect(chat(phones, "Messenger")).to_contain_text("เจ้าหน้าที่ของเพจตอบอยู่ใน Business Suite")
    await press(phones, "messenger", "คืนให้บอต")
    await expect(phones.get_by_role("row", name="pass_thread_control")).to_be_visible()
    await expect(chat(phones, "Messenger")).not_to_contain_text("Business Suite")

    standby, *handed = [json.loads(request.body)["entry"][0] for request in fakes.told]
    assert [event["message"]["text"] for event in standby["standby"]] == ["ถามแอปอื่นค่ะ"]
    assert ["take_thread_control" in str(handed[0]), "pass_thread_control" in str(handed[1])] == [True, True]


async def test_the_seven_days_of_officers_pass_too(phones: Page, fakes: Fakes) -> None:
    await write(phones, "Messenger", "สวัสดีค่ะ")
    await expect(phones.get_by_text("อีก 6 วัน 23 ชม.")).to_be_visible()
    await phones.get_by_role("button", name="เดินหน้า 7 วัน 1 ชม.").click()
    await expect(phones.locator("dd.warn", has_text="ปิดแล้ว")).to_have_count(2)
    await press(phones, "messenger", "สลับการอนุมัติ")
    await expect(phones.get_by_text("ยังไม่ได้รับอนุมัติ")).to_be_visible()


async def test_time_goes_on_to_the_next_office_hours_and_no_further(phones: Page, fakes: Fakes) -> None:
    hours = read_calendar(load_calendar())
    while hours.is_open(fakes.messenger.clock.now()):
        for platform in (fakes.line, fakes.messenger):
            platform.clock.move(hours=12)
    opening = hours.next_opening(fakes.messenger.clock.now())
    await phones.get_by_role("button", name="ไปเวลาทำการถัดไป").click()
    await expect(phones.get_by_role("row", name="+")).to_have_count(1)
    await phones.get_by_role("button", name="ไปเวลาทำการถัดไป").click()
    await expect(phones.get_by_role("row", name="เปิดทำการอยู่แล้ว")).to_be_visible()

    [moved] = [json.loads(request.body) for request in fakes.told if request.path == "/test/clock"]
    assert timedelta() <= datetime.fromisoformat(moved["now"]) - opening < timedelta(seconds=10)
    assert abs(fakes.line.clock.now() - fakes.messenger.clock.now()) < timedelta(seconds=1)


async def test_meta_warns_of_the_page_and_a_customer_judges_a_message(phones: Page, fakes: Fakes) -> None:
    for button in ("Meta เตือน", "Meta ระงับ", "Meta เลิกระงับ"):
        await press(phones, "messenger", button)
    await expect(phones.get_by_role("row", name="unblock")).to_be_visible()
    fakes.messenger.staff_replies(fakes.messenger.user(NAME), "สวัสดีค่ะ")
    await expect(chat(phones, "Messenger")).to_contain_text("สวัสดีค่ะ")
    await press(phones, "messenger", "ตอบไม่ดี")
    await expect(phones.get_by_role("row", name="response_feedback")).to_be_visible()

    bodies = " ".join(request.body.decode() for request in fakes.told)
    for sign in ('"action":"warning"', '"action":"block"', '"action":"unblock"', "Bad response"):
        assert sign in bodies


async def test_buttons_with_the_same_title_are_told_apart(phones: Page, fakes: Fakes) -> None:
    choose = [{"type": "postback", "title": "เลือกข้อนี้", "payload": f"b{number}"} for number in range(2)]
    cards = [{"title": f"ข้อ {number}", "buttons": [button]} for number, button in enumerate(choose)]
    user = fakes.messenger.user(NAME)
    user.seen.append(Seen(id="m_1", text="", by="app", card={"template_type": "generic", "elements": cards}))

    await chat(phones, "Messenger").get_by_role("button", name="เลือกข้อนี้").first.click()

    await expect(chat(phones, "Messenger").locator(".customer")).to_have_text("เลือกข้อนี้")
    taps = [request.body for request in fakes.told if b'"postback"' in request.body]
    assert [json.loads(tap)["entry"][0]["messaging"][0]["postback"]["payload"] for tap in taps] == ["b0"]


async def test_only_this_page_may_use_it(fakes: Fakes) -> None:
    act = f"{fakes.server.address}/act?channel=line&name={NAME}"
    async with httpx.AsyncClient() as http:
        elsewhere = await http.get(fakes.server.address, headers={"Host": "evil.example"})
        plain = await http.post(act, content='{"act": "say", "text": "x"}', headers={"Content-Type": "text/plain"})
        page = await http.get(fakes.server.address)

    assert (elsewhere.status_code, plain.status_code, page.status_code) == (421, 415, 200)
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert fakes.told == []


async def test_axe_finds_nothing_serious(phones: Page, fakes: Fakes) -> None:
    await write(phones, "LINE", "สวัสดีค่ะ")
    await write(phones, "Messenger", "สวัสดีค่ะ")
    await expect(chat(phones, "Messenger")).to_contain_text("สวัสดี")
    found = await Axe().run(phones)
    assert [one["id"] for one in found.response["violations"] if one["impact"] in SERIOUS] == []
