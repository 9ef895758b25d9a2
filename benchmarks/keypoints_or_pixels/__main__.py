"""Keypoints against pixels: photos are named by hands, features and classifier, or by EfficientNet.

python -m benchmarks.keypoints_or_pixels [--only PART ...] [--quick] [--data DIR] [--fresh]
"""

from __future__ import annotations

from functools import partial

from benchmarks.keypoints_or_pixels import (
    accuracy,
    cost,
    cross_camera,
    few_samples,
    hard_pictures,
    many_gestures,
    robustness,
)
from benchmarks.keypoints_or_pixels.overhead import overhead
from benchmarks.keypoints_or_pixels.overview import overview_rows, plot_overview, summary
from benchmarks.runner import Benchmark, Plots, Results, parts_of, run

DRAWN = {
    "accuracy": accuracy.plots,
    "few_samples": few_samples.plots,
    "cross_camera": cross_camera.plots,
    "many_gestures": many_gestures.plots,
    "hard_pictures": hard_pictures.plots,
    "robustness": robustness.plots,
    "cost": cost.plots,
}
"""Part to its plots."""


def plots(results: Results) -> Plots:
    """The plots of what was measured."""
    drawn: Plots = {}
    for name, draw in DRAWN.items():
        if name in results:
            drawn |= draw(results[name]["tables"])
    if overview_rows(results):
        drawn["overview"] = partial(plot_overview, results)
    return drawn


BENCHMARK = Benchmark(
    "keypoints_or_pixels",
    parts_of(
        accuracy.accuracy,
        few_samples.few_samples,
        cross_camera.cross_camera,
        many_gestures.many_gestures,
        hard_pictures.hard_pictures,
        robustness.robustness,
        cost.cost,
        overhead,
    ),
    page="REPORT.md",
    summary=summary,
    plots=plots,
)

if __name__ == "__main__":
    run(BENCHMARK)
