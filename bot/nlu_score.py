"""``python -m bot.nlu_score ANSWER MODEL…``: how many messages of the test sets each model understands. In Rasa's venv.

A message is taken as Rasa takes it, fallback included: what is not understood counts as wrong. ANSWER becomes a JSON
file, a model's path to ``{"right": n, "of": n}``, or to null where the model cannot be loaded. Texts are not printed.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import structlog
import yaml
from rasa.core.agent import Agent

SETS: Final = Path(__file__).parents[1] / "tests" / "nlu_data"
QUESTION: Final = "ask_knowledge"  # what every question is that an article answers


def labelled(folder: Path = SETS) -> list[tuple[str, str]]:
    """Read the messages with what they mean, and the article questions; nothing where the sets are not installed."""
    asked = [(one["text"], QUESTION) for one in _entries(folder / "articles.yml") if one["article"]]
    return labelled_messages(folder) + asked


def labelled_messages(folder: Path = SETS) -> list[tuple[str, str]]:
    """Read the messages alone: what ``make eval`` measures."""
    return [(one["text"], one["intent"]) for one in _entries(folder / "messages.yml")]


def _entries(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))) if path.exists() else []


async def score(model: str, asked: Sequence[tuple[str, str]]) -> dict[str, int] | None:
    """Count what a model understands; None if it cannot be loaded by the present code."""
    try:
        agent = Agent.load(model)
        right = [(await agent.parse_message(text))["intent"]["name"] == intent for text, intent in asked]
    except Exception:  # whatever is wrong with a model, it can't serve
        logging.getLogger(__name__).exception("The model %s cannot be used.", model)
        return None
    return {"right": sum(right), "of": len(asked)}


async def score_all(models: Sequence[str]) -> dict[str, dict[str, int] | None]:
    """Count for each model."""
    asked = labelled()
    return {model: await score(model, asked) for model in models}


def main() -> None:
    """Score the models that are named."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    answer, *models = sys.argv[1:]
    Path(answer).write_text(json.dumps(asyncio.run(score_all(models))), encoding="utf-8")


if __name__ == "__main__":
    main()
