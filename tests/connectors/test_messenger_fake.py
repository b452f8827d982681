"""The page that other tests rely on: it takes what Graph takes, and notices what Graph would refuse."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.connectors.messenger_page import APP_ID, PAGE_ID, platform_of, writing_user
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.messenger_routing import INBOX_APP

PDF = b"%PDF-1.7"


@pytest.fixture(name="platform")
def _platform() -> Iterator[MessengerPlatform]:
    with platform_of() as platform:
        yield platform


def call(platform: MessengerPlatform, path: str, **told: Any) -> dict[str, Any]:
    """Call Graph in the page's name."""
    proof = hmac.new(platform.app_secret.encode(), platform.page_token.encode(), hashlib.sha256).hexdigest()
    headers = {"Authorization": f"Bearer {platform.page_token}"}
    url, params = f"{platform.address}/{path}", {"appsecret_proof": proof, **told.pop("params", {})}
    method = "POST" if told else "GET"
    answer: dict[str, Any] = httpx.request(method, url, params=params, headers=headers, **told).json()
    return answer


def code_of(answer: dict[str, Any]) -> tuple[int, int | None]:
    return answer["error"]["code"], answer["error"].get("error_subcode")


def test_a_message_as_json_as_a_form_and_in_parts(platform: MessengerPlatform) -> None:
    user = writing_user(platform)
    body = {"recipient": {"id": user.id}, "messaging_type": "RESPONSE", "message": {"text": "ก & ข"}}
    form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}

    call(platform, "me/messages", json=body)
    call(platform, "me/messages", data=form)
    call(platform, "me/messages", files={name: (None, value) for name, value in form.items()})

    assert user.texts == ["ก & ข"] * 3
    assert platform.violations == []


def test_what_is_none_of_the_three_is_refused(platform: MessengerPlatform) -> None:
    assert code_of(call(platform, "me/messages", content=b"[")) == (100, None)
    assert len(platform.violations) == 1


def send_file(platform: MessengerPlatform, recipient: str, **payload: Any) -> dict[str, Any]:
    message = {"attachment": {"type": "file", "payload": payload}}
    return call(
        platform, "me/messages",
        json={"recipient": {"id": recipient}, "messaging_type": "RESPONSE", "message": message},
    )  # fmt: skip


def test_an_upload_is_sent_by_its_id_for_ninety_days(platform: MessengerPlatform) -> None:
    user = writing_user(platform)
    told = {"attachment": {"type": "file", "payload": {"is_reusable": True}}}
    files = {"message": (None, json.dumps(told)), "filedata": ("a.pdf", PDF, "application/pdf")}
    kept = call(platform, "me/message_attachments", files=files)["attachment_id"]

    assert send_file(platform, user.id, attachment_id=kept)["message_id"]
    platform.clock.move(hours=91 * 24)
    user.wrote_at = platform.clock.now()
    assert code_of(send_file(platform, user.id, attachment_id=kept)) == (100, 2018074)
    assert [seen.file for seen in user.seen] == [kept]


def test_a_file_at_an_address_is_fetched(platform: MessengerPlatform) -> None:
    user = writing_user(platform)

    assert send_file(platform, user.id, url=platform.share(PDF, "a.pdf", "application/pdf"))["message_id"]
    assert code_of(send_file(platform, user.id, url="http://127.0.0.1:9/a.pdf")) == (100, 2018008)


def control(platform: MessengerPlatform, act: str, recipient: str, **more: Any) -> dict[str, Any]:
    return call(platform, f"{PAGE_ID}/{act}_thread_control", json={"recipient": {"id": recipient}, **more})


def test_a_talk_changes_hands(platform: MessengerPlatform) -> None:
    user = writing_user(platform)

    def owner() -> str:
        answer = call(platform, f"{PAGE_ID}/thread_owner", params={"recipient": user.id})
        return str(answer["data"][0]["thread_owner"]["app_id"])

    assert control(platform, "extend", user.id, duration=3600) == {"success": True}
    assert control(platform, "pass", user.id, target_app_id=INBOX_APP) == {"success": True}
    assert owner() == str(INBOX_APP)
    assert code_of(control(platform, "release", user.id)) == (10, 2018300)
    assert control(platform, "request", user.id) == {"success": True}
    assert owner() == str(INBOX_APP), "asking is not having"
    assert control(platform, "take", user.id) == {"success": True}
    assert owner() == APP_ID
    platform.settings.default_app = False
    assert code_of(control(platform, "take", user.id)) == (10, 2018300)
    assert platform.violations == []


def test_a_message_hands_the_talk_on(platform: MessengerPlatform) -> None:
    user = writing_user(platform)
    handed = {"type": "pass", "payload": {"target_app_id": INBOX_APP}}
    body = {"recipient": {"id": user.id}, "messaging_type": "RESPONSE", "message": {"text": "ลาก่อนค่ะ"}}

    call(platform, "me/messages", json={**body, "thread_control": handed})

    assert (user.texts, user.is_elsewhere) == (["ลาก่อนค่ะ"], True)


def test_talks_are_asked_for_twice_a_second_at_the_most(platform: MessengerPlatform) -> None:
    platform.threads.seconds = lambda: 0.0
    query = {"platform": "messenger"}

    answers = [call(platform, f"{PAGE_ID}/conversations", params=query) for _ in range(3)]

    assert answers[:2] == [{"data": [], "paging": {}}] * 2
    assert code_of(answers[2]) == (613, None)
    assert len(platform.violations) == 1


def test_events_that_are_held_come_out_of_order(platform: MessengerPlatform) -> None:
    came: list[str] = []

    def hear(request: Request) -> Reply:
        came.append(json.loads(request.body)["entry"][0]["messaging"][0]["message"]["text"])
        return Reply()

    served = HttpThread(hear)
    served.start()
    platform.webhook = served.address
    user = platform.user("สมหญิง")
    platform.holds = True
    for text in ("หนึ่ง", "สอง", "สาม"):
        user.say(text)
    assert came == []

    platform.holds = False
    platform.redeliver()
    assert came == ["สาม", "สอง", "หนึ่ง"]
    served.stop()
