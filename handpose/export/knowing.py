"""Gestures that nobody taught, in a description: how near a hand is to those of its gesture."""

from __future__ import annotations

import numpy as np

from handpose.export.graph import Value
from handpose.export.neighbors import embedded, squared_distances
from handpose.models.known import NEAREST, TINY, KnownHands

_ANOTHER = 1e9
"""Squared distance of hands of other gestures."""


def known_chances(x: Value, scores: Value, known: KnownHands) -> Value:
    """As `KnownHands.chances` of the class that each hand is taken for, shape (n, 1).

    Probabilities of the other classes are added up, which keeps small numbers.

    Parameters
    ----------
    x : Value of shape (n, d)
        Feature vectors.
    scores : Value of shape (n, n_classes)
        The classifier's probabilities.
    known : KnownHands
    """
    label = scores.argmax(keepdims=True)
    taken = label.equal(np.arange(scores.shape[1])[None])
    sizes = np.diff(known.starts, append=len(known.places))
    counts = np.minimum(sizes, NEAREST)
    own = taken.take(np.repeat(np.arange(len(sizes)), sizes))
    squares = squared_distances(embedded(x, known.embedding), known.places) + TINY
    nearest, _ = own.where(squares, np.float32(_ANOTHER)).smallest(int(counts.max()))
    if counts.min() < counts.max():
        counted = np.arange(counts.max()) < counts[:, None]
        nearest = nearest * label.reshape().rows_of(counted.astype(np.float32))
    logs = nearest.sum(1, keepdims=True).log()
    slope, offset = known.sigmoid.tolist()
    usual = slope * (known.usual + np.log(counts)) + offset
    return (label.rows_of(usual.astype(np.float32)) - logs * slope).sigmoid()
