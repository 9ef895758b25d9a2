"""Accuracy against strength: a panel for each corruption, a line for each contender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.keypoints_or_pixels.style import (
    FAINT,
    INK,
    apart,
    colours_of,
    new_figure,
    save,
    short_name,
    tidy,
)

Rows = Sequence[Mapping[str, Any]]

_FOUND = "hands_found"
_NO_LINES = ("corruption", "strength", "unit", _FOUND)


def plot_all(rows: Rows, path: Path) -> None:
    """Draw small multiples, one for each corruption.

    Parameters
    ----------
    rows : sequence of mapping
        With ``corruption``, ``strength``, ``unit``, ``hands_found`` and a column for each
        contender.
    path : Path
        Where to save it.
    """
    names = list(dict.fromkeys(row["corruption"] for row in rows))
    down = -(-len(names) // 2)
    figure = new_figure(2.7 * down + 0.4, width=9.0)
    panels = figure.subplots(down, 2, sharey=True, squeeze=False).ravel()
    for axes, name in zip(panels, names, strict=False):
        _panel(axes, [row for row in rows if row["corruption"] == name])
    for axes in panels[len(names) :]:
        axes.set_visible(False)
    save(figure, path)


def plot_one(rows: Rows, path: Path) -> None:
    """Draw one corruption; parameters as for `plot_all`."""
    figure = new_figure(4.2)
    _panel(figure.add_subplot(), rows)
    save(figure, path)


def _panel(axes: Any, rows: Rows) -> None:
    steps = range(len(rows))
    names = [column for column in rows[0] if column not in _NO_LINES]
    colours = colours_of(["pixels" if n.startswith("EfficientNet") else "keypoints" for n in names])
    drawn = [(_FOUND, "hand found", FAINT, ":")]
    drawn += [(n, short_name(n), colour, "-") for n, colour in zip(names, colours, strict=True)]
    for column, _, colour, style in drawn:
        values = [row[column] for row in rows]
        axes.plot(steps, values, style, color=colour, linewidth=1.8, marker="o", markersize=3.5)
    heights = apart([rows[-1][column] for column, *_ in drawn], 0.085)
    heights = heights - max(heights.max() - 1.02, 0)
    for (_, name, colour, _), height in zip(drawn, heights, strict=True):
        axes.text(len(rows) - 0.85, height, name, color=colour, fontsize=9, va="center")
    tidy(axes, rows[0]["corruption"], grid="y")
    axes.set_xticks(steps, ["clean", *(f"{row['strength']:g}" for row in rows[1:])])
    axes.set_xlabel(rows[0]["unit"], fontsize=9, color=INK)
    axes.set_xlim(-0.15, 1.55 * len(rows) - 0.6)
    axes.set_ylim(-0.03, 1.07)
