"""Arrays of motions in an ``.npz``: read, and held to what a data set's files have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.datasets.npz import read_npz
from handpose.errors import DatasetError

FRAME_MS = 1000 / 30
"""Time from frame to frame where a file holds no times: 30 frames a second."""

_KINDS = {"number": "fiu", "integer": "iu", "text": "U"}
_LARGEST = 1e6
"""Of a coordinate: larger ones overflow when they are squared."""


@dataclass(frozen=True)
class ArrayForm:
    """What an array of a file must be.

    Attributes
    ----------
    kind : {"number", "integer", "text"}
    shape : tuple of (str or int)
        Arrays share the sizes that have a name.
    """

    kind: str
    shape: tuple[str | int, ...]

    def __str__(self) -> str:
        sizes = ", ".join(map(str, self.shape)) + ("," if len(self.shape) == 1 else "")
        return f"({sizes}) {self.kind}"

    def fits(self, array: NDArray[Any], sizes: dict[str, int]) -> bool:
        """Whether an array has this form; sizes that are new are added to `sizes`."""
        if array.dtype.kind not in _KINDS[self.kind] or array.ndim != len(self.shape):
            return False
        return all(
            found == (size if isinstance(size, int) else sizes.setdefault(size, found))
            for size, found in zip(self.shape, array.shape, strict=True)
        )


def read_arrays(path: Path, name: str, forms: Mapping[str, ArrayForm]) -> dict[str, NDArray[Any]]:
    """Arrays of an ``.npz``.

    Parameters
    ----------
    path : Path
    name : str
        Of the data set, for messages.
    forms : mapping of str to ArrayForm
        The arrays that are needed; others are not read.

    Raises
    ------
    DatasetError
        If the file is missing or damaged, or lacks an array, or one has another form.
    """
    try:
        arrays, there = read_npz(path, forms)
    except FileNotFoundError:
        raise DatasetError(f"{path}: no such file") from None
    except Exception as error:  # a damaged archive can fail in any way inside numpy
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise DatasetError(
            f"{path}: damaged, or not an npz file of arrays ({reason}); {_wanted(name, forms)}"
        ) from None
    lacking = [key for key in forms if key not in arrays]
    if lacking:
        holds = ", ".join(there)[:200] or "nothing"
        raise DatasetError(
            f"{path}: lacks {', '.join(lacking)}, and holds {holds}; {_wanted(name, forms)}"
        )
    sizes: dict[str, int] = {}
    for key, form in forms.items():
        if not form.fits(arrays[key], sizes):
            raise DatasetError(
                f"{path}: {key} has shape {arrays[key].shape} and type {arrays[key].dtype}; "
                f"{_wanted(name, forms)}"
            )
    return arrays


def _wanted(name: str, forms: Mapping[str, ArrayForm]) -> str:
    return f"a file of {name} has " + ", ".join(f"{key} {form}" for key, form in forms.items())


def check_range(path: Path, what: str, values: NDArray[Any], low: int, high: int) -> None:
    """Raise DatasetError if integers lie outside a range."""
    if len(values) and not (values.min() >= low and values.max() <= high):
        raise DatasetError(
            f"{path}: {what} must be from {low} to {high}, but it goes from {values.min()} to "
            f"{values.max()}"
        )


def check_coordinates(path: Path, what: str, points: NDArray[Any]) -> None:
    """Raise DatasetError if a coordinate is not a finite number of a sensible size."""
    if not (np.abs(points) < _LARGEST).all():  # NaN is not
        raise DatasetError(
            f"{path}: {what} must hold finite numbers below {_LARGEST:g}; get the file again"
        )


def sequences(
    path: Path, lengths: NDArray[np.integer[Any]], n_frames: int
) -> Iterator[tuple[int, int]]:
    """First frame of each sequence and the one after its last, where they follow each other.

    Raises
    ------
    DatasetError
        If a sequence has fewer than two frames, or all together are not `n_frames`.
    """
    lengths = lengths.astype(np.int64)
    if len(lengths) and lengths.min() < 2:
        raise DatasetError(
            f"{path}: a sequence needs at least 2 frames, but the shortest has {lengths.min()}"
        )
    if lengths.sum() != n_frames:
        raise DatasetError(
            f"{path}: the lengths add up to {lengths.sum()} frames, but there are {n_frames}; "
            "the file is cut off or its parts do not belong together"
        )
    ends = np.cumsum(lengths)
    return zip((ends - lengths).tolist(), ends.tolist(), strict=True)
