"""`Keypoints`: the points of any skeleton, as often as something was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.frozen import numbers
from handpose.containers.skeletons import Skeleton
from handpose.errors import LandmarksError

LEAST_SIZE = 0.07
"""Smallest size of a detection, as a share of the searched square: a single point has no extent.
0.07 is the size of a palm in the rendered clips."""


@dataclass(frozen=True, eq=False)
class Keypoints:
    """What was found in one image.

    Hands have a type of their own, `Landmarks`, with depth, handedness and metres.

    Parameters
    ----------
    skeleton : Skeleton
        Of k landmarks.
    points : ndarray of float32, shape (n, k, 2)
        Pixels.
    score : ndarray of float32, shape (n,)
        Of the detection, between 0 and 1; NaN where it was not measured.
    side : ndarray of float32, shape (n,)
        Longer side of what was searched for each, a square of the image or all of it; pixels.

    Raises
    ------
    LandmarksError
        If a shape is wrong.

    Notes
    -----
    The arrays are copies and refuse writes.
    """

    skeleton: Skeleton
    points: NDArray[np.float32]
    score: NDArray[np.float32]
    side: NDArray[np.float32]

    def __post_init__(self) -> None:
        for name in ("points", "score", "side"):
            object.__setattr__(self, name, numbers(name, getattr(self, name)))
        expected = len(self.score), len(self.skeleton), 2
        if self.points.shape != expected:
            raise LandmarksError(
                f"points of {self.skeleton.name!r} must have shape {expected}, but got "
                f"{self.points.shape}"
            )
        if self.side.shape != expected[:1]:
            raise LandmarksError(
                f"side must have shape {expected[:1]}, one for each score, but got "
                f"{self.side.shape}"
            )

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and what comes out of a pickle are checked and frozen too."""
        return Keypoints, (self.skeleton, self.points, self.score, self.side)

    def __len__(self) -> int:
        return len(self.points)

    def size(self) -> NDArray[np.float32]:
        """Longer side of the box around the points of each, at least `LEAST_SIZE` of `side`.

        Returns
        -------
        ndarray of float32, shape (n,)
            Pixels.
        """
        box = np.ptp(self.points, axis=1).max(1)
        return np.asarray(np.maximum(box, LEAST_SIZE * self.side), np.float32)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Each as JSON: score and pixels by name."""
        return [
            {
                "score": None if np.isnan(score) else round(float(score), 4),
                "points": {
                    name: [round(float(x), 2), round(float(y), 2)]
                    for name, (x, y) in zip(self.skeleton.landmarks, points, strict=True)
                },
            }
            for points, score in zip(self.points, self.score, strict=True)
        ]
