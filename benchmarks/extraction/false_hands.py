"""Part: hands that are none (paws, ears, feet), and what true hands it costs to refuse them."""

from __future__ import annotations

import csv
import hashlib
from typing import Any

import numpy as np

from benchmarks.pictures import hand_free, photo_files
from benchmarks.runner import Setup
from handpose.extractors import Extractor, make_extractor
from handpose.images import read_image

SHOW_A_HAND = ("French_horn", "barbell", "basketball", "mitten", "sturgeon", "tripod")
"""Photos among those that were not looked at that do show a hand, by eye."""

TRUE = {"hagrid_sample": 1, "drone_hand": 1, "sign_language_digits": 8, "rock_paper_scissors": 8}
"""Every how many-th photo is looked at."""

Extractors = dict[str, tuple[str, dict[str, Any]]]
"""Name to kind and options."""

EXTRACTORS: Extractors = {
    "mediapipe": ("mediapipe", {"retry": None}),
    "mediapipe, padded retry": ("mediapipe", {}),
    **{
        f"native, {effort}": ("native", {"effort": effort, "threads": 1})
        for effort in ("fast", "balanced", "thorough")
    },
    "native, balanced, litert": ("native", {"runtime": "litert", "threads": 1}),
}


def digest(name: str) -> int:
    """A number that divides photos or clips by their names."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest(), "big")


def is_for_report(name: str) -> bool:
    """Whether an everyday photo is among the half by which nothing was chosen."""
    return digest(name) >> 248 & 1 == 1


def everyday(setup: Setup) -> dict[str, list[Any]]:
    """Everyday photos with and without a hand, in halves to choose by and to report on."""
    folder = setup.folder("everyday_photos")
    pictures: dict[str, list[Any]] = {}
    with (folder / "manifest.csv").open() as file:
        for row in csv.DictReader(file):
            if row["label"] == "doubtful":
                continue
            shows = row["label"] == "hand" or any(name in row["path"] for name in SHOW_A_HAND)
            half = "report" if is_for_report(row["path"]) else "develop"
            kind = f"everyday, {'hand' if shows else 'no hand'}, {half}"
            pictures.setdefault(kind, []).append(read_image(folder / row["path"]))
    return pictures


def false_hands(setup: Setup, extractors: Extractors = EXTRACTORS) -> dict[str, Any]:
    """Pictures in which a hand is found: everyday photos without and with one, in halves (what is
    done with doubtful hands was chosen on the first), pictures without hands, and photos of hands
    (every eighth of two sets)."""
    pictures = everyday(setup)
    for kind, images in hand_free(setup).items():
        pictures[f"no hand: {kind}"] = images
    for name, step in TRUE.items():
        files = sorted(photo_files(setup, name))[::step]
        pictures[name] = [read_image(file) for file in files]
    rows = {}
    for name, (kind, options) in extractors.items():
        with make_extractor(kind, **options) as extractor:
            rows[name] = {kind: _found(extractor, images) for kind, images in pictures.items()}
    return {"pictures": {kind: len(images) for kind, images in pictures.items()}, "rows": rows}


def _found(extractor: Extractor, images: list[Any]) -> int:
    return int(np.sum([len(extractor.detect(image)) > 0 for image in images]))
