"""The base of classifiers that are arrays once they are fitted.

A classifier is fitted by scikit-learn or torch, keeps named arrays and predicts from them with
numpy alone. A file holds only these arrays: it does not depend on the version of scikit-learn, and
can be checked before anything is computed from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import is_
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted, validate_data
from typing_extensions import Self

Arrays = dict[str, NDArray[Any]]
Vectors = NDArray[Any]
"""Feature vectors, shape (n, n_features), or scores, shape (n, n_classes)."""

LARGEST = 1e12
"""Largest number of a fitted classifier; products of a few such numbers are finite."""

SMALLEST_SCALE = 1e-9
"""Smallest scale of a feature in a file; constant features have scale 1."""

_CONSTANT = 1e-6
"""Standard deviation up to which a feature counts as constant."""

_AT_ONCE = 2**22
"""Scores computed together."""

_KINDS = {"f": ("float32", "float64"), "i": ("int32", "int64")}
_WORDS = {"f": "float32 or float64", "i": "int32 or int64"}


@dataclass(frozen=True)
class Spec:
    """The type, shape and range of an array.

    Attributes
    ----------
    shape : tuple of (str or int)
        A name is a size that arrays share, such as that of the classes or features.
    kind : {"f", "i"}
        Floating-point numbers or integers.
    low : float
        Smallest value.
    high : float or str
        Largest value; the name of a size means its last index.
    """

    shape: tuple[str | int, ...] = ()
    kind: str = "f"
    low: float = -LARGEST
    high: float | str = LARGEST

    def check(self, name: str, array: Any, sizes: dict[str, int]) -> None:
        """Raise ValueError if an array does not fit; new sizes are added to `sizes`."""
        if not isinstance(array, np.ndarray) or array.dtype.name not in _KINDS[self.kind]:
            found = getattr(array, "dtype", type(array).__name__)
            raise ValueError(f"{name} must be {_WORDS[self.kind]}, but is {found}")
        if array.ndim != len(self.shape):
            raise ValueError(f"{name} must have {len(self.shape)} axes, but has {array.ndim}")
        for axis, (size, found) in enumerate(zip(self.shape, array.shape, strict=True)):
            expected = size if isinstance(size, int) else sizes.setdefault(size, found)
            if found != expected:
                raise ValueError(f"axis {axis} of {name} must have {expected} entries, not {found}")
        if array.size:
            high = sizes[self.high] - 1 if isinstance(self.high, str) else self.high
            smallest, largest = array.min(), array.max()
            if not (smallest >= self.low and largest <= high):  # NaN is neither
                raise ValueError(f"{name} must lie between {self.low:g} and {high:g}")


def check_arrays(
    arrays: Mapping[str, Any], specs: Mapping[str, Spec], sizes: Mapping[str, int]
) -> dict[str, int]:
    """Raise ValueError if arrays are missing, unexpected or do not fit; gives all sizes.

    `sizes` are those that are known, such as ``{"classes": 10, "features": 245}``.
    """
    odd = sorted(arrays.keys() ^ specs.keys())
    if odd:
        raise ValueError(f"{odd[0]} {'is missing' if odd[0] in specs else 'is not expected'}")
    known = dict(sizes)
    for name, spec in specs.items():
        spec.check(name, arrays[name], known)
    return known


@dataclass(frozen=True)
class Prepared:
    """What prediction needs, computed once.

    Attributes
    ----------
    scores : callable
        From vectors (n, n_features) to scores (n, n_classes); the largest wins.
    rows : int
        Most vectors that are computed at once, to limit memory.
    """

    scores: Callable[[Vectors], NDArray[np.float64]]
    rows: int = 1024


class _Keeping:
    """A slot beside the attributes of an estimator."""

    __slots__ = ("_kept",)


class ArrayClassifier(_Keeping, ClassifierMixin, BaseEstimator):
    """Base of the classifiers.

    A subclass has `fit`, which sets `classes_` and the arrays, and `_prepare`. Its arrays are named
    in `_ARRAYS`; the attribute of ``"rows"`` is ``rows_``.
    """

    _ARRAYS: ClassVar[dict[str, Spec]] = {}
    _DTYPE: ClassVar[Any] = (np.float64, np.float32)

    classes_: NDArray[Any]
    n_features_in_: int

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Probability of each class, shape (n, n_classes)."""
        return self._probabilities(self._scores(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of each row, shape (n,)."""
        best = self._scores(X).argmax(1)
        return self.classes_.take(best)

    def to_arrays(self) -> Arrays:
        """The arrays of a fitted classifier, for `from_arrays`."""
        check_is_fitted(self)
        return {name: np.asarray(getattr(self, f"{name}_"), order="C") for name in self._ARRAYS}

    @classmethod
    def from_arrays(
        cls,
        params: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        *,
        classes: NDArray[Any],
        n_features: int,
    ) -> Self:
        """A fitted classifier from its constructor's parameters and the arrays of `to_arrays`.

        Raises
        ------
        ValueError
            If the arrays are not those of such a classifier.
        """
        model = cls(**params)
        model.classes_, model.n_features_in_ = classes, n_features
        sizes = {"classes": len(classes), "features": n_features}
        check_arrays(arrays, model._specs(arrays), sizes)
        model._restore(arrays)
        return model

    def _specs(self, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Spec]:
        """The specs of the arrays."""
        return self._ARRAYS

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Set the attributes from checked arrays; ValueError if they contradict each other."""
        for name, array in arrays.items():
            setattr(self, f"{name}_", array)

    def _prepare(self) -> Prepared:
        """Compute what prediction needs."""
        raise NotImplementedError

    def _probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """From scores to probabilities."""
        return softmax(scores)

    def _scores(self, X: ArrayLike) -> NDArray[np.float64]:
        vectors = self._vectors(X)
        ready = self._ready()
        rows = min(ready.rows, max(1, _AT_ONCE // len(self.classes_)))
        if len(vectors) <= rows:
            return ready.scores(vectors)
        starts = range(0, len(vectors), rows)
        return np.concatenate([ready.scores(vectors[i : i + rows]) for i in starts])

    def _vectors(self, X: ArrayLike) -> Vectors:
        """Checked vectors; those of `LandmarkFeatures` pass in a few microseconds."""
        known = vars(self)
        if (
            type(X) is np.ndarray
            and X.dtype == np.float32
            and X.ndim == 2
            and "classes_" in known
            and X.shape[1] == known["n_features_in_"]
            and "feature_names_in_" not in known
            and len(X)
            and np.isfinite(X).all()
        ):
            return X
        check_is_fitted(self)
        return validate_data(self, X, reset=False, dtype=self._DTYPE)

    def _ready(self) -> Prepared:
        """The result of `_prepare`, computed again after any attribute was replaced."""
        state = list(vars(self).values())
        kept: tuple[list[Any], Prepared] | None = getattr(self, "_kept", None)
        if kept is not None and len(kept[0]) == len(state) and all(map(is_, kept[0], state)):
            return kept[1]
        ready = self._prepare()
        self._kept = state, ready
        return ready

    def __getstate__(self) -> dict[str, Any]:
        return dict(vars(self))  # without the slot: copies prepare themselves


def standardization(X: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation of each feature; 1 for features that are constant."""
    scale = X.std(0)
    return X.mean(0), np.where(scale > _CONSTANT, scale, np.float32(1)).astype(np.float32)


class SteadyScaler(StandardScaler):
    """A `StandardScaler` that takes features for constant which hardly differ.

    What is left of them are rounding errors, other ones for other hands.
    """

    def partial_fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Learn mean and deviation; a deviation of 1 for features that are constant."""
        super().partial_fit(X, y, sample_weight)
        scale: Any = self.__dict__["scale_"]
        if scale is not None:
            least = _CONSTANT * np.maximum(1.0, np.abs(self.mean_))
            self.scale_ = np.where(scale > least, scale, 1.0)
        return self


SCALERS = (StandardScaler, SteadyScaler)
"""Scalers that are kept as a mean and a deviation of each feature."""


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Softmax of each row, shape (n, n_classes)."""
    likely = np.exp(scores - scores.max(1, keepdims=True))
    likely /= np.add.reduce(likely, axis=1, keepdims=True)
    return likely


def binary_scores(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores of two classes, shape (n, 2), from one for the second, shape (n, 1)."""
    return np.concatenate([np.zeros_like(score), score], axis=1)
