"""The data of a search, divided by people."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions
from handpose.datasets import Dataset
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
"""Folds that choose crossings and architectures; the others compare the results."""
FEWEST_SUBJECTS = 3
"""Of each label: one to learn from, one to choose by, one to report on."""


@dataclass(frozen=True)
class SearchData:
    """Hands with their labels and groups, and their division.

    Attributes
    ----------
    X : Landmarks of length n
    y, groups : ndarray of str, shape (n,)
        What each hand shows, and whose it is.
    seen : ndarray of int
        Rows of the people used by the search.
    unseen : ndarray of int
        Rows of the people on whom the result is reported.
    folds : list of (train, test)
        Rows of `seen` people, on whom candidates are compared.
    name : str
        Of the data set.
    """

    X: Landmarks
    y: NDArray[np.str_]
    groups: NDArray[np.str_]
    seen: NDArray[np.intp]
    unseen: NDArray[np.intp]
    folds: list[Split]
    name: str = ""

    @property
    def choosing(self) -> NDArray[np.intp]:
        """Rows on which crossings and architectures are chosen: those tested by the first folds."""
        return np.sort(np.concatenate([test for _, test in self._split_folds()[0]]))

    @property
    def untouched(self) -> NDArray[np.intp]:
        """Rows of the other folds."""
        rows = [test for _, test in self._split_folds()[1]]
        return np.sort(np.concatenate(rows)) if rows else np.empty(0, np.intp)

    def choosing_folds(self) -> list[Split]:
        """The first folds, without the rows of the others."""
        rows = self.choosing
        return [(np.intersect1d(train, rows), test) for train, test in self._split_folds()[0]]

    def _split_folds(self) -> tuple[list[Split], list[Split]]:
        first = max(2, min(_CHOOSING_FOLDS, len(self.folds) - 1))
        return self.folds[:first], self.folds[first:]

    @property
    def fingerprint(self) -> str:
        """A digest of hands, labels, groups and their division."""
        digest = hashlib.sha256(np.ascontiguousarray(self.X.points).tobytes())
        for values in (self.y, self.groups, self.unseen.astype(str)):
            digest.update("\n".join(values.tolist()).encode())
        return digest.hexdigest()[:16]


def divide(
    X: Dataset | Landmarks | ArrayLike,
    y: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    *,
    random_state: int = 0,
    random_split: bool = False,
    name: str = "",
) -> SearchData:
    """Set a fifth of the people aside and divide the others into folds; arguments as of `search`.

    Raises
    ------
    DatasetError
        If people are unknown, or a label is shown by too few of them.

    Warns
    -----
    RandomSplitWarning
        If `random_split` is set.
    """
    samples: Any = X
    if isinstance(X, Dataset):
        if y is not None or groups is not None:
            raise DatasetError("a Dataset has y and groups; leave out these arguments")
        samples, y, groups = X
        name = name or X.name
    if y is None:
        raise DatasetError("y is missing; only a Dataset has it")
    if isinstance(samples, Motions):
        raise DatasetError(
            "search takes still hands, but got motions; use cross_validate for these"
        )
    hands, labels = as_landmarks(samples), np.asarray(y, dtype=str)
    detected = hands.detected
    if random_split:
        message = "random split: people are in training and test alike; the score is optimistic"
        warnings.warn(message, RandomSplitWarning, stacklevel=4)
        people = np.arange(len(hands)).astype(str)
    else:
        people = checked_groups(groups, len(hands))
        if len(labels) == len(hands):
            check_named(people, detected, labels)
    _check(hands, labels, people)

    def folds_of(rows: NDArray[np.intp]) -> list[Split]:
        most = int(np.unique(labels[rows], return_counts=True)[1].max())
        folds = min(FOLDS, len(np.unique(people[rows])), most)
        return grouped_folds(
            labels[rows],
            people[rows],
            folds=folds,
            random_state=random_state,
            detected=detected[rows],
        )

    seen, unseen = folds_of(np.arange(len(hands)))[0]
    folds = [(seen[train], seen[test]) for train, test in folds_of(seen)]
    return SearchData(hands, labels, people, seen, unseen, folds, name)


def _check(hands: Landmarks, labels: NDArray[np.str_], people: NDArray[np.str_]) -> None:
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
            f"search needs at least two gestures, but all {len(labels)} hands show "
            f"{str(names[0])!r}"
            if len(names)
            else "search needs at least two gestures, but there are no hands"
        )
    detected = hands.detected
    for label in sorted(set(names.tolist()) - optional(labels, detected)):
        shown_by = len(np.unique(people[detected & (labels == label)]))
        if shown_by < FEWEST_SUBJECTS:
            raise DatasetError(
                f"label {str(label)!r} has detected hands of {counted(shown_by, 'subject')}, but "
                f"search needs {FEWEST_SUBJECTS}: to learn from, to choose by and to report on; "
                "add pictures of more people or remove the label"
            )
