"""Measuring models on people that they were not trained on."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from handpose.containers.labels import MISSED, NO_GESTURE_LABELS
from handpose.containers.landmarks import Landmarks
from handpose.errors import DatasetError
from handpose.evaluation.answers import answers, fit_on, names_of, probabilities_of
from handpose.evaluation.familiar import familiar_rows, pretrained_rows, warn_if_familiar
from handpose.evaluation.results import Evaluation
from handpose.features import as_landmarks
from handpose.splits import Split, checked_subjects, grouped_folds, splits_of
from handpose.temporal import DEFAULT_MIN_SCORE

_TIMED_HANDS = 1000

__all__ = ["Split", "cross_validate", "evaluate_model", "grouped_folds"]


def cross_validate(
    model: Any,
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
    model : GestureModel, or any scikit-learn estimator that takes `Landmarks`
        A pipeline that begins with `LandmarkFeatures`, or a search over one. Cloned for each fold,
        and fitted on the hands that were detected.
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
        If lengths differ, subjects are unknown, a label has too few subjects, or nobody who shows
        a label is left to learn it from in one of the folds.

    Warns
    -----
    RandomSplitWarning
        If `random_split` is set.
    SeenPeopleWarning
        If the networks that ship with the classifier were trained on these people.
    """
    hands, truth = as_landmarks(hands), np.asarray(labels, dtype=str)
    subjects = checked_subjects(groups, len(hands))
    _check_lengths(hands, truth)
    splits = splits_of(truth, subjects, hands.detected, folds, random_state, random_split)
    known = sorted(set(truth.tolist()))
    predicted = np.full(len(hands), MISSED, dtype=object)
    chances: NDArray[np.float64] | None = np.full((len(hands), len(known)), np.nan)
    seconds = []
    for train, test in splits:
        start = perf_counter()
        people = None if random_split else subjects[train]
        fitted = fit_on(clone(model), hands[train], truth[train], people)
        seconds.append(perf_counter() - start)
        predicted[test] = answers(fitted, hands[test])
        chances = _noted(chances, test, fitted, hands, known)
    names = names_of(model)
    familiar = pretrained_rows(model, hands, subjects, name)
    warn_if_familiar(familiar, len(hands))
    return Evaluation(
        truth=truth,
        predicted=predicted.astype(str),
        detected=hands.detected,
        subjects=subjects,
        labels=known,
        folds=folds,
        fit_seconds=float(np.median(seconds)),
        predict_us_per_hand=_microseconds_per_hand(fitted, hands),
        dataset=name,
        probabilities=chances,
        min_score=_threshold(model),
        familiar=familiar,
        classifier=names[0],
        features=names[1],
    )


def evaluate_model(
    model: Any,
    hands: Landmarks | ArrayLike,
    labels: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    name: str = "",
    trained_on: str | None = None,
) -> Evaluation:
    """Measure a fitted model on other data.

    Parameters
    ----------
    model : GestureModel, or any scikit-learn estimator that takes `Landmarks`
        Fitted.
    hands : Landmarks of length n, or array_like of shape (n, 21, 2 or 3)
    labels : array_like of n str
    groups : array_like of n str, optional
        Subjects.
    name : str
        Of the data set, for the report.
    trained_on : str, optional
        Name of the data set that the model was trained on (``card.training["dataset"]``). Where it
        is `name`, people are known again by their ids too.

    Raises
    ------
    DatasetError
        If lengths differ, or the model knows none of the labels.

    Warns
    -----
    SeenPeopleWarning
        If the model, or the networks that ship with its classifier, were trained on these people.
    """
    hands, truth = as_landmarks(hands), np.asarray(labels, dtype=str)
    _check_lengths(hands, truth)
    known = [str(label) for label in model.classes_]
    present = sorted(set(truth.tolist()))
    if not set(present) & {*known, *NO_GESTURE_LABELS}:
        raise DatasetError(
            f"the model knows {', '.join(known)}, but the data is labelled {', '.join(present)}; "
            "rename the labels (a manifest.csv can) or choose another model"
        )
    every = sorted({*present, *known})
    subjects = checked_subjects(groups, len(hands))
    names = names_of(model)
    familiar = familiar_rows(model, hands, subjects, name, trained_on=trained_on)
    warn_if_familiar(familiar, len(hands))
    chances: NDArray[np.float64] | None = np.full((len(hands), len(every)), np.nan)
    return Evaluation(
        truth=truth,
        predicted=answers(model, hands),
        detected=hands.detected,
        subjects=subjects,
        labels=every,
        predict_us_per_hand=_microseconds_per_hand(model, hands),
        dataset=name,
        probabilities=_noted(chances, np.arange(len(hands)), model, hands, every),
        min_score=_threshold(model),
        familiar=familiar,
        classifier=names[0],
        features=names[1],
    )


def _threshold(model: Any) -> float:
    """From which score on the model would name a gesture."""
    own = getattr(model, "min_score", None)
    return DEFAULT_MIN_SCORE if own is None else float(own)


def _noted(
    chances: NDArray[np.float64] | None,
    rows: NDArray[np.intp],
    model: Any,
    hands: Landmarks,
    labels: list[str],
) -> NDArray[np.float64] | None:
    """`chances` (n, n_labels) with what a model says of some rows; None where it says nothing.

    A label that the model does not know has no chance.
    """
    found = None if chances is None else probabilities_of(model, hands[rows])
    if chances is None or found is None:
        return None
    detected = rows[hands.detected[rows]]
    chances[detected] = 0
    columns = np.array([labels.index(str(label)) for label in model.classes_])
    chances[np.ix_(detected, columns)] = found[hands.detected[rows]]
    return chances


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


def _microseconds_per_hand(model: Any, hands: Landmarks) -> float:
    found = hands[hands.detected][:_TIMED_HANDS]
    if not len(found):
        return float("nan")
    start = perf_counter()
    model.predict(found)
    return (perf_counter() - start) / len(found) * 1e6
