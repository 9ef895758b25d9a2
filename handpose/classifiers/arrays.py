"""Classifiers that are arrays once they are fitted: how they predict, and how they are rebuilt.

A classifier is fitted by scikit-learn or torch and then keeps named arrays, from which it predicts
with numpy alone. A file holds these arrays and nothing else, so that every version of scikit-learn
reads the same numbers, and a file can be checked before anything is computed from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import is_
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data
from typing_extensions import Self

Arrays = dict[str, NDArray[Any]]
Vectors = NDArray[Any]
"""Feature vectors, shape (n, n_features), or scores, shape (n, n_classes)."""

LARGEST = 1e12
"""No number of a fitted classifier is larger: products of a few such are still finite."""

SMALLEST_SCALE = 1e-9
"""Of a standardised feature in a file; what varies less is constant and has scale 1."""

_CONSTANT = 1e-6
"""Standard deviation up to which a feature counts as constant."""

_AT_ONCE = 2**22
"""Scores that are computed together."""

_KINDS = {"f": ("float32", "float64"), "i": ("int32", "int64")}
_WORDS = {"f": "float32 or float64", "i": "int32 or int64"}


@dataclass(frozen=True)
class Spec:
    """What an array must be.

    Attributes
    ----------
    shape : tuple of (str or int)
        A name is a size: that of the classes or features, or one that several arrays share.
    kind : {"f", "i"}
        Floating-point numbers or integers.
    low : float
        Smallest value.
    high : float or str
        Largest value; the name of a size stands for the last index of that size.
    """

    shape: tuple[str | int, ...] = ()
    kind: str = "f"
    low: float = -LARGEST
    high: float | str = LARGEST

    def check(self, name: str, array: Any, sizes: dict[str, int]) -> None:
        """Raise if an array is something else; sizes that are new are noted.

        Raises
        ------
        ValueError
        """
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
    """Raise if arrays are not what they must be.

    Parameters
    ----------
    arrays : mapping of str to ndarray
    specs : mapping of str to Spec
    sizes : mapping of str to int
        Those that are known, such as ``{"classes": 10, "features": 245}``.

    Returns
    -------
    dict of str to int
        All sizes.

    Raises
    ------
    ValueError
        If an array is missing, not expected, of another type or shape, or has values that are not
        allowed.
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
    """What predicting needs, worked out once.

    Attributes
    ----------
    scores : callable
        From vectors (n, n_features) to one number a class, (n, n_classes); the largest wins.
    rows : int
        Vectors that may be computed at once, so that memory stays small.
    """

    scores: Callable[[Vectors], NDArray[np.float64]]
    rows: int = 1024


class _Keeping:
    """Holds what was made ready, beside an estimator's attributes."""

    __slots__ = ("_kept",)


class ArrayClassifier(_Keeping, ClassifierMixin, BaseEstimator):
    """Base of the library's classifiers.

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
        """The arrays that a fitted classifier is, for `from_arrays`."""
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
        """A fitted classifier from what `to_arrays` gave.

        Parameters
        ----------
        params : mapping
            Of the constructor.
        arrays : mapping of str to ndarray
        classes : ndarray of shape (n_classes,)
        n_features : int
            Length of a vector.

        Raises
        ------
        ValueError
            If the arrays are not those of such a classifier, with what is wrong.
        """
        model = cls(**params)
        model.classes_, model.n_features_in_ = classes, n_features
        sizes = {"classes": len(classes), "features": n_features}
        check_arrays(arrays, model._specs(arrays), sizes)
        model._restore(arrays)
        return model

    def _specs(self, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Spec]:
        """What the arrays must be."""
        return self._ARRAYS

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Set the attributes from arrays that `_specs` allows; raise where they contradict."""
        for name, array in arrays.items():
            setattr(self, f"{name}_", array)

    def _prepare(self) -> Prepared:
        """What predicting needs."""
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
        """Checked vectors. What `LandmarkFeatures` gives passes in a few microseconds."""
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
        """`_prepare`, anew after an attribute was replaced: by fitting, setting or by hand."""
        state = list(vars(self).values())
        kept: tuple[list[Any], Prepared] | None = getattr(self, "_kept", None)
        if kept is not None and len(kept[0]) == len(state) and all(map(is_, kept[0], state)):
            return kept[1]
        ready = self._prepare()
        self._kept = state, ready
        return ready

    def __getstate__(self) -> dict[str, Any]:
        return dict(vars(self))  # copies and pickles make themselves ready


def standardization(X: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation of each feature; 1 for features that are constant."""
    scale = X.std(0)
    return X.mean(0), np.where(scale > _CONSTANT, scale, np.float32(1)).astype(np.float32)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities in proportion to the exponentials of the scores, shape (n, n_classes)."""
    likely = np.exp(scores - scores.max(1, keepdims=True))
    likely /= np.add.reduce(likely, axis=1, keepdims=True)
    return likely


def of_both(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores of two classes, shape (n, 2), from one for the second, shape (n, 1)."""
    return np.concatenate([np.zeros_like(score), score], axis=1)
