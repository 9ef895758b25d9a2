"""Measuring models on people that they were not trained on."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from handpose.containers.labels import MISSED, NO_GESTURE_LABELS
from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motion, Motions
from handpose.datasets.dataset import Dataset
from handpose.errors import DatasetError, RandomSplitWarning
from handpose.evaluation.answers import (
    SCORES,
    answers,
    fit_on,
    found_by,
    names_of,
    probabilities_of,
)
from handpose.evaluation.familiar import familiar_rows, pretrained_rows, warn_if_familiar
from handpose.evaluation.results import Evaluation
from handpose.features import as_landmarks
from handpose.models.threshold import threshold_of
from handpose.splits import Split, checked_groups, grouped_folds, splits_of
from handpose.system.deprecation import renamed_arguments

_TIMED_ROWS = 1000

__all__ = ["Split", "cross_validate", "evaluate_model", "grouped_folds"]


@renamed_arguments(folds="cv", hands="X", labels="y")
def cross_validate(
    model: Any,
    X: Dataset | Landmarks | Motions | ArrayLike,
    y: ArrayLike | None = None,
    *,
    groups: ArrayLike | None = None,
    cv: int | Sequence[Split] = 5,
    random_state: int = 0,
    random_split: bool = False,
    name: str = "",
) -> Evaluation:
    """Predict each fold with a model that was fitted on the others; no person is in two folds.

    Parameters
    ----------
    model : GestureModel, or any scikit-learn estimator that takes `X`
        A pipeline that begins with `LandmarkFeatures` or `MotionFeatures`, or a search over one.
        Cloned for each fold, and fitted on the hands that were detected.
    X : Dataset, Landmarks, Motions, or array_like of shape (n, 21, 2 or 3)
    y : array_like of n str
        Of a `Dataset`, its own, as are the groups and the name.
    groups : array_like of n str
        Whose hand it is.
    cv : int or sequence of (train, test), default=5
        Number of folds; or rows to train on and to test on, so that each row is tested once.
    random_state : int, default=0
        Decides who shares a fold.
    random_split : bool, default=False
        Split by row, not by person. The score then is not that for new people.
    name : str
        Of the data set, for the report.

    Returns
    -------
    Evaluation

    Raises
    ------
    DatasetError
        If lengths differ, people are unknown, a label has too few of them, or nobody who shows a
        label is left to learn it from in one of the folds.

    Warns
    -----
    RandomSplitWarning
        If people are in training and test at once: `random_split` is set, or the rows of `cv` say
        so.
    SeenPeopleWarning
        If the networks that ship with the classifier were trained on these people.
    """
    samples, truth, people, name = checked_data(X, y, groups, name)
    found = found_by(model, samples)
    if isinstance(cv, int):
        splits = splits_of(truth, people, found, cv, random_state, random_split, stacklevel=4)
    else:
        splits = _given_splits(cv, people, random_split)
    known = sorted(set(truth.tolist()))
    predicted = np.full(len(samples), MISSED, dtype=object)
    chances, scores = _unknown(len(samples), known), _unknown(len(samples), known)
    seconds = []
    for train, test in splits:
        start = perf_counter()
        own = None if random_split else people[train]
        fitted = fit_on(clone(model), samples[train], truth[train], own)
        seconds.append(perf_counter() - start)
        predicted[test] = answers(fitted, samples[test])
        chances = _noted(chances, test, fitted, samples, known)
        scores = _noted(scores, test, fitted, samples, known, SCORES)
    names = names_of(model)
    familiar = pretrained_rows(model, samples, people, name)
    warn_if_familiar(familiar, len(samples), stacklevel=3)
    return Evaluation(
        truth=truth,
        predicted=predicted.astype(str),
        detected=found,
        groups=people,
        labels=known,
        cv=len(splits),
        fit_seconds=float(np.median(seconds)),
        predict_us_per_hand=_microseconds_per_row(fitted, samples),
        dataset=name,
        probabilities=chances,
        scores=scores,
        min_score=threshold_of(fitted),
        familiar=familiar,
        classifier=names[0],
        features=names[1],
    )


@renamed_arguments(hands="X", labels="y")
def evaluate_model(
    model: Any,
    X: Dataset | Landmarks | Motions | ArrayLike,
    y: ArrayLike | None = None,
    *,
    groups: ArrayLike | None = None,
    name: str = "",
    trained_on: str | None = None,
) -> Evaluation:
    """Measure a fitted model on other data.

    Parameters
    ----------
    model : GestureModel, or any scikit-learn estimator that takes `X`
        Fitted.
    X : Dataset, Landmarks, Motions, or array_like of shape (n, 21, 2 or 3)
    y : array_like of n str
        Of a `Dataset`, its own, as are the groups and the name.
    groups : array_like of n str, optional
        Whose hand it is.
    name : str
        Of the data set, for the report.
    trained_on : str, optional
        Name of the data set that the model was trained on; by default what the model's card says.
        Where it is `name`, people are known again by their ids too.

    Raises
    ------
    DatasetError
        If lengths differ, or the model knows none of the labels.

    Warns
    -----
    SeenPeopleWarning
        If the model, or the networks that ship with its classifier, were trained on these people.
    """
    samples, truth, people, name = checked_data(X, y, groups, name)
    known = [str(label) for label in model.classes_]
    present = sorted(set(truth.tolist()))
    if not set(present) & {*known, *NO_GESTURE_LABELS}:
        raise DatasetError(
            f"the model knows {', '.join(known)}, but the data is labelled {', '.join(present)}; "
            "rename the labels (a manifest.csv can) or choose another model"
        )
    every = sorted({*present, *known})
    names = names_of(model)
    if trained_on is None and hasattr(model, "card"):
        trained_on = model.card.training.get("dataset")
    familiar = familiar_rows(model, samples, people, name, trained_on=trained_on)
    warn_if_familiar(familiar, len(samples), stacklevel=3)
    rows = np.arange(len(samples))
    return Evaluation(
        truth=truth,
        predicted=answers(model, samples),
        detected=found_by(model, samples),
        groups=people,
        labels=every,
        predict_us_per_hand=_microseconds_per_row(model, samples),
        dataset=name,
        probabilities=_noted(_unknown(len(rows), every), rows, model, samples, every),
        scores=_noted(_unknown(len(rows), every), rows, model, samples, every, SCORES),
        min_score=threshold_of(model),
        familiar=familiar,
        classifier=names[0],
        features=names[1],
    )


def checked_data(
    X: Any, y: ArrayLike | None, groups: ArrayLike | None, name: str
) -> tuple[Any, NDArray[np.str_], NDArray[np.str_], str]:
    """Samples, labels, groups and name, checked."""
    if isinstance(X, Dataset):
        if y is not None or groups is not None:
            raise DatasetError("a Dataset has y and groups of its own; give them or it")
        name = name or X.name
        X, y, groups = X
    if y is None:
        raise DatasetError("y is missing; only a Dataset has it")
    motions = isinstance(X, (list, tuple)) and bool(X) and isinstance(X[0], Motion)
    samples = Motions(X) if motions else X if isinstance(X, Motions) else as_landmarks(X)
    truth, n = np.asarray(y, dtype=str), len(samples)
    if truth.shape != (n,):
        raise DatasetError(f"labels must have one entry a hand ({n}), but got shape {truth.shape}")
    if not n:
        raise DatasetError("no hands to evaluate on")
    if (truth == "").any():
        raise DatasetError(
            f"{int((truth == '').sum())} of {n} hands have no label; label or remove them"
        )
    return samples, truth, checked_groups(groups, n), name


def _given_splits(cv: Sequence[Split], people: NDArray[np.str_], random_split: bool) -> list[Split]:
    splits = [(np.asarray(train), np.asarray(test)) for train, test in cv]
    tested = np.concatenate([test for _, test in splits] or [np.arange(0)])
    if len(splits) < 2 or not np.array_equal(np.sort(tested), np.arange(len(people))):
        raise DatasetError("cv must be a number of folds, or splits that test each row once")
    shared = [
        set(people[train].tolist()) & set(people[test].tolist()) - {""} for train, test in splits
    ]
    if any(shared) and not random_split:
        warnings.warn(
            "the same people are in training and test of a split, so that the score says nothing "
            "about new people",
            RandomSplitWarning,
            stacklevel=4,
        )
    return splits


def _unknown(n: int, labels: list[str]) -> NDArray[np.float64] | None:
    return np.full((n, len(labels)), np.nan)


def _noted(
    chances: NDArray[np.float64] | None,
    rows: NDArray[np.intp],
    model: Any,
    samples: Landmarks | Motions,
    labels: list[str],
    method: str = "predict_proba",
) -> NDArray[np.float64] | None:
    """`chances` (n, n_labels) with what a model says of some rows; None where it says nothing.

    A label that the model does not know has no chance.
    """
    found = None if chances is None else probabilities_of(model, samples[rows], method)
    if chances is None or found is None:
        return None
    named = ~np.isnan(found).any(1)
    chances[rows[named]] = 0
    columns = np.array([labels.index(str(label)) for label in model.classes_])
    chances[np.ix_(rows[named], columns)] = found[named]
    return chances


def _microseconds_per_row(model: Any, samples: Landmarks | Motions) -> float:
    found = samples[found_by(model, samples)][:_TIMED_ROWS]
    if not len(found):
        return float("nan")
    start = perf_counter()
    model.predict(found)
    return (perf_counter() - start) / len(found) * 1e6
