"""The parts of the benchmark, in the order in which they run."""

from __future__ import annotations

from benchmarks.keypoints_or_pixels import (
    accuracy,
    cost,
    cross_camera,
    few_samples,
    hard_pictures,
    many_gestures,
    overhead,
    robustness,
)
from benchmarks.keypoints_or_pixels.part import Part

PARTS: dict[str, Part] = {
    module.PART.name: module.PART
    for module in (
        accuracy,
        few_samples,
        cross_camera,
        many_gestures,
        hard_pictures,
        robustness,
        cost,
        overhead,
    )
}
"""Name to part."""
