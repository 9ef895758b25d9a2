"""`Dataset`: hands with their labels and the people they belong to."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, fields
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.containers.frozen import frozen
from handpose.containers.labels import is_no_gesture
from handpose.containers.landmarks import Landmarks
from handpose.errors import DatasetError
from handpose.system.deprecation import renamed


@dataclass(frozen=True, eq=False, init=False)
class Dataset:
    """Samples, what they show and whose they are. Unpacks as ``X, y, groups = dataset``.

    Parameters
    ----------
    X : Landmarks of length n
        With a row for every picture, also where no hand was found.
    y : array_like of n str
        What each shows; ``""`` where unknown. Stored in Unicode form NFC, as `groups` are, so that
        two spellings of an accent are one label.
    groups : array_like of n str, optional
        Whose hand it is; ``""`` where unknown.
    paths : array_like of n str, optional
        The picture of each row, relative to the data set's folder.
    name : str
    provenance : dict
        What made the landmarks: see `Extractor.provenance`.

    Raises
    ------
    DatasetError
        If the lengths differ.

    Notes
    -----
    The arrays are copies and refuse writes.
    """

    X: Landmarks
    y: NDArray[np.str_]
    groups: NDArray[np.str_]
    paths: NDArray[np.str_]
    name: str
    provenance: dict[str, Any]

    def __init__(
        self,
        X: Landmarks,
        y: ArrayLike,
        groups: ArrayLike | None = None,
        paths: ArrayLike | None = None,
        name: str = "",
        provenance: dict[str, Any] | None = None,
    ):
        checked = {
            "X": X,
            "y": _names("y", y, len(X)),
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
        rows = np.atleast_1d(np.arange(len(self))[index])
        return Dataset(
            self.X[rows],
            self.y[rows],
            self.groups[rows],
            self.paths[rows],
            self.name,
            self.provenance,
        )

    def __repr__(self) -> str:
        people = f", {self.n_subjects} subjects" if self.has_subjects else ""
        return (
            f"Dataset({self.name!r}, {len(self)} rows, {int(self.X.detected.sum())} detected, "
            f"{len(self.label_names)} labels{people})"
        )

    @property
    def label_names(self) -> list[str]:
        """The labels that occur, sorted."""
        return sorted(set(self.y.tolist()) - {""})

    @property
    def has_subjects(self) -> bool:
        """Whether every row names its subject; a picture without hand and gesture has none."""
        named = self.groups != ""
        nobody = ~self.X.detected & is_no_gesture(self.y)
        return bool(named.any() and (named | nobody).all())

    @property
    def n_subjects(self) -> int:
        """Number of different subjects."""
        return len(set(self.groups.tolist()) - {""})

    @property
    def hands(self) -> Landmarks:
        """Deprecated: `X`."""
        return cast(Landmarks, renamed(self, "hands", "X"))

    @property
    def labels(self) -> NDArray[np.str_]:
        """Deprecated: `y`."""
        return cast("NDArray[np.str_]", renamed(self, "labels", "y"))

    @property
    def subjects(self) -> NDArray[np.str_]:
        """Deprecated: `groups`."""
        return cast("NDArray[np.str_]", renamed(self, "subjects", "groups"))


def _strings(name: str, value: ArrayLike | None, n: int) -> NDArray[np.str_]:
    array = frozen(np.full(n, "") if value is None else value, str)
    if array.shape != (n,):
        raise DatasetError(f"{name} must have one entry a hand ({n}), but got shape {array.shape}")
    return array


def _names(name: str, value: ArrayLike | None, n: int) -> NDArray[np.str_]:
    array = _strings(name, value, n)
    spellings = {text: unicodedata.normalize("NFC", text) for text in set(array.tolist())}
    return frozen([spellings[text] for text in array.tolist()], str).reshape(n)
