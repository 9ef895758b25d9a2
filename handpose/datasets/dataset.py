"""`Dataset`: samples with their labels and the people they belong to."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, fields
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.containers.frozen import frozen, rows_of
from handpose.containers.labels import is_no_gesture
from handpose.containers.motion import Motion, Motions
from handpose.errors import DatasetError, UnknownNameError
from handpose.splits import check_named, hold_out
from handpose.system.deprecation import renamed, renamed_arguments
from handpose.system.words import counted

SEVERAL = " + "
"""Between the names of data sets that were joined."""


@dataclass(frozen=True, eq=False, init=False)
class Dataset:
    """Samples, what they show and whose they are. Unpacks as ``X, y, groups = dataset``.

    Parameters
    ----------
    X : Landmarks, Motions, or anything else of length n that integers index
        With a row for every sample, also where no hand was found. A list of `Motion` becomes
        `Motions`.
    y : array_like of n str, or of numbers of shape (n, ...)
        What each shows; ``""`` where unknown. Text is stored in Unicode form NFC, as `groups` are,
        so that two spellings of an accent are one label. An array of two or more axes, such as the
        points of faces, stays as it is.
    groups : array_like of n str, optional
        Whose hand it is; ``""`` where unknown. Samples of one group are alike and are never in
        training and test at once.
    paths : array_like of n str, optional
        The file of each row, relative to the data set's folder.
    name : str
    provenance : dict
        What made the landmarks: see `Extractor.provenance`.

    Raises
    ------
    DatasetError
        If the lengths differ.

    Notes
    -----
    Indexing with a slice, a mask or integers takes rows. The arrays are copies and refuse writes.
    """

    X: Any
    y: NDArray[Any]
    groups: NDArray[np.str_]
    paths: NDArray[np.str_]
    name: str
    provenance: dict[str, Any]

    @renamed_arguments(hands="X", labels="y", subjects="groups")
    def __init__(
        self,
        X: Any,
        y: ArrayLike,
        groups: ArrayLike | None = None,
        paths: ArrayLike | None = None,
        name: str = "",
        provenance: dict[str, Any] | None = None,
    ):
        if isinstance(X, list) and X and all(isinstance(x, Motion) for x in X):
            X = Motions(X)
        checked = {
            "X": X,
            "y": _targets(y, len(X)),
            "groups": _names("groups", groups, len(X)),
            "paths": _strings("paths", paths, len(X)),
            "name": name,
            "provenance": deepcopy(provenance or {}),
        }
        for attribute, value in checked.items():
            object.__setattr__(self, attribute, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and what comes out of a pickle are checked and frozen too."""
        return Dataset, tuple(getattr(self, field.name) for field in fields(self))

    def __iter__(self) -> Iterator[Any]:
        return iter((self.X, self.y, self.groups))

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, index: Any) -> Dataset:
        rows = rows_of(index, len(self))
        return Dataset(
            self.X[rows] if hasattr(self.X, "shape") else [self.X[row] for row in rows],
            self.y[rows],
            self.groups[rows],
            self.paths[rows],
            self.name,
            self.provenance,
        )

    def __repr__(self) -> str:
        labels = f", {counted(len(self.label_names), 'label')}" if self.y.dtype.kind == "U" else ""
        people = f", {counted(self.n_subjects, 'subject')}" if self.has_subjects else ""
        rows = f"{counted(len(self), 'row')}, {int(self.detected.sum())} detected"
        return f"Dataset({self.name!r}, {rows}{labels}{people})"

    @classmethod
    def concat(cls, parts: Iterable[Dataset]) -> Dataset:
        """Join data sets into one, in order.

        Groups of one name are one person: where two data sets number their people alike, give them
        other names first.

        Parameters
        ----------
        parts : iterable of Dataset
            Whose samples are of one kind: all `Landmarks`, all `Motions`, all arrays or all lists.

        Returns
        -------
        Dataset
            With the names of all, joined by `SEVERAL`, and the first provenance that is known.

        Raises
        ------
        DatasetError
            If there is none, or samples or labels cannot be joined.
        """
        parts = list(parts)
        kinds = {np.ndarray if isinstance(part.X, np.ndarray) else type(part.X) for part in parts}
        if len(kinds) != 1:
            found = ", ".join(sorted(kind.__name__ for kind in kinds)) or "nothing"
            raise DatasetError(f"data sets of one kind of samples can be joined, but got {found}")
        try:
            X, y, groups, paths = (
                _joined([getattr(part, name) for part in parts])
                for name in ("X", "y", "groups", "paths")
            )
        except ValueError as error:
            raise DatasetError(f"the data sets cannot be joined: {error}") from None
        names = [name for part in parts for name in part.name.split(SEVERAL) if name]
        provenance = next((part.provenance for part in parts if part.provenance), None)
        return cls(X, y, groups, paths, SEVERAL.join(dict.fromkeys(names)), provenance)

    def select(
        self, *, labels: Iterable[str] | None = None, groups: Iterable[str] | None = None
    ) -> Dataset:
        """The rows with some labels, of some groups, or both.

        Parameters
        ----------
        labels, groups : iterable of str, optional
            All by default.

        Raises
        ------
        UnknownNameError
            If the data set does not have one of them.
        """
        chosen = np.ones(len(self), bool)
        for kind, wanted, found in (("label", labels, self.y), ("group", groups, self.groups)):
            if wanted is None:
                continue
            names = [wanted] if isinstance(wanted, str) else list(wanted)
            known = set(found.tolist())
            for name in names:
                if name not in known:
                    raise UnknownNameError(kind, name, known)
            chosen &= np.isin(found, names)
        return self[chosen]

    def split(
        self, test_size: float = 0.2, random_state: int = 0, *, random_split: bool = False
    ) -> tuple[Dataset, Dataset]:
        """Divide into training and test rows, so that no person is in both.

        Parameters
        ----------
        test_size : float, default=0.2
            Share of the rows to test on. Groups stay whole, and a label is never tested only, so
            that the share is met as nearly as they allow.
        random_state : int, default=0
        random_split : bool, default=False
            Divide rows, not people. A score then says nothing about new people.

        Returns
        -------
        train, test : Dataset

        Raises
        ------
        DatasetError
            If the people are unknown or too few.
        """
        people = None
        if not random_split:
            check_named(self.groups, self.detected, self.y)
            rows = np.char.add("row ", np.arange(len(self)).astype(str))
            people = np.where(self.groups == "", rows, self.groups)
        labels = self.y if self.y.ndim == 1 else None
        train, test = hold_out(len(self), labels, people, test_size, random_state)
        return self[train], self[test]

    @property
    def detected(self) -> NDArray[np.bool_]:
        """Which rows show what is looked for, shape (n,); all, where `X` does not tell."""
        found = getattr(self.X, "detected", None)
        return np.ones(len(self), bool) if found is None else found

    @property
    def label_names(self) -> list[str]:
        """The labels that occur, sorted."""
        return sorted(set(self.y.tolist()) - {""}) if self.y.ndim == 1 else []

    @property
    def has_subjects(self) -> bool:
        """Whether every row names its subject; a picture without hand and gesture has none."""
        named = self.groups != ""
        nobody = ~self.detected & (self.y.ndim == 1 and is_no_gesture(self.y))
        return bool(named.any() and (named | nobody).all())

    @property
    def n_subjects(self) -> int:
        """Number of different subjects."""
        return len(set(self.groups.tolist()) - {""})

    @property
    def hands(self) -> Any:
        """Deprecated: `X`."""
        return renamed(self, "hands", "X")

    @property
    def labels(self) -> NDArray[np.str_]:
        """Deprecated: `y`."""
        return cast("NDArray[np.str_]", renamed(self, "labels", "y"))

    @property
    def subjects(self) -> NDArray[np.str_]:
        """Deprecated: `groups`."""
        return cast("NDArray[np.str_]", renamed(self, "subjects", "groups"))


def _joined(columns: list[Any]) -> Any:
    """One after the other, as their kind joins."""
    first = columns[0]
    if hasattr(first, "concat"):
        return type(first).concat(columns)
    if isinstance(first, np.ndarray):
        return np.concatenate(columns)
    return [sample for column in columns for sample in column]


def _targets(value: ArrayLike, n: int) -> NDArray[Any]:
    array = np.asarray(value)
    if array.ndim < 2:
        return _names("y", value, n)
    if len(array) != n:
        raise DatasetError(f"y must have one entry a row ({n}), but got shape {array.shape}")
    return frozen(array)


def _strings(name: str, value: ArrayLike | None, n: int) -> NDArray[np.str_]:
    array = frozen(np.full(n, "") if value is None else value, str)
    if array.shape != (n,):
        raise DatasetError(f"{name} must have one entry a row ({n}), but got shape {array.shape}")
    return array


def _names(name: str, value: ArrayLike | None, n: int) -> NDArray[np.str_]:
    array = _strings(name, value, n)
    spellings = {text: unicodedata.normalize("NFC", text) for text in set(array.tolist())}
    return frozen([spellings[text] for text in array.tolist()], str).reshape(n)
