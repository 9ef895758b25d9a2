"""Part: how often is each right about people it has never seen?"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from handpose.bench.comparison import (
    WRONG_PHOTOS,
    best,
    cross_validated,
    score_row,
    wrong_photos,
)
from handpose.bench.contenders import Contender, Keypoints, installed, pixel_contenders
from handpose.bench.part import Part, Plots, Result, Setup, Table, Tables
from handpose.bench.photos import Photos, read_photos
from handpose.bench.plots import plot_accuracies
from handpose.classifiers import CLASSIFIERS
from handpose.evaluation import Evaluation
from handpose.evaluation.statistics import compare
from handpose.evaluation.validation import Split, grouped_folds
from handpose.features import PRESETS

DATA = "sign_language_digits"
FOLDS = 5
QUICK_FOLDS, QUICK_SUBJECTS = 2, 40


def folds_of(setup: Setup) -> int:
    """How many folds the cross-validations have."""
    return QUICK_FOLDS if setup.quick else FOLDS


def digits_and_folds(setup: Setup) -> tuple[Photos, list[Split]]:
    """The photos and the folds that all parts on the digits share."""
    photos = read_photos(setup.data / DATA, setup.jobs)
    if setup.quick:
        photos = photos.of_subjects(QUICK_SUBJECTS, setup.seed)
    folds = folds_of(setup)
    splits = grouped_folds(photos.labels, photos.subjects, folds=folds, random_state=setup.seed)
    return photos, splits


def measure(setup: Setup) -> Result:
    """Cross-validate every classifier on every preset, and both ways to use pixels."""
    photos, splits = digits_and_folds(setup)
    keypoints = [Keypoints()]
    for classifier in CLASSIFIERS:
        for preset in ("geometry",) if setup.quick else PRESETS:
            if (classifier, preset) != (keypoints[0].classifier, keypoints[0].features):
                keypoints.append(Keypoints(classifier, preset))
    contenders, notes = installed([*keypoints, *pixel_contenders(setup)])
    results = cross_validated(contenders, photos, splits, setup)
    sides = np.array([contender.side for contender in contenders])
    rows = [score_row(*pair) for pair in zip(contenders, results, strict=True)]
    tables = {
        "classifiers": Table(
            f"{len(photos)} photos of ten hand shapes, {len(np.unique(photos.subjects))} groups of "
            f"subjects, {len(splits)} folds that share none; a missed hand is an error",
            sorted(rows, key=lambda row: -row["accuracy"]),
        )
    }
    if "pixels" in sides:
        tables["keypoints_against_pixels"] = Table(
            "Keypoints against pixels on the same photos; the difference is that of accuracies",
            _pairs(contenders, results),
        )
    tables["wrong_photos"] = Table(
        WRONG_PHOTOS,
        wrong_photos(contenders, results, photos),
    )
    return Result(tables, notes + NOTES)


NOTES = [
    "The intervals come from resampling subjects (2,000 bootstrap draws).",
    "The default model is that of the library. The best of each side is chosen on these very "
    "folds, which flatters both.",
    "How EfficientNet is fine-tuned was chosen by folds within the training people of the first "
    "fold; the penalty of its frozen features' classifier within each training set.",
    "McNemar's test takes photos for independent; the sign-flip test exchanges whole subjects.",
]


def _pairs(contenders: list[Contender], results: list[Evaluation]) -> list[dict[str, Any]]:
    """The default model, then the best one on keypoints, against each of the pixel models."""
    keypoints = [i for i, contender in enumerate(contenders) if contender.side == "keypoints"]
    pixels = [i for i, contender in enumerate(contenders) if contender.side == "pixels"]
    ahead = keypoints[best([results[i] for i in keypoints])]
    strongest = pixels[best([results[i] for i in pixels])]
    pairs = [("default", keypoints[0], i) for i in pixels] + [("best", ahead, strongest)]
    return [
        {
            "chosen": chosen,
            "keypoints": contenders[i].name,
            "pixels": contenders[j].name,
            **asdict(compare(results[i].correct, results[j].correct, results[i].subjects)),
        }
        for chosen, i, j in pairs
    ]


def _draw(tables: Tables) -> Plots:
    rows = tables["classifiers"].rows
    return {"accuracy": partial(plot_accuracies, rows, "Ten digits, people never seen before")}


PART = Part(
    name="accuracy",
    question="How often is each right about people it has never seen?",
    needs=(DATA,),
    run=measure,
    draw=_draw,
)
