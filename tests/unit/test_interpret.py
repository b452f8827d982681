"""What a customer's words mean before Rasa is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conversation import Button
from bot.domain.interpret import (
    Command,
    Nothing,
    Text,
    consent_in,
    is_none_of_them,
    is_upset,
    language_after,
    only_hesitates,
    tapped,
    typed,
)

OFFERED = [
    Button(id="a", position=0, title="เริ่มต้นส่งออก", intent="choose_topic", entities={"topic": "export_start"}),
    Button(id="b", position=1, title="เอกสารและกฎระเบียบ", intent="choose_topic", entities={"topic": "documents"}),
    Button(id="c", position=2, title="Yes", intent="affirm", entities={}),
]


@pytest.mark.parametrize("text", ["2", "๒", " 2 ", "2.", "ข้อ 2", "2 ค่ะ", "เลือก 2", "２", "เอกสารและกฎระเบียบ"])
def test_a_number_or_the_words_choose_the_offered_button(text: str) -> None:
    meaning = typed(text, OFFERED)

    assert isinstance(meaning, Command)
    assert meaning.entities == {"topic": "documents"}


@pytest.mark.parametrize("text", ["4", "0", "22", "2 ตู้", "ขอ 2 เล่ม", "2569", "HS 2"])
def test_other_numbers_are_text(text: str) -> None:
    assert typed(text, OFFERED) == Text(text=text)


def test_a_number_with_nothing_offered_is_text() -> None:
    assert typed("1", []) == Text(text="1")


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("/restart", "restart"),
        (' /choose_topic{"topic": "x"}', 'choose_topic{"topic": "x"}'),
        ("／restart", "restart"),
        ("//// hi", "hi"),
        ("/ /restart", "restart"),
        ("／ / \t／\n/ask_agent", "ask_agent"),
    ],
)
def test_commands_of_rasa_are_text(text: str, harmless: str) -> None:
    assert typed(text, []) == Text(text=harmless)


def test_nothing_but_command_signs_means_nothing() -> None:
    assert typed("///", []) == Nothing()


def test_an_unknown_button_means_nothing() -> None:
    assert tapped(None) == Nothing()


@given(st.text())
def test_typed_text_never_starts_a_command(text: str) -> None:
    meaning = typed(text, [])

    assert isinstance(meaning, Nothing) or (isinstance(meaning, Text) and not meaning.text.startswith(("/", "／", " ")))


@pytest.mark.parametrize(
    ("text", "current", "wrote_thai", "expected"),
    [
        ("Hello", "th", False, "en"),
        ("I want to export durian to China", "th", False, "en"),
        ("Form D", "th", False, "th"),
        ("FOB CIF", "th", False, "th"),
        ("Form D กับ FOB", "en", False, "th"),
        ("where do I get form D", "th", True, "en"),
        ("HS code for rice", "th", True, "th"),
        ("123", "en", False, "en"),
        ("ขอบคุณค่ะ", "en", False, "th"),
    ],
)
def test_language(text: str, current: str, wrote_thai: bool, expected: str) -> None:
    assert language_after(text, current, wrote_thai=wrote_thai) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "yak song ork tong tam yang ngai",
        "form d kor tee nai krab",
        "Sawasdee kha",
        "khob khun krub",
        "kor kui kab jao nah tee",
        "hs code durian arai kha",
    ],
)
def test_thai_in_latin_letters_is_answered_in_thai(text: str) -> None:
    assert language_after(text, "th", wrote_thai=False) == "th"
    assert language_after(text, "en", wrote_thai=False) == "th"


@pytest.mark.parametrize(
    "text",
    [
        "where can I get form d",
        "I want to sell chai and som tam in Canada",
        "Is song ok for a tong export",
        "Can you tell me how to export rice to Hong Kong?",
        "Mr Krab wants to import shrimp",
        "any chance to talk to khun Nok tomorrow",
    ],
)
def test_english_with_a_thai_looking_word_stays_english(text: str) -> None:
    assert language_after(text, "en", wrote_thai=False) == "en"


@pytest.mark.parametrize(
    ("text", "agreed"),
    [
        ("ยินยอมค่ะ", True), ("ได้เลยครับ", True), ("ไม่ยินยอม", False), ("ไม่ค่ะ", False), ("ไม่ยินยอมให้เก็บข้อมูลค่ะ", False),
        ("ขอ Form D", None), ("ได้ไหม", None),
    ],
)  # fmt: skip
def test_typed_consent(text: str, agreed: bool | None) -> None:
    assert consent_in(text) is agreed


@pytest.mark.parametrize(
    ("text", "upset"),
    [
        *(
            (text, True)
            for text in ("ทำไมได้แค่นี้", "ทำไมตอบแค่นี้", "แค่นี้เองหรอ", "มีแค่นี้เหรอคะ", "ช่วยได้แค่นี้เอง", "is that all?")
        ),
        *((text, False) for text in ("แค่นี้แหละ", "แค่นี้ก่อน", "แค่นี้ค่ะ", "พอแค่นี้", "ใช้แค่นี้หรือเปล่าคะ", "that is all, thanks")),
    ],
)
def test_a_reproach_is_no_goodbye(text: str, *, upset: bool) -> None:
    assert is_upset(text) is upset


@pytest.mark.parametrize(
    ("text", "none"),
    [
        *((text, True) for text in ("ไม่ใช่", "ไม่ใช่ค่ะ", "ไม่ใช่อันนี้", "ไม่ค่ะ", "no", "No, not these", "none of them")),
        *((text, False) for text in ("ไม่เป็นไรค่ะ", "ไม่ต้องแล้ว", "no thanks", "No, thank you", "ใช่ค่ะ", "not_helpful")),
    ],
)
def test_none_of_what_was_offered(text: str, *, none: bool) -> None:
    assert is_none_of_them(text) is none


@pytest.mark.parametrize(
    ("text", "hesitates"),
    [
        *((text, True) for text in ("คือว่า", "คือ", "เอ่อ", "เอ่ออออ...", "ก็คือ", "คือแบบว่า", "คือ ค่ะ", "umm", "Uh...")),
        *(
            (text, False)
            for text in ("คืออะไร", "คือ?", "ครับ", "...", "", "คือว่าอยากส่งออก", "อืม", "Form D คือ", "er diagram")
        ),
    ],
)
def test_hesitation_says_nothing_yet(text: str, *, hesitates: bool) -> None:
    assert only_hesitates(text) is hesitates
