"""The plots that parts share. Each draws a table's rows, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    new_figure,
    save,
    short_name,
    tidy,
)

Rows = Sequence[Mapping[str, Any]]
ROW_HEIGHT = 0.28
"""Inches."""


def plot_accuracies(rows: Rows, title: str, path: Path) -> None:
    """Draw a point and its interval for each contender, the best on top."""
    figure = new_figure(ROW_HEIGHT * len(rows) + 1.4)
    accuracy_panel(figure.add_subplot(), rows, title)
    save(figure, path)


def accuracy_panel(axes: Any, rows: Rows, title: str) -> None:
    """The same, on axes that are there."""
    tidy(axes, title)
    ordered = sorted(rows, key=lambda row: -row["accuracy"])[::-1]
    heights = np.arange(len(ordered))
    left = min(row["low"] for row in ordered)
    for height, row in zip(heights, ordered, strict=True):
        colour = SIDES[row["side"]]
        axes.plot([row["low"], row["high"]], [height] * 2, color=colour, linewidth=2.2, alpha=0.45)
        axes.plot(row["accuracy"], height, "o", color=colour, markersize=7)
    names = [short_name(row["contender"]) for row in ordered]
    axes.set_yticks(heights, [f"{name}   {_share(row)}" for name, row in zip(names, ordered)])  # noqa: B905
    for label, row in zip(axes.get_yticklabels(), ordered, strict=True):
        label.set_color(SIDES[row["side"]])
    margin = 0.04 * (1 - left) + 0.002
    axes.set_xlim(left - margin, min(1.0, max(row["high"] for row in ordered)) + margin)
    axes.set_ylim(-0.7, len(ordered) - 0.3)
    axes.set_xlabel("accuracy end to end, with its 95 % interval", color=FAINT, fontsize=9)


def plot_few_samples(rows: Rows, path: Path) -> None:
    """Draw accuracy against the number of photos, on a logarithmic axis."""
    figure = new_figure(4.8)
    few_samples_panel(figure.add_subplot(), rows, "Accuracy on new people, by photos learnt from")
    save(figure, path)


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


def plot_errors(rows: Rows, title: str, path: Path) -> None:
    """Draw what share of photos is missed and what share named wrong, as bars."""
    figure = new_figure(ROW_HEIGHT * 1.3 * len(rows) + 1.4)
    errors_panel(figure.add_subplot(), rows, title)
    save(figure, path)


def errors_panel(axes: Any, rows: Rows, title: str) -> None:
    """The same, on axes that are there."""
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
    axes.set_yticks(range(len(ordered)), [short_name(row["contender"]) for row in ordered])
    for label, row in zip(axes.get_yticklabels(), ordered, strict=True):
        label.set_color(SIDES[row["side"]])
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.set_xlabel("photos: pale, no hand found; full, named wrong", color=FAINT, fontsize=9)


def plot_gestures(rows: Rows, title: str, path: Path) -> None:
    """Draw the recall of each gesture, the worst on top."""
    ordered = sorted(rows, key=lambda row: -row["recall"])
    figure = new_figure(ROW_HEIGHT * len(ordered) + 1.3)
    axes = figure.add_subplot()
    for height, row in enumerate(ordered):
        axes.plot([row["recall"], 1], [height] * 2, color=SIDES["keypoints"], alpha=0.4)
        axes.plot(row["recall"], height, "o", color=SIDES["keypoints"], markersize=7)
    labels = [f"{row['gesture']}   {row['recall']:.3f}" for row in ordered]
    axes.set_yticks(range(len(ordered)), labels)
    tidy(axes, title)
    axes.set_xlabel("share of its hands that is named right", color=FAINT, fontsize=9)
    save(figure, path)


def plot_rights_by_gesture(rows: Rows, sides: Mapping[str, str], title: str, path: Path) -> None:
    """Draw the share of each gesture's photos named right: a point for each contender.

    Parameters
    ----------
    rows : sequence of mapping
        With ``gesture``, ``photos`` and a count for each contender.
    sides : mapping of str to {"keypoints", "pixels"}
        The contenders, which are columns.
    title : str
    path : Path
    """
    colours = dict(zip(sides, colours_of(list(sides.values())), strict=True))
    figure = new_figure(0.42 * len(rows) + 1.6)
    axes = figure.add_subplot()
    step = 0.22
    for height, row in enumerate(reversed(rows)):
        for offset, (name, colour) in enumerate(colours.items()):
            place = height + step * (len(colours) / 2 - 0.5 - offset)
            share = row[name] / max(row["photos"], 1)
            axes.barh(place, share, height=step * 0.86, color=colour)
    axes.set_yticks(
        range(len(rows)), [f"{row['gesture']} ({row['digit']})" for row in reversed(rows)]
    )
    tidy(axes, title)
    axes.set_xlim(0, 1.0)
    axes.xaxis.set_major_formatter("{x:.0%}")
    for number, (name, colour) in enumerate(colours.items()):
        place = number / len(colours)
        axes.annotate(
            f"■ {short_name(name)}",
            (place, -0.13),
            xycoords="axes fraction",
            color=colour,
            fontsize=9.5,
            annotation_clip=False,
        )
    save(figure, path)


def _share(row: Mapping[str, Any]) -> str:
    return f"{row['accuracy']:.3f}"
