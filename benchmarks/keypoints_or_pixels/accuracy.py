"""Part: how often is each right about people it has never seen?"""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.keypoints_or_pixels.comparison import (
    PAIRS_CAPTION,
    WRONG_PHOTOS,
    Row,
    Tables,
    against_pixels,
    behind_the_best,
    best,
    cross_validated,
    knows_people,
    paired,
    score_row,
    table,
    wrong_photos,
)
from benchmarks.keypoints_or_pixels.contenders import (
    Contender,
    Keypoints,
    installed,
    pixel_contenders,
)
from benchmarks.keypoints_or_pixels.photos import read_photos, some_people
from benchmarks.keypoints_or_pixels.plots import plot_accuracies
from benchmarks.runner import Plots, Setup
from handpose.classifiers import CLASSIFIERS
from handpose.datasets import Dataset
from handpose.evaluation import Evaluation
from handpose.features import PRESETS
from handpose.splits import Split, grouped_folds

DATA = "sign_language_digits"
QUICK_PEOPLE = 40

NOTES = [
    "The intervals come from resampling people (2,000 bootstrap draws).",
    "A classifier that knows these people has networks that ship with the library and were trained "
    "on them: its accuracy is not that on new people.",
    "The default model is that of the library. The best of each side is chosen on these very "
    "folds, which flatters both.",
    "How EfficientNet is fine-tuned was chosen by folds within the training people of the first "
    "fold; the penalty of its frozen features' classifier within each training set.",
    "McNemar's test takes photos for independent; the sign-flip test exchanges whole people. "
    "Holm's p values are those of all sign-flip tests of a table together.",
]


def folds_of(setup: Setup) -> int:
    """How many folds the cross-validations have."""
    return 2 if setup.quick else 5


def digits_and_folds(setup: Setup) -> tuple[Dataset, list[Split]]:
    """The photos and the folds that all parts on the digits share."""
    photos = read_photos(setup, DATA)
    if setup.quick:
        photos = some_people(photos, QUICK_PEOPLE, setup.seed)
    return photos, grouped_folds(
        photos.y, photos.groups, folds=folds_of(setup), random_state=setup.seed
    )


def accuracy(setup: Setup) -> dict[str, Any]:
    """How often is each right about people it has never seen?"""
    photos, splits = digits_and_folds(setup)
    names = [(c, p) for c in CLASSIFIERS for p in (("geometry",) if setup.quick else PRESETS)]
    default = Keypoints()
    keypoints = [Keypoints(*name) for name in names if ", ".join(name) != default.name]
    contenders, notes = installed([default, *keypoints, *pixel_contenders(setup)])
    results = cross_validated(contenders, photos, splits, setup)
    pairs = list(zip(contenders, results, strict=True))
    rows = [score_row(*pair) | {"knows_people": knows_people(pair[0], DATA)} for pair in pairs]
    tables = {
        "classifiers": table(
            f"{len(photos)} photos of ten hand shapes, {photos.n_subjects} groups of people, "
            f"{len(splits)} folds that share none; a missed hand is an error",
            sorted(rows, key=lambda row: -row["accuracy"]),
        )
    }
    if any(contender.side == "pixels" for contender in contenders):
        tables["keypoints_against_pixels"] = table(PAIRS_CAPTION, _pairs(contenders, results))
    rivals = [
        pair
        for pair, row in zip(pairs, rows, strict=True)
        if pair[0].side == "keypoints"
        and pair[0].features == default.features
        and not row["knows_people"]
    ]
    tables["behind_the_best"] = table(
        f"The classifier that is best on {default.features} against the others, on the same "
        "photos; those whose networks know these people are left out",
        behind_the_best(*zip(*rivals, strict=True)),
    )
    tables["wrong_photos"] = table(WRONG_PHOTOS, wrong_photos(contenders, results, photos))
    return {"tables": tables, "notes": notes + NOTES}


def _pairs(contenders: list[Contender], results: list[Evaluation]) -> list[Row]:
    """The default model, then the best one on keypoints, against each of the pixel models."""
    sides: dict[str, list[int]] = {"keypoints": [], "pixels": []}
    for i, contender in enumerate(contenders):
        if not knows_people(contender, DATA):
            sides[contender.side].append(i)
    ours, theirs = (rows[best([results[i] for i in rows])] for rows in sides.values())
    pair = {
        "chosen": "best",
        "keypoints": contenders[ours].name,
        "pixels": contenders[theirs].name,
        **paired(results[ours], results[theirs]),
    }
    return [*against_pixels(contenders, results), pair]


def plots(tables: Tables) -> Plots:
    """The plots of this part's tables."""
    rows = tables["classifiers"]["rows"]
    return {"accuracy": partial(plot_accuracies, rows, "Ten digits, people never seen before")}
