"""Part: what about pictures in which a hand is hard to find?"""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.keypoints_or_pixels.comparison import (
    PAIRS_CAPTION,
    Row,
    Tables,
    against_pixels,
    held_out,
    score_row,
    table,
)
from benchmarks.keypoints_or_pixels.contenders import (
    Contender,
    Keypoints,
    installed,
    pixel_contenders,
)
from benchmarks.keypoints_or_pixels.photos import read_photos
from benchmarks.keypoints_or_pixels.plots import plot_errors
from benchmarks.runner import Plots, Setup
from handpose.classifiers import CLASSIFIERS
from handpose.datasets import Dataset
from handpose.datasets.manifest import MANIFEST
from handpose.errors import DatasetError
from handpose.evaluation import Evaluation

DATA = "rock_paper_scissors"
TRAINING, TESTING = "training", "testing"
QUICK_STEP = 8
"""A quick run takes every eighth photo."""
NOTES = [
    "Crops from videos in the wild: gloves, drawings, robots, blur. What is tested is what the "
    "data set's own split tests.",
]


def hard_pictures(setup: Setup) -> dict[str, Any]:
    """What about pictures in which a hand is hard to find?"""
    photos = read_photos(setup, DATA)
    split = read_split(setup.folder(DATA), photos)
    if setup.quick:
        photos, split = photos[::QUICK_STEP], split[::QUICK_STEP]
    train, test, straddling = apart(photos[split == TRAINING], photos[split == TESTING])
    quick = [Keypoints(), Keypoints("mlp")]
    keypoints = quick if setup.quick else [Keypoints(name) for name in CLASSIFIERS]
    contenders, notes = installed([*keypoints, *pixel_contenders(setup)])
    results = held_out(contenders, train, test, setup)
    pairs = list(zip(contenders, results, strict=True))
    tables = {
        "contenders": table(
            f"Learnt from {len(train)} photos, asked about {len(test)}; an error is a hand "
            "that was not found, or one that was named wrong",
            [_row(*pair) for pair in pairs],
        ),
        "keypoints_against_pixels": table(PAIRS_CAPTION, against_pixels(contenders, results)),
        "gestures": table(
            "Share of the photos of each hand shape that is named right", _by_gesture(pairs, test)
        ),
        "found_or_not": table(
            "Share named right where a hand was found, and where none was",
            _by_detection(pairs, test),
        ),
    }
    return {"tables": tables, "notes": [*notes, *NOTES, straddling]}


def read_split(folder: Path, photos: Dataset) -> NDArray[np.str_]:
    """Column ``split`` of the manifest, for each photo.

    Raises
    ------
    DatasetError
        If the manifest has no such column, or a photo is in neither part.
    """
    with (folder / MANIFEST).open(newline="", encoding="utf-8-sig") as file:
        listed = {str(folder / row["path"]): row.get("split") for row in csv.DictReader(file)}
    split = [listed.get(path) for path in photos.paths.tolist()]
    known = sum(value in (TRAINING, TESTING) for value in split)
    if known < len(split) or len(set(split)) < 2:
        raise DatasetError(
            f"{folder / MANIFEST}: needs a column split with {TRAINING!r} and {TESTING!r}, which "
            f"{known} of {len(split)} photos have"
        )
    return np.array(split, dtype=str)


def apart(train: Dataset, test: Dataset) -> tuple[Dataset, Dataset, str]:
    """Leave out training photos of clips that are also tested, and a note on how many."""
    both = np.isin(train.groups, test.groups)
    if not both.any():
        return train, test, "No clip is in both parts of the split."
    note = (
        f"The data set's own split puts {len(np.unique(train.groups[both]))} clips into both "
        f"parts. Their {int(both.sum())} training photos were left out, so that no clip is learnt "
        "and tested."
    )
    return train[~both], test, note


def _row(contender: Contender, result: Evaluation) -> Row:
    row = score_row(contender, result)
    return row | {"named_wrong": row["wrong"] - row["missed"]}


def _by_gesture(pairs: list[tuple[Contender, Evaluation]], test: Dataset) -> list[Row]:
    return [
        {
            "shows": label,
            "photos": int((test.y == label).sum()),
            "hands_found": float(test.X.detected[test.y == label].mean()),
            **{c.name: float(r.correct[test.y == label].mean()) for c, r in pairs},
        }
        for label in test.label_names
    ]


def _by_detection(pairs: list[tuple[Contender, Evaluation]], test: Dataset) -> list[Row]:
    found = test.X.detected
    return [
        {
            "hand": name,
            "photos": int(rows.sum()),
            **{c.name: float(r.correct[rows].mean()) for c, r in pairs},
        }
        for name, rows in (("found", found), ("not found", ~found))
        if rows.any()
    ]


def plots(tables: Tables) -> Plots:
    """The plots of this part's tables."""
    rows = tables["contenders"]["rows"]
    return {"hard_pictures": partial(plot_errors, rows, "Errors on pictures in the wild")}
