"""Compares pipelines on tests/nlu_data/messages.yml: ``make eval-pipelines``. Runs in Rasa's venv.

Each pipeline of ``tests/eval/pipelines`` is trained with three seeds, all on the same eighth of the utterances (on all
of them DIET would train for hours), and measured in a process of its own. Times are processor time, which other work
on the machine changes little. Nearly all the time goes to DIET's training.
"""

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).parents[2]
PIPELINES = Path(__file__).parent / "pipelines"
NAMES = ("stock", "thai_diet", "shipped", "encoder")
SEEDS = (1, 2, 3)
EVERY = 8  # of the utterances of an intent is trained on
SEED_SETTINGS = ("random_seed", "random_state")
COLUMNS = {
    "accuracy": "taken",
    "macro F1": "macro_f1",
    "out of scope AUC": "out_auc",
    "recall at 3 % refused": "out_recall",
    "calibration error": "ece",
    "training s": "training",
    "parse p50 ms": "p50",
    "p95 ms": "p95",
    "memory MB": "memory",
}


def compare(name: str) -> list[dict[str, float]]:
    """Train and measure one pipeline with every seed."""
    with tempfile.TemporaryDirectory() as folder:
        _sample(Path(folder) / "nlu")
        return [_one(name, seed, Path(folder)) for seed in SEEDS]


def _sample(folder: Path) -> None:
    folder.mkdir()
    for path in (ROOT / "nlu_data" / "nlu").glob("*.yml"):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for entry in data["nlu"]:
            entry["examples"] = "".join(entry["examples"].splitlines(keepends=True)[::EVERY])
        text = yaml.safe_dump(data, allow_unicode=True, width=math.inf)
        (folder / path.name).write_text(text, encoding="utf-8")


def _one(name: str, seed: int, folder: Path) -> dict[str, float]:
    config = folder / f"config-{seed}.yaml"
    config.write_text(yaml.safe_dump(seeded(name, seed)), encoding="utf-8")
    began = _children()
    data, out = str(folder / "nlu"), str(folder)
    wanted = ("--config", str(config), "--nlu", data, "--out", out, "--fixed-model-name", config.stem)
    _python("rasa", "train", "nlu", *wanted)
    training = _children() - began
    said = _python("tests.eval.intents", str(folder / f"{config.stem}.tar.gz"), "--json")
    return {**json.loads(said.splitlines()[-1]), "training": training}


def seeded(name: str, seed: int) -> dict[str, Any]:
    """Return a pipeline's configuration with this seed wherever chance plays a part."""
    config: dict[str, Any] = yaml.safe_load((PIPELINES / f"{name}.yml").read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        component.update({setting: seed for setting in SEED_SETTINGS if setting in component})
    return config


def _python(*module: str) -> str:
    command = [sys.executable, "-W", "ignore", "-m", *module]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return done.stdout


def _children() -> float:
    """Return the processor time of all processes that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def row(name: str, runs: list[dict[str, float]]) -> str:
    """Return a line of the table: the mean of the runs, and the largest distance from it where it can be seen."""
    return " | ".join([f"| {name}", *(_cell([run[key] for run in runs]) for key in COLUMNS.values())]) + " |"


def _cell(values: list[float]) -> str:
    mean = float(np.mean(values))
    spread = max(abs(value - mean) for value in values)
    if max(values) > 1:
        return f"{mean:.1f}" if mean < 100 else f"{mean:.0f}"
    return f"{mean:.3f} ± {spread:.3f}" if spread >= 0.0005 else f"{mean:.3f}"


def write(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Compare the pipelines that are named, or all."""
    began = time.monotonic()
    write(" | ".join(["| pipeline", *COLUMNS]) + " |")
    write("|---" * (len(COLUMNS) + 1) + "|")
    for name in sys.argv[1:] or NAMES:
        write(row(name, compare(name)))
    write(f"{(time.monotonic() - began) / 60:.0f} minutes")


if __name__ == "__main__":
    main()
