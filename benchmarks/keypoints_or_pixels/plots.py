"""The plots. Each draws the rows of a table, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.keypoints_or_pixels.style import (
    FAINT,
    INK,
    PAPER,
    SIDES,
    apart,
    colours_of,
    name_rows,
    new_figure,
    save,
    short_name,
    tidy,
)

Rows = Sequence[Mapping[str, Any]]
ROW_HEIGHT = 0.28
"""Inches."""
FOUND = "hands_found"


def plot(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Save the figure that a function gives, under a path that comes last; give it too."""

    @wraps(draw)
    def drawn(*arguments: Any) -> Any:
        *rest, path = arguments
        figure = draw(*rest)
        save(figure, Path(path))
        return figure

    return drawn


@plot
def plot_accuracies(rows: Rows, title: str) -> Any:
    """A point and its interval for each contender, the best on top."""
    figure = new_figure(ROW_HEIGHT * len(rows) + 1.4)
    axes = figure.add_subplot()
    tidy(axes, title)
    ordered = sorted(rows, key=lambda row: -row["accuracy"])[::-1]
    left = min(row["low"] for row in ordered)
    for height, row in enumerate(ordered):
        colour = SIDES[row["side"]]
        axes.plot([row["low"], row["high"]], [height] * 2, color=colour, linewidth=2.2, alpha=0.45)
        axes.plot(row["accuracy"], height, "o", color=colour, markersize=7)
    names = [f"{short_name(row['contender'])}   {row['accuracy']:.3f}" for row in ordered]
    name_rows(axes, names, [row["side"] for row in ordered])
    margin = 0.04 * (1 - left) + 0.002
    axes.set_xlim(left - margin, min(1.0, max(row["high"] for row in ordered)) + margin)
    axes.set_ylim(-0.7, len(ordered) - 0.3)
    axes.set_xlabel("accuracy end to end, with its 95 % interval", color=FAINT, fontsize=9)
    return figure


@plot
def plot_few_samples(rows: Rows) -> Any:
    """Accuracy against the number of photos, on a logarithmic axis."""
    figure = new_figure(4.8)
    few_samples_panel(figure.add_subplot(), rows, "Accuracy on new people, by photos learnt from")
    return figure


def few_samples_panel(axes: Any, rows: Rows, title: str, only: Sequence[str] = ()) -> None:
    """The same, on axes that are there, of some contenders or all."""
    names = list(dict.fromkeys(r["contender"] for r in rows if not only or r["contender"] in only))
    lines = [[row for row in rows if row["contender"] == name] for name in names]
    colours = colours_of([line[0]["side"] for line in lines])
    for line, colour in zip(lines, colours, strict=True):
        photos = [row["photos_per_gesture"] for row in line]
        low, high = ([row[column] for row in line] for column in ("min", "max"))
        axes.fill_between(photos, low, high, color=colour, alpha=0.13, linewidth=0)
        means = [row["mean"] for row in line]
        axes.plot(photos, means, color=colour, linewidth=2.2, marker="o", markersize=4.5)
    bottom = min(row["min"] for line in lines for row in line)
    ends = apart([line[-1]["mean"] for line in lines], gap=0.062 * (1 - bottom))
    ends -= max(ends.max() - 1.0, 0)
    for line, colour, height in zip(lines, colours, ends, strict=True):
        text = f"  {short_name(line[0]['contender'])}"
        last = line[-1]["photos_per_gesture"]
        axes.text(last * 1.04, height, text, color=colour, fontsize=9.5, va="center")
    tidy(axes, title, grid="y")
    axes.set_xscale("log")
    ticks = {row["photos_per_gesture"]: row["samples"] for line in lines for row in line}
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.minorticks_off()
    axes.set_xlim(None, max(ticks) * (max(ticks) / min(ticks)) ** 0.36)  # room for the names
    axes.set_ylim(max(0, bottom - 0.03), 1.02)
    axes.set_xlabel(
        "photos of each gesture (the band is the worst and best draw)", color=FAINT, fontsize=9
    )


