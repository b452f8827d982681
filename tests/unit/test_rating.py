"""Which words are a rating."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rating import Score, names_no_score, read_rating


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("สองค่ะ", 2), ("ให้หนึ่งเลยค่ะ", 1), ("สาม", 3), ("two", 2),
        ("1", 1), ("๒", 2), ("2 ค่ะ", 2), ("３", 3), ("1️⃣", 1), ("2️⃣ ครับ", 2), ("กด 1", 1), ("ให้ 3 คะแนน", 3),
        ("พึงพอใจ", 2), ("พอใจค่ะ", 2), ("แค่พอใจ", 2), ("ไม่พึงพอใจ", 3), ("ไม่พอใจเลย", 3), ("ไม่ค่อยพอใจ", 3),
        ("ประทับใจมาก", 1), ("ประทับใจค่ะ", 1), ("1 ประทับใจ", 1), ("ไม่ประทับใจ", 3), ("satisfied", 2),
        ("not satisfied", 3), ("Excellent!", 1), ("2.", 2), ("3 ไม่พอใจเลย", 3), ("2 พอใจค่ะ", 2),
        ("1. ประทับใจมาก", 1), (" ๑ ครับผม", 1), ("โอเคค่ะ", 2), ("okay", 2),
        ("ดีมากค่ะ ประทับใจ", 1), ("1 ค่ะ ขอบคุณค่ะ", 1), ("ให้ 1 ค่ะ ขอบคุณค่ะ", 1), ("ประทับใจค่ะ ขอบคุณค่ะ", 1),
        ("พอใจครับ ขอบคุณครับ", 2), ("ขอบพระคุณมากครับ พอใจครับ", 2), ("ขอบคุณที่ช่วยเหลือค่ะ ให้ 2 ค่ะ", 2), ("2 ขอบใจจ้า", 2),
        ("แย่มาก", 3), ("แย่ค่ะ", 3), ("ไม่ดีเลย", 3), ("ไม่ดีเลยค่ะ ขอบคุณค่ะ", 3), ("3 แย่มาก", 3), ("ไม่พอใจ แย่มาก", 3),
        ("1, thanks", 1), ("Thank you so much! Excellent", 1), ("3 thx", 3), ("ดีมากๆ เลยค่ะ", 1), ("ประทับใจ ๑ 🙏🙏", 1),
        ("ขอแก้คะแนนเป็น 1 ค่ะ", 1), ("ไม่ใช่ค่ะ ขอแก้เป็น 2", 2), ("เปลี่ยนคะแนนเป็นสองค่ะ", 2), ("change it to 2", 2),
        ("ค่ะ ให้ 1", 1), ("1-ประทับใจ", 1), ("ยอดเยี่ยมค่ะ", 1), ("not good", 3),
    ],
)  # fmt: skip
def test_ratings(text: str, score: int) -> None:
    assert read_rating(text) == Score(score)


@pytest.mark.parametrize(
    "text",
    [
        "สองตู้", "หนึ่งวัน", "สามสิบ", "one more question",
        "4", "0", "12", "ขอ 2 เล่ม", "3 วันแล้วยังไม่ได้เอกสารเลย", "1169", "2 ตู้คอนเทนเนอร์", "ขอบคุณ", "", "👍",
        "ไม่ใช่ 2", "ขอแก้ 2 รายการ", "ขอแก้คะแนน", "เปลี่ยน", "ขอแก้ไขใบขน 2 ใบ",
        "พอใจแต่ขอถามต่ออีกเรื่อง", "1 หรือ 2", "ข้อ 4", "2569", "3 ชั่วโมง",
        "1 ไม่พอใจ", "3 ประทับใจ", "3 พอใจ", "2 แต่ช้ามาก", "Form 3", "๑๑๖๙", "ไม่", "1,2",
        "พอใช้ได้ครับ", "1 ไม่พอใจ ขอบคุณค่ะ", "ประทับใจ แย่มาก", "พอใจค่ะ ประทับใจค่ะ", "ดีมาก ไม่พอใจ", "ไม่แย่", "not bad",
        "แย่แล้ว", "แย่แล้วค่ะ", "โอเค ขอบคุณค่ะ", "ok thanks", "ขอบคุณค่ะ โอเคค่ะ", "3 โอเค", "ไม่ขอบคุณ", "goodbye",
        "ขอบคุณค่ะ แต่ 3 วันแล้ว", "2 ข้อ", "1.1", "1-1", "1/3", "ให้ ขอบคุณค่ะ", "แล้ว 3", "ดีมากกว่านี้", "1 1 2", "ขอบคุณ 2569",
        "สุดยอด", "good morning", "ดีมากค่ะ?", "มาก",
    ],
)  # fmt: skip
def test_no_ratings(text: str) -> None:
    assert read_rating(text) is None


@pytest.mark.parametrize(
    "text", ["พอใช้ได้ครับ", "ขอบคุณค่ะ", "โอเค ขอบคุณค่ะ", "1 ไม่พอใจ", "ดีค่ะ", "สุดยอดครับ", "ดีค่ะ ประทับใจ", "เฉยๆ ค่ะ"]
)
def test_who_speaks_of_the_service_without_a_score_can_be_asked_again(text: str) -> None:
    assert names_no_score(text)


@pytest.mark.parametrize("text", ["ประทับใจค่ะ", "2", "แล้วถ้าส่งไปจีนล่ะคะ", "", "พอใจแต่ขอถามต่ออีกเรื่อง", "ดีกว่านี้ไหม", "4"])
def test_ratings_and_questions_need_no_asking_again(text: str) -> None:
    assert not names_no_score(text)


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    assert read_rating(text) in {None, *Score}
    assert not (names_no_score(text) and read_rating(text))


SAID = {
    Score.IMPRESSED: ("1", "ประทับใจ", "ดีมาก", "ให้ ๑", "excellent"),
    Score.SATISFIED: ("2", "พึงพอใจ", "พอใจ", "ข้อ 2"),
    Score.NOT_SATISFIED: ("3", "ไม่พอใจ", "แย่มาก", "ไม่ดีเลย"),
}
POLITE = ("ขอบคุณค่ะ", "ขอบพระคุณมากครับ", "thank you", "ขอบใจจ้า", "thx", "ขอบคุณนะคะ 🙏")


@given(st.lists(st.sampled_from([(score, words) for score in SAID for words in SAID[score]]), max_size=3), st.data())
def test_thanks_and_repeats_change_no_score_and_a_contradiction_is_none(
    said: list[tuple[Score, str]], data: st.DataObject
) -> None:
    parts = [words for _, words in said] + data.draw(st.lists(st.sampled_from(POLITE), max_size=2))
    text = " ".join(data.draw(st.permutations(parts)))
    scores = {score for score, _ in said}

    assert read_rating(text) is (scores.pop() if len(scores) == 1 else None)


@given(st.sampled_from(["ให้", "1 ", "ขอบคุณ", "มาก", "ๆ ", "ไม่", "ok", "ค่ะ "]))
def test_a_long_text_is_read_at_once(part: str) -> None:
    assert read_rating(part * 1000 + "x") is None


def test_satisfied_means_one_or_two() -> None:
    assert [score.satisfied for score in Score] == [True, True, False]
