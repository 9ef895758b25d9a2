"""`Motion`: one hand, or one point of it, over a short time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from typing_extensions import Self

from handpose.containers.frozen import frozen
from handpose.containers.landmarks import HANDEDNESS, Landmarks
from handpose.errors import LandmarksError

ROUNDING_MS = 1e-3
"""By which sums of frame times may miss the length of a window."""

_OPPOSITE = {"Left": "Right", "Right": "Left", "": ""}


@dataclass(frozen=True, eq=False, init=False)
class Motion:
    """The same points at growing times. A frame in which they were not found is a row of NaN.

    Parameters
    ----------
    points : array_like of shape (t, k, 2 or 3), or (t, 2 or 3) for the track of one point
        x to the right, y down. A whole hand (k = 21) in pixels; a track in units of the image's
        height, since nothing else tells how large its motion is.
    timestamps_ms : array_like of shape (t,)
        Milliseconds; must grow. They may be uneven.
    handedness : {"Left", "Right", ""}, default=""
        The person's own hand; ``""`` where unknown.

    Raises
    ------
    LandmarksError
        If a shape is wrong, there are fewer than two frames, times do not grow, or a frame is half
        NaN.

    Notes
    -----
    The arrays are copies and refuse writes.
    """

    points: NDArray[np.float32]
    timestamps_ms: NDArray[np.float64]
    handedness: str

    def __init__(self, points: ArrayLike, timestamps_ms: ArrayLike, handedness: str = ""):
        points = _points(points)
        checked = {
            "points": points,
            "timestamps_ms": _timestamps(timestamps_ms, len(points)),
            "handedness": _handedness(handedness),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and what comes out of a pickle are checked and frozen too."""
        return Motion, (self.points, self.timestamps_ms, self.handedness)

    @classmethod
    def from_landmarks(cls, hands: Landmarks, timestamps_ms: ArrayLike) -> Self:
        """The motion of a hand that was followed through a video.

        Parameters
        ----------
        hands : Landmarks of length t
            One row a frame; a frame without the hand is a row that is not detected.
        timestamps_ms : array_like of shape (t,)

        Returns
        -------
        Motion
            Of the handedness that most frames agree on.
        """
        sides = Counter(hands.handedness[hands.detected].tolist())
        side = sides.most_common(1)[0][0] if sides else ""
        return cls(hands.points, timestamps_ms, side)

    def __len__(self) -> int:
        return len(self.points)

    def __repr__(self) -> str:
        return (
            f"Motion({len(self)} frames of {self.n_points} points in {self.duration_ms:.0f} ms, "
            f"{int(self.seen.sum())} seen)"
        )

    @property
    def n_points(self) -> int:
        """Points in each frame."""
        return self.points.shape[1]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """In which frames the points were found, shape (t,)."""
        return ~np.isnan(self.points[:, 0, 0])

    @property
    def duration_ms(self) -> float:
        """Milliseconds from the first frame to the last."""
        return float(self.timestamps_ms[-1] - self.timestamps_ms[0])

    def follow(self, point: int, unit: float = 1.0) -> Motion:
        """The track of one of the points.

        Parameters
        ----------
        point : int
            Its number, for instance `HandLandmark.INDEX_FINGER_TIP`.
        unit : float, default=1.0
            What the coordinates are divided by: the image's height in pixels.
        """
        return Motion(self.points[:, [point]] / unit, self.timestamps_ms, self.handedness)

    def mirrored(self) -> Motion:
        """The same motion in the mirrored image: x turns round 0, left becomes right."""
        points = self.points.copy()
        points[..., 0] *= -1
        return Motion(points, self.timestamps_ms, _OPPOSITE[self.handedness])

    def windows(self, length_ms: float, step_ms: float) -> Iterator[Motion]:
        """Cut the motion into windows that overlap.

        Parameters
        ----------
        length_ms : float
            Time that a window spans.
        step_ms : float
            Time from the beginning of a window to that of the next.

        Yields
        ------
        Motion
            Windows that lie within the motion and hold at least two frames.
        """
        if not (length_ms > 0 and step_ms > 0):
            raise LandmarksError(
                f"windows need a length and a step above 0 ms, but got {length_ms} and {step_ms}"
            )
        times = self.timestamps_ms - self.timestamps_ms[0]
        for start in np.arange(0, times[-1] - length_ms + ROUNDING_MS, step_ms):
            ends = np.array([start - ROUNDING_MS, start + length_ms + ROUNDING_MS])
            first, last = np.searchsorted(times, ends)
            if last - first >= 2:
                rows = slice(first, last)
                yield Motion(self.points[rows], self.timestamps_ms[rows], self.handedness)


def _points(value: ArrayLike) -> NDArray[np.float32]:
    try:
        points = frozen(value, np.float32)
    except (TypeError, ValueError) as error:
        raise LandmarksError(f"points of a motion must hold numbers: {error}") from None
    if points.ndim == 2:
        points = points[:, None]
    if points.ndim != 3 or not points.shape[1] or points.shape[2] not in (2, 3):
        raise LandmarksError(
            "points of a motion must have shape (t, k, 2), (t, k, 3) or, for one point, (t, 2), "
            f"but got {np.shape(value)}"
        )
    if len(points) < 2:
        raise LandmarksError(f"a motion needs at least 2 frames, but got {len(points)}")
    whole, missing = np.isfinite(points).all((1, 2)), np.isnan(points).all((1, 2))
    bad = np.flatnonzero(~(whole | missing))
    if len(bad):
        raise LandmarksError(
            f"{len(bad)} of {len(points)} frames of a motion have some points that are not finite "
            f"numbers (first: frame {bad[0]}); a frame is either whole or missing (all NaN)"
        )
    return points


def _timestamps(value: ArrayLike, n: int) -> NDArray[np.float64]:
    try:
        times = frozen(value, np.float64)
    except (TypeError, ValueError) as error:
        raise LandmarksError(f"timestamps_ms must hold numbers: {error}") from None
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


def _handedness(value: str) -> str:
    if value not in HANDEDNESS:
        raise LandmarksError(
            f'handedness must be "Left", "Right" or "" (unknown), but got {value!r}'
        )
    return value
