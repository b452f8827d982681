"""A message is cut into its questions with care, and a follow-up is read in the light of what was asked before."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.questions import MOST_QUESTIONS, asks_on, in_context, joined_in, questions_in
from bot.domain.terms import Term, named_in, parse
from bot.domain.thai import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ฟอร์มดีขอที่ไหนคะ แล้วเบอร์กรมศุลกากรเบอร์อะไร", ["ฟอร์มดีขอที่ไหนคะ", "เบอร์กรมศุลกากรเบอร์อะไร"]),
        ("ส่งของไปจีนใช้ฟอร์มไหนคะแล้วพาเลทไม้ต้องรมยาไหม", ["ส่งของไปจีนใช้ฟอร์มไหนคะ", "พาเลทไม้ต้องรมยาไหม"]),
        ("ส่งออกอาหารต้องทำอะไรบ้าง และต้องเสีย VAT ไหม", ["ส่งออกอาหารต้องทำอะไรบ้าง", "ต้องเสีย vat ไหม"]),
        ("ขอเบอร์กรมศุลกากรหน่อยค่ะ อีกเรื่อง RCEP มีกี่ประเทศ", ["ขอเบอร์กรมศุลกากรหน่อยค่ะ", "rcep มีกี่ประเทศ"]),
        ("RCEP มีกี่ประเทศ?T Mark คืออะไร?", ["rcep มีกี่ประเทศ?", "t mark คืออะไร?"]),
        ("1. สมัครสมาชิกยังไง 2. T Mark คืออะไร", ["สมัครสมาชิกยังไง", "t mark คืออะไร"]),
        ("สมัครสมาชิกยังไง\nT Mark คืออะไร", ["สมัครสมาชิกยังไง", "t mark คืออะไร"]),
        ("Where can I get Form D and what is an HS code?", ["where can i get form d", "what is an hs code?"]),
        ("ขอform e ที่ไหนค่าธรรมเนียมเท่าไร", ["ขอform e ที่ไหน", "ค่าธรรมเนียมเท่าไร"]),
        ("SMEs Pro-active ใครสมัครได้ ใช้เอกสารอะไร", ["smes pro-active ใครสมัครได้", "ใช้เอกสารอะไร"]),
        ("อยากได้รายชื่อผู้นำเข้า แล้วจะเช็คบริษัทเขายังไง", ["อยากได้รายชื่อผู้นำเข้า", "จะเช็คบริษัทเขายังไง"]),
    ],
)
def test_a_message_with_several_questions(text: str, expected: list[str]) -> None:
    assert questions_in(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ขอ Form D ที่ไหนคะ",
        "ข้าวและน้ำตาลต้องขอใบอนุญาตไหม",
        "ชื่อกับที่อยู่กรมศุลกากร",
        "สวัสดีค่ะ ขอสอบถามหน่อยค่ะ ส่งออกผลไม้ต้องใช้อะไรบ้างคะ",
        "เคยนำเข้าแล้ว จะส่งออกต้องขึ้นทะเบียนอีกไหม",
        "ส่งออกผลไม้ต้องใช้อะไรบ้างคะ ขอบคุณค่ะ",
        "import and export registration",
        "ส่งออกผ้าไหมไปญี่ปุ่นต้องใช้เอกสารอะไร",
        "ใครขอ T Mark ได้บ้าง",
        "งานไหนที่ DITP จัดบ้าง",
        "ตรวจบริษัทว่ามีจริงไหมทำไง",
        "ขอ Form D ที่ไหนได้บ้าง",
    ],
)
def test_a_message_with_one_question_stays_whole(text: str) -> None:
    assert questions_in(text) == [normalise(text)]


def test_more_questions_than_can_be_answered_at_once_stay_one_message() -> None:
    text = "\n".join(["ขอ Form D ที่ไหน"] * (MOST_QUESTIONS + 1))

    assert questions_in(text) == [normalise(text)]


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=())) | st.text(alphabet="ก ไหมแล้วและ?\n1.อีกเรื่องคะ"))
def test_any_text_has_questions(text: str) -> None:
    assert 1 <= len(questions_in(text)) <= MOST_QUESTIONS


@pytest.mark.parametrize(
    ("text", "earlier", "expected"),
    [
        ("แล้วจีนล่ะ", ["ส่งไปเวียดนามใช้ฟอร์มอะไร"], "ส่งออกไปจีนใช้แบบฟอร์มอะไร"),
        ("แล้วญี่ปุ่นล่ะคะ", ["ส่งไปเวียดนามใช้ฟอร์มอะไร", "แล้วจีนล่ะ"], "ส่งออกไปญี่ปุ่นใช้แบบฟอร์มอะไร"),
        ("แล้วฟอร์มอีล่ะคะ", ["Form D ขอที่ไหน"], "form e ที่ไหน"),
        ("แล้วจีนล่ะ", ["ส่งเวียดนามใช้ฟอร์มดีใช่ไหม"], "ส่งจีน"),  # Form D was for Vietnam
        ("what about Form E?", ["where to get Form D"], "where to get Form E"),
        ("ใช้เวลากี่วัน", ["T Mark ขอที่ไหน"], "T Mark ใช้เวลากี่วัน"),
        ("สมัครยังไงคะ", ["DEmark คืออะไร"], "DEmark สมัครยังไง"),
    ],
)
def test_a_follow_up_is_completed(text: str, earlier: list[str], expected: str) -> None:
    completed = in_context(text, earlier)

    assert completed is not None
    assert completed.certain
    assert set(parse(completed.completed)) == set(parse(expected))


@pytest.mark.parametrize(
    "text",
    ["RCEP มีกี่ประเทศ", "ขอบคุณค่ะ", "", "แล้วแต่เจ้าหน้าที่เลยค่ะ", "แล้วถ้าจะส่งทุเรียนไปจีนต้องมีใบรับรองสุขอนามัยพืชจากใครและใช้เวลากี่วัน"],
)
def test_what_says_enough_alone_is_no_follow_up(text: str) -> None:
    assert in_context(text, ["T Mark คืออะไร"]) is None


@pytest.mark.parametrize("earlier", [[], [""], ["ขอบคุณค่ะ"]])
def test_without_a_question_before_there_is_no_follow_up(earlier: list[str]) -> None:
    assert in_context("แล้วจีนล่ะ", earlier) is None


def test_a_completed_follow_up_names_what_it_names_now() -> None:
    completed = in_context("แล้วฟอร์มอีล่ะ", ["ขอ Form D ไปเวียดนามที่ไหน"])

    assert completed is not None
    assert named_in(parse(completed.completed)) == {Term("form", "form e")}


def test_what_is_asked_too_does_not_replace() -> None:
    completed = in_context("มีอินเดียด้วยไหมคะ", ["RCEP มีประเทศอะไรบ้าง"])

    assert completed is not None
    assert named_in(parse(completed.completed)) == {Term("agreement", "rcep"), Term("country", "อินเดีย")}


@pytest.mark.parametrize(
    ("text", "only_asks", "certain"),
    [("ใช้เวลากี่วัน", True, True), ("แล้วจีนล่ะ", False, True), ("ส่งที่ไหน", False, False)],
)
def test_how_much_a_follow_up_says(text: str, *, only_asks: bool, certain: bool) -> None:
    completed = in_context(text, ["ขอ Form D ที่ไหน"])

    assert completed is not None
    assert (completed.only_asks, completed.certain) == (only_asks, certain)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ขอ form d กับ form e ที่ไหน", ["ขอ form d", "form e ที่ไหน"]),
        ("ที่อยู่กรมและเบอร์สายด่วน", ["ที่อยู่กรม", "เบอร์สายด่วน"]),
        ("ข้าวกับน้ำตาล", ["ข้าวกับน้ำตาล"]),
        ("ข้าวกับน้ำตาลและเกลือ", ["ข้าวกับน้ำตาลและเกลือ"]),
        ("ขอ form d ที่ไหน", ["ขอ form d ที่ไหน"]),
    ],
)
def test_a_question_about_two_things_is_cut_at_its_joint(text: str, expected: list[str]) -> None:
    assert joined_in(text) == expected


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=())), st.lists(st.text(max_size=20), max_size=2))
def test_any_text_may_follow_any_other(text: str, earlier: list[str]) -> None:
    assert joined_in(text)
    assert in_context(text, earlier) is None or earlier


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("นานไหม", True),
        ("ใครสมัครได้คะ", True),
        ("how long?", True),
        ("อีกนานไหม", False),
        ("ต้องรอกี่วัน", False),
        ("เบอร์โทรอะไรคะ", True),
        ("เบอร์เจ้าหน้าที่คะ", False),
        ("T Mark นานไหม", False),
        ("ค่ะ", False),
    ],
)
def test_what_can_only_be_about_the_article_just_read(text: str, *, expected: bool) -> None:
    assert asks_on(text) is expected
