"""A support vector machine with calibrated probabilities."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import SVC
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from typing_extensions import Self

from handpose.classifiers.arrays import ArrayClassifier, Arrays, Prepared, Spec
from handpose.classifiers.coupling import coupled, voted
from handpose.classifiers.machines import (
    MACHINE_SPECS,
    Machines,
    check_machines,
    kernel_gamma,
    machine_arrays,
)
from handpose.classifiers.sigmoids import HeldOutMargins, fit_sigmoids

_FOLDS = 3

_MORE_FOLDS, _FEW = 5, 500
"""Number of folds for up to so many rows: with more folds, the machines resemble the final one."""


class SVM(ArrayClassifier):
    """RBF support vector machine with calibrated pairwise probabilities.

    One machine for each pair of classes gives a margin. A sigmoid, fitted on held-out samples,
    turns it into a probability, and the probabilities of the classes are those that best agree with
    all pairs. See `handpose.classifiers.sigmoids` and `handpose.classifiers.coupling`.

    Far from all training samples the margins vanish, and no class is probable.

    Parameters
    ----------
    C : float, default=10.0
        Penalty of errors.
    gamma : float or {"scale", "wide", "auto"}, default="scale"
        Width of the kernel, as in `sklearn.svm.SVC`. ``"wide"``: of vectors of more than 100
        features 0.3 times ``"scale"``, else the same.
    class_weight : dict, "balanced" or None, default=None
    calibrate : bool, default=True
        Fit the sigmoids on held-out samples, which takes most of the time. False: all sigmoids have
        the prior slope.
    random_state : int or None, default=None
        Shuffles the held-out folds.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    pair_slopes_, pair_offsets_ : ndarray of shape (n_pairs,)
        Log odds of the first class of a pair: ``slope * margin + offset``.
    vectors_, coefficients_, n_support_, intercept_, gamma_
        The machines, see `handpose.classifiers.machines.MACHINE_SPECS`.
    n_features_in_ : int
    """

    _ARRAYS: ClassVar[dict[str, Spec]] = {
        **MACHINE_SPECS,
        "pair_slopes": Spec(("pairs",), "f", 0, 1e6),
        "pair_offsets": Spec(("pairs",), "f", -1e6, 1e6),
    }

    def __init__(
        self,
        C: float = 10.0,
        *,
        gamma: float | str = "scale",
        class_weight: Any = None,
        calibrate: bool = True,
        random_state: int | None = None,
    ):
        self.C = C
        self.gamma = gamma
        self.class_weight = class_weight
        self.calibrate = calibrate
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Fit the machines, then the sigmoids.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
        groups : array_like of shape (n,), optional
            Samples of one group (a person, say) are never on both sides of a fold.
        """
        features, labels = validate_data(self, X, y)
        check_classification_targets(labels)
        svc = self._fit_svc(features, labels)
        self.classes_ = svc.classes_
        for name, array in machine_arrays(svc).items():
            setattr(self, f"{name}_", array)
        self.__dict__.pop("temperature_", None)  # of a model of format 1
        units = np.arange(len(labels)) if groups is None else np.asarray(groups)
        held_out = self._held_out_margins(features, labels, units) if self.calibrate else None
        self.pair_slopes_, self.pair_offsets_ = fit_sigmoids(held_out, len(self.classes_))
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Log probabilities up to a constant, shape (n, n_classes).

        For two classes: the log odds of the second, shape (n,).
        """
        scores = self._scores(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def to_arrays(self) -> Arrays:
        """The arrays of a fitted classifier, for `from_arrays`."""
        check_is_fitted(self)
        specs = _FORMAT_1 if hasattr(self, "temperature_") else self._ARRAYS
        return {name: np.asarray(getattr(self, f"{name}_"), order="C") for name in specs}

    def _specs(self, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Spec]:
        return _FORMAT_1 if "temperature" in arrays else self._ARRAYS

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        check_machines(arrays)
        super()._restore(arrays)

    def _prepare(self) -> Prepared:
        machines = Machines(self.to_arrays())
        if hasattr(self, "temperature_"):
            temperature = float(self.temperature_)
            return Prepared(
                lambda X: voted(machines.margins(X), machines.pairs, temperature), machines.rows
            )
        slopes, offsets = self.pair_slopes_, self.pair_offsets_
        return Prepared(
            lambda X: coupled(slopes * machines.margins(X) + offsets, machines.pairs),
            machines.rows,
        )

    def _fit_svc(self, X: NDArray[Any], y: NDArray[Any]) -> SVC:
        weights = self.class_weight
        if isinstance(weights, dict):  # scikit-learn refuses weights of absent classes
            present = set(y.tolist())
            weights = {label: weight for label, weight in weights.items() if label in present}
        gamma = kernel_gamma(self.gamma, X)
        svc = SVC(C=self.C, gamma=gamma, class_weight=weights, decision_function_shape="ovo")
        return svc.fit(X, y)

    def _held_out_margins(
        self, X: NDArray[Any], y: NDArray[Any], groups: NDArray[Any]
    ) -> HeldOutMargins | None:
        """Margins of rows, from machines fitted on other groups; None if there are none.

        Classes that only one group shows have no margins.
        """
        codes = np.searchsorted(self.classes_, y)
        margins = np.full((len(X), len(self.classes_)), np.nan)
        for train, test in _folds(codes, groups, self.random_state):
            seen = np.unique(codes[train])
            asked = test[np.isin(codes[test], seen)]
            if len(seen) > 1 and len(asked):
                machines = Machines(machine_arrays(self._fit_svc(X[train], y[train])))
                own = np.searchsorted(seen, codes[asked])
                margins[np.ix_(asked, seen)] = machines.own_margins(X[asked], own)
        known = np.isfinite(margins).any(axis=1)
        if not known.any():
            return None
        margins[:, np.setdiff1d(codes, codes[known])] = np.nan  # a sigmoid needs both classes
        return HeldOutMargins(margins[known], codes[known])


_FORMAT_1 = {**MACHINE_SPECS, "temperature": Spec((), "f", 1e-6, 1e6)}
"""Arrays of a model of format 1, which uses `voted`."""


def _folds(
    codes: NDArray[np.intp], groups: NDArray[Any], random_state: int | None
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    wanted = _FOLDS if len(codes) > _FEW else _MORE_FOLDS
    folds = min(wanted, len(np.unique(groups)), int(np.bincount(codes).max()))
    if folds < 2:
        return []
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=random_state)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class may have fewer rows than folds
        return list(split.split(codes, codes, groups))
