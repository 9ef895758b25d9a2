"""Divisions into training and test that keep people apart, and leave every label to be learnt.

`grouped_folds` makes the folds of a cross-validation; `hold_out` sets one part aside.
"""

from __future__ import annotations

import warnings
from collections import Counter
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.containers.labels import is_no_gesture
from handpose.errors import DatasetError, RandomSplitWarning
from handpose.system.words import counted

Rows: TypeAlias = NDArray[np.intp]
Split: TypeAlias = tuple[Rows, Rows]
"""Rows to train on, rows to test on."""

_MOST_MOVES = 50
"""People that are moved to other folds at most, where all who show a label would share one."""


def hold_out(
    n: int,
    labels: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    share: float = 0.2,
    random_state: int | np.random.RandomState | None = 0,
) -> Split:
    """Hold out whole groups, of each label as nearly the same share as groups allow.

    Parameters
    ----------
    n : int
        Number of rows.
    labels : array_like of shape (n,), optional
        What each row shows. A label is never held out altogether: each keeps a row to train on.
        Without labels, rows are alike.
    groups : array_like of shape (n,), optional
        Whose row it is. Without groups, each row is a group.
    share : float, default=0.2
        Share of the rows to hold out, of 0 (none) to 1. At least one group is held out if `share`
        is above 0.
    random_state : int, RandomState or None, default=0
        Decides which groups.

    Returns
    -------
    train, held_out : ndarray of int
        Rows, in order.

    Raises
    ------
    DatasetError
        If `share` or a length is wrong, or no group can be held out: there is one alone, or each
        is the only one that shows some label.
    """
    if not 0 <= share < 1:
        raise DatasetError(f"the share to hold out must be from 0 to below 1, but got {share}")
    codes = _codes("labels", np.zeros(n, int) if labels is None else labels, n)
    units = _codes("groups", np.arange(n) if groups is None else groups, n)
    if share == 0:
        return np.arange(n), np.arange(0)
    counts = np.zeros((units.max(initial=-1) + 1, codes.max(initial=-1) + 1))
    np.add.at(counts, (units, codes), 1)
    order = _random(random_state).permutation(len(counts))
    chosen = _chosen_groups(counts, order, share)
    if not chosen:
        raise DatasetError(
            f"none of {counted(len(counts), 'group')} can be held out without losing a label; give "
            "samples of more people"
        )
    held = np.isin(units, chosen)
    return np.flatnonzero(~held), np.flatnonzero(held)


def _random(random_state: int | np.random.RandomState | None) -> np.random.RandomState:
    if isinstance(random_state, np.random.RandomState):
        return random_state
    return np.random.RandomState(random_state)


def _codes(name: str, values: ArrayLike, n: int) -> NDArray[np.intp]:
    array = np.asarray(values)
    if array.shape != (n,):
        raise DatasetError(f"{name} must have one entry a row ({n}), but got shape {array.shape}")
    return np.unique(array, return_inverse=True)[1]


def _chosen_groups(counts: NDArray[np.float64], order: Rows, share: float) -> list[int]:
    """Groups to hold out, of the rows of each group and label, tried in this order.

    First those that bring the held-out rows of their labels nearer to the wanted share; then, while
    rows are wanting, others.
    """
    left = counts.sum(0)
    missing, wanted = left * share, counts.sum() * share
    chosen: list[int] = []

    def take(group: int) -> None:
        nonlocal left, missing, wanted
        left, missing = left - counts[group], missing - counts[group]
        wanted -= counts[group].sum()
        chosen.append(int(group))

    spared: list[int] = []
    for group in order:
        if ((left == counts[group]) & (left > 0)).any():
            continue
        nearer = np.square(missing - counts[group]).sum() < np.square(missing).sum()
        (take if nearer else spared.append)(group)
    for group in spared:
        if not ((left == counts[group]) & (left > 0)).any():
            size = counts[group].sum()
            if abs(wanted - size) < abs(wanted):
                take(group)
    if not chosen and spared:
        take(min(spared, key=lambda group: counts[group].sum()))
    return chosen


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
    *,
    stacklevel: int = 3,
) -> list[Split]:
    """`grouped_folds`, or folds of pictures where `random_split` is set."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if folds < 2:
        raise DatasetError(f"cross-validation needs at least 2 folds, but got {folds}")
    rows = np.char.add("picture ", np.arange(len(truth)).astype(str))
    if random_split:
        warnings.warn(
            "random split: the same people are in training and test, so that the score says "
            "nothing about new people",
            RandomSplitWarning,
            stacklevel=stacklevel,
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


def checked_groups(groups: ArrayLike | None, n: int) -> NDArray[np.str_]:
    """Groups as text, shape (n,); ``""`` where unknown."""
    people = np.full(n, "") if groups is None else np.asarray(groups, dtype=str)
    if people.shape != (n,):
        raise DatasetError(f"groups must have one entry a hand ({n}), but got {people.shape}")
    return people


def labels_to_learn(truth: NDArray[np.str_], detected: NDArray[np.bool_]) -> list[str]:
    """Labels that each fold must be able to learn: those of hands that were found, but `optional`.

    A label without any detected hand cannot be learnt: its hands count as missed.
    """
    return sorted(set(truth[detected].tolist()) - optional(truth, detected))


def optional(truth: NDArray[np.str_], detected: NDArray[np.bool_]) -> set[str]:
    """Labels that need not be learnt: of no gesture, with pictures in which no hand was found."""
    return set(truth[~detected & is_no_gesture(truth)].tolist())


def check_named(
    subjects: NDArray[np.str_], detected: NDArray[np.bool_], labels: NDArray[np.str_]
) -> None:
    """Raise if a subject is unknown; a picture without a hand and a gesture has none."""
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
    """A fold and a label that has no training hand in it; None if all labels can be learnt."""
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
    """Move the person with the fewest rows who shows a label to the smallest other fold."""
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
        shown = (
            f"all {len(truth)} pictures are labelled {truth[0]}" if len(truth) else "no pictures"
        )
        raise DatasetError(f"{shown}; evaluation needs at least two gestures")
    counts = {label: len(set(units[truth == label])) for label in needed}
    label = min(counts, key=lambda name: counts[name], default="")
    if counts and counts[label] < 2:
        remedy = (
            "add pictures of other people, or accept an optimistic score: --random-split "
            "(random_split=True)"
            if what == "subjects"
            else "add pictures"
        )
        raise DatasetError(
            f"label {label!r} has only {counts[label]} {what[:-1]}, but needs 2, one to train on "
            f"and one to test on; {remedy}"
        )
    if len(set(units)) < folds:
        raise DatasetError(f"{folds} folds need as many {what}, but there are {len(set(units))}")
    most = max(Counter(truth.tolist()).values())
    if most < folds:
        raise DatasetError(
            f"{folds} folds need a label with as many pictures, but none has more than {most}; "
            "add pictures or use fewer folds"
        )
