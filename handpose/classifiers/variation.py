"""Vectors in which it counts less how samples of one gesture by one person vary."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WEIGHT = 20.0
"""The variation of other people counts as much as so many samples of the person's own.

This and `ROUND` were chosen on letters of asl_sequences and on signers of signed_words whom the
part `personal` of benchmarks/streams does not ask.
"""
ROUND = 1.0
"""Variance along every direction that is added before axes are shortened, in mean variances."""

_ROUNDING = 1e-5
"""Share of the largest number by which samples must differ."""


def varying_axes(
    rows: Floats, codes: NDArray[np.intp], variation: Floats | None
) -> tuple[Floats, Floats]:
    """Axes along which a person's samples vary, and by which share to shorten each.

    The person's own samples and what is known of other people are taken together. The covariance
    within gestures becomes rounder: distances come near to those of Mahalanobis.

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
    off = off_their_means(rows, codes)
    if np.abs(off).max() <= _ROUNDING * np.abs(rows).max():
        off = off[:0]
    if variation is not None:
        off = np.concatenate([off, np.sqrt(np.float32(WEIGHT)) * variation])
    if not off.any():
        return np.zeros((0, rows.shape[1]), np.float32), np.zeros(0, np.float32)
    least = ROUND * np.square(off).sum() / off.shape[1]
    _, lengths, axes = np.linalg.svd(off, full_matrices=False)
    shares = 1 - np.sqrt(least / (np.square(lengths) + least))
    return axes.astype(np.float32), shares.astype(np.float32)


def shortened(vectors: NDArray[Any], axes: Floats, shares: Floats) -> NDArray[Any]:
    """Vectors whose parts along axes are shortened."""
    found: NDArray[Any] = vectors - (vectors @ axes.T * shares) @ axes
    return found


def off_their_means(vectors: NDArray[Any], codes: NDArray[np.intp]) -> Floats:
    """Samples less the mean of their code."""
    names, members = np.unique(codes, return_inverse=True)
    means = np.stack([vectors[members == i].mean(0) for i in range(len(names))])
    return np.asarray(vectors - means[members], np.float32)
