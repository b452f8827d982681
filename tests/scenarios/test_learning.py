"""What the real Rasa did not understand, or answered beside the question, is there to be taught, with its guess."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.scenarios.talk import Officer, Talk, article, texts

pytestmark = [pytest.mark.run, pytest.mark.timeout(600)]


def newest(officer: Officer, **params: str) -> dict[str, Any]:
    """The newest message to learn from."""
    found: dict[str, Any] = officer.get("/api/v1/learning", limit=1, **params)["items"][0]
    return found


def test_what_was_not_understood_is_listed_with_what_it_was_taken_for(
    talk: Callable[..., Talk], officer: Officer
) -> None:
    talk().say("กฟหกดาสว")
    found = newest(officer)

    assert (found["text"], found["why"]) == ("กฟหกดาสว", "not_understood")
    assert found["intent"] not in (None, "nlu_fallback")
    assert 0 < found["confidence"] < 1


def test_not_helpful_lists_the_question_with_the_article(talk: Callable[..., Talk], officer: Officer) -> None:
    chat = talk()
    answered = chat.say("ขอ Form D ต้องไปขอที่ไหนคะ")
    said = chat.say("ไม่ตรงคำถามเลยค่ะ")
    found = newest(officer, why="not_helpful")

    assert article(answered) == "form-d"
    assert found["text"] == "ขอ Form D ต้องไปขอที่ไหนคะ", texts(said)
    assert (found["answered_with"], found["intent"]) == ("form-d", "ask_knowledge")
