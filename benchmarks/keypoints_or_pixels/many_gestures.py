"""Part: how well are many gestures told apart? Landmarks only."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.keypoints_or_pixels.accuracy import folds_of
from benchmarks.keypoints_or_pixels.comparison import Row, Tables, cross_validated, score_row, table
from benchmarks.keypoints_or_pixels.contenders import Contender, Keypoints, installed
from benchmarks.keypoints_or_pixels.photos import some_people
from benchmarks.keypoints_or_pixels.plots import plot_accuracies
from benchmarks.runner import Plots, Setup
from handpose.classifiers import CLASSIFIERS
from handpose.containers.labels import NO_GESTURE
from handpose.datasets import Dataset
from handpose.evaluation import Evaluation
from handpose.features import PRESETS
from handpose.splits import grouped_folds

FEATURES = "geometry"
"""The preset of all classifiers but svm, which is measured on every preset."""
QUICK_PEOPLE = 300
CONFUSIONS = 10
MEANINGLESS = {"missed", "accuracy_detected", "worst_subject", "worst_subject_accuracy"}
"""Of columns: no hand is missed, and most people show one or two hands."""

NOTES = [
    "The landmarks are HaGRID's own annotations, so that no hand is missed and nothing is said "
    "about finding hands. There are no photos, and hence no pixel models.",
    "Points are in units of the image's width and height, whose ratio is not known.",
    "Which hand it is was not noted. All inverted gestures point up and show the back of the hand; "
    "a left hand's back looks like a right palm, so that `stop_inverted` and `stop` are often the "
    "same shape.",
    "The SVM's C and the strength of the augmentation were chosen by folds within the training "
    "people of one fold, who are test people of the others: the accuracies are slightly flattered.",
]


def many_gestures(setup: Setup) -> dict[str, Any]:
    """How well are eighteen gestures of 1,200 people told apart by their landmarks?"""
    hands = read_hands(setup)
    folds = folds_of(setup)
    splits = grouped_folds(hands.y, hands.groups, folds=folds, random_state=setup.seed)
    contenders, notes = installed(_contenders(setup))
    results = cross_validated(contenders, hands, splits, setup)
    rows = [
        {column: value for column, value in score_row(*pair).items() if column not in MEANINGLESS}
        for pair in zip(contenders, results, strict=True)
    ]
    order = np.argsort([-row["accuracy"] for row in rows], kind="stable")
    name, ahead = contenders[order[0]].name, results[order[0]]
    tables = {
        "classifiers": table(
            f"{len(hands)} annotated hands, {len(hands.label_names)} gestures, "
            f"{hands.n_subjects} people, {folds} folds that share none",
            [rows[i] for i in order],
        ),
        "gestures": table(f"Each gesture, with {name}", _by_gesture(ahead)),
        "confusions": table(f"What {name} takes for something else most often", _confusions(ahead)),
    }
    return {"tables": tables, "notes": notes + NOTES}


def read_hands(setup: Setup) -> Dataset:
    """The annotated hands that show a gesture; they have no files."""
    data = setup.landmarks("hagrid_landmarks")
    hands = Dataset(data.X, data.y, data.groups)[data.y != NO_GESTURE]
    return some_people(hands, QUICK_PEOPLE, setup.seed) if setup.quick else hands


def _contenders(setup: Setup) -> list[Contender]:
    if setup.quick:
        return [Keypoints("svm", FEATURES), Keypoints("knn", FEATURES)]
    return [
        *(Keypoints(name, FEATURES) for name in CLASSIFIERS),
        *(Keypoints("svm", preset) for preset in PRESETS if preset != FEATURES),
    ]


def _by_gesture(result: Evaluation) -> list[Row]:
    rows = []
    for label in result.labels:
        shown, named = result.truth == label, result.predicted == label
        row: Row = {"gesture": label, "hands": int(shown.sum())}
        row["recall"] = float(result.correct[shown].mean())
        row["precision"] = float(result.correct[named].mean()) if named.any() else 0.0
        rows.append(row)
    return rows


def _confusions(result: Evaluation) -> list[Row]:
    counts = result.confusion[:, :-1].copy()
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:CONFUSIONS]
    pairs = [np.unravel_index(i, counts.shape) for i in order]
    return [
        {"shows": result.labels[i], "named": result.labels[j], "hands": int(counts[i, j])}
        for i, j in pairs
        if counts[i, j]
    ]


def plots(tables: Tables) -> Plots:
    """The plots of this part's tables."""
    rows = tables["classifiers"]["rows"]
    title = "18 gestures, people never seen before"
    return {"many_gestures": partial(plot_accuracies, rows, title)}
