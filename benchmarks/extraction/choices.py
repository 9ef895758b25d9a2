"""Parts: what the extractor's looks and thresholds were chosen by."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.pictures import hand_free, photo_files
from benchmarks.runner import Setup
from handpose.containers.landmarks import Landmarks
from handpose.containers.skeletons import PALM
from handpose.extractors import Extractor
from handpose.extractors.native import NativeExtractor, finder, ladder
from handpose.images import read_image

HARD = "rock_paper_scissors"


def _chosen_by(setup: Setup) -> dict[str, list[Any]]:
    """Pictures by which `looks` and `evidence` were chosen: every fourth photo of
    rock_paper_scissors, hagrid_sample, a fifth of the digits, every third without a hand."""
    hands = {
        HARD: sorted(photo_files(setup, HARD))[::4],
        "hagrid_sample": photo_files(setup, "hagrid_sample"),
        "sign_language_digits": photo_files(setup, "sign_language_digits")[::5],
    }
    pictures = {name: [read_image(file) for file in files] for name, files in hands.items()}
    free = [image for kind in hand_free(setup).values() for image in kind[::3]]
    return {**pictures, "false hands": free}


def _counted(
    extractor: Extractor, pictures: dict[str, list[Any]], sure: list[Landmarks]
) -> dict[str, Any]:
    """In how many pictures of each kind a hand is found, where, and milliseconds a picture."""
    extractor.detect(pictures["false hands"][0])  # opens the networks
    start = time.perf_counter()
    found = {kind: [extractor.detect(image) for image in pictures[kind]] for kind in pictures}
    spent = time.perf_counter() - start
    row: dict[str, Any] = {
        kind: f"{sum(len(hands) > 0 for hands in found[kind])}/{len(found[kind])}"
        for kind in pictures
    }
    places = [
        _place(hands[0], known)
        for hands, known in zip(found[HARD], sure, strict=True)
        if len(hands)
    ]
    row |= {place: places.count(place) for place in ("at the sure hand", "elsewhere", "doubtful")}
    return {**row, "ms": round(spent / sum(map(len, pictures.values())) * 1e3, 1)}


def _sure_hands(images: list[Any]) -> list[Landmarks]:
    """For each image the hand that is found with all effort and hardly any doubt, if there is."""
    options: dict[str, Any] = {"effort": "thorough", "min_detection_confidence": 0.97}
    with NativeExtractor(threads=1, **options) as extractor:
        found = [extractor.detect(image) for image in images]
    return [hands[hands.score >= 0.9] for hands in found]


def _place(hand: Landmarks, sure: Landmarks) -> str:
    """Where a hand of a hard photo was found; within half a palm of the sure one is there."""
    if not len(sure):
        return "doubtful"
    palm, sure_palm = (hands.points[0, PALM, :2] for hands in (hand, sure))
    apart = np.linalg.norm(palm.mean(0) - sure_palm.mean(0))
    length = max(np.linalg.norm(points[2] - points[0]) for points in (palm, sure_palm))
    return "at the sure hand" if apart <= length / 2 else "elsewhere"


def looks(setup: Setup) -> dict[str, Any]:
    """Which views the palm network sees finely (192 pixels) and which coarsely (128), on pictures
    by which that was chosen: every fourth photo of rock_paper_scissors, hagrid_sample, a fifth of
    the digits, every third picture without a hand. Milliseconds are of all of them. Of the hands
    in rock_paper_scissors: those that lie where all effort finds one beyond doubt, those that lie
    elsewhere, and those of photos without such a hand."""
    pictures, rows = _chosen_by(setup), {}
    sure = _sure_hands(pictures[HARD])
    for name, rungs in LOOKS.items():
        with (
            patch.dict(ladder.EFFORTS, balanced=replace(BALANCED, first=rungs)),
            NativeExtractor(threads=1) as extractor,
        ):
            rows[name] = _counted(extractor, pictures, sure)
    return {"rows": rows}


BALANCED = ladder.EFFORTS["balanced"]
COARSE_FIRST, COARSE_WIDE = map(ladder.coarsely, (ladder.narrow_margin, ladder.wide_margins))
LOOKS: dict[str, tuple[ladder.Rung, ...]] = {
    "all fine": (ladder.narrow_margin, ladder.wide_margins),
    "first coarse, then all fine": (COARSE_FIRST, ladder.narrow_margin, ladder.wide_margins),
    "all coarse": (COARSE_FIRST, COARSE_WIDE),
    "all coarse, then first fine (as it is)": BALANCED.first,
    "all coarse, then all fine": (*BALANCED.first, ladder.wide_margins),
}


def evidence(setup: Setup) -> dict[str, Any]:
    """What it should add to a hand's evidence that its palm was seen coarsely, on the pictures by
    which that was chosen; each at several `min_detection_confidence`. Columns as in `looks`."""
    pictures, rows = _chosen_by(setup), {}
    sure = _sure_hands(pictures[HARD])
    for added in (0, 1, 2, 3):
        for threshold in (0.75, 0.9, 0.95, 0.97):
            with (
                patch.object(finder, "COARSE_EVIDENCE", added),
                NativeExtractor(threads=1, min_detection_confidence=threshold) as extractor,
            ):
                rows[f"{added} at {threshold}"] = _counted(extractor, pictures, sure)
    return {"rows": rows}


def confidence(setup: Setup) -> dict[str, Any]:
    """Hands found and false hands by `min_detection_confidence`, effort balanced."""
    pictures = {
        "rock_paper_scissors, every eighth": photo_files(setup, "rock_paper_scissors")[::8],
        "hagrid_sample": photo_files(setup, "hagrid_sample"),
    }
    images = {name: [read_image(file) for file in files] for name, files in pictures.items()}
    free = [image for kind in hand_free(setup).values() for image in kind]
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
