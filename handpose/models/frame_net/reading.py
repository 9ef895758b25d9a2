"""What the network reads of a stream: hands at equal steps of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.containers.motion import Motion
from handpose.containers.skeletons import HAND, PALM_TRIANGLE
from handpose.features.moments import Floats, Moments, poses_at
from handpose.features.motion_kinds import MotionTransformer
from handpose.features.normalize import SMALLEST_PALM, palm_size

STEP_MS = 1000 / 30
"""From one step to the next."""


@dataclass(frozen=True)
class FrameForm:
    """What is looked at in each frame.

    Attributes
    ----------
    hands, points, axes : int
    """

    hands: int
    points: int
    axes: int

    @classmethod
    def of(cls, features: MotionTransformer) -> FrameForm:
        """What fitted features of motions look at."""
        return cls(features.n_hands_, features.n_points_, features.axes_)

    @property
    def channels(self) -> int:
        """Numbers of a step: of each hand its shape, its way and whether it is seen; of two also
        where the other is."""
        shape = self.points * self.axes if self.points > 1 else 0
        return self.hands * (shape + self.axes + 1) + (self.axes if self.hands == 2 else 0)


def at_steps(
    stream: Motion, form: FrameForm, wanted_ms: NDArray[np.float64]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Hands of a stream at some times.

    The shape of a single left hand is mirrored, its way is not.

    Returns
    -------
    ndarray of float32, shape (n, hands, points, axes)
    ndarray of bool, shape (n, hands)
        Where each is seen.
    """
    axes = min(form.axes, stream.points.shape[3])
    moments = Moments.at(wanted_ms, stream.timestamps_ms)
    points = np.zeros((len(wanted_ms), form.hands, form.points, form.axes), np.float32)
    seen = np.zeros((len(wanted_ms), form.hands), bool)
    for hand in range(form.hands):
        own = stream.points[:, hand, :, :axes]
        points[:, hand, :, :axes], seen[:, hand] = poses_at(own, stream.seen[:, hand], moments)
    if stream.handedness == "Left":
        points[..., 0] = 2 * middles_of(points)[..., None, 0] - points[..., 0]
    return points, seen


def channels(points: Floats, seen: NDArray[np.bool_]) -> Floats:
    """What the network reads of streams.

    Parameters
    ----------
    points : ndarray of float32, shape (n, steps, hands, points, axes)
    seen : ndarray of bool, shape (n, steps, hands)

    Returns
    -------
    ndarray of float32, shape (n, steps, channels)
        See `FrameForm.channels`; in sizes of the stream's median palm, tracks in their own unit.
        What is not known is 0.
    """
    n, steps, hands, k, axes = points.shape
    shown = seen[..., None].astype(np.float32)
    points = points / _units(points, seen)[:, None, None, None, None]
    middles = middles_of(points)
    ways = np.zeros_like(middles)
    ways[:, 1:] = (middles[:, 1:] - middles[:, :-1]) * shown[:, 1:] * shown[:, :-1]
    parts = [ways, shown]
    if k > 1:
        shapes = (points - middles[..., None, :]).reshape(n, steps, hands, k * axes)
        parts.insert(0, shapes * shown)
    found = np.concatenate(parts, axis=3).reshape(n, steps, -1)
    if hands == 2:
        apart = (middles[:, :, 1] - middles[:, :, 0]) * shown[:, :, 0] * shown[:, :, 1]
        found = np.concatenate([found, apart], axis=2)
    return found


def middles_of(points: Floats) -> Floats:
    """Middles of the palms, or the point of a track, shape (..., axes)."""
    if points.shape[-2] != len(HAND):
        return points[..., 0, :]
    middles: Floats = points[..., PALM_TRIANGLE, :].mean(-2)
    return middles


def _units(points: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Of each stream the median size of the palms that are seen, shape (n,)."""
    found = np.ones(len(points), np.float32)
    if points.shape[3] == len(HAND):
        for i in np.flatnonzero(seen.any((1, 2))):
            found[i] = max(np.median(palm_size(points[i][seen[i]])), SMALLEST_PALM)
    return found
