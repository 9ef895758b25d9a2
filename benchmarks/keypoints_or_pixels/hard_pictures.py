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
    against_pixels,
    held_out,
    score_row,
)
from benchmarks.keypoints_or_pixels.contenders import (
    Contender,
    Keypoints,
    installed,
    pixel_contenders,
)
from benchmarks.keypoints_or_pixels.part import Part, Plots, Result, Setup, Table, Tables
from benchmarks.keypoints_or_pixels.photos import Photos, read_photos
from benchmarks.keypoints_or_pixels.plots import plot_errors
from handpose.classifiers import CLASSIFIERS
from handpose.datasets.manifest import MANIFEST
from handpose.errors import DatasetError
from handpose.evaluation import Evaluation

DATA = "rock_paper_scissors"
TRAINING, TESTING = "training", "testing"
QUICK_STEP = 8
"""A quick run takes every eighth photo."""


def measure(setup: Setup) -> Result:
    """Learn from the training photos, name the testing photos."""
    photos = read_photos(setup.data / DATA, setup.jobs)
    split = read_split(setup.data / DATA, photos)
    if setup.quick:
        photos, split = photos[np.arange(0, len(photos), QUICK_STEP)], split[::QUICK_STEP]
    train, test, straddling = apart(photos[split == TRAINING], photos[split == TESTING])
    keypoints = [Keypoints(name) for name in CLASSIFIERS]
    if setup.quick:
        keypoints = [Keypoints(), Keypoints("mlp")]
    contenders, notes = installed([*keypoints, *pixel_contenders(setup)])
    results = held_out(contenders, train, test, setup)
    pairs = list(zip(contenders, results, strict=True))
    tables = {
        "contenders": Table(
            f"Learnt from {len(train)} photos, asked about {len(test)}; an error is a hand "
            "that was not found, or one that was named wrong",
            [_row(*pair) for pair in pairs],
        ),
        "keypoints_against_pixels": Table(PAIRS_CAPTION, against_pixels(contenders, results)),
        "gestures": Table(
            "Share of the photos of each hand shape that is named right", _by_gesture(pairs, test)
        ),
        "found_or_not": Table(
            "Share named right where a hand was found, and where none was",
            _by_detection(pairs, test),
        ),
    }
    return Result(tables, [*notes, *NOTES, straddling])


NOTES = [
    "Crops from videos in the wild: gloves, drawings, robots, blur. What is tested is what the "
    "data set's own split tests.",
]


def read_split(folder: Path, photos: Photos) -> NDArray[np.str_]:
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


def apart(train: Photos, test: Photos) -> tuple[Photos, Photos, str]:
    """Take the clips that are also tested out of the training photos; says how many there were."""
    both = np.isin(train.subjects, test.subjects)
    if not both.any():
        return train, test, "No clip is in both parts of the split."
    clips = len(np.unique(train.subjects[both]))
    note = (
        f"The data set's own split puts {clips} clips into both parts. Their {int(both.sum())} "
        "training photos were left out, so that no clip is learnt and tested."
    )
    return train[~both], test, note


def _row(contender: Contender, result: Evaluation) -> dict[str, Any]:
    row = score_row(contender, result)
    row["named_wrong"] = row["wrong"] - row["missed"]
    return row


def _by_gesture(pairs: list[tuple[Contender, Evaluation]], test: Photos) -> list[dict[str, Any]]:
    return [
        {
            "shows": str(label),
            "photos": int((test.labels == label).sum()),
            "hands_found": float(test.hands.detected[test.labels == label].mean()),
            **{c.name: float(r.correct[test.labels == label].mean()) for c, r in pairs},
        }
        for label in np.unique(test.labels)
    ]


def _by_detection(pairs: list[tuple[Contender, Evaluation]], test: Photos) -> list[dict[str, Any]]:
    found = test.hands.detected
    return [
        {
            "hand": name,
            "photos": int(rows.sum()),
            **{c.name: float(r.correct[rows].mean()) for c, r in pairs},
        }
        for name, rows in (("found", found), ("not found", ~found))
        if rows.any()
    ]


def _draw(tables: Tables) -> Plots:
    rows = tables["contenders"].rows
    return {"hard_pictures": partial(plot_errors, rows, "Errors on pictures in the wild")}


PART = Part(
    name="hard_pictures",
    question="What about pictures in which a hand is hard to find?",
    needs=(DATA,),
    run=measure,
    draw=_draw,
)
