"""Which words are a rating."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rating import Score, read_rating


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("สองค่ะ", 2), ("ให้หนึ่งเลยค่ะ", 1), ("สาม", 3), ("two", 2),
        ("1", 1), ("๒", 2), ("2 ค่ะ", 2), ("３", 3), ("1️⃣", 1), ("2️⃣ ครับ", 2), ("กด 1", 1), ("ให้ 3 คะแนน", 3),
        ("พึงพอใจ", 2), ("พอใจค่ะ", 2), ("แค่พอใจ", 2), ("ไม่พึงพอใจ", 3), ("ไม่พอใจเลย", 3), ("ไม่ค่อยพอใจ", 3),
        ("ประทับใจมาก", 1), ("ประทับใจค่ะ", 1), ("1 ประทับใจ", 1), ("ไม่ประทับใจ", 3), ("satisfied", 2),
        ("not satisfied", 3), ("Excellent!", 1), ("2.", 2), ("3 ไม่พอใจเลย", 3), ("2 พอใจค่ะ", 2),
        ("1. ประทับใจมาก", 1), (" ๑ ครับผม", 1),
    ],
)  # fmt: skip
def test_ratings(text: str, score: int) -> None:
    assert read_rating(text) == Score(score)


@pytest.mark.parametrize(
    "text",
    [
        "สองตู้", "หนึ่งวัน", "สามสิบ", "one more question",
        "4", "0", "12", "ขอ 2 เล่ม", "3 วันแล้วยังไม่ได้เอกสารเลย", "1169", "2 ตู้คอนเทนเนอร์", "ขอบคุณ", "", "👍",
        "พอใจแต่ขอถามต่ออีกเรื่อง", "1 หรือ 2", "ข้อ 4", "2569", "3 ชั่วโมง",
        "1 ไม่พอใจ", "3 ประทับใจ", "3 พอใจ", "2 แต่ช้ามาก", "Form 3", "๑๑๖๙", "ไม่", "1,2",
    ],
)  # fmt: skip
def test_no_ratings(text: str) -> None:
    assert read_rating(text) is None


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    assert read_rating(text) in {None, *Score}


def test_satisfied_means_one_or_two() -> None:
    assert [score.satisfied for score in Score] == [True, True, False]
