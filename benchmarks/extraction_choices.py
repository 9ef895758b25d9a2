"""Parts of extraction.py: what the extractor's looks and thresholds were chosen by."""

from __future__ import annotations

import time
from typing import Any
from unittest.mock import patch

import numpy as np

from handpose.extractors import Extractor
from handpose.extractors.native import NativeExtractor, finder, ladder
from handpose.images import read_image

from pictures import Data  # isort: skip


def _chosen_by(data: Data) -> dict[str, list[Any]]:
    """Pictures by which `looks` and `evidence` were chosen: every fourth photo of
    rock_paper_scissors, hagrid_sample, a fifth of the digits, every third without a hand."""
    hands = {
        "rock_paper_scissors": sorted(data.files("rock_paper_scissors"))[::4],
        "hagrid_sample": data.files("hagrid_sample"),
        "sign_language_digits": data.files("sign_language_digits")[::5],
    }
    pictures = {name: [read_image(file) for file in files] for name, files in hands.items()}
    free = [image for kind in data.hand_free().values() for image in kind[::3]]
    return {**pictures, "false hands": free}


def _counted(extractor: Extractor, pictures: dict[str, list[Any]]) -> dict[str, Any]:
    """In how many pictures of each kind a hand is found, and milliseconds a picture."""
    extractor.detect(pictures["false hands"][0])  # opens the networks
    start = time.perf_counter()
    row: dict[str, Any] = {
        kind: f"{sum(len(extractor.detect(image)) > 0 for image in images)}/{len(images)}"
        for kind, images in pictures.items()
    }
    spent = time.perf_counter() - start
    return {**row, "ms": round(spent / sum(map(len, pictures.values())) * 1e3, 1)}


def looks(data: Data) -> dict[str, Any]:
    """Which views the palm network sees finely (192 pixels) and which coarsely (128), on pictures
    by which that was chosen: every fourth photo of rock_paper_scissors, hagrid_sample, a fifth of
    the digits, every third picture without a hand. Milliseconds are of all of them."""
    pictures, rows = _chosen_by(data), {}
    for name, rungs in LOOKS.items():
        with patch.dict(ladder.EFFORTS, balanced=rungs), NativeExtractor(threads=1) as extractor:
            rows[name] = _counted(extractor, pictures)
    return {"rows": rows}


COARSE_FIRST, COARSE_WIDE = map(ladder.coarsely, (ladder.narrow_margin, ladder.wide_margins))
LOOKS: dict[str, tuple[ladder.Rung, ...]] = {
    "all fine": (ladder.narrow_margin, ladder.wide_margins),
    "first coarse, then all fine": (COARSE_FIRST, ladder.narrow_margin, ladder.wide_margins),
    "all coarse": (COARSE_FIRST, COARSE_WIDE),
    "all coarse, then first fine (as it is)": ladder.EFFORTS["balanced"],
    "all coarse, then all fine": (*ladder.EFFORTS["balanced"], ladder.wide_margins),
}


def evidence(data: Data) -> dict[str, Any]:
    """What it should add to a hand's evidence that its palm was seen coarsely, on the pictures by
    which that was chosen; each at several `min_detection_confidence`."""
    pictures, rows = _chosen_by(data), {}
    for added in (0, 1, 2.5, 4):
        for threshold in (0.75, 0.9, 0.95, 0.97):
            with (
                patch.object(finder, "COARSE_EVIDENCE", added),
                NativeExtractor(threads=1, min_detection_confidence=threshold) as extractor,
            ):
                rows[f"{added} at {threshold}"] = _counted(extractor, pictures)
    return {"rows": rows}


def confidence(data: Data) -> dict[str, Any]:
    """Hands found and false hands by `min_detection_confidence`, effort balanced."""
    pictures = {
        "rock_paper_scissors, every eighth": data.files("rock_paper_scissors")[::8],
        "hagrid_sample": data.files("hagrid_sample"),
    }
    images = {name: [read_image(file) for file in files] for name, files in pictures.items()}
    free = [image for kind in data.hand_free().values() for image in kind]
    rows = {}
    for threshold in (0.75, 0.85, 0.9, 0.95, 0.97, 0.99):
        with NativeExtractor(min_detection_confidence=threshold) as extractor:
            row: dict[str, Any] = {
                name: round(float(np.mean([len(extractor.detect(i)) > 0 for i in kind])), 4)
                for name, kind in images.items()
            }
            row["false hands"] = sum(len(extractor.detect(image)) > 0 for image in free)
        rows[str(threshold)] = row
    return {"hand_free": len(free), "rows": rows}
