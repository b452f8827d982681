"""The trade dictionary is sound, and a text's terms are found however they are written."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.terms import Term, named_in, parse, squeeze, words
from bot.domain.thai import normalise
from bot.domain.trade_words import load_trade_words

DICTIONARY = load_trade_words()
WRITTEN = [
    (Term(kind, name), way)
    for kind, names in DICTIONARY.terms.items()
    for name, ways in names.items()
    for way in (name, *ways)
]


def test_every_way_to_write_a_term_is_read_as_that_term() -> None:
    assert [(term, way, parse(way)) for term, way in WRITTEN if parse(way) != [term]] == []


def test_no_way_to_write_is_that_of_two_terms() -> None:
    terms = defaultdict(set)
    for term, way in WRITTEN:
        terms[tuple(words(way))].add(term)

    assert [found for found in terms.values() if len(found) > 1] == []


def test_the_dictionary_is_written_as_normalise_leaves_text() -> None:
    everything = [*(way for _, way in WRITTEN), *DICTIONARY.filler, *DICTIONARY.not_words]

    assert [text for text in everything if normalise(text) != text] == []


def test_what_a_slip_becomes_is_no_slip() -> None:
    assert [right for _, right in DICTIONARY.slips if normalise(right) != right] == []


@pytest.mark.parametrize(
    "text",
    ["ฟอมดี", "ฟอร์มดี", "ฟอร์ม ดี", "FORM-D", "form d", "FormD", "ฟอร์ม D", "e-Form D"],
)
def test_one_form_in_many_spellings(text: str) -> None:
    assert parse(text) == [Term("form", "form d")]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("ขอแบบฟอร์มเอกสารที่ไหน", set()),  # not Form A
        ("กรอกฟอร์มอีเมลยังไง", set()),  # not Form E
        (
            "ส่งทุเรียนไปจีนใช้ฟอร์มอี",
            {Term("product", "ผลไม้"), Term("country", "จีน"), Term("form", "form e")},
        ),
        ("กรมศุลกากรกับกรมการค้าต่างประเทศ", {Term("agency", "กรมศุลกากร"), Term("agency", "กรมการค้าต่างประเทศ")}),
        ("ขอ B/L กับ L/C", {Term("document", "ใบตราส่งสินค้า"), Term("document", "เลตเตอร์ออฟเครดิต")}),
    ],
)
def test_the_things_that_a_text_names(text: str, kinds: set[Term]) -> None:
    assert named_in(parse(text)) == kinds


def test_courtesy_and_filler_are_left_out() -> None:
    assert parse("รบกวนสอบถามหน่อยค่ะ ขอเบอร์โทรครับ") == [Term("ask", "เบอร์โทร")]


@pytest.mark.parametrize("text", ["0810.60", "๐๘๑๐.๖๐", "0810 60", "0810-60"])
def test_signs_in_a_code_do_not_count(text: str) -> None:
    assert squeeze(text) == "081060"
    assert words(text) == ["0810", "60"]


@settings(deadline=None)  # the first call loads the dictionary
@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_has_terms(text: str) -> None:
    assert all(isinstance(part, Term) or part == normalise(part) for part in parse(text))


def test_what_was_parsed_belongs_to_who_asked_for_it() -> None:
    parse("ขอฟอร์มดี").clear()

    assert parse("ขอฟอร์มดี") == [Term("form", "form d")]