@plot
def plot_errors(rows: Rows, title: str) -> Any:
    """What share of photos is missed and what share named wrong, as bars."""
    figure = new_figure(ROW_HEIGHT * 1.3 * len(rows) + 1.4)
    axes = figure.add_subplot()
    tidy(axes, title)
    ordered = sorted(rows, key=lambda row: -row["accuracy"])[::-1]
    for height, row in enumerate(ordered):
        missed, wrong = row["missed"] / row["photos"], row["named_wrong"] / row["photos"]
        colour = SIDES[row["side"]]
        axes.barh(height, missed, color=colour, alpha=0.35, height=0.72)
        axes.barh(height, wrong, left=missed, color=colour, height=0.72)
        for share, left, ink in ((missed, 0.0, INK), (wrong, missed, PAPER)):
            if share > 0.012:
                text = f"{share:.1%}"
                middle = left + share / 2
                axes.text(middle, height, text, color=ink, fontsize=8.5, ha="center", va="center")
    names = [short_name(row["contender"]) for row in ordered]
    name_rows(axes, names, [row["side"] for row in ordered])
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.set_xlabel("photos: pale, no hand found; full, named wrong", color=FAINT, fontsize=9)
    return figure


@plot
def plot_time(rows: Rows) -> Any:
    """The medians of the steps to a label, and a tick at the 99th percentile of their sum."""
    figure = new_figure(0.36 * len(rows) + 1.1)
    axes = figure.add_subplot()
    for y, row in enumerate(rows):
        colour = SIDES[row["side"]]
        axes.barh(y, row["find"], color=colour, height=0.62)
        axes.barh(y, row["classify"], left=row["find"], color=colour, height=0.62, alpha=0.45)
        axes.plot([row["p99_ms"]] * 2, [y - 0.31, y + 0.31], color=INK, linewidth=1.5)
        text = f"  {row['p50_ms']:.1f}, 99 % below {row['p99_ms']:.1f}"
        axes.text(max(row["p99_ms"], row["p50_ms"]), y, text, va="center", fontsize=8.5, color=INK)
    name_rows(axes, [row["recogniser"] for row in rows])
    axes.invert_yaxis()
    tidy(axes, "From photo to label, one thread")
    axes.set_xlim(0, 1.4 * max(row["p99_ms"] for row in rows))
    axes.set_xlabel(
        "milliseconds: finding or resizing, then (pale) classifying", color=FAINT, fontsize=9
    )
    return figure


@plot
def plot_corruptions(rows: Rows) -> Any:
    """Accuracy against strength: a panel for each corruption, a line for each contender."""
    names = list(dict.fromkeys(row["corruption"] for row in rows))
    down = -(-len(names) // 2)
    figure = new_figure(2.7 * down + 0.4, width=9.0)
    panels = figure.subplots(down, 2, sharey=True, squeeze=False).ravel()
    for axes, name in zip(panels, names, strict=False):
        _corruption_panel(axes, [row for row in rows if row["corruption"] == name])
    for axes in panels[len(names) :]:
        axes.set_visible(False)
    return figure


def _corruption_panel(axes: Any, rows: Rows) -> None:
    names = [name for name in rows[0] if name not in ("corruption", "strength", "unit", FOUND)]
    colours = colours_of(["pixels" if n.startswith("EfficientNet") else "keypoints" for n in names])
    drawn = [(FOUND, "hand found", FAINT, ":")]
    drawn += [(n, short_name(n), colour, "-") for n, colour in zip(names, colours, strict=True)]
    for column, _, colour, style in drawn:
        values = [row[column] for row in rows]
        steps = np.arange(len(rows))
        axes.plot(steps, values, style, color=colour, linewidth=1.8, marker="o", markersize=3.5)
    heights = apart([rows[-1][column] for column, *_ in drawn], 0.085)
    heights = heights - max(heights.max() - 1.02, 0)
    for (_, name, colour, _), height in zip(drawn, heights, strict=True):
        axes.text(len(rows) - 0.85, height, name, color=colour, fontsize=9, va="center")
    tidy(axes, rows[0]["corruption"], grid="y")
    axes.set_xticks(range(len(rows)), ["clean", *(f"{row['strength']:g}" for row in rows[1:])])
    axes.set_xlabel(rows[0]["unit"], fontsize=9, color=INK)
    axes.set_xlim(-0.15, 1.55 * len(rows) - 0.6)
    axes.set_ylim(-0.03, 1.07)
