"""Compact forms: what a fitted classifier computes, without scikit-learn's cost of every call.

An estimator spends most of a call for one hand on checking its input, on starting threads and on
visiting its parts one by one. The compact form of an estimator is made of its fitted arrays and
gives the same predictions from a handful of numpy calls. It is made when it is first asked for and
kept beside the estimator, never in it: copies and files do not hold it.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Any
from weakref import WeakKeyDictionary

from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline

from handpose.classifiers.compact.densities import compact_few_shot
from handpose.classifiers.compact.form import Compact
from handpose.classifiers.compact.layers import compact_logistic, compact_mlp
from handpose.classifiers.compact.neighbors import compact_neighbors
from handpose.classifiers.compact.searched import compact_searched
from handpose.classifiers.compact.support_vectors import compact_svm
from handpose.classifiers.compact.trees import compact_boosting, compact_forest
from handpose.classifiers.few_shot import FewShot
from handpose.classifiers.mlp import MLP
from handpose.classifiers.searched import Searched
from handpose.classifiers.svm import SVM

_BUILDERS: dict[type, Callable[[Any], Compact | None]] = {
    SVM: compact_svm,
    MLP: compact_mlp,
    FewShot: compact_few_shot,
    Searched: compact_searched,
    Pipeline: compact_logistic,
    HistGradientBoostingClassifier: compact_boosting,
    RandomForestClassifier: compact_forest,
    ExtraTreesClassifier: compact_forest,
    KNeighborsClassifier: compact_neighbors,
}

_made: WeakKeyDictionary[Any, tuple[list[Any], Compact | None]] = WeakKeyDictionary()
"""Estimator to what it was made of and its compact form."""


def compact_form(classifier: Any) -> Compact | None:
    """The compact form of a classifier as it is fitted now.

    It is made anew after the classifier was fitted again or given other parameters.

    Parameters
    ----------
    classifier : scikit-learn classifier

    Returns
    -------
    Compact or None
        None where there is none: for other types, other settings, and what is not fitted.
    """
    builder = _BUILDERS.get(type(classifier))
    if builder is None or not hasattr(classifier, "classes_"):
        return None
    state = _state(classifier)
    known = _made.get(classifier)
    if known is not None and len(known[0]) == len(state) and all(map(is_, known[0], state)):
        return known[1]
    form = builder(classifier)
    _made[classifier] = state, form
    return form


def _state(classifier: Any) -> list[Any]:
    """Parameters and fitted attributes; fitting and setting replace them by new objects."""
    parts = [part for _, part in classifier.steps] if isinstance(classifier, Pipeline) else []
    return [value for part in (classifier, *parts) for value in vars(part).values()]


__all__ = ["Compact", "compact_form"]
