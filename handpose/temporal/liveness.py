"""Whether what is followed moves as a hand does, or as a picture of one."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.features.normalize import normalize, palm_size
from handpose.temporal.events import GestureEvent

LEAST_MOTION = 0.3
"""Percent of the palm's size: see `benchmarks.door`, part `liveness`."""
LEAST_BETWEEN_MS = 60.0
"""Two frames of 30 a second, one of 15: a camera may blend two pictures in one frame."""

_NEITHER = (0.2, 0.8)
"""Share of the way from one gesture to the next within which a hand shows neither of them."""
_FEW_FRAMES = 4
_EDGE = 0.2
"""Share of a gesture at its beginning and at its end that shows the change from and to another."""

Points = NDArray[np.float32]


@dataclass(frozen=True)
class HandMotion:
    """How a hand moved while it showed some gestures.

    Attributes
    ----------
    within : tuple of float
        For each gesture: how much the hand changed its shape while it showed it, in percent of the
        palm's size. What a flat picture does when it is moved, turned, tilted or brought nearer is
        no change of shape. 0 where the hand was seen in fewer than four frames.
    between_ms : tuple of float
        For each change of gesture: how long the hand was seen on its way from one to the other,
        which is neither. 0 where it was out of sight in between. NaN where a gesture comes again.
    """

    within: tuple[float, ...]
    between_ms: tuple[float, ...]

    def is_alive(
        self, least_motion: float = LEAST_MOTION, least_between_ms: float = LEAST_BETWEEN_MS
    ) -> bool:
        """Whether it moved in each gesture, and was seen changing from each to the next."""
        moved = all(motion >= least_motion for motion in self.within)
        seen = all(isnan(time) or time >= least_between_ms for time in self.between_ms)
        return bool(self.within) and moved and seen


class HandLiveness:
    """Remembers the hands of a video, to tell a hand from a still picture of one.

    A hand trembles and drifts, each finger for itself, and passes through shapes between two
    gestures. A photo does not, however it is held, and one photo in place of another changes from
    frame to frame. A film of a hand does all that: this refuses stills, not films.

    Parameters
    ----------
    remembered_ms : float, default=30000

    Raises
    ------
    ValueError
        If the time is not above 0.
    """

    def __init__(self, remembered_ms: float = 30_000):
        if not remembered_ms > 0:
            raise ValueError(f"remembered_ms must be above 0, but got {remembered_ms}")
        self._remembered_ms = remembered_ms
        self.reset()

    def update(self, hands: Landmarks, track_ids: NDArray[np.intp], timestamp_ms: float) -> None:
        """Take the n hands of the next frame, and their numbers, shape (n,)."""
        while self._frames and timestamp_ms - self._frames[0][0] > self._remembered_ms:
            self._frames.popleft()
        for row, number in enumerate(track_ids.tolist()):
            side = str(hands.handedness[row])
            self._frames.append((timestamp_ms, number, hands.points[row, :, :2], side))

    def motion(self, events: Sequence[GestureEvent]) -> HandMotion:
        """How the hand moved in these gestures, which have ended, one after another."""
        shapes = [self._shapes(event) for event in events]
        within = tuple(change_of_shape(points) for points in shapes)
        between = tuple(
            nan if before.gesture == after.gesture else self._on_the_way(before, after)
            for before, after in pairwise(events)
        )
        return HandMotion(within, between)

    def reset(self) -> None:
        """Forget all hands."""
        self._frames: deque[tuple[float, int, Points, str]] = deque()

    def _shapes(self, event: GestureEvent) -> Points:
        """Points of the hand while it showed a gesture, shape (frames, 21, 2)."""
        ended = event.started_ms if event.ended_ms is None else event.ended_ms
        points = self._points(event, event.started_ms, ended)[0]
        edge = int(_EDGE * len(points))
        return points[edge : len(points) - edge]

    def _points(
        self, event: GestureEvent, start: float, end: float
    ) -> tuple[Points, NDArray[np.str_], float]:
        """Shape (frames, 21, 2), the sides, and the usual time between two frames."""
        seen = [
            (points, side, time)
            for time, number, points, side in self._frames
            if number == event.track_id and start <= time <= end
        ]
        points = np.array([points for points, _, _ in seen], np.float32).reshape(-1, 21, 2)
        step = float(np.median(np.diff([time for _, _, time in seen]))) if len(seen) > 1 else 0.0
        return points, np.array([side for _, side, _ in seen], "U5"), step

    def _on_the_way(self, before: GestureEvent, after: GestureEvent) -> float:
        """For how long the hand is between two gestures."""
        if before.track_id != after.track_id or before.ended_ms is None or after.ended_ms is None:
            return 0.0
        first = normalize(*self._points(before, before.started_ms, before.ended_ms)[:2])
        last = normalize(*self._points(after, after.started_ms, after.ended_ms)[:2])
        points, sides, step = self._points(before, before.started_ms, after.ended_ms)
        shapes = normalize(points, sides)
        if not len(first) or not len(last):
            return 0.0
        start, end = np.median(first, axis=0), np.median(last, axis=0)
        way = (end - start).ravel()
        length = float(way @ way)
        if length == 0:
            return 0.0
        share = (shapes - start).reshape(len(shapes), -1) @ way / length
        return step * int(((share > _NEITHER[0]) & (share < _NEITHER[1])).sum())


def change_of_shape(points: Points) -> float:
    """How much a hand changes its shape over some frames.

    Parameters
    ----------
    points : ndarray, shape (frames, 21, 2)
        Pixels.

    Returns
    -------
    float
        Root mean square distance of the landmarks from their mean over time, once the affine map
        that brings each frame nearest to that mean was undone, in percent of the palm's size. 0 for
        fewer than four frames.
    """
    if len(points) < _FEW_FRAMES:
        return 0.0
    mean = points.mean(0, dtype=np.float64)
    left = [_left_over(frame.astype(np.float64), mean) for frame in points]
    palm = float(palm_size(mean[None].astype(np.float32))[0])
    return 100 * float(np.sqrt(np.square(left).sum(-1).mean())) / max(palm, 1e-6)


def _left_over(frame: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """What an affine map does not explain of the way from a frame to the mean, shape (21, 2)."""
    known = np.column_stack([frame, np.ones(len(frame))])
    found, *_ = np.linalg.lstsq(known, mean, rcond=None)
    return mean - known @ found
