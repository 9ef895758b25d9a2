"""Part: how well are many gestures told apart? Landmarks only."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.keypoints_or_pixels.accuracy import folds_of
from benchmarks.keypoints_or_pixels.comparison import cross_validated, score_row
from benchmarks.keypoints_or_pixels.contenders import Contender, Keypoints, installed
from benchmarks.keypoints_or_pixels.part import Part, Plots, Result, Setup, Table, Tables
from benchmarks.keypoints_or_pixels.photos import Photos
from benchmarks.keypoints_or_pixels.plots import plot_accuracies, plot_gestures
from handpose.classifiers import CLASSIFIERS
from handpose.containers.labels import NO_GESTURE
from handpose.evaluation import Evaluation
from handpose.evaluation.validation import grouped_folds
from handpose.extraction import load_dataset
from handpose.features import PRESETS

DATA = "hagrid_landmarks"
FEATURES = "geometry"
"""The preset of all classifiers but svm, which is measured on every preset."""
QUICK_SUBJECTS = 300
CONFUSIONS = 10
MEANINGLESS = {"missed", "accuracy_detected", "worst_subject", "worst_subject_accuracy"}
"""Of columns: no hand is missed, and most people show one or two hands."""


def measure(setup: Setup) -> Result:
    """Cross-validate over people."""
    photos = read_hands(setup)
    folds = folds_of(setup)
    splits = grouped_folds(photos.labels, photos.subjects, folds=folds, random_state=setup.seed)
    contenders, notes = installed(_contenders(setup))
    results = cross_validated(contenders, photos, splits, setup)
    rows = [
        {column: value for column, value in score_row(*pair).items() if column not in MEANINGLESS}
        for pair in zip(contenders, results, strict=True)
    ]
    order = np.argsort([-row["accuracy"] for row in rows], kind="stable")
    ahead = int(order[0])
    tables = {
        "classifiers": Table(
            f"{len(photos)} annotated hands, {len(np.unique(photos.labels))} gestures, "
            f"{len(np.unique(photos.subjects))} people, {folds} folds that share none",
            [rows[i] for i in order],
        ),
        "gestures": Table(
            f"Each gesture, with {contenders[ahead].name}", _by_gesture(results[ahead])
        ),
        "confusions": Table(
            f"What {contenders[ahead].name} takes for something else most often",
            _confusions(results[ahead]),
        ),
    }
    return Result(tables, notes + NOTES)


NOTES = [
    "The landmarks are HaGRID's own annotations, so that no hand is missed and nothing is said "
    "about finding hands. There are no photos, and hence no pixel models.",
    "Points are in units of the image's width and height, whose ratio is not known.",
    "Nobody noted which hand it is. All inverted gestures point up and show the back of the hand; "
    "a left hand's back looks like a right palm, so that `stop_inverted` and `stop` are often the "
    "same shape.",
    "The SVM's C and the strength of the augmentation were chosen by folds within the training "
    "people of one fold, who are test people of the others: the accuracies are slightly flattered.",
]


def read_hands(setup: Setup) -> Photos:
    """The annotated hands as rows without files."""
    dataset = load_dataset(DATA, path=setup.data / DATA)
    hands = Photos(np.full(len(dataset), ""), dataset.X, dataset.y, dataset.groups)
    hands = hands[hands.labels != NO_GESTURE]
    return hands.of_subjects(QUICK_SUBJECTS, setup.seed) if setup.quick else hands


def _contenders(setup: Setup) -> list[Contender]:
    if setup.quick:
        return [Keypoints("svm", FEATURES), Keypoints("knn", FEATURES)]
    return [
        *(Keypoints(name, FEATURES) for name in CLASSIFIERS),
        *(Keypoints("svm", preset) for preset in PRESETS if preset != FEATURES),
    ]


def _by_gesture(result: Evaluation) -> list[dict[str, Any]]:
    return [
        {
            "gesture": label,
            "hands": int((result.truth == label).sum()),
            "recall": float(result.correct[result.truth == label].mean()),
            "precision": float(
                np.mean(result.truth[result.predicted == label] == label)
                if (result.predicted == label).any()
                else 0.0
            ),
        }
        for label in result.labels
    ]


def _confusions(result: Evaluation) -> list[dict[str, Any]]:
    counts = result.confusion[:, :-1].copy()
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:CONFUSIONS]
    pairs = [np.unravel_index(i, counts.shape) for i in order]
    return [
        {"shows": result.labels[i], "named": result.labels[j], "hands": int(counts[i, j])}
        for i, j in pairs
        if counts[i, j]
    ]


def _draw(tables: Tables) -> Plots:
    return {
        "many_gestures": partial(
            plot_accuracies, tables["classifiers"].rows, "18 gestures, people never seen before"
        ),
        "many_gestures_recall": partial(
            plot_gestures, tables["gestures"].rows, tables["gestures"].caption
        ),
    }


PART = Part(
    name="many_gestures",
    question="How well are eighteen gestures of 1,200 people told apart by their landmarks?",
    needs=(DATA,),
    run=measure,
    draw=_draw,
)
