"""What training hands say of nearness: how far is usual, and how near a known hand must be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

_USUAL_ROWS, _OWN_ROWS = 5.0, 10.0
"""Hands that the usual distance, and the one over all gestures, count as much as."""

_OFFSET, _OFFSET_SD = 5.5, 3.0
"""Of the log odds of a known hand, before anything is known of the gestures."""

NETWORKS_SLOPE, LINEAR_SLOPE = (2.0, 0.2), (4.5, 1.0)
"""Mean and deviation of the slope, likewise. In the networks it hardly changes: training hands are
of few people and one camera, and would make it too steep for others."""

_TINY = 1e-9
_STEPS = 30


def usual_logs(logs: Floats, codes: Codes, before: float) -> Floats:
    """The usual log distance of each class, shrunk to that of all, and this to what it was before.

    Medians.
    """
    own = logs[np.arange(len(codes)), codes]
    found = np.isfinite(own)
    n = int(found.sum())
    middle = float(np.median(own[found])) if n else before
    everywhere = (n * middle + _USUAL_ROWS * before) / (n + _USUAL_ROWS)
    usual = np.empty(logs.shape[1])
    for code in range(len(usual)):
        of_one = own[found & (codes == code)]
        total = len(of_one) * float(np.median(of_one)) if len(of_one) else 0.0
        usual[code] = (total + _OWN_ROWS * everywhere) / (len(of_one) + _OWN_ROWS)
    return usual


def sigmoid_of_known(
    of_own: Floats,
    nearness: Floats,
    codes: Codes,
    nothing: NDArray[np.bool_],
    slope: tuple[float, float],
) -> Floats:
    """Slope and offset of the log odds of a known hand, with a prior; a class counts as one hand.

    Foreign hands are expected as often as those of one gesture.

    Parameters
    ----------
    of_own : ndarray of shape (m,) or (2, m)
        Nearness to the own class, of hands and of their copies.
    nearness : ndarray of shape (m, n_classes)
    codes : ndarray of int, shape (m,)
    nothing : ndarray of bool, shape (n_classes,)
    slope : (float, float)
        `NETWORKS_SLOPE` or `LINEAR_SLOPE`.
    """
    others = np.where(np.isnan(nearness) | nothing, -np.inf, nearness)
    others[np.arange(len(codes)), codes] = -np.inf
    values, truth, weights = [], [], []
    for known, found, of in (
        (1.0, np.ravel(of_own), np.tile(codes, of_own.size // len(codes))),
        (0.0, others.max(1), codes),
    ):
        usable = np.isfinite(found) & ~(nothing[of] & (known > 0))
        counts = np.bincount(of[usable], minlength=len(nothing))
        values.append(found[usable])
        truth.append(np.full(int(usable.sum()), known))
        weights.append(1 / counts[of[usable]])
    columns = (np.concatenate(parts) for parts in (values, truth, weights))
    found = _regression(slope, *columns)
    gestures = int((~nothing[np.unique(codes)]).sum())
    found[1] += np.log(max(gestures, 1))
    return found


def _regression(
    slope: tuple[float, float], values: Floats, truth: Floats, weights: Floats
) -> Floats:
    """Slope and offset of the least loss, by Newton's method; a step that overshoots is halved."""
    prior = np.array([slope[0], _OFFSET])
    precision = np.array([slope[1], _OFFSET_SD]) ** -2.0
    columns = np.stack([values, np.ones(len(values))], axis=1)

    def loss(at: Floats) -> float:
        wrong = np.logaddexp(0, np.where(truth, -1, 1) * (columns @ at))
        return float(weights @ wrong + precision @ np.square(at - prior) / 2)

    found = prior.copy()
    for _ in range(_STEPS):
        chances = expit(columns @ found)
        gradient = columns.T @ (weights * (chances - truth)) + precision * (found - prior)
        curvature = (columns.T * (weights * chances * (1 - chances))) @ columns
        step = np.linalg.solve(curvature + np.diag(precision), gradient)
        while loss(found - step) > loss(found) and np.abs(step).max() > _TINY:
            step /= 2
        if np.abs(step).max() <= _TINY:
            break
        found = found - step
    return np.array([max(found[0], _TINY), found[1]])
