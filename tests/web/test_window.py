"""What an officer sees of a platform's window: a countdown under the reply box, and a box that is closed in time."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest_asyncio

from bot.bootstrap import Desk, make_desk
from bot.domain.agent import Role
from bot.domain.case import HandoffReason
from bot.domain.proposals import Handoff
from bot.services import cases, windows
from bot.settings import load_settings
from connectors.contract import EventKind
from tests.clocks import HandClock
from tests.conftest import NOON
from tests.drive import Customer
from tests.served import Web, serving
from tests.web.officer import Officer, text_of

SECRETS = {f"DESK_MESSENGER_{name}": "x" * 20 for name in ("APP_SECRET", "PAGE_ACCESS_TOKEN", "VERIFY_TOKEN")}
NOWHERE = {"DESK_MESSENGER_GRAPH_BASE": "http://127.0.0.1:9/v25.0"}
WRITTEN = NOON - timedelta(hours=23, minutes=59)


async def desk_of(database_url: str, var: Path, **more: str) -> Desk:
    settings = load_settings({"DESK_DATABASE_URL": database_url, "DESK_VAR": str(var), **SECRETS, **NOWHERE, **more})
    return make_desk(settings, clock=HandClock(NOON))


@pytest_asyncio.fixture(name="desk")
async def _desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk that serves Messenger, whose Graph is never reached."""
    desk = await desk_of(database_url, tmp_path)
    yield desk
    await desk.close()


@pytest_asyncio.fixture(name="web")
async def _web(desk: Desk) -> AsyncIterator[Web]:
    async with serving(desk, works=False) as web:
        yield web


async def waiting(desk: Desk, channel: str = "messenger") -> tuple[Customer, int]:
    """A customer who asked for an officer almost a day ago, when the desk was down; the officer is still signed in."""
    customer = Customer(desk, channel=channel)
    await customer.accept(customer.event(EventKind.TEXT, text="ขอคุยกับเจ้าหน้าที่", occurred_at=WRITTEN))
    turn = await customer.handle()
    assert turn is not None
    await customer.apply(turn, [Handoff(reason=HandoffReason.CUSTOMER_ASKED)])
    return customer, (await customer.case()).id


async def test_a_countdown_then_a_closed_box_then_an_open_one(web: Web) -> None:
    desk = web.desk
    customer, case_id = await waiting(desk)
    officer = await Officer.at(web)
    await officer.do(case_id, "accept")
    page = await officer.page(f"/desk/cases/{case_id}")
    closes = WRITTEN + timedelta(hours=24)
    assert f'data-closes="{closes.isoformat()}"' in page
    assert "Messenger ให้ตอบได้อีก" in text_of(page)
    assert 'data-may="yes"' in page

    desk.clock.time = closes
    page = await officer.page(f"/desk/cases/{case_id}")
    assert "พ้นเวลาที่ Messenger ให้ตอบแล้ว" in text_of(page)
    assert 'data-may="no"' in page
    assert "data-closes" not in page
    refused = await officer.post(f"/desk/cases/{case_id}/reply", live=True, text="ขออภัยที่ตอบช้าค่ะ", key="k1")
    assert (refused.status_code, refused.json()["code"]) == (409, "window_closed")
    assert "พ้นเวลา" in refused.json()["message"]
    assert "ขออภัยที่ตอบช้าค่ะ" not in [message.text for message in await customer.messages()]

    await customer.accept(customer.event(EventKind.TEXT, text="ยังรออยู่ค่ะ", occurred_at=desk.clock.time))
    await customer.handle()
    assert 'data-may="yes"' in await officer.page(f"/desk/cases/{case_id}")


async def test_a_failed_message_is_not_sent_again_into_a_closed_talk(web: Web) -> None:
    customer, case_id = await waiting(web.desk)
    officer = await Officer.at(web)
    await officer.do(case_id, "accept")
    await officer.post(f"/desk/cases/{case_id}/reply", text="สวัสดีค่ะ", key="k2", last_seen_seq=99)
    async with web.desk.uow() as uow:
        message = (await customer.messages())[-1]
        locked = await uow.conversations.lock_message(message.id)
        locked.delivery, locked.next_attempt_at = "failed", None  # type: ignore[assignment]  # as the column holds it
        await uow.commit()
    web.desk.clock.forward(minutes=1)

    again = await officer.post(f"/desk/cases/{case_id}/retry/{message.seq}", live=True)

    assert (again.status_code, again.json()["code"]) == (409, "window_closed")


