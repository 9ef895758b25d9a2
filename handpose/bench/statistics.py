"""Whether one recogniser is better than another, from their answers to the same photos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from handpose.evaluation.metrics import bootstrap_interval

_DRAWS = 20_000


@dataclass(frozen=True)
class Comparison:
    """How much more often the first is right than the second.

    Attributes
    ----------
    difference : float
        Of the accuracies.
    low, high : float
        Its 95 % bootstrap interval, over subjects.
    first_only, second_only : int
        Photos that only the one names right.
    mcnemar_p : float
        Exact McNemar test. It takes photos for independent, so that it is too sure.
    sign_flip_p : float
        Permutation test over subjects, which does not.
    """

    difference: float
    low: float
    high: float
    first_only: int
    second_only: int
    mcnemar_p: float
    sign_flip_p: float


def compare(
    first: NDArray[np.bool_], second: NDArray[np.bool_], subjects: NDArray[np.str_]
) -> Comparison:
    """Compare two recognisers on the same photos.

    Parameters
    ----------
    first, second : ndarray of bool, shape (n,)
        Which photos each names right.
    subjects : ndarray of str, shape (n,)
        Photos of one subject are alike; where none is named, each photo stands for itself.
    """
    units = np.arange(len(first)).astype(str) if (subjects == "").any() else subjects
    difference = first.astype(float) - second
    low, high = bootstrap_interval(difference, units)  # type: ignore[arg-type]
    return Comparison(
        difference=float(difference.mean()),
        low=low,
        high=high,
        first_only=int((first & ~second).sum()),
        second_only=int((second & ~first).sum()),
        mcnemar_p=mcnemar(first, second),
        sign_flip_p=sign_flip(difference, units),
    )


def mcnemar(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Exact two-sided McNemar test (Dietterich, Neural Computation 1998, section 3.1)."""
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    if not only_first + only_second:
        return 1.0
    return float(binomtest(only_first, only_first + only_second).pvalue)


def sign_flip(
    difference: NDArray[np.float64], groups: NDArray[np.str_], random_state: int = 0
) -> float:
    """Two-sided permutation test in which each group's difference may have had the other sign.

    Parameters
    ----------
    difference : ndarray of float, shape (n,)
        Of each photo: 1, 0 or -1.
    groups : ndarray of str, shape (n,)
    random_state : int, default=0

    Returns
    -------
    float
        Share of 20,000 random signs whose sum is at least as far from 0, itself counted.
    """
    _, index = np.unique(groups, return_inverse=True)
    sums = np.bincount(index, difference)
    sums = sums[sums != 0]
    signs = np.random.default_rng(random_state).choice([-1.0, 1.0], (_DRAWS, len(sums)))
    as_far = np.abs(signs @ sums) >= abs(sums.sum()) - 1e-9
    return float((as_far.sum() + 1) / (_DRAWS + 1))
