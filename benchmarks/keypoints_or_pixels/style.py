"""How the plots look: one colour a side, names at the lines, a white page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.system.files import replacing

INK, FAINT, GRID, PAPER = "#1f2933", "#7b8794", "#e4e7eb", "#ffffff"
SIDES = {"keypoints": "#0072b2", "pixels": "#d55e00"}
"""Blue and vermilion of Okabe & Ito's palette, which everyone can tell apart."""
SHADES = {
    "keypoints": ("#0072b2", "#56b4e9", "#009e73", "#7b8794"),
    "pixels": ("#d08700", "#d55e00"),
}
"""Where several of one side are drawn as lines."""
WIDTH = 8.0
"""Inches; at 110 dots an inch a plot is 880 pixels wide."""


def new_figure(height: float, width: float = WIDTH) -> Any:
    """An empty page."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", facecolor=PAPER)


def save(figure: Any, path: Path) -> None:
    """Write a page as PNG."""
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=110, format="png")


def tidy(axes: Any, title: str = "", grid: str = "x") -> None:
    """Only what carries a number stays."""
    axes.spines[:].set_visible(False)
    axes.grid(axis=grid, color=GRID, linewidth=0.9)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=9.5, colors=INK)
    if title:
        axes.set_title(title, loc="left", fontsize=11.5, color=INK, fontweight="bold")


def name_rows(axes: Any, names: Sequence[str], sides: Sequence[str] = ()) -> None:
    """Name the rows of a plot, in the colour of their side."""
    axes.set_yticks(range(len(names)), names)
    for label, side in zip(axes.get_yticklabels(), sides, strict=False):
        label.set_color(SIDES[side])


def colours_of(sides: Sequence[str]) -> list[str]:
    """A shade for each of some lines, by side."""
    shades = {side: iter(colours) for side, colours in SHADES.items()}
    return [next(shades[side], FAINT) for side in sides]


def apart(heights: Sequence[float], gap: float) -> NDArray[np.float64]:
    """Move labels that would lie on each other as little as needed; their order stays."""
    from sklearn.isotonic import isotonic_regression

    wanted = np.asarray(heights, dtype=float)
    order = np.argsort(wanted, kind="stable")
    steps = gap * np.arange(len(wanted))
    placed = np.empty(len(wanted))
    placed[order] = isotonic_regression(wanted[order] - steps) + steps
    return placed


def short_name(contender: str) -> str:
    """For a label: what is looked at, and what decides."""
    classifier, _, features = contender.partition(", ")
    if classifier.startswith("EfficientNet"):
        return f"pixels, {features}"
    return f"{classifier} on keypoints" if features == "geometry" else f"{classifier}, {features}"
