"""A support vector machine whose probabilities are measured, not assumed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_expit, log_softmax
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import SVC
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data
from typing_extensions import Self

from handpose.classifiers.arrays import ArrayClassifier, Prepared, Spec, Vectors
from handpose.classifiers.machines import (
    MACHINE_SPECS,
    Machines,
    check_machines,
    machine_arrays,
)

_MAX_FOLDS = 3

STEEPNESS = 4.0
"""Of the logistic function of a margin. The pairs then nearly vote, which names more hands rightly
than their plain probabilities; from 4 on, nothing changes."""


class SVM(ArrayClassifier):
    """RBF support vector machine with calibrated pairwise probabilities.

    One machine for each pair of classes gives a margin; a steep logistic function makes it the
    probability of the one against the other, and a class is as probable as the product of its
    pairs (Hastie & Tibshirani, "Classification by Pairwise Coupling", Annals of Statistics 1998).
    The products are softened by the temperature under which held-out samples are most likely (Guo
    et al., "On Calibration of Modern Neural Networks", ICML 2017). As in Platt's method, one error
    more than was seen is reckoned with, so that no hand is ever quite certain.

    Far from everything that was trained on, the margins vanish, and no class is probable.

    Parameters
    ----------
    C : float, default=10.0
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
        `STEEPNESS` where there were too few samples to measure it.
    vectors_, coefficients_, n_support_, intercept_, gamma_
        The machines, see `handpose.classifiers.machines.MACHINE_SPECS`.
    n_features_in_ : int
    """

    _ARRAYS: ClassVar[dict[str, Spec]] = {
        **MACHINE_SPECS,
        "temperature": Spec((), "f", 1e-6, 1e6),
    }

    def __init__(
        self,
        C: float = 10.0,
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
        """Fit the machines, then their temperature.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
        groups : array_like of shape (n,), optional
            Samples of one group are never on both sides of a calibration fold.
        """
        features, labels = validate_data(self, X, y)
        check_classification_targets(labels)
        svc = self._make_svc().fit(features, labels)
        self.classes_ = svc.classes_
        for name, array in machine_arrays(svc).items():
            setattr(self, f"{name}_", array)
        self.temperature_ = self._measure_temperature(features, labels, groups)
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Log probabilities but for a constant, shape (n, n_classes).

        For two classes: the log odds of the second, shape (n,).
        """
        scores = self._scores(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        check_machines(arrays)
        super()._restore(arrays)
        self.temperature_ = float(arrays["temperature"])

    def _prepare(self) -> Prepared:
        machines, temperature = Machines(self.to_arrays()), self.temperature_

        def scores(X: Vectors) -> NDArray[np.float64]:
            return _coupled(machines.margins(X), machines.pairs) / temperature

        return Prepared(scores, machines.rows)

    def _make_svc(self) -> SVC:
        return SVC(
            C=self.C,
            gamma=self.gamma,
            class_weight=self.class_weight,
            decision_function_shape="ovo",
        )

    def _measure_temperature(
        self, X: NDArray[Any], y: NDArray[Any], groups: ArrayLike | None
    ) -> float:
        codes = np.searchsorted(self.classes_, y)
        groups = np.arange(len(y)) if groups is None else np.asarray(groups)
        n_classes = len(self.classes_)
        counts = [len(set(groups[codes == k])) for k in range(n_classes)]
        folds = min(_MAX_FOLDS, *counts)
        if folds < 2:
            return STEEPNESS
        split = StratifiedGroupKFold(folds, shuffle=True, random_state=self.random_state)
        margins, truth = [], []
        for train, test in split.split(X, codes, groups):
            if len(np.unique(codes[train])) == n_classes:
                margins.append(_margins(self._make_svc().fit(X[train], y[train]), X[test]))
                truth.append(codes[test])
        if not margins:
            return STEEPNESS
        pairs = np.array(np.triu_indices(n_classes, 1))
        truths = np.eye(n_classes)[np.concatenate(truth)]
        doubt = 1 / (float(np.mean(counts)) + 2)
        targets = truths * (1 - doubt) + (1 - truths) * doubt / (n_classes - 1)
        return _best_temperature(_coupled(np.concatenate(margins), pairs), targets)


def _margins(svc: SVC, X: NDArray[Any]) -> NDArray[np.float64]:
    """Signed margin of each pair of classes, shape (n, n_pairs); positive for the first."""
    values = svc.decision_function(X)
    return -values[:, None] if values.ndim == 1 else values


def _coupled(margins: NDArray[np.float64], pairs: NDArray[np.intp]) -> NDArray[np.float64]:
    """Log of the product of each class's pairwise probabilities, shape (n, n_classes)."""
    first, second = pairs
    n_classes = int(second.max()) + 1
    logs = np.zeros((len(margins), n_classes, n_classes))
    logs[:, first, second] = log_expit(STEEPNESS * margins)
    logs[:, second, first] = log_expit(-STEEPNESS * margins)
    return np.add.reduce(logs, axis=2)


def _best_temperature(scores: NDArray[np.float64], targets: NDArray[np.float64]) -> float:
    def surprise(log_temperature: float) -> float:
        tempered = scores / np.exp(log_temperature)
        return -(targets * log_softmax(tempered, axis=1)).sum(1).mean()

    return float(np.exp(minimize_scalar(surprise, bounds=(-5, 5), method="bounded").x))
