"""How models are compared before one is activated: on labelled texts, as Rasa takes them."""

import asyncio
from pathlib import Path

from bot.nlu_score import QUESTION, labelled, score


def test_the_sets_are_read_with_their_meanings() -> None:
    asked = labelled()

    assert len(asked) > 700
    assert sum(intent == QUESTION for _, intent in asked) > 270
    assert len({intent for _, intent in asked}) >= 28


def test_without_the_sets_nothing_is_compared(tmp_path: Path) -> None:
    assert labelled(tmp_path) == []


def test_what_is_taken_rightly_is_counted(model: Path, loop: asyncio.AbstractEventLoop) -> None:
    asked = [("สวัสดีค่ะ", "greet"), ("ขอ Form D ที่ไหน", QUESTION), ("กฟหกดาสว", "greet")]

    assert loop.run_until_complete(score(str(model), asked)) == {"right": 2, "of": 3}


def test_a_model_that_cannot_be_loaded_has_no_score(tmp_path: Path, loop: asyncio.AbstractEventLoop) -> None:
    (tmp_path / "model.tar.gz").write_bytes(b"no model")

    assert loop.run_until_complete(score(str(tmp_path / "model.tar.gz"), [("สวัสดีค่ะ", "greet")])) is None
