"""Part: hands in gloves and odd colours."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.extraction.false_hands import EXTRACTORS, Extractors, digest
from benchmarks.extraction.recolored import TINTS, hand_mask, recolored
from benchmarks.runner import Setup
from handpose.containers.landmarks import Landmarks
from handpose.containers.skeletons import PALM
from handpose.extractors import make_extractor
from handpose.extractors.native import NativeExtractor
from handpose.images import read_image

SOURCES = {"hagrid_sample": (4, 6), "drone_hand": (5, 7)}
"""Colours were chosen on every 4th photo of the first set and every 5th of the second; of the rest
every 6th and every 7th are reported on."""
HARD = "rock_paper_scissors"
CHOSEN_BY = 3
"""What is done with doubtful hands was chosen on the clips of one digest in three."""


def bare_hands(setup: Setup) -> Iterator[tuple[Any, Landmarks]]:
    """Photos by which nothing was chosen, with a hand that is found beyond doubt."""
    with NativeExtractor(threads=1, min_detection_confidence=0.97) as extractor:
        for name, (chosen_by, every) in SOURCES.items():
            files = [row["path"] for row in _rows(setup, name)]
            del files[::chosen_by]
            for path in files[: setup.few(len(files))][::every]:
                image = read_image(setup.folder(name) / path)
                hands = extractor.detect(image)
                if len(hands) and hands.score[0] > 0.9:
                    yield image, hands


def colours(setup: Setup, extractors: Extractors = EXTRACTORS) -> dict[str, Any]:
    """Share of hands found after they were given another colour (cut out around the landmarks of
    the bare hand; light and shade stay), where they are; and of all of rock_paper_scissors, which
    has gloves, drawings and colour casts. Photos and clips by which nothing was chosen."""
    photos = list(bare_hands(setup))
    masks = [hand_mask(image, hands) for image, hands in photos]
    clips = [row for row in _rows(setup, HARD) if digest(row["subject"]) % CHOSEN_BY]
    hard = [read_image(setup.folder(HARD) / row["path"]) for row in clips[: setup.few(len(clips))]]
    rows = {}
    for name, (kind, options) in extractors.items():
        with make_extractor(kind, **options) as extractor:
            row = {"bare": _share(_at(extractor.detect(i), hands) for i, hands in photos)}
            for tint, color in TINTS.items():
                row[tint] = _share(
                    _at(extractor.detect(recolored(image, mask, color)), hands)
                    for (image, hands), mask in zip(photos, masks, strict=True)
                )
            row[HARD] = _share(len(extractor.detect(image)) > 0 for image in hard)
            rows[name] = row
    return {"hands": len(photos), HARD: len(hard), "rows": rows}


def _rows(setup: Setup, name: str) -> list[dict[str, str]]:
    """Photos of a set that show a gesture, in its order."""
    with (setup.folder(name) / "manifest.csv").open() as file:
        return [r for r in csv.DictReader(file) if r["label"] not in ("no_gesture", "no_class")]


def _at(found: Landmarks, bare: Landmarks) -> bool:
    """Whether the first hand lies where the bare one does, within half a palm."""
    if not len(found):
        return False
    palm, bare_palm = (hands.points[0, PALM, :2] for hands in (found, bare))
    apart = np.linalg.norm(palm.mean(0) - bare_palm.mean(0))
    return bool(apart <= np.linalg.norm(bare_palm[2] - bare_palm[0]) / 2)


def _share(hits: Iterator[bool]) -> float:
    return round(float(np.mean([*hits])), 4)
