"""Folds that share no subject, and in which every label can be learnt."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from handpose.errors import DatasetError, RandomSplitWarning
from handpose.labels import is_no_gesture

Split: TypeAlias = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows to train on, rows to test on."""

_ATTEMPTS = 20
"""Ways to divide people that are tried, where all who show a label would share a fold."""


def grouped_folds(
    labels: ArrayLike,
    subjects: ArrayLike,
    *,
    folds: int = 5,
    random_state: int = 0,
    detected: NDArray[np.bool_] | None = None,
) -> list[Split]:
    """Divide rows into folds that share no subject: those of `cross_validate`.

    Parameters
    ----------
    labels, subjects : array_like of n str
    folds : int, default=5
    random_state : int, default=0
        Decides which subjects share a fold.
    detected : ndarray of bool, shape (n,), optional
        Rows that a label can be learnt from; all by default.

    Returns
    -------
    list of (train, test)
        Rows, as arrays of int.

    Raises
    ------
    DatasetError
        If subjects are unknown or too few, or a label cannot be learnt in one of the folds.
    """
    truth, people = np.asarray(labels, dtype=str), np.asarray(subjects, dtype=str)
    found = np.ones(len(truth), bool) if detected is None else detected
    return splits_of(truth, people, found, folds, random_state, random_split=False)


def splits_of(
    truth: NDArray[np.str_],
    subjects: NDArray[np.str_],
    detected: NDArray[np.bool_],
    folds: int,
    random_state: int,
    random_split: bool,
) -> list[Split]:
    """`grouped_folds`, or folds of pictures where `random_split` is set."""
    if folds < 2:
        raise DatasetError(f"cross-validation needs at least 2 folds, but got {folds}")
    rows = np.char.add("picture ", np.arange(len(truth)).astype(str))
    if random_split:
        warnings.warn(
            "random split: the same people are in training and test, so that the score says "
            "nothing about new people",
            RandomSplitWarning,
            stacklevel=3,
        )
        units, splitter = rows, StratifiedKFold
    else:
        nobody = is_no_gesture(truth) & ~detected  # a picture without a hand is of no person
        _check_named(subjects[~nobody])
        units, splitter = np.where(subjects == "", rows, subjects), StratifiedGroupKFold
    what = "pictures" if random_split else "subjects"
    needed = _labels_to_learn(truth, detected)
    _check_counts(truth, units, needed, folds, what)
    for attempt in range(_ATTEMPTS):
        split = splitter(folds, shuffle=True, random_state=random_state + 1000 * attempt)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a label with fewer samples than folds is allowed here
            found = list(split.split(truth, truth, units))
        lacking = list(_not_learnt(found, truth, detected, needed))
        if not lacking:
            return found
    fold, label = lacking[0]
    raise DatasetError(
        f"fold {fold} of {folds}: label {label!r} cannot be learnt, since all who show it are "
        "tested in that fold; add pictures of others or use more folds"
    )


def checked_subjects(groups: ArrayLike | None, n: int) -> NDArray[np.str_]:
    """Subjects as text, shape (n,); ``""`` where unknown."""
    subjects = np.full(n, "") if groups is None else np.asarray(groups, dtype=str)
    if subjects.shape != (n,):
        raise DatasetError(f"groups must have one entry a hand ({n}), but got {subjects.shape}")
    return subjects


def _labels_to_learn(truth: NDArray[np.str_], detected: NDArray[np.bool_]) -> list[str]:
    """Labels that each fold must be able to learn.

    One that is never seen cannot be learnt by anyone: its hands count as missed. Nor has "nothing"
    to be where there are pictures without a hand, which is its right answer.
    """
    names = np.unique(truth[detected])
    unseen = set(truth[~detected].tolist())
    return [
        str(name)
        for name, none in zip(names, is_no_gesture(names), strict=True)
        if not (none and str(name) in unseen)
    ]


def _not_learnt(
    splits: list[Split],
    truth: NDArray[np.str_],
    detected: NDArray[np.bool_],
    needed: list[str],
) -> Iterator[tuple[int, str]]:
    """Fold and label, where no hand of the label is left to learn from."""
    for number, (train, _) in enumerate(splits, start=1):
        left = set(truth[train[detected[train]]].tolist())
        yield from ((number, label) for label in needed if label not in left)


def _check_named(subjects: NDArray[np.str_]) -> None:
    unknown = int((subjects == "").sum())
    if unknown:
        raise DatasetError(
            f"{unknown} of {len(subjects)} pictures name no subject, so that "
            "people cannot be kept apart; add a manifest.csv with the columns path,label,subject, "
            "or accept an optimistic score: --random-split (random_split=True)"
        )


def _check_counts(
    truth: NDArray[np.str_],
    units: NDArray[np.str_],
    needed: list[str],
    folds: int,
    what: str,
) -> None:
    if len(set(truth.tolist())) < 2:
        raise DatasetError(
            f"all {len(truth)} pictures are labelled {truth[0]}; "
            "evaluation needs at least two gestures"
        )
    counts = {label: len(set(units[truth == label])) for label in needed}
    label = min(counts, key=lambda name: counts[name], default="")
    if counts and counts[label] < 2:
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
