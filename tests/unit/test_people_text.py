"""Who declines a person, and who wants one though the words look alike."""

import pytest

from bot.domain.people_text import asks_about_officers, declines_a_person


@pytest.mark.parametrize(
    "text",
    [
        "ไม่ต้องการคุยกับเจ้าหน้าที่",
        "อย่าส่งให้เจ้าหน้าที่นะ",
        "ยังไม่ต้องโอนสายไปหาเจ้าหน้าที่ค่ะ",
        "ไม่อยากรอเจ้าหน้าที่",
        "ไม่เอาแอดมิน",
        "I don't want to talk to an officer",
        "no need for a human",
    ],
)
def test_declined(text: str) -> None:
    assert declines_a_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "ขอคุยกับเจ้าหน้าที่",
        "ไม่อยากคุยกับบอท ขอคุยกับเจ้าหน้าที่",
        "ไม่ต้องการบอท เอาเจ้าหน้าที่มาคุย",
        "ทำไมไม่ให้คุยกับเจ้าหน้าที่",
        "ยังไม่มีเจ้าหน้าที่ตอบเลย",
        "ยังไม่ได้คุยกับเจ้าหน้าที่เลยค่ะ",
        "อย่าให้เจ้าหน้าที่คนเดิมตอบ",
        "I don't want this bot, get me a person",
        "",
    ],
)
def test_not_declined(text: str) -> None:
    assert not declines_a_person(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ใครกันที่เรียกว่าเจ้าหน้าที่ศุลกากร", True),
        ("เจ้าหน้าที่ด่านทำหน้าที่อะไร", True),
        ("พนักงานของกรมวิชาการเกษตรตรวจอะไรบ้าง", True),
        ("what does a customs officer do", True),
        ("ขอคุยกับเจ้าหน้าที่ศุลกากรได้ที่ไหน", False),
        ("เรียกเจ้าหน้าที่ศุลกากรมาคุยหน่อยได้ไหม เรื่องอะไรไม่รู้", False),
        ("เจ้าหน้าที่อยู่ไหน", False),
        ("เจ้าหน้าที่ของกรมคนไหนดูแลเรื่องนี้", False),
        ("how can I talk to a customs officer", False),
    ],
)
def test_who_asks_about_officers_of_another_office_wishes_for_none(text: str, *, expected: bool) -> None:
    assert asks_about_officers(text) is expected
