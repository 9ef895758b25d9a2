"""A support vector machine whose probabilities are measured, not assumed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import SVC
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from typing_extensions import Self

_MAX_FOLDS = 3


class SVM(ClassifierMixin, BaseEstimator):
    """RBF support vector machine with temperature-scaled probabilities.

    The decision values of the one-against-rest form go through a softmax. Its temperature is the
    one that makes held-out decision values most likely (Guo et al., "On Calibration of Modern
    Neural Networks", ICML 2017). Unlike Platt's method this keeps the ranking: `predict` is
    always the most probable class.

    Parameters
    ----------
    C : float, default=3.0
        Penalty of errors.
    gamma : float or {"scale", "auto"}, default="scale"
        Width of the kernel, as in `sklearn.svm.SVC`.
    class_weight : dict, "balanced" or None, default=None
    random_state : int or None, default=None
        Shuffles the held-out folds of the calibration.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    temperature_ : float
        1 where there were too few samples to measure it.
    n_features_in_ : int
    """

    def __init__(
        self,
        C: float = 3.0,
        *,
        gamma: float | str = "scale",
        class_weight: Any = None,
        random_state: int | None = None,
    ):
        self.C = C
        self.gamma = gamma
        self.class_weight = class_weight
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Fit the machine, then its temperature.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
        groups : array_like of shape (n,), optional
            Samples of one group are never on both sides of a calibration fold.
        """
        features, labels = validate_data(self, X, y)
        check_classification_targets(labels)
        self.svc_ = self._make_svc().fit(features, labels)
        self.classes_ = self.svc_.classes_
        self.temperature_ = self._measure_temperature(features, labels, groups)
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """One-against-rest decision values, shape (n, n_classes), or (n,) for two classes."""
        check_is_fitted(self)
        return self.svc_.decision_function(validate_data(self, X, reset=False))

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Probability of each class, shape (n, n_classes)."""
        values = _columns(self.decision_function(X))
        return softmax(values / self.temperature_, axis=1)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of each row, shape (n,)."""
        best = _columns(self.decision_function(X)).argmax(1)
        return self.classes_[best]

    def _make_svc(self) -> SVC:
        return SVC(C=self.C, gamma=self.gamma, class_weight=self.class_weight)

    def _measure_temperature(
        self, X: NDArray[Any], y: NDArray[Any], groups: ArrayLike | None
    ) -> float:
        codes = np.searchsorted(self.classes_, y)
        groups = np.arange(len(y)) if groups is None else np.asarray(groups)
        folds = min(_MAX_FOLDS, *(len(set(groups[codes == k])) for k in range(len(self.classes_))))
        if folds < 2:
            return 1.0
        split = StratifiedGroupKFold(folds, shuffle=True, random_state=self.random_state)
        values, truth = [], []
        for train, test in split.split(X, codes, groups):
            if len(np.unique(codes[train])) < len(self.classes_):
                continue
            held_out = self._make_svc().fit(X[train], y[train])
            values.append(_columns(held_out.decision_function(X[test])))
            truth.append(codes[test])
        if not values:
            return 1.0
        return _best_temperature(np.concatenate(values), np.concatenate(truth))


def _columns(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([-values, values], axis=1) if values.ndim == 1 else values


def _best_temperature(values: NDArray[np.float64], truth: NDArray[np.intp]) -> float:
    rows = np.arange(len(truth))

    def surprise(log_temperature: float) -> float:
        return -log_softmax(values / np.exp(log_temperature), axis=1)[rows, truth].mean()

    return float(np.exp(minimize_scalar(surprise, bounds=(-4, 4), method="bounded").x))
