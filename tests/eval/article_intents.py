"""Says what the trained model takes the article questions for: a step of ``make eval-search``, run in Rasa's venv."""

import asyncio
import json
import logging
import os
import sys
from pathlib import Path

import structlog
import yaml

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
from rasa.core.agent import Agent

ARTICLES = Path(__file__).parents[1] / "nlu_data" / "articles.yml"


async def intents(model: str) -> list[dict[str, str | float]]:
    """Parse every question; ``sure`` is the probability of the intent."""
    agent = Agent.load(model)
    read = []
    for asked in yaml.safe_load(ARTICLES.read_text(encoding="utf-8")):
        intent = (await agent.parse_message(asked["text"]))["intent"]
        read.append({"text": asked["text"], "intent": intent["name"], "sure": intent["confidence"]})
    return read


def main() -> None:
    """Write what the model that is named first says into the file that is named second."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    read = asyncio.run(intents(sys.argv[1]))
    Path(sys.argv[2]).write_text(json.dumps(read, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
