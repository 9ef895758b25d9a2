"""The k nearest rows of a matrix: a rough search, and an exact one among what is left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.floating]

_COMPONENTS = 64
"""Principal components that tell all but a few dozen rows apart."""

_GUESSES = 4
"""Times k rows that are looked at in full to learn how far the k-th nearest is at most."""

_PRODUCT = 2**17
"""Entries of a matrix for whose product with a vector no BLAS starts threads: for one hand they
cost more than they save."""

_FEW = 256
"""Rows that are looked at in full in less time than roughly."""

_FAR = 1e9
"""Distances whose squares are lost in float32 soon after; there every row is looked at in full."""


class Search:
    """Finds the k nearest rows of a matrix, exactly.

    Vectors are shortened to their principal components and the length of what is left of them. Two
    short vectors are never farther apart than the long ones. So the k-th nearest of any rows,
    looked at in full, bounds the search: rows whose short forms are farther, by more than float32
    may be wrong (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1), are
    out.

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
        """Positions of rows among which the nearest are."""
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
        """Squared."""
        return np.square(self._rows[rows] - vector.astype(np.float64)).sum(1)
