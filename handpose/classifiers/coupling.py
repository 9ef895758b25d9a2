"""Pairwise coupling: from margins between pairs of classes to probabilities of classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

SUREST = float(np.log(1e7))
"""Largest log odds of a pair (the bound of libsvm's coupling)."""

_NEVER = 1e-300
"""Smallest probability, so that its logarithm is finite."""

STEEP = 4.0
"""Slope of the logistic function of a margin, in `voted`."""


def coupled(odds: NDArray[np.float64], pairs: NDArray[np.intp]) -> NDArray[np.float64]:
    """Log probabilities of classes that best agree with those of their pairs.

    Wu, Lin & Weng, "Probability Estimates for Multi-class Classification by Pairwise Coupling",
    JMLR 2004, second method: the p that minimises ``sum over i, j of (r_ji p_i - r_ij p_j)**2``,
    where r_ij is the probability of i among i and j.

    Parameters
    ----------
    odds : ndarray of shape (n, n_pairs)
        Log odds of the first class of each pair.
    pairs : ndarray of int, shape (2, n_pairs)
        First and second class of each pair.

    Returns
    -------
    ndarray of shape (n, n_classes)
    """
    first, second = pairs
    bounded = np.clip(odds, -SUREST, SUREST)
    wins, losses = expit(bounded), expit(-bounded)
    k = int(second.max()) + 1
    system = np.zeros((len(odds), k + 1, k + 1))
    system[:, first, second] = system[:, second, first] = -wins * losses
    squares = np.zeros((len(odds), k, k))
    squares[:, first, second] = np.square(losses)
    squares[:, second, first] = np.square(wins)
    diagonal = np.arange(k)
    system[:, diagonal, diagonal] = np.add.reduce(squares, axis=2)
    system[:, k, :k] = system[:, :k, k] = 1  # they add up to one
    sums = np.zeros((len(odds), k + 1, 1))
    sums[:, k] = 1
    likely = np.maximum(np.linalg.solve(system, sums)[:, :k, 0], _NEVER)
    return np.log(likely / np.add.reduce(likely, axis=1, keepdims=True))


def voted(
    margins: NDArray[np.float64], pairs: NDArray[np.intp], temperature: float
) -> NDArray[np.float64]:
    """Log products of the pairs' probabilities, up to a constant (models of format 1).

    Parameters
    ----------
    margins : ndarray of shape (n, n_pairs)
    pairs : ndarray of int, shape (2, n_pairs)
    temperature : float

    Returns
    -------
    ndarray of shape (n, n_classes)
    """
    first, second = pairs
    k = int(second.max()) + 1
    logs = np.zeros((len(margins), k, k))
    logs[:, first, second] = log_expit(STEEP * margins)
    logs[:, second, first] = log_expit(-STEEP * margins)
    return np.add.reduce(logs, axis=2) / temperature
