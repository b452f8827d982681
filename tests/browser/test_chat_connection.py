"""A customer's words survive everything that a network and a server can do, and nobody sees them twice."""

import re

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.chat import Chat, until, until_given_up
from tests.browser.fake_server import FakeServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

RECONNECTING = "กำลังเชื่อมต่อใหม่…"
SENDING = "กำลังส่ง…"
SENT = "ส่งแล้ว"
FAILED = "ส่งไม่สำเร็จ แตะเพื่อส่งอีกครั้ง"


@pytest_asyncio.fixture(name="chat", loop_scope="session")
async def _chat(page: Page, server: FakeServer) -> Chat:
    return await Chat(page=page, server=server).open()


@pytest_asyncio.fixture(name="timed", loop_scope="session")
async def _timed(page: Page, server: FakeServer) -> Chat:
    """A page whose timers a test can move on."""
    await page.clock.install()
    return await Chat(page=page, server=server).open()


async def test_a_message_stands_there_at_once_and_is_confirmed_when_the_server_has_it(
    chat: Chat, server: FakeServer
) -> None:
    server.hold_posts.clear()
    await chat.write("อยากส่งออกมะม่วง")
    await expect(chat.log).to_contain_text(SENDING)
    await expect(chat.bubbles).to_have_text(["อยากส่งออกมะม่วง"])
    await expect(chat.box).to_have_value("")

    server.hold_posts.set()

    await expect(chat.log).to_contain_text(SENT)
    await expect(chat.bubbles).to_have_text(["อยากส่งออกมะม่วง"])


async def test_a_restarted_server_costs_nothing(chat: Chat, server: FakeServer) -> None:
    await server.say("ก่อนปิดระบบ")
    await expect(chat.bubbles).to_have_text(["ก่อนปิดระบบ"])

    await server.stop()
    await expect(chat.connection).to_have_text(RECONNECTING)
    await chat.write("หนึ่ง")
    await chat.write("สอง")
    await server.say("ระหว่างปิดระบบ")
    await server.start()

    await expect(chat.connection).to_have_text("", timeout=20_000)
    await until(lambda: server.texts() == ["หนึ่ง", "สอง"], "both messages arrive, in order")
    await expect(chat.bubbles).to_have_text(["ก่อนปิดระบบ", "ระหว่างปิดระบบ", "หนึ่ง", "สอง"])
    await server.say("หลังเปิดระบบ")
    await expect(chat.bubbles.last).to_have_text("หลังเปิดระบบ")
    await expect(chat.bubbles).to_have_count(5)


async def test_connections_cut_in_the_middle_lose_and_double_nothing(chat: Chat, server: FakeServer) -> None:
    for number in range(1, 13):
        await server.say(f"ข้อความที่ {number}")
        if number % 3 == 0:
            server.cut_connections()

    await expect(chat.bubbles).to_have_text([f"ข้อความที่ {number}" for number in range(1, 13)])


async def test_an_answer_lost_on_its_way_is_asked_for_again_with_the_same_id(chat: Chat, server: FakeServer) -> None:
    server.lose_answers = 1
    server.show_posts = False  # or the stream would confirm it before the second try
    await chat.write("ค่าธรรมเนียมเท่าไร")
    await until(lambda: len(server.posts()) == 2, "the page tries again")
    await server.show_unshown()

    await expect(chat.log).to_contain_text(SENT)
    assert server.posts()[0] == server.posts()[1]
    assert server.texts() == ["ค่าธรรมเนียมเท่าไร"]
    await expect(chat.bubbles).to_have_text(["ค่าธรรมเนียมเท่าไร"])


async def test_a_message_that_cannot_be_sent_waits_for_a_tap(timed: Chat, server: FakeServer) -> None:
    server.refuse_posts = 5
    await timed.write("ขอใบรับรอง")
    await until_given_up(timed)
    await timed.page.get_by_role("button", name=FAILED).click()

    await expect(timed.log).to_contain_text(SENT)
    await expect(timed.page.get_by_role("button", name=FAILED)).to_have_count(0)
    assert server.texts() == ["ขอใบรับรอง"]
    assert len({post["client_id"] for post in server.posts()}) == 1


