"""A classifier of many people that also knows a few samples of one more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted, validate_data
from typing_extensions import Self

from handpose.classifiers.arrays import ArrayClassifier, Arrays, Prepared, Spec, Vectors
from handpose.classifiers.variation import shortened, varying_axes
from handpose.errors import DatasetError, UnknownNameError

_OF_BASE = "base_"
_GATE = 0.2
"""Softness of `far`."""
_SAID = 0.3
"""How much it counts in the distance of two samples what the fitted classifier says of them: the
squared difference of the square roots of probabilities. Chosen as `variation.WEIGHT` was."""
_LONGEST = 1.001
"""No number of an axis of length one is larger, but for rounding."""
_STEEPEST = 50.0
_TINY = 1e-12
_NEW = {"axes", "shares", "short_unit", "said"}
"""Arrays that files of earlier lack."""


class Personal(ArrayClassifier):
    """Asks the nearest samples of one person and, far from all of them, a fitted classifier.

    Samples are near each other if their vectors are and the classifier says the same of both. In
    vectors, what varies among samples of one class counts less.

    Parameters
    ----------
    base : str
        Name of the fitted classifier, a key of `handpose.CLASSIFIERS`.
    base_params : dict
        Its parameters.
    far : float, default=2.0
        How far a new sample must be from all of the person's for the fitted classifier to decide,
        in distances between two of their classes. Lower it where the person shows gestures that
        they gave no sample of.
    reach : float, default=0.1
        How much nearer the samples of one class must be than those of another to be surely right,
        in distances between two classes where `axes_` are shortened.

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
    unit_ : ndarray of shape ()
        Distance between two classes: mean square difference of a feature, from each sample to the
        nearest of another class.
    axes_, shares_ : ndarray of shape (m, n_features), (m,)
        Along which samples of one class vary, and by how much each is shortened before the nearest
        sample is looked for: see `handpose.classifiers.variation`.
    short_unit_ : ndarray of shape ()
        As `unit_`, with these axes shortened.
    said_ : ndarray of shape ()
        How much it counts in distances what `base_` says; 0 in files of earlier.
    base_ : ArrayClassifier
    """

    _ARRAYS: ClassVar[dict[str, Spec]] = {
        "rows": Spec(("rows", "features")),
        "codes": Spec(("rows",), "i", 0, "classes"),
        "known": Spec(("known",), "i", 0, "classes"),
        "unit": Spec((), "f", 0.0),
        "axes": Spec(("axes", "features"), "f", -_LONGEST, _LONGEST),
        "shares": Spec(("axes",), "f", 0.0, 1.0),
        "short_unit": Spec((), "f", 0.0),
        "said": Spec((), "f", 0.0, 1e3),
    }

    base_: ArrayClassifier

    def __init__(
        self,
        base: str = "svm",
        base_params: Mapping[str, Any] | None = None,
        *,
        far: float = 2.0,
        reach: float = 0.1,
    ):
        self.base = base
        self.base_params = base_params
        self.far = far
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

    def fit(self, X: ArrayLike, y: ArrayLike, variation: Vectors | None = None) -> Self:
        """Take the person's samples.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
        variation : ndarray of shape (k, d), optional
            How samples of one class by one person vary: see `GestureModel.variation_`.
        """
        if not hasattr(self, "base_"):
            raise DatasetError("there is no classifier to begin with; use Personal.around(fitted)")
        rows, labels = validate_data(self, X, y, dtype=self._DTYPE, copy=True)
        known = self.base_.classes_
        self.classes_ = np.unique(np.concatenate([known, labels]))
        self.codes_ = np.searchsorted(self.classes_, labels).astype(np.int32)
        self.known_ = np.searchsorted(self.classes_, known).astype(np.int32)
        self.rows_ = rows.astype(np.float32)
        self.unit_ = np.array(_between(self.rows_, self.codes_))
        self.axes_, self.shares_ = varying_axes(self.rows_, self.codes_, variation)
        short = shortened(self.rows_, self.axes_, self.shares_)
        self.short_unit_ = np.array(_between(short, self.codes_))
        self.said_ = np.array(_SAID)
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
        if "unit" in own and not own.keys() & _NEW:  # a file of earlier
            blank, unit = np.zeros((0, n_features), np.float32), own["unit"]
            own |= {"axes": blank, "shares": blank[:, 0], "short_unit": unit, "said": np.zeros(())}
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
        for name in ("far", "reach"):
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not 0 < value < 1e6:
                raise ValueError(f"{name} must be above 0, but got {value!r}")

    def _prepare(self) -> Prepared:
        taught, members = np.unique(self.codes_, return_inverse=True)
        unit, short_unit = (max(float(one), _TINY) for one in (self.unit_, self.short_unit_))
        rows = _Rows(self.rows_)
        short_rows = _Rows(shortened(self.rows_, self.axes_, self.shares_))
        said_of_rows = _Rows(np.sqrt(self.base_.predict_proba(self.rows_)))
        shape = (len(self.classes_),)

        def scores(X: Vectors) -> NDArray[np.float64]:
            said = self.base_.predict_proba(X)
            short = shortened(X, self.axes_, self.shares_)
            apart = short_rows.squares(short) / X.shape[1] / short_unit
            if self.said_:
                apart += self.said_ * said_of_rows.squares(np.sqrt(said))
            near = np.stack([apart[:, members == i].min(1) for i in range(len(taught))], axis=1)
            chances = np.exp((near.min(1, keepdims=True) - near) / self.reach)
            nearest = rows.squares(X).min(1, keepdims=True) / X.shape[1] / unit
            own = np.clip((nearest - self.far) / _GATE, -_STEEPEST, _STEEPEST)
            trust = 1 / (1 + np.exp(own))
            total = np.zeros((len(X), *shape))
            total[:, self.known_] = (1 - trust) * said
            total[:, taught] += trust * chances / chances.sum(1, keepdims=True)
            return total

        return Prepared(scores)

    def _probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        return scores


class _Rows:
    """Rows to which squared distances are asked again and again."""

    def __init__(self, rows: NDArray[Any]):
        self._rows = rows.astype(np.float64)
        self._lengths = np.square(self._rows).sum(1)[None]

    def squares(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Of each pair, shape (n, n_rows)."""
        X = X.astype(np.float64)
        found = np.square(X).sum(1)[:, None] + self._lengths - 2 * X @ self._rows.T
        return np.maximum(found, 0)


def _between(rows: NDArray[np.float32], codes: NDArray[np.int32]) -> float:
    """Distance from each sample to the nearest of another class, on average.

    Of one class alone, half of that from each sample to the nearest other one.
    """
    apart = _Rows(rows).squares(rows) / rows.shape[1]
    same = codes[:, None] == codes[None]
    others = apart[~same]
    if len(others):
        return float(np.where(same, np.inf, apart).min(1).mean())
    if len(rows) < 2:
        return 1.0
    return float(np.where(np.eye(len(rows), dtype=bool), np.inf, apart).min(1).mean()) / 2


def _known() -> dict[str, type[ArrayClassifier]]:
    from handpose.classifiers import CLASSIFIERS, MOTION_CLASSIFIERS

    return CLASSIFIERS | MOTION_CLASSIFIERS
