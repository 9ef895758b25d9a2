"""`Bodies`: the points of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.frozen import numbers, rows_of
from handpose.containers.skeletons import BODY
from handpose.errors import LandmarksError


@dataclass(frozen=True, eq=False)
class Bodies:
    """The people of one image.

    Parameters
    ----------
    points : ndarray of float32, shape (n, 33, 3)
        In the order of `BodyLandmark`. x and y in pixels, also of points outside the image; z in
        the same scale, zero between the hips and negative towards the camera.
    visibility : ndarray of float32, shape (n, 33)
        Probability that the point is in the image and not hidden.
    score : ndarray of float32, shape (n,)
        Of the person, between 0 and 1.

    Raises
    ------
    LandmarksError
        If a shape is wrong.

    Notes
    -----
    The arrays are copies and refuse writes.
    """

    points: NDArray[np.float32]
    visibility: NDArray[np.float32]
    score: NDArray[np.float32]

    skeleton = BODY

    def __post_init__(self) -> None:
        for name in ("points", "visibility", "score"):
            object.__setattr__(self, name, numbers(name, getattr(self, name)))
        n = len(self.score) if self.score.ndim else 0
        shapes = {"points": (n, len(BODY), 3), "visibility": (n, len(BODY)), "score": (n,)}
        for name, expected in shapes.items():
            if getattr(self, name).shape != expected:
                raise LandmarksError(
                    f"{name} of bodies must have shape {expected}, one row for each score, but got "
                    f"{getattr(self, name).shape}"
                )

    @classmethod
    def none(cls) -> Bodies:
        """Nobody."""
        points, visibility, score = (0, len(BODY), 3), (0, len(BODY)), 0
        return cls(*(np.empty(shape, np.float32) for shape in (points, visibility, score)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and what comes out of a pickle are checked and frozen too."""
        return Bodies, (self.points, self.visibility, self.score)

    def __len__(self) -> int:
        return len(self.score)

    def __getitem__(self, index: Any) -> Bodies:
        """Some of them; an integer selects one."""
        rows = rows_of(index, len(self))
        return Bodies(self.points[rows], self.visibility[rows], self.score[rows])

    def mirrored(self) -> Bodies:
        """With left and right exchanged, for an image that a selfie camera shows mirrored.

        The pixels stay where they are.
        """
        swap = list(BODY.mirror)
        return Bodies(self.points[:, swap], self.visibility[:, swap], self.score)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Each as JSON: score, and x, y, z and visibility of each point by name."""
        rows = np.concatenate([self.points, self.visibility[..., None]], axis=-1)
        return [
            {
                "score": round(float(score), 4),
                "points": {
                    name: [round(float(value), 2) for value in row]
                    for name, row in zip(BODY.landmarks, body, strict=True)
                },
            }
            for score, body in zip(self.score, rows, strict=True)
        ]
