"""From which score on a model names a gesture."""

from __future__ import annotations

from numbers import Real
from typing import Any

from handpose.containers.labels import DEFAULT_MIN_SCORE, MIN_SCORE_WITH_NONE
from handpose.errors import HandposeError
from handpose.system.parameter_rules import is_number

OPEN_SET = "open_set"
"""Entry of a card's metrics: thresholds by rate of false accepts."""


def threshold_of(
    model: Any, min_score: float | None = None, false_accepts: float | None = None
) -> float:
    """Least score of a gesture that is named: as given, else the model's, else 0.8.

    0.5 of a still gesture where the model's scores include that there is none.

    Parameters
    ----------
    model : GestureModel, any other estimator, or None
    min_score : float, optional
    false_accepts : float, optional
        The share of foreign hands that may be named, instead of a score. The model's card says
        which score that is: see `threshold_for_rate`.

    Raises
    ------
    ValueError
        If the score is not between 0 and 1, or both are given.
    HandposeError
        If the card does not say.
    """
    if false_accepts is not None:
        if min_score is not None:
            raise ValueError("give min_score or false_accepts, not both")
        return threshold_for_rate(getattr(model, "card", None), false_accepts)
    score = getattr(model, "min_score", None) if min_score is None else min_score
    if score is None:
        still = not getattr(model, "takes_motions", False)
        tells_none = still and getattr(model, "tells_none", False)
        score = MIN_SCORE_WITH_NONE if tells_none else DEFAULT_MIN_SCORE
    if not is_number(score, Real) or not 0 <= score <= 1:
        raise ValueError(f"min_score must be a number between 0 and 1, but got {score!r}")
    return float(score)


def threshold_for_rate(card: Any, false_accepts: float) -> float:
    """The score from which on at most this share of foreign hands was named, by a model's card.

    It is that of the largest rate in the card that is not above the wanted one.

    Raises
    ------
    ValueError
        If the rate is not between 0 and 1.
    HandposeError
        If the card has no rate so low.
    """
    if not is_number(false_accepts, Real) or not 0 < false_accepts <= 1:
        raise ValueError(
            f"false_accepts must be a number above 0 and up to 1, but got {false_accepts!r}"
        )
    measured = getattr(card, "metrics", {}).get(OPEN_SET, {}).get("true_accepts", [])
    known = {entry["false_accepts"]: entry["threshold"] for entry in measured}
    possible = [rate for rate in known if rate <= false_accepts * (1 + 1e-9)]
    if not possible:
        remedy = (
            f"the lowest rate in its card is {min(known):g}"
            if known
            else f"train it with handpose train ... --false-accepts {false_accepts:g}"
        )
        raise HandposeError(
            f"the model does not say from which score on {false_accepts:g} of foreign hands are "
            f"named; {remedy}, or give min_score"
        )
    return min(1.0, float(known[max(possible)]))
