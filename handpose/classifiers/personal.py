"""A classifier of many people that also knows a few samples of one more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted, validate_data
from typing_extensions import Self

from handpose.classifiers.arrays import ArrayClassifier, Arrays, Prepared, Spec, Vectors
from handpose.errors import DatasetError, UnknownNameError

_OF_BASE = "base_"
_FLOOR = 1e-4
"""Least probability that the base counts for."""
_TINY = 1e-12


class Personal(ArrayClassifier):
    """Asks a fitted classifier and the nearest samples of one person, and weighs both.

    Parameters
    ----------
    base : str
        Name of the fitted classifier, a key of `handpose.CLASSIFIERS`.
    base_params : dict
        Its parameters.
    weight : float, default=0.6
        Of the logarithm of its probabilities; what the samples say counts 1.
    reach : float, default=0.2
        Share of `far_` by which a sample's say falls to 1/e.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        What the base knows, and what the samples add.
    rows_ : ndarray of shape (n, n_features)
        The samples.
    codes_ : ndarray of int, shape (n,)
        Position of each sample's class in `classes_`.
    known_ : ndarray of int, shape (n_known,)
        Position of each class of the base in `classes_`.
    far_ : ndarray of shape ()
        How far a class without samples is taken to be: the mean square difference of a feature,
        half way between samples of one class and of two.
    base_ : ArrayClassifier
    """

    _ARRAYS: ClassVar[dict[str, Spec]] = {
        "rows": Spec(("rows", "features")),
        "codes": Spec(("rows",), "i", 0, "classes"),
        "known": Spec(("known",), "i", 0, "classes"),
        "far": Spec((), "f", 0.0),
    }

    base_: ArrayClassifier

    def __init__(
        self,
        base: str = "svm",
        base_params: Mapping[str, Any] | None = None,
        *,
        weight: float = 0.6,
        reach: float = 0.2,
    ):
        self.base = base
        self.base_params = base_params
        self.weight = weight
        self.reach = reach

    @classmethod
    def around(cls, fitted: ArrayClassifier, **params: float) -> Self:
        """One that asks a fitted classifier; `fit` then takes the person's samples.

        Raises
        ------
        DatasetError
            If the classifier is none of `handpose.CLASSIFIERS`.
        """
        if isinstance(fitted, cls):
            fitted = fitted.base_
        check_is_fitted(fitted)
        names = {made: name for name, made in _known().items()}
        if type(fitted) not in names:
            raise DatasetError(
                f"{type(fitted).__name__} cannot be made personal; use one of "
                f"{', '.join(sorted(names.values()))}"
            )
        made = cls(names[type(fitted)], fitted.get_params(deep=False), **params)
        made.base_ = fitted
        return made

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Take the person's samples.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
        """
        if not hasattr(self, "base_"):
            raise DatasetError("there is no classifier to begin with; use Personal.around(fitted)")
        rows, labels = validate_data(self, X, y, dtype=self._DTYPE, copy=True)
        known = self.base_.classes_
        self.classes_ = np.unique(np.concatenate([known, labels]))
        self.codes_ = np.searchsorted(self.classes_, labels).astype(np.int32)
        self.known_ = np.searchsorted(self.classes_, known).astype(np.int32)
        self.rows_ = rows.astype(np.float32)
        self.far_ = np.array(_far(self.rows_, self.codes_))
        return self

    def to_arrays(self) -> Arrays:
        """The arrays of the samples and of the base."""
        base = {f"{_OF_BASE}{name}": a for name, a in self.base_.to_arrays().items()}
        return {**super().to_arrays(), **base}

    @classmethod
    def from_arrays(
        cls,
        params: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        *,
        classes: NDArray[Any],
        n_features: int,
    ) -> Self:
        """See `ArrayClassifier.from_arrays`."""
        own = {name: a for name, a in arrays.items() if not name.startswith(_OF_BASE)}
        model = super().from_arrays(params, own, classes=classes, n_features=n_features)
        model._check_params()
        if np.any(np.diff(model.known_) <= 0) or len(model.known_) < 2 or not len(model.rows_):
            raise ValueError("the base's classes and the samples do not fit")
        model.base_ = _known()[model.base].from_arrays(
            dict(model.base_params or {}),
            {name[len(_OF_BASE) :]: a for name, a in arrays.items() if name.startswith(_OF_BASE)},
            classes=classes[model.known_],
            n_features=n_features,
        )
        return model

    def _check_params(self) -> None:
        if self.base not in _known():
            raise UnknownNameError("classifier", self.base, _known())
        for name in ("weight", "reach"):
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not 0 < value < 1e6:
                raise ValueError(f"{name} must be above 0, but got {value!r}")

    def _prepare(self) -> Prepared:
        n_classes, known = len(self.classes_), self.known_
        unit = max(float(self.far_) * self.reach, _TINY)
        new = np.setdiff1d(np.arange(n_classes), known)
        members = [np.flatnonzero(self.codes_ == code) for code in range(n_classes)]

        def scores(X: Vectors) -> NDArray[np.float64]:
            said = np.log(np.maximum(self.base_.predict_proba(X), _FLOOR))
            total = np.empty((len(X), n_classes))
            total[:, known] = self.weight * said
            total[:, new] = self.weight * said.max(1, keepdims=True)
            apart = _mean_squares(X, self.rows_)
            for code, own in enumerate(members):
                near = apart[:, own].min(1) if len(own) else float(self.far_)
                total[:, code] -= near / unit
            return total

        return Prepared(scores)


def _mean_squares(X: Vectors, rows: Vectors) -> NDArray[np.float64]:
    """Mean square difference of each pair, shape (n, n_rows)."""
    X, rows = X.astype(np.float64), rows.astype(np.float64)
    squares = (X**2).sum(1)[:, None] + (rows**2).sum(1)[None] - 2 * X @ rows.T
    return np.maximum(squares, 0) / X.shape[1]


def _far(rows: NDArray[np.float32], codes: NDArray[np.int32]) -> float:
    """Half way between the nearest sample of the same class and that of another, on average."""
    apart = _mean_squares(rows, rows)
    same = codes[:, None] == codes[None]
    own = np.where(same & ~np.eye(len(rows), dtype=bool), apart, np.inf).min(1)
    other = np.where(same, np.inf, apart).min(1)
    between = other[np.isfinite(other)]
    within = own[np.isfinite(own)]
    if not len(between):
        return float(within.mean()) / 2 if len(within) else 1.0  # no other class to compare with
    return float(((within.mean() if len(within) else 0.0) + between.mean()) / 2)


def _known() -> dict[str, type[ArrayClassifier]]:
    from handpose.classifiers import CLASSIFIERS, MOTION_CLASSIFIERS

    return CLASSIFIERS | MOTION_CLASSIFIERS
