"""Of whole motions, fewer show no gesture than of windows of a stream."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import is_no_gesture

Floats = NDArray[np.float64]


def nothing_odds(labels: NDArray[np.str_]) -> float:
    """How many motions of no gesture there are for each that shows one."""
    nothing = int(is_no_gesture(labels).sum())
    return nothing / max(len(labels) - nothing, 1)


def whole_odds(taught: float, takes: NDArray[np.str_]) -> float:
    """By how much the odds of no gesture are lower in whole motions than in those of training.

    Parameters
    ----------
    taught : float
        `nothing_odds` of what a classifier was trained on: takes, and windows of streams.
    takes : ndarray of str
        Labels of the takes alone. No gesture is expected as often as among them, or, where that is
        less, as often as one of the gestures.

    Returns
    -------
    float
        Above 0, at most 1.
    """
    gestures = np.unique(takes[~is_no_gesture(takes)])
    expected = max(nothing_odds(takes), 1 / max(len(gestures), 1))
    return min(expected / taught, 1.0) if taught else 1.0


def with_odds(chances: Floats, nothing: NDArray[np.bool_], odds: float) -> Floats:
    """Probabilities where no gesture has other odds beforehand than the classifier learnt (Saerens,
    Latinne & Decaestecker, "Adjusting the outputs of a classifier to new a priori probabilities",
    2002).

    Parameters
    ----------
    chances : ndarray of shape (n, n_labels)
        By the classifier. What a row lacks to 1 is no gesture too.
    nothing : ndarray of bool, shape (n_labels,)
        Which labels mean that there is no gesture.
    odds : float
        Of no gesture, over those that the classifier learnt.
    """
    weighted = chances * np.where(nothing, odds, 1.0)
    lacking = np.maximum(1 - chances.sum(1, keepdims=True), 0) * odds
    found: Floats = weighted / (weighted.sum(1, keepdims=True) + lacking)
    return found
