"""Keypoints that are no hand's, in cameras and videos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.keypoints import Keypoints
from handpose.images import Frame, Source, read_frames
from handpose.keypoint_net.detector import KeypointDetector
from handpose.temporal import Steadying, SteadyKeypoints


@dataclass(frozen=True, eq=False)
class KeypointFrame:
    """A frame and what was found in it.

    Attributes
    ----------
    frame : Frame
    keypoints : Keypoints of length n
        Smoothed.
    ids : ndarray of int, shape (n,)
        Numbers that things keep from frame to frame.
    """

    frame: Frame
    keypoints: Keypoints
    ids: NDArray[np.intp]

    def to_dict(self) -> dict[str, Any]:
        """The frame, its size in pixels, and what was found in it, as JSON."""
        height, width = self.frame.rgb.shape[:2]
        found = zip(self.ids.tolist(), self.keypoints.to_dicts(), strict=True)
        return {
            "frame": self.frame.index,
            "timestamp_ms": self.frame.timestamp_ms,
            "width": width,
            "height": height,
            "skeleton": self.keypoints.skeleton.name,
            "found": [{"id": number, **one} for number, one in found],
        }


def stream_keypoints(
    detector: KeypointDetector,
    source: Source,
    *,
    steadying: Steadying | None = None,
    **options: Any,
) -> Iterator[KeypointFrame]:
    """Place points in a video, a camera or any other source, frame by frame.

    Parameters
    ----------
    detector : KeypointDetector
    source : int, str, Path or iterable of arrays
        See `handpose.read_frames`.
    steadying : Steadying, optional
        How smooth points are.
    **options
        Keywords for `handpose.read_frames`.

    Yields
    ------
    KeypointFrame
        One for each frame.
    """
    steady = SteadyKeypoints(steadying or Steadying())
    for frame in read_frames(source, **options):
        found, ids = steady.follow(detector.detect(frame.rgb), frame.timestamp_ms)
        yield KeypointFrame(frame, found, ids)
