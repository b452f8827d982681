"""How well the trained assistant understands sentences it has never seen, and how fast."""

import statistics
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import DATA, FIGURES, run_rasa

HELD_OUT: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "held_out.yml").read_text(encoding="utf-8"))
SENTENCES = [(text, intent) for intent, texts in HELD_OUT.items() for text in texts]
FALLBACK = "nlu_fallback"


def test_the_training_data_is_valid() -> None:
    done = run_rasa("data", "validate", "--config", "config.yml", *DATA, "--fail-on-warnings")

    assert done.returncode == 0, done.stderr[-2000:]


def test_most_held_out_sentences_are_understood(parse: Any) -> None:
    wrong = [(text, intent, found) for text, intent in SENTENCES if (found := _intent(parse, text)) != intent]
    FIGURES.append(f"held out: {1 - len(wrong) / len(SENTENCES):.3f} of {len(SENTENCES)} sentences understood")
    FIGURES.extend(f"  {text}: {found}, not {intent}" for text, intent, found in wrong)

    assert len(SENTENCES) >= 60
    assert len(wrong) <= 0.08 * len(SENTENCES)


def test_a_polite_frame_changes_little(parse: Any) -> None:
    framed = [(f"สวัสดีค่ะ รบกวนสอบถามหน่อยนะคะ {text} ขอบคุณค่ะ", intent) for text, intent in SENTENCES if len(text) > 15]
    wrong = [text for text, intent in framed if _intent(parse, text) != intent]
    FIGURES.append(f"the longer ones in a polite frame: {1 - len(wrong) / len(framed):.3f} of {len(framed)}")

    assert len(wrong) <= 0.12 * len(framed)


@pytest.mark.parametrize("text", ["กฟหกด่าสว", "asdfgh", "1234", "😀", "※〒∮", "...", "ฟฟฟฟ"])
def test_nonsense_is_not_understood(parse: Any, text: str) -> None:
    assert _intent(parse, text) == FALLBACK


def test_understanding_is_fast(parse: Any) -> None:
    took = []
    for text, _ in SENTENCES:
        started = time.perf_counter()
        parse(text)
        took.append((time.perf_counter() - started) * 1000)
    FIGURES.append(f"parsing: p50 {statistics.median(took):.1f} ms, p95 {statistics.quantiles(took, n=20)[18]:.1f} ms")

    assert statistics.median(took) < 100


def _intent(parse: Any, text: str) -> str:
    return str(parse(text)["intent"]["name"])