async def test_with_human_agent_it_is_seven_days_and_elsewhere_for_ever(database_url: str, tmp_path: Path) -> None:
    desk = await desk_of(database_url, tmp_path, DESK_MESSENGER_HUMAN_AGENT="1")
    _, on_messenger = await waiting(desk)
    _, on_the_web = await waiting(desk, "webchat")

    async with desk.uow() as uow:
        talk, _ = await cases.locked(uow, on_messenger)
        assert await windows.closes_at(uow, talk, limits=desk.limits) == WRITTEN + timedelta(days=7)
        talk, _ = await cases.locked(uow, on_the_web)
        assert await windows.closes_at(uow, talk, limits=desk.limits) is None
    await desk.close()


async def test_before_ending_the_officer_reads_that_the_rating_is_asked_later(web: Web) -> None:
    desk = web.desk
    customer, case_id = await waiting(desk)
    officer = await Officer.at(web)
    await officer.do(case_id, "accept")
    page = text_of(await officer.page(f"/desk/cases/{case_id}"))
    assert "ลูกค้าจะได้รับข้อความขอคะแนน 1/2/3" in page
    assert "ระบบจะขอคะแนน" not in page

    desk.clock.time = WRITTEN + timedelta(hours=24)
    page = text_of(await officer.page(f"/desk/cases/{case_id}"))
    assert "ขณะนี้ Messenger ไม่ให้ระบบส่งข้อความถึงลูกค้ารายนี้ จึงยังขอคะแนนไม่ได้" in page
    assert "หากจบเรื่องตอนนี้ ระบบจะขอคะแนนเมื่อลูกค้าทักกลับมา" in page
    assert "ลูกค้าจะได้รับข้อความขอคะแนน" not in page

    ended = await officer.do(case_id, "resolve", outcome="answered", summary="โทรแจ้งแล้ว", last_seen_seq=99)
    assert "จบเรื่องแล้ว ระบบจะขอคะแนนเมื่อลูกค้าทักกลับมา" in text_of(ended)
    assert "จบเรื่องแล้ว แต่ยังขอคะแนนจากลูกค้าไม่ได้" in text_of(ended)
    assert "ยังขอคะแนนจากลูกค้าไม่ได้" in text_of(ended).partition("ประวัติ")[2]

    await customer.accept(customer.event(EventKind.TEXT, text="ขอบคุณค่ะ", occurred_at=desk.clock.time))
    await customer.handle()
    assert "จบเรื่องแล้ว กำลังรอคะแนนจากลูกค้า" in text_of(await officer.page(f"/desk/cases/{case_id}"))


async def test_with_human_agent_officers_write_on_while_the_desk_is_silent(database_url: str, tmp_path: Path) -> None:
    desk = await desk_of(database_url, tmp_path, DESK_MESSENGER_HUMAN_AGENT="1")
    async with serving(desk, works=False) as web:
        customer, case_id = await waiting(desk)
        desk.clock.time = WRITTEN + timedelta(hours=24)
        officer = await Officer.at(web)
        page = await officer.do(case_id, "accept")
        assert "agent_joined" not in await customer.scripts()
        assert "Messenger ให้ตอบได้อีก" in text_of(page)
        assert "ข้อความอัตโนมัติ เช่น แจ้งการรับเรื่อง ส่งถึงลูกค้าไม่ได้จนกว่าลูกค้าจะทักมา" in text_of(page)
        await officer.do(case_id, "reply", text="ขออภัยที่ตอบช้าค่ะ", key="k3", last_seen_seq=99)
        assert (await customer.messages())[-1].text == "ขออภัยที่ตอบช้าค่ะ"

        api = await web.http.get(f"/api/v1/cases/{case_id}", headers=await web.sign_in(Role.AGENT))
        until = [datetime.fromisoformat(api.json()[name]) for name in ("bot_write_until", "write_until")]
        assert until == [WRITTEN + timedelta(hours=24), WRITTEN + timedelta(days=7)]
    await desk.close()
