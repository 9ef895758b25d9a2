"""The answer in two tables and one picture: what REPORT.md begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.keypoints_or_pixels.comparison import Row
from benchmarks.keypoints_or_pixels.contenders import FineTunedPixels, FrozenPixels, Keypoints
from benchmarks.keypoints_or_pixels.plots import few_samples_panel, plot
from benchmarks.keypoints_or_pixels.style import (
    FAINT,
    INK,
    PAPER,
    SIDES,
    name_rows,
    new_figure,
    short_name,
    tidy,
)
from benchmarks.report import markdown_table

Results = Mapping[str, Mapping[str, Any]]

DEFAULT, TUNED = Keypoints().name, FineTunedPixels().name
MAIN = (DEFAULT, Keypoints("mlp").name, FrozenPixels().name, TUNED)
"""Contenders of the first table."""
FEW = "10"
"""Photos of each gesture that count as few."""
SURE = 0.05
"""P values below it tell two apart: of paired sign-flip tests over people, by Holm where several
are looked at."""
ACCURACIES = {
    "digits, new people": ("accuracy", "classifiers"),
    "another camera": ("cross_camera", "contenders"),
    "in the wild": ("hard_pictures", "contenders"),
}
"""Column to the part and the table it comes from."""
PAIRS: dict[str, tuple[str, dict[str, str]]] = {
    "digits, new people": ("accuracy", {"chosen": "default"}),
    f"digits, {FEW} photos of each": ("few_samples", {"samples": FEW}),
    "another camera": ("cross_camera", {}),
    "in the wild": ("hard_pictures", {}),
    "spoilt photos": ("robustness", {"corruption": "all"}),
}
"""Question to the part, and which of its paired tests answers it."""


def summary(results: Results) -> str:
    """The beginning of the report."""
    blocks = ["# Keypoints or pixels, and which classifier?"]
    rows = overview_rows(results)
    if rows:
        blocks += [
            markdown_table(rows),
            "![the answer in one picture](plots/overview.png)",
            "Accuracies are end to end: a hand that was not found is an error. The pixels are "
            "EfficientNet-lite0 with ImageNet weights. Training leaves out the finding of hands; "
            "files are all that recognising needs, hand networks included.",
        ]
    pairs = pair_rows(results)
    if pairs:
        blocks += [
            f"Keypoints ({DEFAULT}) minus fine-tuned pixels, on the same photos. Where the p value "
            "of the paired test over people is not below 0.05, the difference is not clear.",
            markdown_table(pairs),
        ]
    return "\n\n".join(blocks)


def overview_rows(results: Results) -> list[Row]:
    """A row for each of the main contenders that was measured; None where a part is missing."""
    rows = []
    for name in MAIN:
        row: Row = {"contender": name, "side": "pixels" if "Efficient" in name else "keypoints"}
        for question, place in ACCURACIES.items():
            row[question] = _value(results, *place, "accuracy", contender=name)
        place = ("few_samples", "few_samples", "mean")
        row[f"{FEW} photos a gesture"] = _value(results, *place, contender=name, samples=FEW)
        row["ms a photo"] = _value(results, "cost", "time", "p50_ms", recogniser=_costs_as(name))
        place = ("accuracy", "classifiers", "fit_seconds")
        row["trained in, s"] = _value(results, *place, contender=name)
        row["files, MB"] = _value(results, "cost", "size", "files_mb", recogniser=_costs_as(name))
        if any(row[question] is not None for question in ACCURACIES):
            rows.append(row)
    return rows


def pair_rows(results: Results) -> list[Row]:
    """The default model minus fine-tuned pixels, question by question, and who is ahead."""
    rows = []
    for question, (part, own) in PAIRS.items():
        wanted = {"keypoints": DEFAULT, "pixels": TUNED, **own}
        pair = _find(results, part, "keypoints_against_pixels", wanted)
        if pair:
            p = pair.get("holm_p", pair["sign_flip_p"])
            winner = "keypoints" if pair["difference"] > 0 else "pixels"
            row = {"question": question} | {n: pair[n] for n in ("difference", "low", "high")}
            rows.append(row | {"test_p": p, "ahead": winner if p < SURE else "not clear"})
    return rows


@plot
def plot_overview(results: Results) -> Any:
    """How right, how soon and how fast each of the main contenders is."""
    rows = overview_rows(results)
    few = _rows(results, "few_samples", "few_samples")
    questions = [name for name in ACCURACIES if any(row[name] is not None for row in rows)]
    timed = [row for row in rows if row["ms a photo"] is not None]
    panels = {2.3: questions, 3.2: few, 1.7: timed}
    heights = [height for height, wanted in panels.items() if wanted]
    figure = new_figure(sum(heights) + 0.8, width=9.0)
    figure.suptitle("Keypoints or pixels?", x=0.01, ha="left", fontsize=13, color=INK)
    rooms = iter(figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0])
    if questions:
        _accuracies(next(rooms), rows, questions)
    if few:
        few_samples_panel(next(rooms).add_subplot(), few, "How soon it learns", only=MAIN)
    if timed:
        _times(next(rooms).add_subplot(), timed)
    return figure


def _accuracies(room: Any, rows: list[Row], questions: list[str]) -> None:
    all_axes = room.subplots(1, len(questions), sharey=True, squeeze=False)[0]
    heights = range(len(rows))[::-1]
    for axes, question in zip(all_axes, questions, strict=True):
        tidy(axes, question)
        for height, row in zip(heights, rows, strict=True):
            value = row[question]
            if value is None:
                continue
            axes.barh(height, value, color=SIDES[row["side"]], height=0.62)
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
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.5, 1], [""] * 3)
    shown = rows[::-1]
    names = [short_name(row["contender"]) for row in shown]
    name_rows(all_axes[0], names, [row["side"] for row in shown])


def _times(axes: Any, rows: list[Row]) -> None:
    tidy(axes, "From photo to label, one thread")
    for height, row in enumerate(reversed(rows)):
        value = row["ms a photo"]
        axes.barh(height, value, color=SIDES[row["side"]], height=0.62)
        axes.text(value, height, f" {value:.1f} ms", va="center", fontsize=10, color=INK)
    names = [short_name(row["contender"]) for row in reversed(rows)]
    name_rows(axes, names, [row["side"] for row in reversed(rows)])
    axes.set_xlim(0, 1.15 * max(row["ms a photo"] for row in rows))
    axes.set_xlabel("milliseconds, median", color=FAINT, fontsize=9)


def _costs_as(contender: str) -> str:
    """Name among the recognisers of the part on cost: keypoints are those of our extractor."""
    return contender if "EfficientNet" in contender else f"native + {contender.partition(',')[0]}"


def _value(results: Results, part: str, name: str, column: str, **wanted: str) -> Any:
    return (_find(results, part, name, wanted) or {}).get(column)


def _find(results: Results, part: str, name: str, wanted: Mapping[str, str]) -> Row | None:
    rows = _rows(results, part, name)
    return next((row for row in rows if wanted.items() <= row.items()), None)


def _rows(results: Results, part: str, name: str) -> list[Row]:
    return results.get(part, {}).get("tables", {}).get(name, {}).get("rows", [])
