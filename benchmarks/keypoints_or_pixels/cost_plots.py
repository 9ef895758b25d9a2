"""Time from a photo to its label: a bar for each recogniser, its steps one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.keypoints_or_pixels.style import FAINT, INK, SIDES, new_figure, save, tidy


def plot_time(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the medians of the steps, and a tick at the 99th percentile of their sum.

    Parameters
    ----------
    rows : sequence of mapping
        With ``recogniser``, ``side``, ``find``, ``classify``, ``p50_ms`` and ``p99_ms``.
    path : Path
    """
    figure = new_figure(0.36 * len(rows) + 1.1)
    axes = figure.add_subplot()
    for y, row in enumerate(rows):
        colour = SIDES[row["side"]]
        axes.barh(y, row["find"], color=colour, height=0.62)
        axes.barh(y, row["classify"], left=row["find"], color=colour, height=0.62, alpha=0.45)
        axes.plot([row["p99_ms"]] * 2, [y - 0.31, y + 0.31], color=INK, linewidth=1.5)
        text = f"  {row['p50_ms']:.1f}, 99 % below {row['p99_ms']:.1f}"
        axes.text(max(row["p99_ms"], row["p50_ms"]), y, text, va="center", fontsize=8.5, color=INK)
    axes.set_yticks(range(len(rows)), [row["recogniser"] for row in rows])
    axes.invert_yaxis()
    tidy(axes, "From photo to label, one thread")
    axes.set_xlim(0, 1.4 * max(row["p99_ms"] for row in rows))
    axes.set_xlabel(
        "milliseconds: finding or resizing, then (pale) classifying", color=FAINT, fontsize=9
    )
    save(figure, path)
