"""Quotes on the desk: which message a customer answers, and which one an officer does."""

import asyncio
import itertools

from bot.domain.agent import Role
from bot.domain.conversation import Message
from bot.services import receive
from connectors.contract import EventKind, InboundEvent
from tests.conftest import NOON
from tests.served import Web
from tests.visitor import rasa
from tests.web.officer import Officer, text_of

ASKED = "ขอคุยกับเจ้าหน้าที่"
numbers = itertools.count(1)


async def writes(web: Web, text: str, quoted: str | None = None) -> Message:
    """Let a customer of LINE write, and wait until it is in the transcript and seen to."""
    number = next(numbers)
    event = InboundEvent(
        channel="line", event_id=f"e{number}", external_id="U1", kind=EventKind.TEXT, text=text, occurred_at=NOON,
        message_id=f"m{number}", quote_token=f"token {number}", quoted_message_id=quoted,
    )  # fmt: skip
    async with web.desk.uow() as uow:
        await receive.accept(uow, [event])
        await uow.commit()
    async with asyncio.timeout(30):
        while True:
            async with web.desk.uow() as uow:
                chat = await uow.conversations.chat("line", "U1", 0)
                if chat.conversation_id and not chat.busy:
                    said = await uow.conversations.by_platform_id(chat.conversation_id, f"m{number}")
                    assert said is not None
                    return said
            await asyncio.sleep(0.02)


async def test_quotes_are_seen_on_the_page_and_in_the_api(web: Web) -> None:
    web.rasa.answer = rasa
    officer, agent = await Officer.at(web), await web.sign_in(Role.ADMIN)
    question = await writes(web, "ขอ Form D <b>ที่ไหน</b> " + "ก" * 100)
    asked = await writes(web, ASKED)
    await writes(web, "อันนี้ค่ะ", quoted=question.external_message_id)
    page = await officer.page(f"/desk/cases/{asked.case_id}")
    assert "ตอบข้อความ: ขอ Form D <b>ที่ไหน</b> กกก" in text_of(page)
    assert f'href="#message-{question.seq}"' in page
    assert "data-quote" not in page, "who does not have the case answers nothing"

    page = await officer.do(asked.case_id, "accept")
    assert page.count("data-quote=") == 3
    sent = await officer.post(
        f"/desk/cases/{asked.case_id}/reply", text="ค่ะ", quoted_seq=asked.seq, last_seen_seq=99, key="k1"
    )
    assert sent.status_code == 303, text_of(sent.text)
    path = f"/api/v1/cases/{asked.case_id}"
    sent = await web.http.post(f"{path}/messages", json={"text": "นะคะ", "quoted_seq": question.seq}, headers=agent)
    assert sent.status_code == 201, sent.text
    messages = (await web.http.get(path, headers=agent)).json()["messages"]

    quoted = {message["text"]: message["quoted_seq"] for message in messages if message["quoted_seq"]}
    assert quoted == {"อันนี้ค่ะ": question.seq, "ค่ะ": asked.seq, "นะคะ": question.seq}
    assert f"ตอบข้อความ: {ASKED}" in text_of(await officer.page(f"/desk/cases/{asked.case_id}"))
