"""Machines of pairs in a description: from a kernel to probabilities of classes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from handpose.classifiers.coupling import STEEP, SUREST
from handpose.export.graph import Value

Arrays = Mapping[str, NDArray[Any]]
Index = NDArray[np.intp]

_SMALLEST = float(expit(-SUREST))
"""Least probability of a pair."""

_BALANCED = 1e-9
"""Largest sum of a machine's coefficients, as a share of the sum of all their sizes."""

_MOST_NUMBERS = 2**19
"""Most coefficients of all pairs that are multiplied at once."""


def are_balanced(arrays: Arrays) -> bool:
    """Whether the coefficients of each machine add up to 0, as those of fitted ones do."""
    coefficients = arrays["coefficients"].astype(np.float64)
    starts = np.cumsum([0, *arrays["n_support"][:-1]])
    sums, sizes = (np.add.reduceat(x, starts, axis=1) for x in (coefficients, np.abs(coefficients)))
    first, second = np.array(list(combinations(range(len(starts)), 2))).T
    left = np.abs(sums[second - 1, first] + sums[first, second])
    return bool((left <= _BALANCED * (sizes[second - 1, first] + sizes[first, second])).all())


def coupled(near: Value, arrays: Arrays) -> Value:
    """As `handpose.classifiers.coupling.coupled`, of the sigmoids of the machines' margins.

    Parameters
    ----------
    near : Value of shape (n, n_vectors)
        The kernel.
    arrays : mapping
        Of an `SVM`.
    """
    k = len(arrays["n_support"])
    against = _odds(near, arrays, -arrays["pair_slopes"], -arrays["pair_offsets"])
    losses = against.sigmoid().maximum(_SMALLEST) * (1 - np.eye(k))
    own = losses.squares(2, keepdims=True) * np.eye(k)
    likely = (own - losses * losses.transpose(0, 2, 1)).direction().maximum(0.0)
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
    """Log odds of the first class against the second, shape (n, k, k); 0 on the diagonal."""
    k = len(arrays["n_support"])
    first, second = np.array(list(combinations(range(k), 2))).T
    pairs = len(first)
    bias = slopes * arrays["intercept"] + offsets
    if pairs * len(arrays["vectors"]) <= _MOST_NUMBERS:
        found = near @ (_pair_weights(arrays, first, second) * slopes) + bias
    else:
        found = _by_class(near, arrays, first, second) * slopes + bias
    number, sign = np.zeros((k, k), int), np.zeros((k, k), np.float32)
    number[first, second] = number[second, first] = np.arange(pairs)
    sign[first, second], sign[second, first] = 1, -1
    return found.take(number.ravel()).reshape(k, k) * sign


def _pair_weights(arrays: Arrays, first: Index, second: Index) -> NDArray[np.float64]:
    """Coefficients of each vector in the machine of each pair, shape (n_vectors, n_pairs)."""
    counts, coefficients = arrays["n_support"].astype(int), arrays["coefficients"]
    ends = np.cumsum(counts)
    own = [slice(end - count, end) for end, count in zip(ends, counts, strict=True)]
    weights = np.zeros((len(arrays["vectors"]), len(first)))
    for pair, (a, b) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        weights[own[a], pair] = coefficients[b - 1, own[a]]
        weights[own[b], pair] = coefficients[a, own[b]]
    return weights


def _by_class(near: Value, arrays: Arrays, first: Index, second: Index) -> Value:
    """Margins of many pairs, without intercept, shape (n, n_pairs): a product for each class.

    The vectors of each class are padded to equally many, with coefficients of 0.
    """
    counts = arrays["n_support"].astype(int)
    k, most = len(counts), int(counts.max())
    steps = np.arange(most)
    real = steps < counts[:, None]
    places = np.where(real, np.cumsum([0, *counts[:-1]])[:, None] + steps, 0)
    coefficients = arrays["coefficients"].astype(np.float64)[:, places] * real
    own = near.take(places.ravel()).reshape(k, 1, most) @ coefficients.transpose(1, 2, 0)
    shares = own.reshape(k * (k - 1))
    return shares.take(first * (k - 1) + second - 1) + shares.take(second * (k - 1) + first)
