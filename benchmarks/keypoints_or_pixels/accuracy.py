"""Part: how often is each right about people it has never seen?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.keypoints_or_pixels.comparison import (
    PAIRS_CAPTION,
    WRONG_PHOTOS,
    against_pixels,
    behind_the_best,
    best,
    cross_validated,
    knows_people,
    paired,
    score_row,
    wrong_photos,
)
from benchmarks.keypoints_or_pixels.contenders import (
    Contender,
    Keypoints,
    installed,
    pixel_contenders,
)
from benchmarks.keypoints_or_pixels.part import Part, Plots, Result, Setup, Table, Tables
from benchmarks.keypoints_or_pixels.photos import Photos, read_photos
from benchmarks.keypoints_or_pixels.plots import plot_accuracies
from handpose.classifiers import CLASSIFIERS
from handpose.evaluation import Evaluation
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
    rows = [
        score_row(contender, result) | {"knows_people": knows_people(contender, DATA)}
        for contender, result in zip(contenders, results, strict=True)
    ]
    tables = {
        "classifiers": Table(
            f"{len(photos)} photos of ten hand shapes, {len(np.unique(photos.subjects))} groups of "
            f"subjects, {len(splits)} folds that share none; a missed hand is an error",
            sorted(rows, key=lambda row: -row["accuracy"]),
        )
    }
    if "pixels" in sides:
        tables["keypoints_against_pixels"] = Table(
            PAIRS_CAPTION,
            _pairs(contenders, results),
        )
    rivals = [
        (contender, result)
        for contender, result, row in zip(contenders, results, rows, strict=True)
        if contender.side == "keypoints"
        and contender.features == contenders[0].features
        and not row["knows_people"]
    ]
    tables["behind_the_best"] = Table(
        f"The classifier that is best on {contenders[0].features} against the others, on the same "
        "photos; those whose networks know these people are left out",
        behind_the_best(*zip(*rivals, strict=True)),
    )
    tables["wrong_photos"] = Table(
        WRONG_PHOTOS,
        wrong_photos(contenders, results, photos),
    )
    return Result(tables, notes + NOTES)


NOTES = [
    "The intervals come from resampling subjects (2,000 bootstrap draws).",
    "A classifier that knows these people has networks that ship with the library and were trained "
    "on them: its accuracy is not that on new people, and no verdict rests on it.",
    "The default model is that of the library. The best of each side is chosen on these very "
    "folds, which flatters both.",
    "How EfficientNet is fine-tuned was chosen by folds within the training people of the first "
    "fold; the penalty of its frozen features' classifier within each training set.",
    "McNemar's test takes photos for independent; the sign-flip test exchanges whole subjects. "
    "Holm's p values are those of all sign-flip tests of a table together.",
]


def _pairs(contenders: list[Contender], results: list[Evaluation]) -> list[dict[str, Any]]:
    """The default model, then the best one on keypoints, against each of the pixel models."""
    keypoints = [
        i
        for i, contender in enumerate(contenders)
        if contender.side == "keypoints" and not knows_people(contender, DATA)
    ]
    pixels = [i for i, contender in enumerate(contenders) if contender.side == "pixels"]
    ahead = keypoints[best([results[i] for i in keypoints])]
    strongest = pixels[best([results[i] for i in pixels])]
    pair = {
        "chosen": "best",
        "keypoints": contenders[ahead].name,
        "pixels": contenders[strongest].name,
        **paired(results[ahead], results[strongest]),
    }
    return [*against_pixels(contenders, results), pair]


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
