"""Vectors in which it counts less how samples of one gesture by one person vary."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WEIGHT = 20.0
"""The variation of other people counts as much as so many samples of the person's own.

This and `ROUND` were chosen on signers of signed_words that benchmarks/streams does not ask, and on
letters of asl_sequences.
"""
ROUND = 1.0
"""Variance along every direction that is added before axes are shortened, in mean variances."""


def varying_axes(
    rows: Floats, codes: NDArray[np.intp], variation: Floats | None
) -> tuple[Floats, Floats]:
    """Axes along which a person's samples vary, and by which share to shorten each.

    The person's own samples and what is known of other people are taken together: the covariance
    within gestures, shrunk towards the identity, becomes round (Mahalanobis distances).

    Parameters
    ----------
    rows : ndarray of float32, shape (n, d)
        The person's samples.
    codes : ndarray of int, shape (n,)
        What each shows.
    variation : ndarray of float32, shape (k, d), or None
        Of other people: see `GestureModel.variation_`.

    Returns
    -------
    axes : ndarray of float32, shape (m, d)
        Of length one; none where nothing varies.
    shares : ndarray of float32, shape (m,)
    """
    off, free = off_their_means(rows, codes)
    if variation is not None:
        off, free = np.concatenate([off, np.sqrt(WEIGHT) * variation]), free + WEIGHT
    if not free or not off.any():
        return np.zeros((0, rows.shape[1]), np.float32), np.zeros(0, np.float32)
    off = off / np.sqrt(free)
    least = ROUND * np.square(off).sum() / off.shape[1]
    _, lengths, axes = np.linalg.svd(off, full_matrices=False)
    shares = 1 - np.sqrt(least / (np.square(lengths) + least))
    return axes.astype(np.float32), shares.astype(np.float32)


def shortened(vectors: NDArray[Any], axes: Floats, shares: Floats) -> NDArray[Any]:
    """Vectors whose parts along axes are shortened."""
    found: NDArray[Any] = vectors - (vectors @ axes.T * shares) @ axes
    return found


def off_their_means(vectors: NDArray[Any], codes: NDArray[np.intp]) -> tuple[Floats, float]:
    """Samples less the mean of their code, and how many of them are free to vary."""
    names, members = np.unique(codes, return_inverse=True)
    means = np.stack([vectors[members == i].mean(0) for i in range(len(names))])
    return np.asarray(vectors - means[members], np.float32), float(len(vectors) - len(names))
