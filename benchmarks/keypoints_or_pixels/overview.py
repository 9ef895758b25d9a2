"""The answer in one table and one picture."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.keypoints_or_pixels.plots import few_samples_panel
from benchmarks.keypoints_or_pixels.style import (
    FAINT,
    INK,
    PAPER,
    SIDES,
    new_figure,
    save,
    short_name,
    tidy,
)
from benchmarks.keypoints_or_pixels.verdicts import (
    FEW,
    cost_row,
    headline,
    milliseconds_per_photo,
    rows_of,
)

MAIN = (
    "svm, geometry",
    "mlp, geometry",
    "EfficientNet-lite0, frozen",
    "EfficientNet-lite0, fine-tuned",
)
"""Contenders of the first table."""
QUESTIONS = {
    "digits, new people": ("accuracy", "classifiers"),
    "another camera": ("cross_camera", "contenders"),
    "in the wild": ("hard_pictures", "contenders"),
}
"""Column to the part and the table it comes from."""


def overview_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each of the main contenders that was measured; None where a part is missing."""
    sides = {
        row["contender"]: row["side"]
        for place in QUESTIONS.values()
        for row in rows_of(document, *place)
    }
    return [_row(document, name, sides[name]) for name in MAIN if name in sides]


def draw_overview(document: Mapping[str, Any], path: Path) -> None:
    """Draw how right, how soon and how fast each of the main contenders is."""
    rows = overview_rows(document)
    few = rows_of(document, "few_samples", "few_samples")
    costs = {row["contender"]: row["ms a photo"] for row in rows if row["ms a photo"] is not None}
    questions = [name for name in QUESTIONS if any(row[name] is not None for row in rows)]
    panels = [bool(questions), bool(few), bool(costs)]
    figure = new_figure(2.1 * panels[0] + 3.2 * panels[1] + 1.9 * panels[2] + 0.8, width=9.0)
    title = headline(document)
    figure.suptitle(
        textwrap.fill(f"Keypoints or pixels? {title}", 82),
        x=0.01,
        ha="left",
        fontsize=13,
        color=INK,
    )
    heights = [h for h, wanted in zip((2.3, 3.2, 1.7), panels, strict=True) if wanted]
    rooms = iter(figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0])
    if questions:
        _accuracies(next(rooms), rows, questions)
    if few:
        few_samples_panel(next(rooms).add_subplot(), few, "How soon it learns", only=MAIN)
    if costs:
        _costs(next(rooms).add_subplot(), rows, costs)
    save(figure, path)


def _row(document: Mapping[str, Any], name: str, side: str) -> dict[str, Any]:
    row: dict[str, Any] = {"contender": name, "side": side}
    for question, place in QUESTIONS.items():
        found = _find(document, *place, name)
        row[question] = found and found["accuracy"]
    few = [r for r in rows_of(document, "few_samples", "few_samples") if r["contender"] == name]
    row[f"{FEW} photos a gesture"] = next((r["mean"] for r in few if r["samples"] == FEW), None)
    row["ms a photo"] = milliseconds_per_photo(document, name)
    trained = _find(document, "accuracy", "classifiers", name)
    row["trained in, s"] = trained and trained["fit_seconds"]
    size = cost_row(document, "size", name)
    row["files, MB"] = size and size["files_mb"]
    return row


def _find(document: Mapping[str, Any], part: str, table: str, name: str) -> Any:
    rows = rows_of(document, part, table)
    return next((row for row in rows if row.get("contender") == name), None)


def _accuracies(room: Any, rows: list[dict[str, Any]], questions: list[str]) -> None:
    all_axes = room.subplots(1, len(questions), sharey=True, squeeze=False)[0]
    heights = range(len(rows))[::-1]
    for axes, question in zip(all_axes, questions, strict=True):
        tidy(axes, question)
        known = [
            (h, row) for h, row in zip(heights, rows, strict=True) if row[question] is not None
        ]
        for height, row in known:
            value, colour = row[question], SIDES[row["side"]]
            axes.barh(height, value, color=colour, height=0.62)
            _write_in_bar(axes, value, height)
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.5, 1], [""] * 3)
    all_axes[0].set_yticks(list(heights), [short_name(row["contender"]) for row in rows])
    for label, row in zip(all_axes[0].get_yticklabels(), rows, strict=True):
        label.set_color(SIDES[row["side"]])


def _write_in_bar(axes: Any, value: float, height: float) -> None:
    """The number at the bar's end, beside it where the bar is short."""
    inside = value > 0.3
    axes.text(
        value - 0.015 if inside else value + 0.015,
        height,
        f"{value:.3f}",
        color=PAPER if inside else INK,
        ha="right" if inside else "left",
        va="center",
        fontsize=10,
        fontweight="bold",
    )


def _costs(axes: Any, rows: list[dict[str, Any]], costs: Mapping[str, float]) -> None:
    tidy(axes, "From photo to label, one thread")
    known = [row for row in rows if row["contender"] in costs]
    for height, row in enumerate(reversed(known)):
        value = costs[row["contender"]]
        axes.barh(height, value, color=SIDES[row["side"]], height=0.62)
        axes.text(value, height, f" {value:.1f} ms", va="center", fontsize=10, color=INK)
    axes.set_yticks(range(len(known)), [short_name(row["contender"]) for row in reversed(known)])
    for label, row in zip(axes.get_yticklabels(), reversed(known), strict=True):
        label.set_color(SIDES[row["side"]])
    axes.set_xlim(0, 1.15 * max(costs.values()))
    axes.set_xlabel("milliseconds, median", color=FAINT, fontsize=9)
