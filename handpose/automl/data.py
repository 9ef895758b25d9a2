"""What a search learns from, and the people that it keeps apart."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.containers.landmarks import Landmarks
from handpose.errors import DatasetError, RandomSplitWarning
from handpose.features import as_landmarks
from handpose.splits import (
    Split,
    check_named,
    checked_groups,
    grouped_folds,
    optional,
)
from handpose.system.words import counted

FOLDS = 5
_CHOOSING_FOLDS = 3
"""Folds by which crossings and networks are chosen; the others compare what came of it."""
FEWEST_SUBJECTS = 3
"""That show a label: one to learn from, one to choose by, one to report on."""


@dataclass(frozen=True)
class SearchData:
    """Hands with their labels and subjects, divided.

    Attributes
    ----------
    hands : Landmarks of length n
    labels, subjects : ndarray of str, shape (n,)
    seen : ndarray of int
        Rows of the people whom the search may see.
    unseen : ndarray of int
        Rows of the people on whom the result is reported.
    folds : list of (train, test)
        Rows of `seen` people, by whom candidates are compared.
    name : str
        Of the data set.
    """

    hands: Landmarks
    labels: NDArray[np.str_]
    subjects: NDArray[np.str_]
    seen: NDArray[np.intp]
    unseen: NDArray[np.intp]
    folds: list[Split]
    name: str = ""

    @property
    def choosing(self) -> NDArray[np.intp]:
        """Rows by which crossings and networks are chosen: those that the first folds test."""
        return np.sort(np.concatenate([test for _, test in self._split_folds()[0]]))

    @property
    def untouched(self) -> NDArray[np.intp]:
        """Rows of the folds by which nothing was chosen before candidates are compared."""
        rows = [test for _, test in self._split_folds()[1]]
        return np.sort(np.concatenate(rows)) if rows else np.empty(0, np.intp)

    def choosing_folds(self) -> list[Split]:
        """Folds of `choosing` rows alone."""
        rows = self.choosing
        return [(np.intersect1d(train, rows), test) for train, test in self._split_folds()[0]]

    def _split_folds(self) -> tuple[list[Split], list[Split]]:
        first = max(2, min(_CHOOSING_FOLDS, len(self.folds) - 1))
        return self.folds[:first], self.folds[first:]

    @property
    def fingerprint(self) -> str:
        """Differs where hands, labels, subjects or their division differ."""
        digest = hashlib.sha256(np.ascontiguousarray(self.hands.points).tobytes())
        for values in (self.labels, self.subjects, self.unseen.astype(str)):
            digest.update("\n".join(values.tolist()).encode())
        return digest.hexdigest()[:16]


def divide(
    hands: Landmarks | ArrayLike,
    labels: ArrayLike,
    groups: ArrayLike | None,
    *,
    random_state: int = 0,
    random_split: bool = False,
    name: str = "",
) -> SearchData:
    """Set a fifth of the people aside, and divide the others into folds.

    Parameters
    ----------
    hands : Landmarks of length n, or array_like of shape (n, 21, 2 or 3)
    labels : array_like of n str
    groups : array_like of n str or None
        Subjects.
    random_state : int, default=0
    random_split : bool, default=False
        Divide by picture, not by subject.
    name : str
        Of the data set.

    Raises
    ------
    DatasetError
        If subjects are unknown, or a label is shown by too few of them.

    Warns
    -----
    RandomSplitWarning
        If `random_split` is set.
    """
    hands, labels = as_landmarks(hands), np.asarray(labels, dtype=str)
    if random_split:
        message = "random split: the same people are learnt from and tested on; the score flatters"
        warnings.warn(message, RandomSplitWarning, stacklevel=3)
        subjects = np.arange(len(hands)).astype(str)
    else:
        subjects = _subjects(groups, hands.detected, labels)
    _check(hands, labels, subjects)
    detected = hands.detected
    seen, unseen = _folds(labels, subjects, detected, random_state)[0]
    inner = _folds(labels[seen], subjects[seen], detected[seen], random_state)
    folds = [(seen[train], seen[test]) for train, test in inner]
    return SearchData(hands, labels, subjects, seen, unseen, folds, name)


def _folds(
    labels: NDArray[np.str_],
    subjects: NDArray[np.str_],
    detected: NDArray[np.bool_],
    random_state: int,
) -> list[Split]:
    most = max(int((labels == label).sum()) for label in np.unique(labels))
    folds = min(FOLDS, len(np.unique(subjects)), most)
    return grouped_folds(
        labels, subjects, folds=folds, random_state=random_state, detected=detected
    )


def _subjects(
    groups: ArrayLike | None, detected: NDArray[np.bool_], labels: NDArray[np.str_]
) -> NDArray[np.str_]:
    subjects = checked_groups(groups, len(detected))
    if len(labels) == len(detected):
        check_named(subjects, detected, labels)
    return subjects


def _check(hands: Landmarks, labels: NDArray[np.str_], subjects: NDArray[np.str_]) -> None:
    if labels.shape != (len(hands),):
        raise DatasetError(
            f"labels must have one entry a hand ({len(hands)}), but got shape {labels.shape}"
        )
    if (labels == "").any():
        raise DatasetError(
            f"{int((labels == '').sum())} of {len(labels)} hands have no label; label or remove "
            "them"
        )
    names = np.unique(labels)
    if len(names) < 2:
        raise DatasetError(
            f"search needs hands of at least two gestures, but the {len(labels)} hands here show "
            f"{str(names[0])!r} alone"
            if len(names)
            else "search needs hands of at least two gestures, but there are no hands"
        )
    detected = hands.detected
    for label in sorted(set(names.tolist()) - optional(labels, detected)):
        people = len(np.unique(subjects[detected & (labels == label)]))
        if people < FEWEST_SUBJECTS:
            raise DatasetError(
                f"label {str(label)!r} has detected hands of {counted(people, 'subject')}, but "
                f"search needs {FEWEST_SUBJECTS}: to learn from, to choose by and to report on; "
                "add pictures of others or remove the label"
            )
