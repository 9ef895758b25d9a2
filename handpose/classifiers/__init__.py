"""Classifiers: vectors to gestures. Each is a scikit-learn estimator with `predict_proba`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sklearn.base import ClassifierMixin
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from handpose.classifiers.few_shot import FewShot
from handpose.classifiers.mlp import MLP
from handpose.classifiers.searched import Searched
from handpose.classifiers.svm import SVM
from handpose.errors import UnknownNameError
from handpose.extras import require

_SMALL_TREES = {
    "max_iter": 60,
    "learning_rate": 0.2,
    "max_leaf_nodes": 8,
    "max_bins": 64,
    "max_features": 0.2,
}


def _gbdt(random_state: int, **params: Any) -> Any:
    settings = _SMALL_TREES | params
    return HistGradientBoostingClassifier(
        early_stopping=False, random_state=random_state, **settings
    )


def _logistic(random_state: int, **params: Any) -> Any:
    settings = {"max_iter": 1000} | params
    return make_pipeline(
        StandardScaler(), LogisticRegression(random_state=random_state, **settings)
    )


CLASSIFIERS: dict[str, Callable[..., Any]] = {
    "svm": lambda random_state, **params: SVM(random_state=random_state, **params),
    "gbdt": _gbdt,
    "mlp": lambda random_state, **params: MLP(random_state=random_state, **params),
    "logistic": _logistic,
    "knn": lambda random_state, **params: KNeighborsClassifier(
        **({"weights": "distance", "algorithm": "brute"} | params)
    ),
    "few_shot": lambda random_state, **params: FewShot(**params),
    "searched": lambda random_state, **params: Searched(random_state=random_state, **params),
    "random_forest": lambda random_state, **params: RandomForestClassifier(
        random_state=random_state, **({"n_estimators": 200} | params)
    ),
    "extra_trees": lambda random_state, **params: ExtraTreesClassifier(
        random_state=random_state, **({"n_estimators": 200} | params)
    ),
}
"""Name to builder. A builder takes `random_state` and the keywords of its estimator."""

NEED_TORCH = ("mlp", "searched")
"""Classifiers that are fitted with torch; they predict without it."""


def make_classifier(name: str, *, random_state: int = 0, **params: Any) -> ClassifierMixin:
    """Make a classifier by name.

    Parameters
    ----------
    name : str
        A key of `CLASSIFIERS`.
    random_state : int, default=0
    **params
        Keywords of the estimator behind the name.

    Returns
    -------
    scikit-learn classifier, not fitted

    Raises
    ------
    UnknownNameError
        If there is no such classifier.
    MissingExtraError
        If fitting it needs an extra that is not installed.
    """
    if name not in CLASSIFIERS:
        raise UnknownNameError("classifier", name, CLASSIFIERS)
    if name in NEED_TORCH:
        require("torch", f"classifier {name!r}", "torch")
    return CLASSIFIERS[name](random_state, **params)


__all__ = ["CLASSIFIERS", "MLP", "NEED_TORCH", "SVM", "FewShot", "Searched", "make_classifier"]
