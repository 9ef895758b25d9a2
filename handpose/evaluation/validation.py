"""Measuring models on people that they were not trained on."""

from __future__ import annotations

import warnings
from collections import Counter
from time import perf_counter
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from handpose.errors import DatasetError, RandomSplitWarning
from handpose.evaluation.metrics import MISSED
from handpose.evaluation.results import Evaluation
from handpose.features import as_landmarks
from handpose.landmarks import Landmarks
from handpose.models import GestureModel

_TIMED_HANDS = 1000

Split: TypeAlias = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows to train on, rows to test on."""


def cross_validate(
    model: GestureModel,
    hands: Landmarks | ArrayLike,
    labels: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    folds: int = 5,
    random_state: int = 0,
    random_split: bool = False,
    name: str = "",
) -> Evaluation:
    """Predict each fold with a model that was fitted on the others; no subject is in two folds.

    Parameters
    ----------
    model : GestureModel
        Cloned for each fold.
    hands : Landmarks of length n, or array_like of shape (n, 21, 2 or 3)
    labels : array_like of n str
    groups : array_like of n str
        Subjects.
    folds : int, default=5
    random_state : int, default=0
        Decides which subjects share a fold.
    random_split : bool, default=False
        Split by picture, not by subject. The score then is not that for new people.
    name : str
        Of the data set, for the report.

    Returns
    -------
    Evaluation

    Raises
    ------
    DatasetError
        If lengths differ, subjects are unknown, or a label has too few subjects.

    Warns
    -----
    RandomSplitWarning
        If `random_split` is set.
    """
    hands, truth = as_landmarks(hands), np.asarray(labels, dtype=str)
    subjects = _subjects(groups, len(hands))
    _check_lengths(hands, truth)
    splits = _splits(truth, subjects, folds, random_state, random_split)
    predicted = np.full(len(hands), MISSED, dtype=object)
    seconds = []
    for train, test in splits:
        start = perf_counter()
        people = None if random_split else subjects[train]
        fitted = clone(model).fit(hands[train], truth[train], groups=people)
        seconds.append(perf_counter() - start)
        predicted[test] = _predict(fitted, hands[test])
    return Evaluation(
        truth=truth,
        predicted=predicted.astype(str),
        detected=hands.detected,
        subjects=subjects,
        labels=sorted(set(truth.tolist())),
        folds=folds,
        fit_seconds=float(np.median(seconds)),
        predict_us_per_hand=_microseconds_per_hand(fitted, hands),
        dataset=name,
        classifier=model.classifier_name,
        features=model.features_name,
    )


def evaluate_model(
    model: GestureModel,
    hands: Landmarks | ArrayLike,
    labels: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    name: str = "",
) -> Evaluation:
    """Measure a fitted model on other data.

    Parameters
    ----------
    model : GestureModel
        Fitted.
    hands : Landmarks of length n, or array_like of shape (n, 21, 2 or 3)
    labels : array_like of n str
    groups : array_like of n str, optional
        Subjects.
    name : str
        Of the data set, for the report.

    Raises
    ------
    DatasetError
        If lengths differ, or the model knows none of the labels.
    """
    hands, truth = as_landmarks(hands), np.asarray(labels, dtype=str)
    _check_lengths(hands, truth)
    known = [str(label) for label in model.classes_]
    present = sorted(set(truth.tolist()))
    if not set(present) & set(known):
        raise DatasetError(
            f"the model knows {', '.join(known)}, but the data is labelled {', '.join(present)}; "
            "rename the labels (a manifest.csv can) or choose another model"
        )
    return Evaluation(
        truth=truth,
        predicted=_predict(model, hands),
        detected=hands.detected,
        subjects=_subjects(groups, len(hands)),
        labels=sorted({*present, *known}),
        predict_us_per_hand=_microseconds_per_hand(model, hands),
        dataset=name,
        classifier=model.classifier_name,
        features=model.features_name,
    )


def grouped_folds(
    labels: ArrayLike, subjects: ArrayLike, *, folds: int = 5, random_state: int = 0
) -> list[Split]:
    """Divide rows into folds that share no subject: those of `cross_validate`.

    Parameters
    ----------
    labels, subjects : array_like of n str
    folds : int, default=5
    random_state : int, default=0
        Decides which subjects share a fold.

    Returns
    -------
    list of (train, test)
        Rows, as arrays of int.

    Raises
    ------
    DatasetError
        If subjects are unknown or too few, or a label cannot be learnt in one of the folds.
    """
    truth = np.asarray(labels, dtype=str)
    splits = _splits(truth, np.asarray(subjects, dtype=str), folds, random_state, False)
    for number, (train, _) in enumerate(splits, start=1):
        for label in np.setdiff1d(truth, truth[train]):
            raise DatasetError(
                f"fold {number} of {folds}: label {str(label)!r} cannot be learnt, since all who "
                "show it are tested in that fold; add pictures of others or use more folds"
            )
    return splits


def _check_lengths(hands: Landmarks, truth: NDArray[np.str_]) -> None:
    if truth.shape != (len(hands),):
        raise DatasetError(
            f"labels must have one entry a hand ({len(hands)}), but got shape {truth.shape}"
        )
    if not len(hands):
        raise DatasetError("no hands to evaluate on")
    if (truth == "").any():
        raise DatasetError(
            f"{int((truth == '').sum())} of {len(truth)} hands have no label; label or remove them"
        )


def _subjects(groups: ArrayLike | None, n: int) -> NDArray[np.str_]:
    subjects = np.full(n, "") if groups is None else np.asarray(groups, dtype=str)
    if subjects.shape != (n,):
        raise DatasetError(f"groups must have one entry a hand ({n}), but got {subjects.shape}")
    return subjects


def _splits(
    truth: NDArray[np.str_],
    subjects: NDArray[np.str_],
    folds: int,
    random_state: int,
    random_split: bool,
) -> list[Split]:
    if folds < 2:
        raise DatasetError(f"cross-validation needs at least 2 folds, but got {folds}")
    if random_split:
        warnings.warn(
            "random split: the same people are in training and test, so that the score says "
            "nothing about new people",
            RandomSplitWarning,
            stacklevel=3,
        )
        units, splitter = np.arange(len(truth)).astype(str), StratifiedKFold
    elif (subjects == "").any():
        raise DatasetError(
            f"{int((subjects == '').sum())} of {len(subjects)} pictures name no subject, so that "
            "people cannot be kept apart; add a manifest.csv with the columns path,label,subject, "
            "or accept an optimistic score: --random-split (random_split=True)"
        )
    else:
        units, splitter = subjects, StratifiedGroupKFold
    _check_counts(truth, units, folds, "pictures" if random_split else "subjects")
    split = splitter(folds, shuffle=True, random_state=random_state)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a label with fewer samples than folds is allowed here
        return list(split.split(truth, truth, units))


def _check_counts(truth: NDArray[np.str_], units: NDArray[np.str_], folds: int, what: str) -> None:
    counts = {str(label): len(set(units[truth == label])) for label in np.unique(truth)}
    if len(counts) < 2:
        raise DatasetError(
            f"all {len(truth)} pictures are labelled {next(iter(counts))}; "
            "evaluation needs at least two gestures"
        )
    label = min(counts, key=lambda name: counts[name])
    if counts[label] < 2:
        raise DatasetError(
            f"label {label!r} has only {counts[label]} {what[:-1]}: it cannot be both trained and "
            f"tested; add pictures of others or remove the label"
        )
    if len(set(units)) < folds:
        raise DatasetError(f"{folds} folds need as many {what}, but there are {len(set(units))}")
    most = max(Counter(truth.tolist()).values())
    if most < folds:
        raise DatasetError(
            f"{folds} folds need a label with as many pictures, but none has more than {most}; "
            "add pictures or use fewer folds"
        )


def _predict(model: GestureModel, hands: Landmarks) -> NDArray[np.str_]:
    predicted = model.predict(hands)
    return np.array([MISSED if p is None else str(p) for p in predicted])


def _microseconds_per_hand(model: GestureModel, hands: Landmarks) -> float:
    found = hands[hands.detected][:_TIMED_HANDS]
    if not len(found):
        return float("nan")
    start = perf_counter()
    model.predict(found)
    return (perf_counter() - start) / len(found) * 1e6
