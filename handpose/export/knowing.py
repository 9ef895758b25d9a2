"""Gestures that nobody taught, in a description: how near a hand is to those of its gesture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handpose.export.graph import Value
from handpose.export.neighbors import embedded, nearest
from handpose.models.known import NEAREST, TINY, KnownHands

_ANOTHER = 1e9
"""Added to the squared distance of hands of other gestures."""


def known_chances(x: Value, scores: Value, known: KnownHands) -> Value:
    """As `KnownHands.chances` of the class that each hand is taken for, shape (n,).

    Parameters
    ----------
    x : Value of shape (n, d)
        Feature vectors.
    scores : Value of shape (n, n_classes)
        The classifier's probabilities.
    known : KnownHands
    """
    label = scores.argmax()
    sizes = np.diff(known.starts, append=len(known.places))
    codes = np.repeat(np.arange(len(sizes)), sizes)
    far = label.reshape(1).equal(codes[None]).where(np.float32(0), np.full((1, 1), _ANOTHER))
    few = min(NEAREST, len(known.places))
    distances, _ = nearest(embedded(x, known.embedding), known.places, few, far)
    counted = np.arange(few) < sizes[:, None]
    shares = label.rows_of((counted / counted.sum(1, keepdims=True)).astype(np.float32))
    logs = ((distances * shares).sum(1) + TINY).log()
    slope, offset = known.sigmoid.tolist()
    usual = label.rows_of((slope * known.usual + offset).astype(np.float32))
    return (usual - logs * slope).sigmoid()


def with_nothing(scores: Value, known: Value, nothing: NDArray[np.bool_]) -> Value:
    """Probabilities of gestures times the chance that a gesture was taught.

    What lacks to 1 goes to the first label that means "no gesture", if there is one.
    """
    chance = known.reshape(1)
    found = scores * chance
    if not nothing.any():
        return found
    first = np.eye(len(nothing), dtype=np.float32)[np.flatnonzero(nothing)[0]]
    return found + (1.0 - chance) * first[None]
