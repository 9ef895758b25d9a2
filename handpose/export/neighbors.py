"""Stored hands in a description: embeddings, densities, votes of the nearest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

from handpose.export.graph import Value

_SPARE = 32
"""Candidates of a rough search beside the nearest that are wanted."""

_FAINT = 1e-37
"""Least density beside that of the nearest class."""

_CLOSEST = 1e-12
"""Least distance of a neighbour, so that one at the same place outvotes all others."""


def embedded(x: Value, embedding: Sequence[NDArray[Any]]) -> Value:
    """As `handpose.classifiers.few_shot.embedding.embed`, shape (n, k)."""
    if len(embedding) == 1:
        return x @ embedding[0]
    inputs, biases, outputs = embedding
    networks, features, hidden = inputs.shape
    flat = inputs.transpose(1, 0, 2).reshape(features, networks * hidden)
    signal = (x @ flat + biases.ravel()).relu()
    return signal @ (block_diag(*outputs) / np.sqrt(networks))


def densities(
    places: Value,
    known: NDArray[Any],
    starts: NDArray[np.integer],
    temperature: float,
    background: float,
    sharpness: float,
) -> Value:
    """Probabilities of a kernel density for each class and an even background.

    As `log_means` and `with_background` of `handpose.classifiers.few_shot`, with one common factor
    instead of one for each class: what vanishes beside the nearest class counts as `_FAINT` of it.

    Parameters
    ----------
    places : Value of shape (n, k)
    known : ndarray of shape (m, k)
        Sorted by class.
    starts : ndarray of int, shape (n_classes,)
    temperature, background, sharpness : float
    """
    sizes = np.diff(starts, append=len(known))
    shares = np.zeros((len(known), len(sizes)))
    codes = np.repeat(np.arange(len(sizes)), sizes)
    shares[np.arange(len(known)), codes] = 1 / sizes[codes]
    logs = squared_distances(places, known) * (-1 / temperature)
    most = logs.max(1, keepdims=True)
    behind = most * 0.0 - background / temperature - float(np.log(len(sizes)))
    largest = most.maximum(behind)
    dense = (logs - largest).exp() @ shares + (behind - largest).exp()
    return (dense.maximum(_FAINT).log() * sharpness).softmax()


def squared_distances(places: Value, known: NDArray[Any]) -> Value:
    """Of each place to each known one, shape (n, m); computed about their middle."""
    middle = known.astype(np.float64).mean(0).astype(np.float32)
    rows = known.astype(np.float64) - middle
    centred = places - middle
    products = centred @ (-2 * rows.T) + np.square(rows).sum(1)
    return (products + centred.squares(1, keepdims=True)).maximum(0.0)


def nearest(places: Value, known: NDArray[Any], k: int) -> Neighbors:
    """The nearest known places and their squared distances: a rough search, then an exact one.

    Parameters
    ----------
    places : Value of shape (n, d)
    known : ndarray of shape (m, d)
    k : int

    Returns
    -------
    distances, positions : Value of shape (n, k)
    """
    few = min(len(known), k + _SPARE)
    _, candidates = squared_distances(places, known).smallest(few)
    apart = candidates.rows_of(known.astype(np.float32)) - places.reshape(1, known.shape[1])
    distances, order = apart.squares(2).smallest(min(k, len(known)))
    return distances, candidates.along(order)


Neighbors = tuple[Value, Value]


def votes(
    x: Value,
    known: NDArray[Any],
    shares: NDArray[np.floating],
    k: int,
    *,
    by_distance: bool,
) -> Value:
    """What the k nearest rows say, shape (n, n_classes).

    Parameters
    ----------
    x : Value of shape (n, d)
    known : ndarray of shape (m, d)
    shares : ndarray of shape (m, n_classes)
        What each row says.
    k : int
    by_distance : bool
        Whether nearer rows count more.
    """
    squares, rows = nearest(x, known, k)
    said = rows.rows_of(shares.astype(np.float32))
    if not by_distance:
        return said.sum(1)
    weights = 1.0 / squares.sqrt().maximum(_CLOSEST)
    return (said * weights.reshape(squares.shape[1], 1)).sum(1)
