"""The k nearest rows of a matrix: a rough search in fewer dimensions, then an exact one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.floating]

_COMPONENTS = 64
"""Principal components of the rough search; a few dozen rows are left."""

_GUESSES = 4
"""Rows, as a multiple of k, whose exact distances bound that of the k-th nearest."""

_PRODUCT = 2**17
"""Entries of a matrix for whose product with a vector no BLAS starts threads, which for one hand
cost more than they save."""

_FEW = 256
"""Rows up to which the exact search is faster."""

_FAR = 1e9
"""Values whose squares nearly overflow float32; then only the exact search is used."""


class Search:
    """Finds the k nearest rows of a matrix, exactly.

    Vectors are reduced to their principal components and the length of the remainder; reduced
    vectors are never farther apart than the full ones. The exact distance of the k-th nearest of
    some rows therefore bounds the search: rows whose reduced forms are farther, allowing for
    rounding in float32 (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section
    3.1), are excluded.

    Parameters
    ----------
    rows : ndarray of shape (n, d)
    k : int
        At most n.
    """

    def __init__(self, rows: Vector, k: int):
        self._k, self._rows = k, rows
        self._everything = np.arange(len(rows))
        self._centre = rows.mean(0, dtype=np.float64)
        centred = rows - self._centre
        self._rough = len(rows) > _FEW and float(np.abs(centred).max()) < _FAR
        if not self._rough:
            return
        self._guesses = min(_GUESSES * k, len(rows))
        self._axes = np.linalg.eigh(centred.T @ centred)[1][:, -_COMPONENTS:]
        short = self._shortened(centred).astype(np.float32)
        self._parts = np.array_split(short, -(-short.size // _PRODUCT))
        self._squares = np.square(short).sum(1)
        self._longest = float(np.sqrt(self._squares.max()))
        self._rounding = 2 * (short.shape[1] + 4) * float(np.finfo(np.float32).eps)

    def __call__(self, vector: Vector) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Positions and distances of the nearest rows, the nearest first."""
        near = self._near(vector)
        distances = self._distances(near, vector)
        nearest = distances.argsort(kind="stable")[: self._k]
        return near[nearest], np.sqrt(distances[nearest])

    def _near(self, vector: Vector) -> NDArray[np.intp]:
        """Positions of rows that include the nearest ones."""
        centred = vector - self._centre
        if not self._rough or np.abs(centred).max() > _FAR:
            return self._everything
        short = self._shortened(centred).astype(np.float32)
        square = float(short @ short)
        rough = self._squares - 2 * np.concatenate([part @ short for part in self._parts])
        guesses = rough.argpartition(self._guesses - 1)[: self._guesses]
        bound = np.partition(self._distances(guesses, vector), self._k - 1)[self._k - 1]
        slack = self._rounding * (self._longest + square**0.5) ** 2
        return np.flatnonzero(~(rough > bound - square + slack))

    def _shortened(self, centred: NDArray[np.float64]) -> NDArray[np.float64]:
        along = centred @ self._axes
        rest = np.square(centred).sum(-1) - np.square(along).sum(-1)
        return np.concatenate([along, np.sqrt(np.maximum(rest, 0))[..., None]], axis=-1)

    def _distances(self, rows: NDArray[np.intp], vector: Vector) -> NDArray[np.float64]:
        """Squared distances."""
        return np.square(self._rows[rows] - vector.astype(np.float64)).sum(1)
