"""Keypoints of other things than hands, in cameras and videos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.keypoints import Keypoints
from handpose.drawing import Shown, draw_live_view
from handpose.images import Frame, Source, read_frames
from handpose.keypoint_net.detector import KeypointDetector
from handpose.system.deprecation import renamed
from handpose.temporal import PointSmoother, Sight, Steadying, Tracker


@dataclass(frozen=True, eq=False)
class KeypointFrame:
    """A frame and what was found in it.

    Attributes
    ----------
    frame : Frame
    keypoints : Keypoints of length n
        Smoothed.
    track_ids : ndarray of int, shape (n,)
        Numbers that things keep from frame to frame.
    """

    frame: Frame
    keypoints: Keypoints
    track_ids: NDArray[np.intp]

    @property
    def ids(self) -> NDArray[np.intp]:
        """Old name of `track_ids`."""
        return renamed(self, "ids", "track_ids")

    def to_dict(self) -> dict[str, Any]:
        """The frame, its size in pixels, and what was found in it, as JSON."""
        height, width = self.frame.rgb.shape[:2]
        found = zip(self.track_ids.tolist(), self.keypoints.to_dicts(), strict=True)
        return {
            "frame": self.frame.index,
            "timestamp_ms": self.frame.timestamp_ms,
            "width": width,
            "height": height,
            "skeleton": self.keypoints.skeleton.name,
            "found": [{"id": number, "track_id": number, **one} for number, one in found],
        }

    def annotate(
        self, *, status: str = "", hint: str = "", banner: str = "", mirror: bool = False
    ) -> NDArray[np.uint8]:
        """Draw the frame with the points of what was found.

        Parameters
        ----------
        status, hint, banner, mirror
            As for `VideoRecognition.annotate`.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3)
            A new RGB image, its longer side at least 480 pixels.
        """
        skeleton = self.keypoints.skeleton
        found = [Shown(points, skeleton=skeleton) for points in self.keypoints.points]
        view: dict[str, Any] = {"status": status, "hint": hint, "banner": banner, "mirror": mirror}
        return draw_live_view(self.frame.rgb, found, **view)


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
        How smooth points are; its settings for labels are ignored.
    **options
        Keywords for `handpose.read_frames`.

    Yields
    ------
    KeypointFrame
        One for each frame.
    """
    steady = SteadyKeypoints(steadying or Steadying())
    for frame in read_frames(source, **options):
        found, track_ids = steady.follow(detector.detect(frame.rgb), frame.timestamp_ms)
        yield KeypointFrame(frame, found, track_ids)


class SteadyKeypoints:
    """The things of one video and their points.

    What `Steadying` measures in palm sizes is measured in the size of a thing here, see
    `Keypoints.size`.

    Parameters
    ----------
    settings : Steadying
    """

    def __init__(self, settings: Steadying):
        self._tracker = Tracker(settings.max_lost_ms)
        self._smoother = PointSmoother(settings.min_cutoff, settings.beta, settings.d_cutoff)

    def follow(self, found: Keypoints, timestamp_ms: float) -> tuple[Keypoints, NDArray[np.intp]]:
        """Take what was found in the next frame; gives it smoothed, with its track ids."""
        size = np.maximum(found.size(), 1.0)
        centres = found.points.mean(1).tolist()
        sights = [Sight(complex(*c), s) for c, s in zip(centres, size.tolist(), strict=True)]
        track_ids = self._tracker.update(sights, timestamp_ms)
        self._smoother.forget(self._tracker.gone)
        measured = found.points.astype(float)
        smooth = self._smoother.smooth(measured, track_ids, timestamp_ms, size[:, None, None])
        return replace(found, points=smooth.astype(np.float32)), track_ids
