"""`Frame`: one picture of a stream, and what holds for all frames of one stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.errors import ImageError

DEFAULT_RATE = 30.0
"""Frames per second, where they are unknown."""
MAX_RATE = 1000.0
"""Frames per second; timestamps are whole milliseconds."""


@dataclass(frozen=True)
class Frame:
    """One picture of a video, a camera or a sequence of pictures.

    Attributes
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
    index : int
        Counts the frames of the stream from 0.
    timestamp_ms : int
        Milliseconds since the first frame; grows from frame to frame.
    received : float
        Seconds of `time.perf_counter` at which the picture was complete. What has passed since
        then is the latency.
    dropped : int
        Pictures of a camera between the frame before and this one that came too fast to be
        taken; 0 for every other source.
    """

    rgb: NDArray[np.uint8]
    index: int
    timestamp_ms: int
    received: float = field(default_factory=perf_counter, compare=False)
    dropped: int = 0


def checked_rate(fps: float) -> float:
    """Frames per second as a float, above 0 and at most `MAX_RATE`."""
    if not isfinite(fps) or not 0 < fps <= MAX_RATE:
        raise ImageError(f"fps must be above 0 and at most {MAX_RATE:.0f}, but got {fps}")
    return float(fps)


def timestamp_at(index: int, fps: float) -> int:
    """Milliseconds since frame 0 at an even rate."""
    return round(index * 1000 / fps)


def swap_red_and_blue(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """RGB from OpenCV's BGR, or BGR from RGB, in an array of its own."""
    import cv2

    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def check_same_size(rgb: NDArray[np.uint8], shape: tuple[int, ...], name: str) -> None:
    """Refuse a frame of another shape than the first: hands are tracked in pixels."""
    if rgb.shape != shape:
        height, width = rgb.shape[:2]
        raise ImageError(
            f"{name}: {width}x{height} pixels, but the first frame has {shape[1]}x{shape[0]}; "
            "scale all to one size"
        )
