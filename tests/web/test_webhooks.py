"""The platforms' webhooks over HTTP: what is refused, what is answered, and when."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy.exc import OperationalError

from bot.bootstrap import Desk
from bot.services import missed, receive
from connectors.line import LineChannel
from connectors.messenger import MessengerChannel
from tests.fakes.line import LinePlatform
from tests.served import Web, serving
from tests.web.officer import Officer, text_of


@pytest_asyncio.fixture(name="line")
async def _line(desk: Desk) -> LinePlatform:
    """A platform that only signs; what is sent goes nowhere."""
    platform = LinePlatform()
    desk.channels["line"] = LineChannel(secret=platform.secret, access_token="t", api_base="http://127.0.0.1:9")  # type: ignore[index]
    desk.channels["messenger"] = MessengerChannel(  # type: ignore[index]
        app_secret="s", page_access_token="t", verify_token="v", graph_base="http://127.0.0.1:9"
    )
    return platform


@pytest_asyncio.fixture(name="web")
async def _web(desk: Desk, line: LinePlatform) -> AsyncIterator[Web]:
    async with serving(desk) as web:
        yield web


async def stored(web: Web) -> int:
    async with web.desk.uow() as uow:
        return len(await uow.inbound.of_message("line", "m1"))


def body_of(platform: LinePlatform, **message: str) -> tuple[bytes, dict[str, str]]:
    event = platform.user("ก").message("text", **{"text": "สวัสดีค่ะ", **message})
    event["message"]["id"] = "m1"
    body = json.dumps({"destination": platform.bot_id, "events": [event]}).encode()
    return body, {"x-line-signature": platform.sign(body)}


async def test_a_signed_batch_is_stored_before_it_is_answered(web: Web, line: LinePlatform) -> None:
    body, headers = body_of(line)
    answer = await web.http.post("/webhooks/line", content=body, headers=headers)

    assert answer.status_code == 200
    assert await stored(web) == 1


async def test_any_changed_byte_is_refused_and_nothing_is_stored(web: Web, line: LinePlatform) -> None:
    body, headers = body_of(line)
    for position in range(0, len(body), 40):
        changed = body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :]
        answer = await web.http.post("/webhooks/line", content=changed, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
    missing = await web.http.post("/webhooks/line", content=body)

    assert missing.status_code == 401
    assert await stored(web) == 0


async def test_officers_see_that_a_wrong_secret_keeps_customers_out_until_the_right_one_is_set(
    web: Web, line: LinePlatform
) -> None:
    body, headers = body_of(line)
    right = web.desk.channels["line"]
    wrong = LineChannel(secret="old", access_token="t", api_base="http://127.0.0.1:9")
    wrong._bot_id = line.bot_id  # as LINE would have told
    web.desk.channels["line"] = wrong  # type: ignore[index]
    web.desk.clock.forward(seconds=1)
    answers = [(await web.http.post("/webhooks/line", content=body, headers=headers)).status_code for _ in range(4)]
    officer = await Officer.at(web)
    assert answers == [401] * 4
    assert await stored(web) == 0
    assert "LINE: ข้อความของลูกค้าเข้าระบบไม่ได้ตั้งแต่ 12.00 น." in text_of(await officer.page("/desk"))

    web.desk.channels["line"] = right  # type: ignore[index]
    await wrong.close()
    web.desk.clock.forward(seconds=1)
    assert (await web.http.post("/webhooks/line", content=body, headers=headers)).status_code == 200
    await missed.look(web.desk.uow, web.desk.channels)
    assert "เข้าระบบไม่ได้" not in text_of(await officer.page("/desk"))


async def test_a_database_that_is_down_makes_the_platform_deliver_again(
    web: Web, line: LinePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, headers = body_of(line)

    async def down(*_: object) -> None:
        raise OperationalError("insert", {}, Exception("the server closed the connection"))

    with monkeypatch.context() as patch:
        patch.setattr(receive, "accept", down)
        refused = await web.http.post("/webhooks/line", content=body, headers=headers)
    again = await web.http.post("/webhooks/line", content=body, headers=headers)

    assert refused.status_code >= 500
    assert again.status_code == 200
    assert await stored(web) == 1


async def test_twenty_copies_at_once_are_one_event(web: Web, line: LinePlatform) -> None:
    body, headers = body_of(line)
    answers = await asyncio.gather(*(web.http.post("/webhooks/line", content=body, headers=headers) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}
    assert await stored(web) == 1


async def test_only_served_platforms_have_an_address(web: Web) -> None:
    for name in ("webchat", "telegram"):
        assert (await web.http.post(f"/webhooks/{name}", content=b"{}")).status_code == 404
    assert (await web.http.get("/webhooks/line")).status_code == 404


async def test_a_body_beyond_the_limit_is_refused(web: Web) -> None:
    answer = await web.http.post("/webhooks/line", content=b"x" * (1024 * 1024 + 1))

    assert answer.status_code == 413


async def test_meta_is_answered_with_its_own_challenge_as_plain_text(web: Web) -> None:
    right = await web.http.get(
        "/webhooks/messenger",
        params={"hub.mode": "subscribe", "hub.verify_token": "v", "hub.challenge": "<b>1</b>"},
    )
    wrong = await web.http.get("/webhooks/messenger", params={"hub.mode": "subscribe", "hub.verify_token": "w"})

    assert (right.status_code, right.text) == (200, "<b>1</b>")
    assert right.headers["content-type"].startswith("text/plain")
    assert wrong.status_code == 403
