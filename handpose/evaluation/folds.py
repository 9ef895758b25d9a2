"""Folds that share no subject, and in which every label can be learnt."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from handpose.containers.labels import is_no_gesture
from handpose.errors import DatasetError, RandomSplitWarning

Split: TypeAlias = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows to train on, rows to test on."""

_MOST_MOVES = 50
"""People that are moved to other folds at most, where all who show a label would share one."""


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
        check_named(subjects, detected, truth)
        units, splitter = np.where(subjects == "", rows, subjects), StratifiedGroupKFold
    what = "pictures" if random_split else "subjects"
    needed = labels_to_learn(truth, detected)
    _check_counts(truth, units, needed, folds, what)
    split = splitter(folds, shuffle=True, random_state=random_state)
    fold_of = np.empty(len(truth), np.intp)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a label with fewer samples than folds is allowed here
        for number, (_, test) in enumerate(split.split(truth, truth, units)):
            fold_of[test] = number
    _spread(fold_of, truth, detected, units, needed)
    tested = [fold_of == number for number in range(folds)]
    return [(np.flatnonzero(~test), np.flatnonzero(test)) for test in tested]


def checked_subjects(groups: ArrayLike | None, n: int) -> NDArray[np.str_]:
    """Subjects as text, shape (n,); ``""`` where unknown."""
    subjects = np.full(n, "") if groups is None else np.asarray(groups, dtype=str)
    if subjects.shape != (n,):
        raise DatasetError(f"groups must have one entry a hand ({n}), but got {subjects.shape}")
    return subjects


def labels_to_learn(truth: NDArray[np.str_], detected: NDArray[np.bool_]) -> list[str]:
    """Labels that each fold must be able to learn: those of hands that were found, but `optional`.

    A label of which no hand was found cannot be learnt by anyone: its hands count as missed.
    """
    return sorted(set(truth[detected].tolist()) - optional(truth, detected))


def optional(truth: NDArray[np.str_], detected: NDArray[np.bool_]) -> set[str]:
    """Labels that need not be learnt: of no gesture, with pictures in which no hand was found."""
    return set(truth[~detected & is_no_gesture(truth)].tolist())


def check_named(
    subjects: NDArray[np.str_], detected: NDArray[np.bool_], labels: NDArray[np.str_]
) -> None:
    """Raise if a subject is unknown; a picture without a hand and a gesture is of nobody."""
    unknown = int(((subjects == "") & (detected | ~is_no_gesture(labels))).sum())
    if unknown:
        raise DatasetError(
            f"{unknown} of {len(subjects)} pictures name no subject, so that "
            "people cannot be kept apart; add a manifest.csv with the columns path,label,subject, "
            "or accept an optimistic score: --random-split (random_split=True)"
        )


def _spread(
    fold_of: NDArray[np.intp],
    truth: NDArray[np.str_],
    detected: NDArray[np.bool_],
    units: NDArray[np.str_],
    needed: list[str],
) -> None:
    """Move people to other folds until each fold can learn every label from the others."""
    for _ in range(_MOST_MOVES):
        lacking = _not_learnt(fold_of, truth, detected, needed)
        if lacking is None:
            return
        _move_one(fold_of, lacking, truth, detected, units)
    fold, label = lacking or (0, "")
    raise DatasetError(
        f"fold {fold + 1} of {fold_of.max() + 1}: label {label!r} cannot be learnt, since all who "
        "show it are tested in that fold; add pictures of others or use more folds"
    )


def _not_learnt(
    fold_of: NDArray[np.intp],
    truth: NDArray[np.str_],
    detected: NDArray[np.bool_],
    needed: list[str],
) -> tuple[int, str] | None:
    """A fold and a label of which no hand is left to learn from; None where there is none."""
    for label in needed:
        folds = np.unique(fold_of[detected & (truth == label)])
        if len(folds) == 1:
            return int(folds[0]), label
    return None


def _move_one(
    fold_of: NDArray[np.intp],
    lacking: tuple[int, str],
    truth: NDArray[np.str_],
    detected: NDArray[np.bool_],
    units: NDArray[np.str_],
) -> None:
    """Move one of those who show a label, who has fewest rows, to the smallest other fold."""
    fold, label = lacking
    names, counts = np.unique(
        units[np.isin(units, units[detected & (truth == label)])], return_counts=True
    )
    sizes = np.bincount(fold_of)
    sizes[fold] = len(fold_of) + 1
    fold_of[units == names[counts.argmin()]] = int(sizes.argmin())


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
