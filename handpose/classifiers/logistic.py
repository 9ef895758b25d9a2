"""Logistic regression on standardised features: scikit-learn fits it, it is kept as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data
from typing_extensions import Self

from handpose.classifiers.arrays import (
    SMALLEST_SCALE,
    ArrayClassifier,
    Prepared,
    Spec,
    SteadyScaler,
    Vectors,
    binary_scores,
)


class Logistic(ArrayClassifier):
    """Multinomial logistic regression on standardised features.

    Parameters
    ----------
    C : float, default=1.0
        Inverse of the strength of the penalty.
    tol : float, default=1e-4
    max_iter : int, default=1000
    class_weight : dict, "balanced" or None, default=None
    random_state : int, RandomState or None, default=None

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    mean_, scale_ : ndarray of shape (n_features,)
        Standardisation of the input.
    coef_ : ndarray of shape (n_classes, n_features), or (1, n_features) for two classes
    intercept_ : ndarray of shape (n_classes,), or (1,) for two classes
    n_iter_ : ndarray of int
        Of the solver.
    n_features_in_ : int
    """

    _ARRAYS: ClassVar[dict[str, Spec]] = {
        "mean": Spec(("features",)),
        "scale": Spec(("features",), low=SMALLEST_SCALE),
        "coef": Spec(("machines", "features")),
        "intercept": Spec(("machines",)),
    }

    def __init__(
        self,
        C: float = 1.0,
        *,
        tol: float = 1e-4,
        max_iter: int = 1000,
        class_weight: Any = None,
        random_state: Any = None,
    ):
        self.C = C
        self.tol = tol
        self.max_iter = max_iter
        self.class_weight = class_weight
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the coefficients.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
        sample_weight : array_like of shape (n,), optional
        """
        features, labels = validate_data(self, X, y, dtype=self._DTYPE)
        check_classification_targets(labels)
        pipeline = make_pipeline(SteadyScaler(), LogisticRegression(**self.get_params()))
        weights = {f"{name}__sample_weight": sample_weight for name, _ in pipeline.steps}
        pipeline.fit(features, labels, **weights)
        self.n_iter_ = pipeline[-1].n_iter_
        return self._keep(pipeline)

    @classmethod
    def from_sklearn(cls, pipeline: Pipeline) -> Self:
        """A classifier that predicts what a `StandardScaler` and a `LogisticRegression` do.

        Raises
        ------
        ValueError
            If the pipeline is something else.
        """
        if [type(step) for _, step in pipeline.steps] != [StandardScaler, LogisticRegression]:
            raise ValueError("only a StandardScaler and a LogisticRegression can be kept as arrays")
        logistic = pipeline[1]
        if logistic.solver == "liblinear" and len(logistic.classes_) > 2:
            raise ValueError("a LogisticRegression of one class against the rest is not kept")
        known = logistic.get_params()
        model = cls(**{name: known[name] for name in cls().get_params()})
        model.n_features_in_ = pipeline[0].n_features_in_
        return model._keep(pipeline)

    def _keep(self, pipeline: Pipeline) -> Self:
        scaler, logistic = pipeline[0], pipeline[1]
        n_features = logistic.coef_.shape[1]
        self.classes_ = logistic.classes_
        self.mean_ = scaler.mean_ if scaler.with_mean else np.zeros(n_features)
        self.scale_ = scaler.scale_ if scaler.with_std else np.ones(n_features)
        self.coef_, self.intercept_ = logistic.coef_, logistic.intercept_
        return self

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        n_classes = len(self.classes_)
        if len(arrays["coef"]) != (n_classes if n_classes > 2 else 1):
            raise ValueError(
                f"coef must not have {len(arrays['coef'])} rows for {n_classes} classes"
            )
        super()._restore(arrays)

    def _prepare(self) -> Prepared:
        mean, scale, bias = (
            x.astype(np.float64) for x in (self.mean_, self.scale_, self.intercept_)
        )
        weight = np.array(self.coef_.T, np.float64, order="C")
        two = len(self.classes_) == 2

        def scores(X: Vectors) -> NDArray[np.float64]:
            found: NDArray[np.float64] = ((X - mean) / scale) @ weight + bias
            return binary_scores(found) if two else found

        return Prepared(scores)
