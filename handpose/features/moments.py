"""Poses of hands at any times of a stream: between two frames, if need be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_ROUNDING_MS = 1.0


@dataclass(frozen=True)
class Moments:
    """Times of a stream: frames before and after each, the share of the way between them, and
    whether the stream has begun and not ended. All of one shape."""

    before: NDArray[np.intp]
    after: NDArray[np.intp]
    share: Floats
    inside: NDArray[np.bool_]

    @classmethod
    def at(cls, wanted: NDArray[np.float64], times: NDArray[np.float64]) -> Moments:
        """Wanted times, of a stream of frames at these times (two or more)."""
        inside = (wanted > times[0] - _ROUNDING_MS) & (wanted < times[-1] + _ROUNDING_MS)
        after = np.searchsorted(times, wanted).clip(1, len(times) - 1)
        start, end = times[after - 1], times[after]
        share = ((wanted - start) / (end - start)).clip(0, 1).astype(np.float32)
        return cls(after - 1, after, share, inside)


def poses_at(
    points: Floats, seen: NDArray[np.bool_], moments: Moments
) -> tuple[Floats, NDArray[np.bool_]]:
    """A hand at some moments.

    Parameters
    ----------
    points : ndarray of float32, shape (frames, k, axes)
    seen : ndarray of bool, shape (frames,)
    moments : Moments

    Returns
    -------
    ndarray of float32, shape (*moments, k, axes)
        On the straight way between two frames that show the hand, else as in the nearer one; zeros
        where it is not known.
    ndarray of bool, shape of the moments
        Where it is known: the nearer frame shows it.
    """
    nearest = np.where(moments.share < 0.5, moments.before, moments.after)
    known: NDArray[np.bool_] = moments.inside & seen[nearest]
    both_seen = seen[moments.before] & seen[moments.after]
    first = np.where(both_seen, moments.before, nearest)
    last = np.where(both_seen, moments.after, nearest)
    poses = points[first] + moments.share[..., None, None] * (points[last] - points[first])
    return np.where(known[..., None, None], poses, np.float32(0)), known
