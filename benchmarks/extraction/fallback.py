"""Part: whether the runtime that stands in finds what the usual one does."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.pictures import hand_free, photo_files
from benchmarks.runner import Setup
from handpose.extractors import make_extractor
from handpose.images import read_image

RUNTIMES = ("openvino", "litert")
NEAR = 0.05
"""Two hands are in the same place if their landmarks lie nearer in the mean, in sides of a box."""


def fallback(setup: Setup) -> dict[str, Any]:
    """Every sixth photo of rock_paper_scissors and every third of hagrid_sample, both in f32: hands
    that each runtime finds, that only one finds, and that both see in the same place."""
    pictures = {
        name: [read_image(file) for file in sorted(photo_files(setup, name))[::step]]
        for name, step in (("rock_paper_scissors", 6), ("hagrid_sample", 3))
    }
    pictures["no hand"] = [image for kind in hand_free(setup).values() for image in kind[::6]]
    extractors = {
        name: make_extractor(runtime=name, precision="f32", threads=1) for name in RUNTIMES
    }
    rows = {}
    for kind, images in pictures.items():
        found = {name: [e.detect(image) for image in images] for name, e in extractors.items()}
        both = [
            (ours, theirs)
            for ours, theirs in zip(*found.values(), strict=True)
            if len(ours) and len(theirs)
        ]
        counts = {name: sum(len(hands) > 0 for hands in found[name]) for name in RUNTIMES}
        rows[kind] = {
            "pictures": len(images),
            **counts,
            **{f"only {name}": counts[name] - len(both) for name in RUNTIMES},
            "same place": sum(_apart(*pair) < NEAR for pair in both),
        }
    return {"rows": rows}


def _apart(ours: Any, theirs: Any) -> float:
    """Mean distance of the surest hands' landmarks, in sides of the box of the first."""
    points, others = ours.points[0, :, :2], theirs.points[0, :, :2]
    distance = np.linalg.norm(points - others, axis=-1).mean()
    return float(distance / np.ptp(points, axis=0).max())
