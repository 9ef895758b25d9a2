"""Timestamps in milliseconds that grow from frame to frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.containers.frozen import numbers
from handpose.errors import LandmarksError


def growing_timestamps(value: ArrayLike, n: int) -> NDArray[np.float64]:
    """Timestamps of n frames, as an array that refuses writes.

    Raises
    ------
    LandmarksError
        If they are not n finite numbers, each larger than the one before.
    """
    times = numbers("timestamps_ms", value, np.float64)
    if times.shape != (n,):
        raise LandmarksError(
            f"timestamps_ms must have one entry a frame ({n}), but got shape {times.shape}"
        )
    steps = np.diff(times)
    if not (np.isfinite(times).all() and (steps > 0).all()):
        raise LandmarksError(
            f"timestamps_ms must grow from frame to frame, but the smallest step is {steps.min()}"
        )
    return times


def check_growing(
    timestamp_ms: float, last: float | None, remedy: str = "follow each video with a new object"
) -> None:
    """Raise LandmarksError if a frame is not later than the one before.

    Parameters
    ----------
    timestamp_ms : float
    last : float or None
        Of the frame before; None if there was none.
    remedy : str, optional
        What to do at the beginning of another video.
    """
    if last is not None and timestamp_ms <= last:
        raise LandmarksError(
            f"timestamp_ms must grow from frame to frame, but got {timestamp_ms} after {last}; "
            f"{remedy}"
        )