async def test_a_failed_message_can_be_deleted(timed: Chat, server: FakeServer) -> None:
    server.refuse_posts = 5
    await timed.write("พิมพ์ผิด")
    await until_given_up(timed)
    await timed.page.get_by_role("button", name="ลบข้อความนี้").click()

    await expect(timed.bubbles).to_have_count(0)
    await timed.reload()
    await expect(timed.bubbles).to_have_count(0)


async def test_a_busy_server_is_given_the_time_it_asks_for(timed: Chat, server: FakeServer) -> None:
    server.refuse_posts, server.retry_after = 1, "30"
    async with timed.page.expect_response("**/webchat/messages"):
        await timed.write("สวัสดีค่ะ")
    await expect(timed.log).to_contain_text(SENDING)
    await timed.page.clock.fast_forward(25_000)
    await expect(timed.log).to_contain_text(SENDING)
    assert len(server.posts()) == 1

    await timed.page.clock.fast_forward(10_000)
    await expect(timed.log).to_contain_text(SENT)


async def test_a_reload_in_the_middle_of_sending_sends_once(chat: Chat, server: FakeServer) -> None:
    server.hold_posts.clear()
    await chat.write("อยู่ระหว่างส่ง")
    await until(lambda: len(server.posts()) == 1, "the post is under way")
    await chat.reload()
    await expect(chat.bubbles).to_have_text(["อยู่ระหว่างส่ง"])
    server.hold_posts.set()

    await expect(chat.log).to_contain_text(SENT)
    assert server.texts() == ["อยู่ระหว่างส่ง"]
    await expect(chat.bubbles).to_have_text(["อยู่ระหว่างส่ง"])


async def test_a_reload_shows_what_the_server_has_taken_but_not_yet_handled(chat: Chat, server: FakeServer) -> None:
    server.show_posts = False
    await chat.write("รอสักครู่")
    await expect(chat.log).to_contain_text(SENT)
    await chat.reload()
    await expect(chat.bubbles).to_have_text(["รอสักครู่"])

    await server.show_unshown()
    await server.say("ได้รับแล้วค่ะ")

    await expect(chat.bubbles).to_have_text(["รอสักครู่", "ได้รับแล้วค่ะ"])
    assert len(server.posts()) == 1


async def test_two_tabs_show_everything_once(context: BrowserContext, page: Page, server: FakeServer) -> None:
    first = Chat(page=page, server=server)
    second = Chat(page=await context.new_page(), server=server)
    await first.open()
    await second.open()
    server.hold_posts.clear()
    await first.write("จากแท็บแรก")
    await expect(second.bubbles).to_have_text(["จากแท็บแรก"])
    await expect(second.log).to_contain_text(SENDING)
    server.hold_posts.set()
    await expect(second.log).to_contain_text(SENT)
    await second.write("จากแท็บที่สอง")
    await until(lambda: len(server.texts()) == 2, "both arrive")
    await server.say("ตอบทั้งสองแท็บ")

    for tab in (first, second):
        await expect(tab.bubbles).to_have_text(["จากแท็บแรก", "จากแท็บที่สอง", "ตอบทั้งสองแท็บ"])
    assert len(server.conversations) == 1


async def test_two_tabs_opened_at_once_share_one_session(
    context: BrowserContext, page: Page, server: FakeServer
) -> None:
    server.hold_sessions.clear()
    tabs = [Chat(page=page, server=server), Chat(page=await context.new_page(), server=server)]
    for tab in tabs:
        await tab.page.goto(f"{server.address}/chat", wait_until="load")  # by then its script has asked for a session
    server.hold_sessions.set()
    for tab in tabs:
        await tab.ready()

    assert len(server.posts("/webchat/sessions")) == 1


