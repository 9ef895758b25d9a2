"""What a model says of hands or motions, whatever kind of scikit-learn estimator it is."""

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
from handpose.containers.motion import Motions
from handpose.features.kinds import features_name, usable_rows

SCORES = "window_scores"
"""What recognisers go by."""

_GROUPED = (
    GroupKFold,
    GroupShuffleSplit,
    LeaveOneGroupOut,
    LeavePGroupsOut,
    StratifiedGroupKFold,
)


def found_by(model: Any, samples: Landmarks | Motions) -> NDArray[np.bool_]:
    """Which rows a model can name, shape (n,): detected hands, motions that show a hand enough."""
    return usable_rows(_steps(model)[0][1], samples)


def fit_on(
    model: Any,
    samples: Landmarks | Motions,
    labels: NDArray[np.str_],
    groups: NDArray[np.str_] | None,
) -> Any:
    """Fit on the rows that can be named, which any estimator can take.

    Parameters
    ----------
    model : GestureModel, Pipeline, GridSearchCV or any other estimator that takes the samples
    samples : Landmarks or Motions of length n
    labels : ndarray of n str
    groups : ndarray of n str, or None
        For an estimator whose `fit` takes ``groups`` and for a search whose ``cv`` does.
    """
    found = found_by(model, samples)
    extra = {"groups": groups[found]} if groups is not None and takes_groups(model) else {}
    return model.fit(samples[found], labels[found], **extra)


def takes_groups(model: Any) -> bool:
    """Whether `fit` takes groups."""
    return has_fit_parameter(model, "groups") or isinstance(getattr(model, "cv", None), _GROUPED)


def answers(model: Any, samples: Landmarks | Motions) -> NDArray[np.str_]:
    """The label of each row, shape (n,); `MISSED` where there is nothing to name."""
    given = np.full(len(samples), MISSED, dtype=object)
    found = found_by(model, samples)
    if found.any():
        given[found] = np.asarray(model.predict(samples[found])).astype(str)
    return given.astype(str)


def probabilities_of(
    model: Any, samples: Landmarks | Motions, method: str = "predict_proba"
) -> NDArray[np.float64] | None:
    """Probability of each of the model's classes, shape (n, n_classes).

    NaN where there is nothing to name; None where the model has no such method, or is asked for
    `SCORES` and these are its probabilities.
    """
    if not hasattr(model, method):
        return None
    same = not getattr(model, "tells_none", False) and getattr(model, "whole_odds_", 1.0) == 1
    if method == SCORES and same:
        return None
    given = np.full((len(samples), len(model.classes_)), np.nan)
    found = found_by(model, samples)
    if found.any():
        given[found] = getattr(model, method)(samples[found])
    return given


def names_of(model: Any) -> tuple[str, str]:
    """Names of the classifier and of the features, for a report."""
    inner = getattr(model, "estimator", model)
    search = "" if inner is model else f"{type(model).__name__} of "
    steps = _steps(model)
    classifier = getattr(inner, "classifier_name", type(steps[-1][1]).__name__.lower())
    return f"{search}{classifier}", features_name(steps[0][1])


def _steps(model: Any) -> list[tuple[str, Any]]:
    """The steps of a pipeline, or of that inside a search."""
    inner = getattr(model, "estimator", model)
    return getattr(inner, "steps", [("", inner)])
