"""Measures the trained model on tests/nlu_data/messages.yml: ``make eval``. Runs in Rasa's venv; texts are not printed.

A message is taken as Rasa takes it, fallback included: what is not understood counts as wrong.
"""

import asyncio
import logging
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import structlog
import yaml

from tests.eval.figures import OUT, figures

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
from rasa.core.agent import Agent

MESSAGES = Path(__file__).parents[1] / "nlu_data" / "messages.yml"
FALLBACK = "nlu_fallback"
SHOWN = 15  # of the confusions


async def measure(model: str) -> None:
    """Parse every message and print the figures."""
    agent = Agent.load(model)
    asked = yaml.safe_load(MESSAGES.read_text(encoding="utf-8"))
    parsed, took = [], []
    for one in asked:
        began = time.perf_counter()
        parsed.append(await agent.parse_message(one["text"]))
        took.append(1000 * (time.perf_counter() - began))
    truth, said = [one["intent"] for one in asked], [read["intent"]["name"] for read in parsed]
    report(truth, said, parsed)
    write(f"parse p50 {np.percentile(took, 50):.1f} ms, p95 {np.percentile(took, 95):.1f} ms (n={len(took)})")
    write(f"memory of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def report(truth: list[str], said: list[str], parsed: list[dict[str, Any]]) -> None:
    """Print the figures of all messages, of each intent, and what is taken for what."""
    ranked = [{entry["name"]: entry["confidence"] for entry in read["intent_ranking"]} for read in parsed]
    best = [max((name for name in rank if name != FALLBACK), key=rank.__getitem__) for rank in ranked]
    sure = [rank[name] for rank, name in zip(ranked, best, strict=True)]
    found = figures(truth, best, sure, [rank[OUT] for rank in ranked])
    right = [a == b for a, b in zip(truth, said, strict=True)]
    write(f"accuracy {np.mean(right):.3f} as Rasa takes them (n={len(truth)}); {found.accuracy:.3f} without fallback")
    write(f"macro F1 {found.macro_f1:.3f}, calibration error {found.ece:.3f}")
    write(f"out of scope: AUC {found.out_auc:.3f}, recall {found.out_recall:.3f} at 3 % refused in scope")
    taken = [s == OUT for s, t in zip(said, truth, strict=True) if t == OUT]
    refused = [s in (OUT, FALLBACK) for s, t in zip(said, truth, strict=True) if t != OUT]
    write(f"as Rasa takes them: out of scope recognised {np.mean(taken):.3f}, in scope refused {np.mean(refused):.3f}")
    for intent, count in sorted(Counter(truth).items()):
        hits = sum(ok for ok, name in zip(right, truth, strict=True) if name == intent)
        write(f"  {intent:18} {hits:3} of {count}")
    confused = Counter((t, s) for t, s, ok in zip(truth, said, right, strict=True) if not ok)
    write("taken for: " + ", ".join(f"{t} → {s} {n}×" for (t, s), n in confused.most_common(SHOWN)))


def write(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Measure the model that is named."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(measure(sys.argv[1]))


if __name__ == "__main__":
    main()