async def test_an_unknown_session_is_replaced_and_the_waiting_message_goes_to_the_new_one(
    chat: Chat, server: FakeServer
) -> None:
    await server.say("ของเดิม")
    await expect(chat.bubbles).to_have_text(["ของเดิม"])
    server.hold_posts.clear()
    await chat.write("ฝากถามต่อ")
    server.forget_sessions()
    server.hold_posts.set()

    await until(
        lambda: bool(server.conversations) and server.texts() == ["ฝากถามต่อ"], "the message reaches the new session"
    )
    await expect(chat.bubbles).to_have_text(["ฝากถามต่อ"])
    assert len(server.conversations) == 1


async def test_without_streams_the_page_polls(page: Page, server: FakeServer) -> None:
    server.streams = "off"
    chat = await Chat(page=page, server=server).open()
    await until(lambda: any("wait" in request.query for request in server.requests), "a long poll")
    await server.say("ถึงแล้วค่ะ")
    await expect(chat.bubbles).to_have_text(["ถึงแล้วค่ะ"])
    await chat.write("รับทราบ")
    await expect(chat.bubbles).to_have_text(["ถึงแล้วค่ะ", "รับทราบ"])
    await expect(chat.log).to_contain_text(SENT)


async def test_a_stream_held_back_on_its_way_is_given_up(page: Page, server: FakeServer) -> None:
    server.streams = "mute"
    await page.clock.install()
    chat = await Chat(page=page, server=server).open()
    await until(lambda: _streams(server) == 1, "a stream")
    await page.clock.fast_forward(9_000)
    await page.clock.fast_forward(2_000)
    await until(lambda: _streams(server) == 2, "another stream")
    await page.clock.fast_forward(9_000)
    await page.clock.fast_forward(2_000)
    await until(lambda: any("wait" in request.query for request in server.requests), "a long poll")
    await server.say("ถึงแล้วค่ะ")

    await expect(chat.bubbles).to_have_text(["ถึงแล้วค่ะ"])
    await expect(chat.connection).to_have_text("")


async def test_the_browser_going_offline_and_online_again(
    context: BrowserContext, chat: Chat, server: FakeServer
) -> None:
    await context.set_offline(True)
    await expect(chat.connection).to_have_text(RECONNECTING)
    await chat.write("อยู่ในลิฟต์")
    await server.say("ยังอยู่ไหมคะ")
    await context.set_offline(False)

    await expect(chat.connection).to_have_text("")
    await until(lambda: server.texts() == ["อยู่ในลิฟต์"], "the message arrives")
    await expect(chat.bubbles).to_have_text(["ยังอยู่ไหมคะ", "อยู่ในลิฟต์"])


async def test_a_message_refused_for_good_goes_out_under_a_new_id(chat: Chat, server: FakeServer) -> None:
    server.hold_posts.clear()
    await chat.write("ข้อความ")
    await until(lambda: len(server.posts()) == 1, "the post is under way")
    taken = server.posts()[0]["client_id"]
    server.conversation.received[taken] = {"client_id": taken, "text": "อื่น"}
    server.hold_posts.set()
    await chat.page.get_by_role("button", name=FAILED).click()

    await until(lambda: server.texts() == ["ข้อความ"], "the message arrives")
    await expect(chat.bubbles).to_have_text(["ข้อความ"])


async def test_a_browser_that_keeps_nothing_can_still_chat(page: Page, server: FakeServer) -> None:
    await page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } });"
    )
    await page.goto(f"{server.address}/chat")
    chat = Chat(page=page, server=server)
    await chat.ready()
    await chat.write("สวัสดี")
    await expect(chat.log).to_contain_text(SENT)


async def test_the_token_stands_in_no_address(chat: Chat, server: FakeServer) -> None:
    await chat.write("สวัสดี")
    await expect(chat.log).to_contain_text(SENT)

    [token] = server.conversations
    assert any(request.token == token for request in server.requests)
    assert not any(re.search(token, f"{request.path} {request.query}") for request in server.requests)


def _streams(server: FakeServer) -> int:
    return sum(request.path == "/webchat/events" for request in server.requests)
