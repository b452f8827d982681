"""The readiness questions, the answers in what people write, and the levels of the rule file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.readiness import (
    RULES_FILE,
    SKIPPED,
    VALUES,
    Level,
    Question,
    classify,
    known_answers,
    load_rules,
    missing,
)
from bot.domain.readiness_text import asks_something, corrections, only_answers, read_answers, turned_down_for

REGISTERED, EXPORTED, RECENTLY, PRODUCT, MARKET = Question

UNASKED = [
    # registered
    ("จดทะเบียนแล้วค่ะ", {"registered": "yes"}),
    ("จดบริษัทเรียบร้อยแล้วครับ", {"registered": "yes"}),
    ("เปิดบริษัทมาได้ 3 ปีแล้วครับ", {"registered": "yes"}),
    ("เพิ่งจดทะเบียนเมื่อเดือนที่แล้วค่ะ", {"registered": "yes"}),
    ("มีทะเบียนพาณิชย์แล้วค่า", {"registered": "yes"}),
    ("เป็นบริษัทจำกัดครับ", {"registered": "yes"}),
    ("จดเป็น หจก. ค่ะ", {"registered": "yes"}),
    ("จริงๆ จดทะเบียนแล้วนะ", {"registered": "yes"}),
    ("we are already registered", {"registered": "yes"}),
    ("we registered our company in 2020", {"registered": "yes"}),
    ("ยังไม่ได้จดค่ะ", {"registered": "no"}),
    ("ยังไม่ได้จดทะเบียนอะไรเลยครับ", {"registered": "no"}),
    ("ยังไม่จดครับ", {"registered": "no"}),
    ("กำลังจะจด", {"registered": "no"}),
    ("กำลังจะไปจดบริษัทเดือนหน้าค่ะ", {"registered": "no"}),
    ("อยู่ระหว่างจดทะเบียนครับ", {"registered": "no"}),
    ("ยังไม่มีบริษัทเลยค่ะ ขายคนเดียว", {"registered": "no"}),
    ("ขายในนามบุคคลธรรมดาครับ", {"registered": "no"}),
    ("we have not registered yet", {"registered": "no"}),
    ("I don't have a company", {"registered": "no"}),
    # exported, proof, when
    ("ไม่เคยส่งออก", {"exported": "no"}),
    ("ยังไม่เคยส่งออกเลยค่ะ", {"exported": "no"}),
    ("ยังไม่เคยส่งของไปต่างประเทศครับ", {"exported": "no"}),
    ("ไม่เคย export ครับ", {"exported": "no"}),
    ("ขายแต่ในประเทศค่ะ", {"exported": "no"}),
    ("ยังไม่มียอดส่งออกครับ", {"exported": "no"}),
    ("I have never exported before", {"exported": "no"}),
    ("we haven't exported yet", {"exported": "no"}),
    ("เคยส่งออกแล้วค่ะ", {"exported": "without_proof"}),
    ("เคยส่งของไปลาวสองรอบครับ", {"exported": "without_proof"}),
    ("เคยส่งไปฮ่องกงครั้งนึงแต่ไม่มีเอกสาร", {"exported": "without_proof"}),
    ("เคยขายให้ลูกค้าที่สิงคโปร์ มีใบขนด้วยครับ", {"exported": "with_proof"}),
    ("เคยส่งออกค่ะ มี B/L กับ invoice ครบ", {"exported": "with_proof"}),
    ("เคยส่งออกแต่หลักฐานหายหมดแล้ว", {"exported": "without_proof"}),
    ("ส่งออกอยู่แล้วเป็นประจำค่ะ", {"exported": "without_proof", "exported_recently": "yes"}),
    ("ส่งไปมาเลเซียทุกเดือนครับ", {"exported": "without_proof", "exported_recently": "yes"}),
    ("เพิ่งส่งไปญี่ปุ่นเดือนที่แล้ว มีใบขนครับ", {"exported": "with_proof", "exported_recently": "yes"}),
    ("เคยส่งออกเมื่อ 3 ปีก่อนค่ะ", {"exported": "without_proof", "exported_recently": "no"}),
    ("ไม่ได้ส่งออกมาสองปีแล้ว", {"exported": "without_proof", "exported_recently": "no"}),
    ("หยุดส่งออกไปตั้งแต่ช่วงโควิดครับ", {"exported": "without_proof", "exported_recently": "no"}),
    ("เคยส่งออกไปจีนเมื่อปีที่แล้ว", {"exported": "without_proof"}),  # last year may be 2 or 20 months ago: ask
    ("we export to Malaysia every month", {"exported": "without_proof", "exported_recently": "yes"}),
    ("yes, we have exported to Japan, with export declaration", {"exported": "with_proof"}),
    # product
    ("มีโรงงานเองค่ะ", {"product": "yes"}),
    ("มีแบรนด์เครื่องสำอางเป็นของตัวเองครับ", {"product": "yes"}),
    ("ผลิตเองขายเองครับ", {"product": "yes"}),
    ("ไม่มีโรงงานแต่มีแบรนด์ของตัวเองค่ะ", {"product": "yes"}),
    ("มีแบรนด์เองครับ ไม่มีโรงงาน", {"product": "yes"}),
    ("ยังไม่มีสินค้าเป็นของตัวเองเลยค่ะ", {"product": "no"}),
    ("ซื้อมาขายไปครับ", {"product": "no"}),
    ("we have our own factory", {"product": "yes"}),
    ("we are just a trader", {"product": "no"}),
    # market
    ("มีลูกค้าที่จีนรออยู่แล้วค่ะ", {"market": "yes"}),
    ("ตลาดเป้าหมายคือเวียดนามครับ", {"market": "yes"}),
    ("อยากส่งไปญี่ปุ่นค่ะ", {"market": "yes"}),
    ("มีผู้ซื้อติดต่อมาแล้ว", {"market": "yes"}),
    ("ยังไม่มีลูกค้าเลยครับ", {"market": "no"}),
    ("ยังไม่รู้จะขายประเทศไหนดีค่ะ", {"market": "no"}),
    ("I have a buyer in China", {"market": "yes"}),
    ("no target market yet", {"market": "no"}),
    # several in one sentence
    (
        "จดบริษัทแล้ว มีโรงงานเอง เคยส่งไปญี่ปุ่นเมื่อปีที่แล้ว มีใบขนด้วย",
        {"registered": "yes", "product": "yes", "exported": "with_proof"},
    ),
    (
        "จดบริษัทแล้วมีโรงงานเองเคยส่งไปญี่ปุ่นเมื่อปีที่แล้วมีใบขนด้วย",
        {"registered": "yes", "product": "yes", "exported": "with_proof"},
    ),
    (
        "จดแล้วครับ มีแบรนด์เอง ยังไม่เคยส่งออก ยังไม่มีลูกค้าต่างชาติ",
        {"registered": "yes", "product": "yes", "exported": "no", "market": "no"},
    ),
    ("จดทะเบียนแล้วค่ะแต่ยังไม่เคยส่งออก", {"registered": "yes", "exported": "no"}),
    ("เพิ่งเปิดบริษัท ยังไม่เคยส่งของไปนอกเลย สมัครสมาชิกได้ไหมคะ", {"registered": "yes", "exported": "no"}),
    ("จดแล้วค่ะ ว่าแต่ต้องใช้เอกสารอะไรบ้างคะ", {"registered": "yes"}),
    (
        "Our company is registered, we have our own brand but never exported",
        {"registered": "yes", "product": "yes", "exported": "no"},
    ),
    # nothing stated: questions, conditions, wishes, other people, other registrations
    ("ต้องจดทะเบียนบริษัทไหม", {}),
    ("ต้องจดทะเบียนบริษัทแล้วหรือยังถึงจะส่งออกได้", {}),
    ("จดทะเบียนบริษัทแล้วได้อะไร", {}),
    ("จดทะเบียนแล้ว หรือยังคะ", {}),
    ("ถ้ายังไม่ได้จดบริษัท ส่งออกได้ไหมคะ", {}),
    ("ไม่เคยส่งออกสมัครได้ไหมครับ", {}),
    ("บุคคลธรรมดาส่งออกได้ไหม", {}),
    ("ไม่มีบริษัทต้องทำอะไรก่อน", {}),
    ("อยากส่งออกครับ", {}),
    ("อยากจดทะเบียนบริษัทต้องไปที่ไหน", {}),
    ("เพื่อนเคยส่งออกไปญี่ปุ่นค่ะ", {}),
    ("จด vat แล้วครับ", {}),
    ("จดเครื่องหมายการค้าแล้วค่ะ", {}),
    ("ส่งทุเรียนไปจีนต้องมีใบอะไรบ้าง", {}),
    ("มีบริษัทต่างชาติทักมาสั่งของ น่าเชื่อถือไหม", {}),
    ("มีใบขนไหมคะ", {}),
    ("ส่งออกผ่านเทรดเดอร์ค่ะ", {}),
    ("ขอข้อมูลตลาดญี่ปุ่นหน่อยค่ะ", {}),
    ("แล้วถ้าไม่มีบริษัทล่ะครับ", {}),
    ("ปีนี้อยากไปออกบูธค่ะ", {}),
    ("เคยส่งอีเมลไปถามแล้ว", {}),
    ("ที่บอกว่าไม่เคยส่งออก กดผิดค่ะ", {}),
    ("do I need to register a company?", {}),
    ("how to export if I have never exported", {}),
    ("สวัสดีค่ะ", {}),
    ("ขอบคุณครับ", {}),
    ("", {}),
]

ASKED = [
    (REGISTERED, "ใช่ค่ะ", "yes"),
    (REGISTERED, "แล้วครับ", "yes"),
    (REGISTERED, "จดแล้วค่าา", "yes"),
    (REGISTERED, "เรียบร้อยแล้วค่ะ", "yes"),
    (REGISTERED, "yes", "yes"),
    (REGISTERED, "บริษัทจำกัดครับ", "yes"),
    (REGISTERED, "จดปี 60", "yes"),
    (REGISTERED, "ยัง", "no"),
    (REGISTERED, "ยังเลยค่ะ", "no"),
    (REGISTERED, "ยังค่ะ กำลังหาข้อมูลอยู่", "no"),
    (REGISTERED, "ไม่มีค่ะ", "no"),
    (REGISTERED, "not yet", "no"),
    (REGISTERED, "ไม่", "no"),
    (REGISTERED, "ไม่ค่ะ", "no"),
    (REGISTERED, "ยังไม่ได้ค่ะ", "no"),
    (REGISTERED, "ยังค่ะ อยากหาคนซื้อก่อน", "no"),
    (REGISTERED, "ไม่ใช่ค่ะ ยังไม่ได้จด", "no"),
    (REGISTERED, "ไม่ใช่ค่ะ ยังเลย", "no"),
    (REGISTERED, "ไม่ค่ะ ขายคนเดียวอยู่", "no"),
    (REGISTERED, "no", "no"),
    (EXPORTED, "ไม่ค่ะ", "no"),
    (EXPORTED, "ไม่เคยค่ะ อยากเริ่มขายปีหน้า", "no"),
    (RECENTLY, "ไม่ค่ะ", "no"),
    (PRODUCT, "ไม่มีค่ะ อยากให้โรงงานทำให้", "no"),
    (MARKET, "ไม่ค่ะ", "no"),
    (MARKET, "ยังไม่มีค่ะ อยากหาคนซื้อ", "no"),
    (EXPORTED, "เคย", "without_proof"),
    (EXPORTED, "เคยค่ะ มีหลักฐานครบ", "with_proof"),
    (EXPORTED, "เคยครับ แต่ไม่ได้เก็บเอกสารไว้", "without_proof"),
    (EXPORTED, "มีใบเสร็จค่ะ", "with_proof"),
    (EXPORTED, "เคยครั้งเดียวเมื่อห้าปีก่อน", "without_proof"),
    (EXPORTED, "เคยไปออกบูธแต่ยังไม่ได้ส่ง", "no"),
    (EXPORTED, "ไม่เคย", "no"),
    (EXPORTED, "ไม่เคยเลยครับ", "no"),
    (EXPORTED, "ยังค่ะ", "no"),
    (EXPORTED, "never", "no"),
    (RECENTLY, "มีค่ะ", "yes"),
    (RECENTLY, "ปีนี้ส่งไปสองตู้ครับ", "yes"),
    (RECENTLY, "ปีที่แล้วค่ะ", "yes"),
    (RECENTLY, "3 เดือนก่อนครับ", "yes"),
    (RECENTLY, "มีส่งบ้างค่ะ", "yes"),
    (RECENTLY, "ยังไม่ได้ส่งเลยปีนี้", "no"),
    (RECENTLY, "ปีนี้ยังเลยครับ", "no"),
    (RECENTLY, "ไม่มี", "no"),
    (RECENTLY, "ไม่ได้ส่งแล้วครับ", "no"),
    (RECENTLY, "นานแล้วค่ะ", "no"),
    (RECENTLY, "สองปีก่อนค่ะ", "no"),
    (PRODUCT, "มี", "yes"),
    (PRODUCT, "ทำขนมอบกรอบขายค่ะ", "yes"),
    (PRODUCT, "มีแบรนด์เสื้อผ้าค่ะ", "yes"),
    (PRODUCT, "มีสวนทุเรียน", "yes"),
    (PRODUCT, "ยังไม่มีค่ะ", "no"),
    (PRODUCT, "yes we do", "yes"),
    (MARKET, "ญี่ปุ่นกับเกาหลีค่ะ", "yes"),
    (MARKET, "มีแล้วครับ", "yes"),
    (MARKET, "ไม่แน่ใจค่ะ", "no"),
    (MARKET, "ยังไม่รู้เลยค่ะว่าจะไปประเทศไหน", "no"),
    (MARKET, "ยังหาลูกค้าอยู่ค่ะ", "no"),
    (MARKET, "USA", "yes"),
]

NO_ANSWER = [
    (REGISTERED, "ไม่อยากตอบค่ะ"),
    (REGISTERED, "ไม่บอกครับ"),
    (REGISTERED, "ข้าม"),
    (REGISTERED, "ขอผ่านข้อนี้"),
    (REGISTERED, "จดที่ไหนคะ"),
    (REGISTERED, "ทำไมต้องถามด้วย"),
    (REGISTERED, "ไม่ใช่"),
    (REGISTERED, "ไม่ใช่ค่ะ"),
    (REGISTERED, "ไม่ใช่เลยครับ"),
    (REGISTERED, "ไม่ใช่ค่ะ อยากหาคนซื้อ"),
    (REGISTERED, "ไม่ครับ ขอคุยเรื่องอื่น"),
    (REGISTERED, "ไม่ใช่ ถามเรื่องราคา"),
    (REGISTERED, "ไม่ค่ะ ราคามังคุดตอนนี้เท่าไหร่คะ"),
    (REGISTERED, "เปล่าค่ะ ต้องการรู้เรื่องฟอร์มดี"),
    (REGISTERED, "no, i want to find a buyer"),
    (EXPORTED, "ไม่ครับ ขอคุยเรื่องอื่น"),
    (RECENTLY, "ไม่ค่ะ อยากถามเรื่องภาษี"),
    (PRODUCT, "ไม่ใช่ค่ะ สนใจเรื่องอบรม"),
    (MARKET, "ไม่ใช่ค่ะ"),
    (MARKET, "ไม่ครับ อยากคุยเรื่องกฎของญี่ปุ่น"),
    (EXPORTED, "ไม่ค่ะ ขอไม่ตอบ"),
    (EXPORTED, "skip"),
    (MARKET, "ส่งไปญี่ปุ่นต้องใช้ฟอร์มอะไรคะ"),
    (MARKET, "ขอข้อมูลตลาดญี่ปุ่นหน่อยค่ะ"),
    (PRODUCT, "ขอบคุณค่ะ"),
    (PRODUCT, "มีคำถามค่ะ"),
]


@pytest.mark.parametrize(("text", "expected"), UNASKED)
def test_answers_in_a_sentence_nobody_asked_for(text: str, expected: dict[str, str]) -> None:
    assert read_answers(text, None) == expected


@pytest.mark.parametrize(("asked", "text", "value"), ASKED)
def test_a_short_answer_belongs_to_the_question_asked(asked: Question, text: str, value: str) -> None:
    assert read_answers(text, asked).get(asked) == value


def test_an_answer_to_something_else_does_not_answer_the_question_asked() -> None:
    assert read_answers("เคยส่งออกแล้ว มีใบขนด้วย", PRODUCT) == {"exported": "with_proof"}
    assert read_answers("มีลูกค้าที่จีนแล้วค่ะ", PRODUCT) == {"market": "yes"}


def test_a_bare_answer_belongs_to_nothing_once_something_else_was_said() -> None:
    assert read_answers("ใช่ค่ะ", REGISTERED, bare=False) == {}
    assert read_answers("ยังครับ", REGISTERED, bare=False) == {}
    assert read_answers("บริษัทจำกัดครับ", REGISTERED, bare=False) == {"registered": "yes"}
    assert read_answers("ญี่ปุ่นกับเกาหลีค่ะ", MARKET, bare=False) == {"market": "yes"}


@pytest.mark.parametrize(("asked", "text"), NO_ANSWER)
def test_declining_or_asking_back_is_no_answer(asked: Question, text: str) -> None:
    assert read_answers(text, asked) == {}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ไม่ใช่ค่ะ อยากหาคนซื้อ", "อยากหาคนซื้อ"),
        ("ไม่ใช่ ถามเรื่องราคา", "ถามเรื่องราคา"),
        ("ไม่ค่ะ ขายคนเดียวอยู่", ""),
        ("ไม่ค่ะ ขอบคุณค่ะ", ""),
        ("ไม่ใช่ค่ะ", ""),
        ("ยังค่ะ อยากหาคนซื้อก่อน", ""),
        ("อยากหาคนซื้อ", ""),
    ],
)
def test_what_is_wanted_in_place_of_the_question(text: str, wanted: str) -> None:
    assert turned_down_for(text) == wanted


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        (REGISTERED, "ยังไม่ได้จดค่ะ", True),
        (REGISTERED, "ค่ะ จดแล้วค่ะ เป็นบริษัทจำกัดค่ะ", True),
        (MARKET, "ยังค่ะ", True),
        (None, "จดบริษัทแล้วค่ะ แต่ยังไม่เคยส่งออก", True),
        (None, "ยังค่ะ", False),
        (REGISTERED, "ยังไม่ได้จดค่ะ ต้องจดไหมคะ", False),
        (REGISTERED, "ยังไม่ได้จดค่ะ อยากได้ลูกค้า", False),
        (REGISTERED, "ค่ะ", False),
    ],
)
def test_whether_a_text_only_answers(asked: Question | None, text: str, expected: bool) -> None:
    assert only_answers(text, asked) is expected


@given(st.text() | st.text(alphabet="ไม่ยังได้เคยมีจดส่งออกแล้วค่ะ 1?"), st.sampled_from([None, *Question]))
def test_any_text_gives_only_known_answers(text: str, asked: Question | None) -> None:
    found = read_answers(text, asked)

    assert known_answers(found) == {key: found[key] for key in known_answers(found)}
    assert set(found) == set(known_answers(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("จดแล้วค่ะ ว่าแต่ต้องใช้เอกสารอะไรบ้างคะ", True),
        ("ต้องจดทะเบียนบริษัทไหม", True),
        ("how do I export rice", True),
        ("ยังไม่รู้จะขายประเทศไหนดีค่ะ", False),
        ("จดบริษัทแล้ว มีโรงงานเอง", False),
        ("ญี่ปุ่นค่ะ", False),
    ],
)
def test_whether_something_is_asked(text: str, expected: bool) -> None:
    assert asks_something(text) is expected


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("จริงๆ จดทะเบียนแล้วนะ", {"registered": "no"}, {"registered": "yes"}),
        ("จดแล้วค่ะ", {"registered": "yes"}, {}),
        ("เคยส่งออกค่ะ", {"exported": "with_proof"}, {}),
        ("ไม่มีใบขนแล้วครับ", {"exported": "with_proof"}, {"exported": "without_proof"}),
        ("เคยส่งออกแต่ไม่มีหลักฐาน", {"exported": "with_proof"}, {"exported": "without_proof"}),
        ("มีใบขนด้วยค่ะ", {"exported": "without_proof"}, {"exported": "with_proof"}),
        ("มีเอกสารครบครับ", {"exported": "without_proof"}, {"exported": "with_proof"}),
        ("ไม่มีหลักฐานค่ะ", {"exported": "with_proof"}, {"exported": "without_proof"}),
        (
            "จริงๆ ไม่ได้ส่งออกมาสองปีแล้ว",
            {"exported_recently": "yes", "exported": "with_proof"},
            {"exported_recently": "no"},
        ),
        ("จริงๆ ไม่มีแบรนด์ของตัวเองค่ะ", {"product": "yes"}, {"product": "no"}),
        ("ยังไม่เคยส่งออกค่ะ กดผิด", {"exported": "with_proof"}, {"exported": "no"}),
        ("จดแล้วค่ะ", {"registered": SKIPPED}, {"registered": "yes"}),
    ],
)
def test_a_later_answer_corrects_an_earlier_one(text: str, known: dict[str, str], expected: dict[str, str]) -> None:
    assert corrections(text, None, known) == expected


@pytest.mark.parametrize(
    ("answers", "question"),
    [
        ({}, REGISTERED),
        ({"registered": "yes"}, EXPORTED),
        ({"registered": SKIPPED}, EXPORTED),
        ({"registered": "no"}, None),
        ({"exported": "no"}, REGISTERED),
        ({"registered": "yes", "exported": "with_proof"}, RECENTLY),
        ({"registered": "yes", "exported": "without_proof"}, RECENTLY),
        ({"registered": "yes", "exported": "with_proof", "exported_recently": "no"}, None),
        ({"registered": "yes", "exported": "no"}, PRODUCT),
        ({"registered": "yes", "exported": "no", "product": "no"}, MARKET),
        ({"registered": "yes", "exported": "no", "product": SKIPPED, "market": SKIPPED}, None),
        ({"registered": "yes", "exported": SKIPPED}, PRODUCT),
    ],
)
def test_the_next_question(answers: dict[str, str], question: Question | None) -> None:
    assert missing(answers) == question


@given(st.fixed_dictionaries({q.value: st.sampled_from([*values, SKIPPED]) for q, values in VALUES.items()}))
def test_never_more_than_five_questions_and_never_the_same_twice(willing: dict[str, str]) -> None:
    answers: dict[str, str] = {}
    while question := missing(answers):
        assert question not in answers
        answers[question.value] = willing[question]

    assert len(answers) <= 5


YES = {"registered": "yes"}


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({}, None),
        ({"registered": "no"}, Level.NOT_YET_BUSINESS),
        (YES, None),
        (YES | {"exported": "no"}, None),
        (YES | {"exported": "no", "product": "no", "market": "no"}, Level.PREPARING),
        (YES | {"exported": "no", "product": "yes", "market": "no"}, Level.PREPARING),
        (YES | {"exported": "no", "product": "no", "market": "yes"}, Level.PREPARING),
        (YES | {"exported": "no", "product": "yes", "market": "yes"}, Level.READY),
        (YES | {"exported": "no", "product": "yes", "market": SKIPPED}, None),
        (YES | {"exported": "with_proof", "exported_recently": "no"}, Level.BEGINNER_EXPORTER),
        (YES | {"exported": "without_proof", "exported_recently": "no"}, Level.BEGINNER_EXPORTER),
        (YES | {"exported": "with_proof", "exported_recently": "yes"}, Level.ACTIVE_EXPORTER),
        (YES | {"exported": "with_proof", "exported_recently": SKIPPED}, None),
        ({"registered": SKIPPED, "exported": "with_proof", "exported_recently": "yes"}, Level.ACTIVE_EXPORTER),
        ({"registered": SKIPPED, "exported": "no", "product": "yes", "market": "yes"}, None),
    ],
)
def test_the_level_of_the_departments_rules(answers: dict[str, str], level: Level | None) -> None:
    assert classify(answers, load_rules()) is level


def test_what_comes_from_outside_is_sifted() -> None:
    raw: dict[str, object] = {"market": "yes", "registered": "perhaps", "exported": None, "colour": "red", "product": 1}

    assert known_answers(raw) == {"market": "yes"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version: 2", "version: one", "version must be a whole number"),
        ("level: ready\n", "level: excellent\n", "rule 4: 'excellent' is no level"),
        ("{registered: no}", "{registred: no}", "rule 1: 'registred' is no question"),
        ("{registered: no}", "{registered: maybe}", "rule 1: registered can't be 'maybe'"),
        ("{registered: no}", "{}", "rule 1: `when` must name at least one question"),
        ("  ready:\n", "  readier:\n", "levels must have exactly"),
        ("en: Ready to export", "de: Bereit", "level ready must have exactly: en, next, th"),
        (
            "next: [คุณสมบัติผู้สมัครสมาชิก EL, หา",
            "next: [[EL], หา",
            "level beginner_exporter: `next` must be a list of questions",
        ),
        ("rules:", "rule:", "the file must have exactly"),
        ("rules:", "rules: [", "is no valid YAML"),
    ],
)
def test_a_bad_rule_file_says_what_is_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = tmp_path / "readiness.yml"
    content = RULES_FILE.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ValueError, match=message):
        load_rules(file)
