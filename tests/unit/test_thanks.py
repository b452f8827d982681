"""Thanks close; everything else is heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.thanks import only_thanks


@pytest.mark.parametrize(
    "text",
    [
        "ขอบคุณค่ะ", "ขอบคุณมากค่ะ", "ขอบคุณมากๆ นะคะ", "ขอบพระคุณครับ", "โอเค ขอบคุณค่ะ", "ขอบคุณที่ช่วยเหลือค่ะ", "thank you",
        "Thanks so much!", "thx", "🙏", "👍👍", "ขอบใจจ้า", "รับทราบ ขอบคุณครับ", "ขอบคุณครับ สวัสดีครับ",
    ],
)  # fmt: skip
def test_thanks(text: str) -> None:
    assert only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "ขอบคุณค่ะ แต่ขอถามอีกเรื่อง", "ขอ Form D", "ขอคุยกับเจ้าหน้าที่", "", "2", "ไม่ขอบคุณ", "ขอบเขตงานคืออะไร",
        "thanks but where is form D",
        "ได้ค่ะ", "โอเค", "?", "???", "...", "ขอบคุณค่ะ?", "สวัสดีค่ะ", "สวัสดี",
    ],
)  # fmt: skip
def test_no_thanks(text: str) -> None:
    assert not only_thanks(text)


@given(st.text(max_size=200))
def test_reading_never_fails(text: str) -> None:
    assert only_thanks(text) in {True, False}
