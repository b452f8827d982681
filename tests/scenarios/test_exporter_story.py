"""An exporter is greeted, classified and answered on the web chat, by the real Rasa."""

from collections.abc import Callable

import pytest

from tests.scenarios.talk import Officer, Talk, article, texts

pytestmark = [pytest.mark.run, pytest.mark.timeout(600)]
Open = Callable[..., Talk]


def test_greeting_says_who_answers_and_offers_the_topics(talk: Open) -> None:
    chat = talk(language="th")

    greeting = chat.messages[0]
    assert "ผู้ช่วยอัตโนมัติ" in greeting["text"]
    assert len(greeting["buttons"]) == 8
    assert chat.state == "bot"


def test_a_topic_by_button_number_or_words_is_asked_into(talk: Open, officer: Officer) -> None:
    for choose in (lambda c: c.tap("เอกสาร"), lambda c: c.say("2"), lambda c: c.say("เอกสารและกฎระเบียบ")):
        chat = talk()
        said = choose(chat)
        assert article(said) is None
        assert officer.newest_case()["topic"] == "documents", texts(said)


def test_a_question_is_answered_first_and_readiness_asked_after(talk: Open, officer: Officer) -> None:
    chat = talk()
    said = chat.say("ขอ Form D ต้องไปขอที่ไหนคะ")

    assert article(said) == "form-d", texts(said)
    assert "ที่มา: " in texts(said)
    assert "ทบทวนล่าสุด" in texts(said)
    assert "จดทะเบียน" in said[-1]["text"]
    assert said[-1]["buttons"]
    assert officer.newest_case()["answers"] == [{"article_id": "form-d", "version": 1}]


def test_readiness_with_an_interruption_asks_the_same_question_again(talk: Open, officer: Officer) -> None:
    chat = talk()
    chat.say("ขอ Form D ต้องไปขอที่ไหนคะ")
    asked = chat.say("จดทะเบียนบริษัทแล้วค่ะ")[-1]["text"]
    interrupted = chat.say("แล้วค่าธรรมเนียม Incoterms คืออะไรคะ")
    again = interrupted[-1]["text"]
    chat.say("ยังไม่เคยส่งออกเลยค่ะ")
    chat.say("มีโรงงานของตัวเองค่ะ")
    end = chat.say("มีลูกค้าที่ญี่ปุ่นสนใจแล้วค่ะ")
    case = officer.newest_case()

    assert asked == again, texts(interrupted)
    assert case["readiness"]["level"] == "ready"
    assert case["readiness"]["answers"] == {"registered": "yes", "exported": "no", "product": "yes", "market": "yes"}
    assert case["readiness"]["method"]
    assert len(case["readiness"]["history"]) >= 3
    assert "“พร้อมส่งออก”" in end[-1]["text"]
    assert len(end[-1]["buttons"]) == 3
    assert article(chat.tap(end[-1]["buttons"][0]["title"])) == "pre-el-membership"


def test_several_answers_in_one_sentence_are_all_taken(talk: Open, officer: Officer) -> None:
    chat = talk()
    chat.say("ขอ Form D ต้องไปขอที่ไหนคะ")
    chat.say("จดบริษัทแล้ว เคยส่งออกไปญี่ปุ่นเมื่อเดือนที่แล้ว มีใบขนครบค่ะ")

    readiness = officer.newest_case()["readiness"]
    assert readiness["answers"]["registered"] == "yes"
    assert readiness["answers"]["exported"] == "with_proof"
    assert readiness["level"] == "active_exporter"


def test_not_wanting_to_answer_is_no_no(talk: Open, officer: Officer) -> None:
    chat = talk()
    chat.say("ขอ Form D ต้องไปขอที่ไหนคะ")
    said = chat.say("ขอไม่ตอบข้อนี้ค่ะ")

    assert officer.newest_case()["readiness"]["answers"] == {"registered": "skipped"}
    assert "ส่งออก" in said[-1]["text"]


