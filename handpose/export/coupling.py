"""Machines of pairs in a description: from a kernel to probabilities of classes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.coupling import STEEP, SUREST
from handpose.export.graph import Value

Arrays = Mapping[str, NDArray[Any]]


def coupled(near: Value, arrays: Arrays) -> Value:
    """As `handpose.classifiers.coupling.coupled`, of the sigmoids of the machines' margins.

    The equations are scaled to a diagonal of ones: a class that is sure to win has tiny entries in
    its row, which would otherwise be lost in float32.

    Parameters
    ----------
    near : Value of shape (n, n_vectors)
        The kernel.
    arrays : mapping
        Of an `SVM`.
    """
    k = len(arrays["n_support"])
    odds = _odds(near, arrays, arrays["pair_slopes"], arrays["pair_offsets"])
    odds = odds.maximum(-SUREST).minimum(SUREST)
    apart = 1 - np.eye(k, dtype=np.float32)
    losses = (odds * -1.0).sigmoid() * apart
    size = 1.0 / (losses * losses).sum(2).sqrt()
    scaled = losses * odds.sigmoid() * size.reshape(k, 1) * size.reshape(1, k)
    likely = ((np.eye(k, dtype=np.float32) - scaled).direction(size) * size).maximum(0.0)
    return likely / likely.sum(1, keepdims=True)


def voted(near: Value, arrays: Arrays) -> Value:
    """As `handpose.classifiers.coupling.voted`, of a model of format 1."""
    k = len(arrays["n_support"])
    pairs = k * (k - 1) // 2
    odds = _odds(near, arrays, np.full(pairs, STEEP), np.zeros(pairs))
    logs = odds.minimum(0.0) - ((odds.abs() * -1.0).exp() + 1.0).log()
    apart = (1 - np.eye(k)) / float(arrays["temperature"])
    return (logs * apart).sum(2).softmax()


def _odds(
    near: Value, arrays: Arrays, slopes: NDArray[np.floating], offsets: NDArray[np.floating]
) -> Value:
    """Log odds of the first class against the second, shape (n, k, k); 0 on the diagonal.

    The vectors of each class are padded to equally many, with coefficients of 0.
    """
    counts = arrays["n_support"].astype(int)
    k, most = len(counts), int(counts.max())
    starts = np.cumsum([0, *counts[:-1]])
    steps = np.arange(most)
    real = steps < counts[:, None]
    places = np.where(real, starts[:, None] + steps, 0)
    first, second = np.array(list(combinations(range(k), 2))).T
    slope = np.ones((k, k))
    slope[first, second] = slope[second, first] = slopes
    rivals = np.arange(k - 1) + (np.arange(k - 1) >= np.arange(k)[:, None])
    coefficients = arrays["coefficients"].astype(np.float64)[:, places] * real
    weights = coefficients.transpose(1, 2, 0) * np.take_along_axis(slope, rivals, 1)[:, None]
    own = near.take(places.ravel()).reshape(k, 1, most) @ weights
    shares = own.reshape(k * (k - 1))
    of_first, of_second = np.zeros((2, k, k), int)
    of_first[first, second] = of_first[second, first] = first * (k - 1) + second - 1
    of_second[first, second] = of_second[second, first] = second * (k - 1) + first
    bias, sign = np.zeros((k, k)), np.sign(np.arange(k) - np.arange(k)[:, None])
    bias[first, second] = slopes * arrays["intercept"] + offsets
    bias[second, first] = -bias[first, second]
    sums = shares.take(of_first.ravel()) + shares.take(of_second.ravel())
    return sums.reshape(k, k) * sign.astype(np.float32) + bias
