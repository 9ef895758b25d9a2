"""Support vector machines as arrays, one machine for each pair of classes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import SVC

from handpose.classifiers.arrays import LARGEST, Arrays, Spec, Vectors
from handpose.errors import UnknownNameError

_AT_ONCE = 2**20
"""Numbers computed together."""

_MANY, _WIDE = 100, 0.3
"""With more features than `_MANY`, all samples look far apart to a kernel of "scale": "wide" has
`_WIDE` times its gamma there. Chosen on SHREC'17, signed_words and asl_sequences."""

MACHINE_SPECS: dict[str, Spec] = {
    "vectors": Spec(("vectors", "features")),
    "coefficients": Spec(("rivals", "vectors")),
    "n_support": Spec(("classes",), "i", 1),
    "intercept": Spec(("pairs",)),
    "gamma": Spec((), "f", 1e-12, LARGEST),
}
"""As in libsvm: ``coefficients`` has a row for each class but the vector's own, in order;
``n_support`` is the number of vectors of each class."""


def kernel_gamma(gamma: float | str, X: Vectors) -> float:
    """The number that ``"scale"``, ``"wide"`` or ``"auto"`` stands for.

    Raises
    ------
    UnknownNameError
        If it is another word.
    """
    if not isinstance(gamma, str):
        return gamma
    if gamma == "auto":
        return 1 / X.shape[1]
    if gamma not in ("scale", "wide"):
        raise UnknownNameError("gamma", gamma, ("scale", "wide", "auto"))
    variance = X.astype(np.float64, copy=False).var()
    share = _WIDE if gamma == "wide" and X.shape[1] > _MANY else 1.0
    return float(share / (X.shape[1] * variance)) if variance else 1.0


def machine_arrays(svc: SVC) -> Arrays:
    """The machines of a fitted `SVC` with an RBF kernel whose gamma is a number.

    Margins are positive for the first class of a pair.
    """
    # scikit-learn's signs are the other way round for two classes
    first = -1 if len(svc.classes_) == 2 else 1
    return {
        "vectors": svc.support_vectors_,
        "coefficients": first * svc.dual_coef_,
        "n_support": svc.n_support_.astype(np.int32),
        "intercept": first * svc.intercept_,
        "gamma": np.array(svc.gamma, np.float64),
    }


def check_machines(arrays: Mapping[str, NDArray[Any]]) -> None:
    """Raise ValueError if arrays that `MACHINE_SPECS` allows contradict each other."""
    n_classes, n_vectors = len(arrays["n_support"]), len(arrays["vectors"])
    if int(arrays["n_support"].sum(dtype=np.int64)) != n_vectors:
        raise ValueError(f"n_support does not add up to {n_vectors} vectors")
    for name, expected in (
        ("coefficients", n_classes - 1),
        ("intercept", n_classes * (n_classes - 1) // 2),
    ):
        if len(arrays[name]) != expected:
            raise ValueError(f"{name} must have {expected} entries, not {len(arrays[name])}")


class Machines:
    """Machines ready to compute margins."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]):
        wide = {name: array.astype(np.float64, copy=False) for name, array in arrays.items()}
        self._vectors, self._coefficients = wide["vectors"], wide["coefficients"]
        self._intercept, self._gamma = wide["intercept"], float(wide["gamma"])
        self._squares = np.square(self._vectors).sum(1)
        ends = np.cumsum(arrays["n_support"]).tolist()
        self._starts = [0, *ends[:-1]]
        self._own = [slice(*ends_) for ends_ in zip(self._starts, ends, strict=True)]
        self.pairs: NDArray[np.intp] = np.array(list(combinations(range(len(ends)), 2))).T
        """First and second class of each pair, shape (2, n_pairs)."""

    @property
    def rows(self) -> int:
        """Most vectors to compute together."""
        return max(1, _AT_ONCE // max(len(self._vectors), len(self._own) ** 2))

    def margins(self, X: Vectors) -> NDArray[np.float64]:
        """Signed margin of each pair, shape (n, n_pairs); positive for the first class."""
        near = self._nearness(X.astype(np.float64, copy=False))
        if len(X) == 1:
            shares = np.add.reduceat(self._coefficients * near, self._starts, axis=1).T[None]
        else:
            shares = np.stack(
                [near[:, own] @ self._coefficients[:, own].T for own in self._own], axis=1
            )
        first, second = self.pairs
        return shares[:, first, second - 1] + shares[:, second, first] + self._intercept

    def own_margins(self, X: Vectors, own: NDArray[np.intp]) -> NDArray[np.float64]:
        """Margins (n, n_classes) between each row's own class and the others; NaN for its own.

        They are positive for the own class, whose position is in `own` (n,).
        """
        n_classes, (first, second) = len(self._own), self.pairs
        pair_of = np.zeros((n_classes, n_classes), np.intp)
        pair_of[first, second] = pair_of[second, first] = np.arange(len(first))
        found = np.empty((len(X), n_classes))
        for start in range(0, len(X), self.rows):
            rows = slice(start, start + self.rows)
            found[rows] = np.take_along_axis(self.margins(X[rows]), pair_of[own[rows]], axis=1)
        signs = np.sign(np.arange(n_classes) - np.arange(n_classes)[:, None]).astype(float)
        np.fill_diagonal(signs, np.nan)
        return found * signs[own]

    def _nearness(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """The kernel between rows and support vectors."""
        squares = np.square(X).sum(1, keepdims=True) + self._squares - 2 * (X @ self._vectors.T)
        np.maximum(squares, 0, out=squares)
        squares *= -self._gamma
        return np.exp(squares, out=squares)
