"""Compact form of k nearest neighbours: a rough search, and an exact one among what is left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier

from handpose.classifiers.compact.form import Compact, Vector, as_they_are

_COMPONENTS = 64
"""Principal components that tell all but a few dozen rows apart."""

_GUESSES = 4
"""Times k rows that are looked at in full to learn how far the k-th nearest is at most."""

_PRODUCT = 2**17
"""Entries of a matrix for whose product with a vector no BLAS starts threads: for one hand they
cost more than they save."""


def compact_neighbors(knn: KNeighborsClassifier) -> Compact | None:
    """Euclidean neighbours that count equally or by their inverse distance."""
    usual = knn.effective_metric_ == "euclidean" and knn.weights in ("uniform", "distance")
    if not usual or knn.outputs_2d_ or not isinstance(knn._fit_X, np.ndarray):
        return None
    if knn.n_neighbors > len(knn._fit_X):
        return None
    rows, codes, by_distance = knn._fit_X, knn._y, knn.weights == "distance"
    n_classes = len(knn.classes_)
    nearest = _Search(rows, knn.n_neighbors)

    def scores(vector: Vector) -> Vector:
        neighbors, distances = nearest(vector)
        votes = _closeness(distances) if by_distance else np.ones(len(neighbors))
        counts = np.bincount(codes[neighbors], votes, n_classes)
        return counts / np.add.reduce(counts)

    return Compact(knn.classes_, knn.n_features_in_, scores, as_they_are)


class _Search:
    """Finds the k nearest rows of a matrix, exactly.

    Vectors are shortened to their principal components and the length of what is left of them. Two
    short vectors are never farther apart than the long ones. So the k-th nearest of any rows,
    looked at in full, bounds the search: rows whose short forms are farther, by more than float32
    may be wrong (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1), are
    out.
    """

    def __init__(self, rows: Vector, k: int):
        self._k, self._rows = k, rows
        self._guesses = min(_GUESSES * k, len(rows))
        self._centre = rows.mean(0, dtype=np.float64)
        centred = rows - self._centre
        self._axes = np.linalg.eigh(centred.T @ centred)[1][:, -_COMPONENTS:]
        short = self._shortened(centred).astype(np.float32)
        self._parts = np.array_split(short, -(-short.size // _PRODUCT))
        self._squares = np.square(short).sum(1)
        self._longest = float(np.sqrt(self._squares.max()))
        self._rounding = 2 * (short.shape[1] + 4) * float(np.finfo(np.float32).eps)

    def __call__(self, vector: Vector) -> tuple[Vector, Vector]:
        """Positions and distances of the nearest rows, the nearest first."""
        short = self._shortened(vector - self._centre).astype(np.float32)
        square = float(short @ short)
        rough = self._squares - 2 * np.concatenate([part @ short for part in self._parts])
        guesses = rough.argpartition(self._guesses - 1)[: self._guesses]
        bound = np.partition(self._distances(guesses, vector), self._k - 1)[self._k - 1]
        slack = self._rounding * (self._longest + square**0.5) ** 2
        near = np.flatnonzero(~(rough > bound - square + slack))
        distances = self._distances(near, vector)
        nearest = distances.argsort(kind="stable")[: self._k]
        return near[nearest], np.sqrt(distances[nearest])

    def _shortened(self, centred: NDArray[np.float64]) -> NDArray[np.float64]:
        along = centred @ self._axes
        rest = np.square(centred).sum(-1) - np.square(along).sum(-1)
        return np.concatenate([along, np.sqrt(np.maximum(rest, 0))[..., None]], axis=-1)

    def _distances(self, rows: NDArray[np.intp], vector: Vector) -> NDArray[np.float64]:
        """Squared."""
        return np.square(self._rows[rows] - vector.astype(np.float64)).sum(1)


def _closeness(distances: Vector) -> Vector:
    """Inverse distances; rows at no distance count alone."""
    same = distances == 0
    return same.astype(float) if same.any() else 1 / distances