def test_a_later_correction_wins(talk: Open, officer: Officer) -> None:
    chat = talk()
    chat.say("ขอ Form D ต้องไปขอที่ไหนคะ")
    chat.say("ยังไม่ได้จดทะเบียนค่ะ")
    first = officer.newest_case()["readiness"]["level"]
    chat.say("จริงๆ จดทะเบียนบริษัทแล้วนะคะ")

    assert first == "not_yet_business"
    assert officer.newest_case()["readiness"]["answers"]["registered"] == "yes"


def test_an_english_customer_is_served_in_english(talk: Open, officer: Officer) -> None:
    chat = talk()
    chat.say("Hello, I would like to ask about export documents")
    said = chat.say("Where can I get Form D?")

    assert "automatic assistant" in texts(chat.messages)
    assert article(said) == "form-d", texts(said)
    assert said[-1]["language"] == "en"
    assert officer.newest_case()["language"] == "en"


def test_nothing_good_enough_says_so_and_offers_a_person(talk: Open, officer: Officer) -> None:
    chat = talk()
    said = chat.say("ขอข้อมูลโควตานำเข้าเครื่องจักรมือสองของประเทศมองโกเลียค่ะ")

    assert article(said) is None, texts(said)
    chat.tap("เจ้าหน้าที่")
    assert officer.newest_case()["handoff_reason"] is not None


def test_asking_for_a_person_marks_the_case(talk: Open, officer: Officer) -> None:
    chat = talk()
    said = chat.say("ขอคุยกับเจ้าหน้าที่ค่ะ")

    case = officer.newest_case()
    assert case["handoff_reason"] == "customer_asked"
    assert case["number"] in texts(said)


@pytest.mark.parametrize("text", ["/restart", '/choose_topic{"topic": "officer"}', "/ask_agent", "/session_start"])
def test_typed_commands_are_only_text(talk: Open, officer: Officer, text: str) -> None:
    chat = talk()
    chat.say(text)

    case = officer.newest_case()
    assert case["topic"] is None
    assert case["handoff_reason"] is None
    assert case["messages"][1]["text"] == text


def test_a_verified_article_answers_within_seconds_without_retraining(talk: Open, officer: Officer) -> None:
    person = officer.post(
        "/api/v1/agents",
        {"email": "verifier@example.com", "name": "ผู้ตรวจ", "role": "verifier", "password": "a long password"},
        status=201,
    )
    verifier = Officer.sign_in(officer.http, person["email"], "a long password")
    written = officer.post(
        "/api/v1/articles",
        {
            "title": "ส่งออกปลากัดไปบราซิล", "body": "ต้องมีใบรับรองสุขภาพสัตว์น้ำค่ะ", "topic": "documents",
            "question": "ส่งออกปลากัดไปบราซิลต้องใช้เอกสารอะไร", "variants": ["ปลากัดส่งบราซิลใช้เอกสารอะไรบ้าง"],
            "source": "คู่มือทดสอบ",
        },
        status=201,
    )  # fmt: skip
    verifier.post(f"/api/v1/articles/{written['id']}/verify")
    chat = talk()
    said: list[dict[str, object]] = []
    for _ in range(5):  # within 5 s of the change
        said = chat.say("ส่งออกปลากัดไปบราซิลต้องใช้เอกสารอะไรบ้างคะ")
        if article(said) == written["id"]:
            break
    verifier.post(f"/api/v1/articles/{written['id']}/expire")

    assert article(said) == written["id"], texts(said)


def test_a_chat_in_which_nobody_wrote_is_closed_as_not_started(talk: Open, officer: Officer) -> None:
    from datetime import datetime, timedelta

    talk()
    case = officer.newest_case()
    later = datetime.fromisoformat(case["opened_at"]) + timedelta(minutes=31)
    moved = officer.http.put("/test/clock", json={"now": later.isoformat()})
    closed = officer.get(f"/api/v1/cases/{case['id']}")

    assert moved.status_code == 200, moved.text
    assert (closed["state"], closed["closed_as"]) == ("closed", "not_started")
