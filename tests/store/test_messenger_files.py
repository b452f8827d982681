"""What a Messenger customer sends instead of text gets an answer; of a file that can't be kept the customer is told."""

from typing import Any

import pytest

from tests.fakes.media import PDF, PNG
from tests.store.messenger_desk import Page


@pytest.mark.parametrize(
    ("data", "name", "expired", "words"),
    [
        (PDF, "ใบขน.pdf", True, "รบกวนส่งใหม่อีกครั้ง"),
        (PNG + b"\0" * 25_000_000, "รูป.png", False, "ไม่เกินไฟล์ละ 25 MB"),
        (b"MZ\0\0", "โปรแกรม.exe", False, "รับได้เฉพาะรูปภาพ"),
    ],
    ids=["expired address", "too large", "kind"],
)
async def test_the_customer_is_told(page: Page, data: bytes, name: str, expired: bool, words: str) -> None:
    user = page.platform.user("สมหญิง")
    page.platform.cdn.expired = expired
    for _ in range(2):
        await page.does(user.send_file, data, name, "application/octet-stream")

    await page.work(user)

    assert [words in text for text in user.texts].count(True) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"attachments": [{"type": "sticker", "payload": {"sticker_id": 1}}]}, "พิมพ์ถามได้เลย"),
        ({"attachments": [{"type": "audio", "payload": {"url": "https://x.fbcdn.net/a.mp4"}}]}, "ยังฟังข้อความเสียงไม่ได้"),
        ({"attachments": [{"type": "location", "title": "ท่าเรือ"}]}, "ยังอ่านรูปภาพ เสียง วิดีโอ ตำแหน่ง"),
        ({"attachments": [{"type": "reel", "payload": {"url": "https://x.test"}}]}, "ยังอ่าน"),
        ({"is_unsupported": True}, "ยังอ่าน"),
    ],
    ids=["sticker", "voice", "location", "reel", "unsupported"],
)
async def test_whatever_is_sent_gets_an_answer(page: Page, content: dict[str, Any], words: str) -> None:
    user = page.platform.user("สมหญิง")
    user.wrote_at = page.platform.clock.now()
    await page.does(page.platform.deliver, user.message(**content))

    await page.work(user)

    assert words in user.texts[1], "behind the greeting, without asking Rasa"
    assert page.asked == []
