"""What a model says of hands, whatever kind of scikit-learn estimator it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import (
    GroupKFold,
    GroupShuffleSplit,
    LeaveOneGroupOut,
    LeavePGroupsOut,
    StratifiedGroupKFold,
)
from sklearn.utils.validation import has_fit_parameter

from handpose.containers.labels import MISSED
from handpose.containers.landmarks import Landmarks
from handpose.models.gestures import features_name

_GROUPED = (
    GroupKFold,
    GroupShuffleSplit,
    LeaveOneGroupOut,
    LeavePGroupsOut,
    StratifiedGroupKFold,
)


def fit_on(
    model: Any, hands: Landmarks, labels: NDArray[np.str_], groups: NDArray[np.str_] | None
) -> Any:
    """Fit on the hands that were detected, which any estimator can take.

    Parameters
    ----------
    model : GestureModel, Pipeline, GridSearchCV or any other estimator that takes `Landmarks`
    hands : Landmarks of length n
    labels : ndarray of n str
    groups : ndarray of n str, or None
        Subjects, for an estimator whose `fit` takes ``groups`` and for a search whose ``cv`` does.
    """
    detected = hands.detected
    extra = {"groups": groups[detected]} if groups is not None and takes_groups(model) else {}
    return model.fit(hands[detected], labels[detected], **extra)


def takes_groups(model: Any) -> bool:
    """Whether subjects can be given to `fit`."""
    return has_fit_parameter(model, "groups") or isinstance(getattr(model, "cv", None), _GROUPED)


def answers(model: Any, hands: Landmarks) -> NDArray[np.str_]:
    """The label of each hand, shape (n,); `MISSED` where none was detected."""
    found = np.full(len(hands), MISSED, dtype=object)
    detected = hands.detected
    if detected.any():
        found[detected] = np.asarray(model.predict(hands[detected])).astype(str)
    return found.astype(str)


def probabilities_of(model: Any, hands: Landmarks) -> NDArray[np.float64] | None:
    """Probability of each of the model's classes, shape (n, n_classes); NaN where no hand is.

    None where the model gives no probabilities.
    """
    if not hasattr(model, "predict_proba"):
        return None
    found = np.full((len(hands), len(model.classes_)), np.nan)
    detected = hands.detected
    if detected.any():
        found[detected] = model.predict_proba(hands[detected])
    return found


def names_of(model: Any) -> tuple[str, str]:
    """Names of the classifier and of the features, for a report."""
    inner = getattr(model, "estimator", model)
    search = "" if inner is model else f"{type(model).__name__} of "
    steps = getattr(inner, "steps", [("", inner)])
    classifier = getattr(inner, "classifier_name", type(steps[-1][1]).__name__.lower())
    return f"{search}{classifier}", features_name(steps[0][1])
