"""Draws which intent is taken for which: a square an intent pair, as dark as the share of the intent's messages."""

from collections import Counter
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt

INCHES, DOTS = 11.0, 100
LIGHT_TEXT_FROM = 0.5  # on dark squares


def draw(truth: list[str], said: list[str], path: Path) -> None:
    """Write the picture; rows are what messages are, columns what they are taken for, numbers are messages."""
    rows = sorted(set(truth))
    columns = [*rows, *sorted(set(said) - set(rows))]
    counted = Counter(zip(truth, said, strict=True))
    counts = np.array([[counted[row, column] for column in columns] for row in rows])
    figure, axes = plt.subplots(figsize=(INCHES, INCHES))
    axes.imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1)
    _label(axes, rows, columns)
    for row, column in zip(*counts.nonzero(), strict=True):
        light = counts[row, column] > LIGHT_TEXT_FROM * counts[row].sum()
        colour = "white" if light else "black"
        axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=8, color=colour)
    figure.tight_layout()
    figure.savefig(path, dpi=DOTS)
    plt.close(figure)


def _label(axes: plt.Axes, rows: list[str], columns: list[str]) -> None:
    axes.set_xticks(range(len(columns)), columns, rotation=90, fontsize=9)
    axes.set_yticks(range(len(rows)), rows, fontsize=9)
    axes.set_xlabel("it is taken for")
    axes.set_ylabel("the message is")
    axes.set_xticks(np.arange(-0.5, len(columns)), minor=True)
    axes.set_yticks(np.arange(-0.5, len(rows)), minor=True)
    axes.grid(which="minor", color="#dddddd", linewidth=0.5)
    axes.tick_params(which="minor", length=0)
