"""Measures a trained model on tests/nlu_data/messages.yml: ``make eval``. Runs in Rasa's venv; texts are not printed.

A message is taken as Rasa takes it, fallback included: what is not understood counts as wrong. ``--json`` prints the
figures alone, for ``tests.eval.pipelines``; a second path is where the confusion matrix is drawn.
"""

import asyncio
import json
import logging
import os
import resource
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from tests.eval.confusion import draw
from tests.eval.figures import OUT, Figures, figures

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
from rasa.core.agent import Agent

from bot.nlu_score import labelled_messages

FALLBACK = "nlu_fallback"
SHOWN = 15  # of the confusions


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one model made of the test set: intents as Rasa takes them, figures, milliseconds a message, megabytes."""

    truth: list[str]
    said: list[str]
    found: Figures
    took: list[float]
    cpu: list[float]  # processor time: does not depend on what else the machine does
    memory: float

    @property
    def right(self) -> list[bool]:
        """Whether each message was taken for what it is."""
        return [said == truth for said, truth in zip(self.said, self.truth, strict=True)]

    @property
    def recognised(self) -> float:
        """The share of messages out of scope that are taken for it."""
        return float(np.mean([s == OUT for s, t in zip(self.said, self.truth, strict=True) if t == OUT]))

    @property
    def refused(self) -> float:
        """The share of messages in scope that are not understood or taken for out of scope."""
        return float(np.mean([s in (OUT, FALLBACK) for s, t in zip(self.said, self.truth, strict=True) if t != OUT]))


async def measure(model: str) -> Measured:
    """Parse every message."""
    agent = Agent.load(model)
    asked = labelled_messages()
    parsed, took, cpu = [], [], []
    for text, _ in asked:
        began, began_cpu = time.perf_counter(), time.process_time()
        parsed.append(await agent.parse_message(text))
        took.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - began_cpu))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    truth, said = [intent for _, intent in asked], [read["intent"]["name"] for read in parsed]
    return Measured(truth=truth, said=said, found=_figures(truth, parsed), took=took, cpu=cpu, memory=memory)


def _figures(truth: list[str], parsed: list[dict[str, Any]]) -> Figures:
    ranked = [{entry["name"]: entry["confidence"] for entry in read["intent_ranking"]} for read in parsed]
    best = [max((name for name in rank if name != FALLBACK), key=rank.__getitem__, default=OUT) for rank in ranked]
    sure = [rank.get(name, 0.0) for rank, name in zip(ranked, best, strict=True)]
    return figures(truth, best, sure, [rank.get(OUT, 0.0) for rank in ranked])


def report(made: Measured) -> None:
    """Print the figures of all messages, of each intent, and what is taken for what."""
    found, right = made.found, made.right
    write(f"accuracy {np.mean(right):.3f} as Rasa takes them (n={len(right)}); {found.accuracy:.3f} without fallback")
    write(f"macro F1 {found.macro_f1:.3f}, calibration error {found.ece:.3f}")
    write(f"out of scope: AUC {found.out_auc:.3f}, recall {found.out_recall:.3f} at 3 % refused in scope")
    write(f"as Rasa takes them: out of scope recognised {made.recognised:.3f}, in scope refused {made.refused:.3f}")
    for intent, count in sorted(Counter(made.truth).items()):
        hits = sum(ok for ok, name in zip(right, made.truth, strict=True) if name == intent)
        write(f"  {intent:18} {hits:3} of {count}")
    confused = Counter((t, s) for t, s in zip(made.truth, made.said, strict=True) if t != s)
    write("taken for: " + ", ".join(f"{t} → {s} {n}×" for (t, s), n in confused.most_common(SHOWN)))
    for what, spans in (("parse", made.took), ("of the processor", made.cpu)):
        p50, p95 = np.percentile(spans, [50, 95])
        write(f"{what} p50 {p50:.1f} ms, p95 {p95:.1f} ms (n={len(spans)})")
    write(f"memory of the process {made.memory:.0f} MB")


def as_json(made: Measured) -> str:
    """Return the figures of one model in one line."""
    p50, p95 = np.percentile(made.cpu, [50, 95])
    taken = {"taken": float(np.mean(made.right)), "recognised": made.recognised, "refused": made.refused}
    return json.dumps({**asdict(made.found), **taken, "p50": p50, "p95": p95, "memory": made.memory})


def write(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Measure the model that is named."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    model, *wish = sys.argv[1:]
    made = asyncio.run(measure(model))
    if wish == ["--json"]:
        write(as_json(made))
        return
    report(made)
    if wish:
        draw(made.truth, made.said, Path(wish[0]))


if __name__ == "__main__":
    main()
