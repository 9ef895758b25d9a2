"""From which score on a model names a gesture."""

from __future__ import annotations

from numbers import Real
from typing import Any

from handpose.containers.labels import DEFAULT_MIN_SCORE
from handpose.system.parameter_rules import is_number


def threshold_of(model: Any, min_score: float | None = None) -> float:
    """Least score of a gesture that is named: as given, else the model's, else 0.8.

    Parameters
    ----------
    model : GestureModel, any other estimator, or None
    min_score : float, optional

    Raises
    ------
    ValueError
        If it is not between 0 and 1.
    """
    score = getattr(model, "min_score", None) if min_score is None else min_score
    score = DEFAULT_MIN_SCORE if score is None else score
    if not is_number(score, Real) or not 0 <= score <= 1:
        raise ValueError(f"min_score must be a number between 0 and 1, but got {score!r}")
    return float(score)
