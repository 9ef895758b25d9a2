"""Landmark tables of others as one ``.npz``: points, labels, and one more name for each hand."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS
from handpose.errors import DatasetError

Arrays = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]


def read_arrays(path: Path, third: str, axes: int, remedy: str) -> Arrays:
    """Read the arrays `X`, `y` and a third one.

    Parameters
    ----------
    path : Path
    third : str
        Name of the third array.
    axes : int
        2 or 3 coordinates of a landmark.
    remedy : str
        What to do about a file that is another one.

    Returns
    -------
    points : ndarray of shape (n, 21, axes)
    labels, names : ndarray of shape (n,)

    Raises
    ------
    DatasetError
        If the file is not such an ``.npz``.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            points, labels, names = file["X"], file["y"], file[third]
    except Exception:  # a damaged archive can fail in any way inside numpy
        raise DatasetError(f"{path}: not the npz file that is expected; {remedy}") from None
    n = len(points)
    if points.shape != (n, N_LANDMARKS, axes) or labels.shape != (n,) or names.shape != (n,):
        raise DatasetError(f"{path}: its arrays have other shapes than expected; {remedy}")
    return points, labels, names


def digest_of(arrays: Arrays) -> str:
    """SHA-256 of hands as `read_arrays` gives them, whatever their order."""
    rows = sorted(
        point.astype("<f4").tobytes() + f"{label}\0{name}".encode()
        for point, label, name in zip(*arrays, strict=True)
    )
    return hashlib.sha256(b"".join(rows)).hexdigest()
