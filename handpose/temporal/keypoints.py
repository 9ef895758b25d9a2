"""The keypoints of a video: numbered and smooth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handpose.containers.keypoints import Keypoints
from handpose.temporal.smoothing import PointSmoother
from handpose.temporal.steadying import Steadying
from handpose.temporal.tracks import Sight, Tracker


class SteadyKeypoints:
    """The things of one video and their points.

    What `Steadying` measures in palm sizes is measured in the size of a thing here, see
    `Keypoints.size`.

    Parameters
    ----------
    settings : Steadying
        The label settings are ignored.
    """

    def __init__(self, settings: Steadying):
        self._tracker = Tracker(settings.max_lost_ms)
        self._smoother = PointSmoother(settings.min_cutoff, settings.beta, settings.d_cutoff)

    def follow(self, found: Keypoints, timestamp_ms: float) -> tuple[Keypoints, NDArray[np.intp]]:
        """Take what was found in the next frame.

        Parameters
        ----------
        found : Keypoints of length n
        timestamp_ms : float
            Must grow from call to call.

        Returns
        -------
        keypoints : Keypoints
            Smoothed.
        ids : ndarray of int, shape (n,)

        Raises
        ------
        LandmarksError
            If the time does not grow.
        """
        size = np.maximum(found.size(), 1.0)
        ids = self._tracker.update(_sights(found, size), timestamp_ms)
        self._smoother.forget(self._tracker.gone)
        measured = found.points.astype(float)
        smooth = self._smoother.smooth(measured, ids, timestamp_ms, size[:, None, None])
        return replace(found, points=smooth.astype(np.float32)), ids


def _sights(found: Keypoints, size: NDArray[np.float32]) -> list[Sight]:
    centres = found.points.mean(1).tolist()
    return [Sight(complex(x, y), s) for (x, y), s in zip(centres, size.tolist(), strict=True)]
