"""`resample`: points at equal steps of time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.containers.motion import MIN_SEEN, Motion
from handpose.errors import LandmarksError


def resample(
    points: ArrayLike,
    timestamps_ms: ArrayLike,
    n_frames: int,
    *,
    max_gap_ms: float = 300.0,
) -> NDArray[np.float32]:
    """Points at equal steps of time, from the first frame that shows them to the last.

    Parameters
    ----------
    points : array_like of shape (t, k, 2 or 3)
        NaN in frames that do not show them; those between two that do are bridged.
    timestamps_ms : array_like of shape (t,)
        Milliseconds, growing.
    n_frames : int
        At least 2.
    max_gap_ms : float, default=300.0
        Longest time between two frames that is bridged, by a straight line.

    Returns
    -------
    ndarray of float32, shape (n_frames, k, 2 or 3)

    Raises
    ------
    LandmarksError
        If fewer than three frames show the points, or a gap is longer than `max_gap_ms`.
    """
    motion = Motion(points, timestamps_ms)
    if motion.n_hands > 1:
        raise LandmarksError(f"points must be those of one hand, but got {motion.n_hands}")
    if n_frames < 2:
        raise LandmarksError(f"n_frames must be at least 2, but got {n_frames}")
    seen = motion.seen[:, 0]
    times = motion.timestamps_ms[seen]
    if len(times) < MIN_SEEN:
        raise LandmarksError(
            f"{len(times)} of {len(motion)} frames show the hand; a motion needs {MIN_SEEN}"
        )
    gap = np.diff(times).max()
    if gap > max_gap_ms:
        raise LandmarksError(
            f"the hand is not seen for {gap:.0f} ms, longer than the {max_gap_ms:.0f} ms that are "
            "bridged; cut the motion there, or raise max_gap_ms"
        )
    return at_times(times, motion.points[seen, 0], np.linspace(times[0], times[-1], n_frames))


def at_times(
    times: NDArray[np.float64], points: NDArray[np.float32], when: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Points by straight lines between two frames; before the first and after the last they stay.

    Parameters
    ----------
    times : ndarray of shape (t,), t >= 2
        Growing.
    points : ndarray of float32, shape (t, k, d)
    when : ndarray of shape (m,)

    Returns
    -------
    ndarray of float32, shape (m, k, d)
    """
    after = np.clip(np.searchsorted(times, when), 1, len(times) - 1)
    share = (when - times[after - 1]) / (times[after] - times[after - 1])
    start = points[after - 1]
    shares = np.clip(share, 0, 1).astype(np.float32)[:, None, None]
    return start + shares * (points[after] - start)
