"""The last moments of a hand, or of both: what a model of motions is asked to name."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.containers.motion import MIN_SEEN, ROUNDING_MS, Motion
from handpose.containers.skeletons import HandLandmark
from handpose.errors import LandmarksError
from handpose.features.motion_phases import AHEAD_MS
from handpose.models.gestures import GestureModel

DEFAULT_WINDOW_MS = 500.0
"""How far to look back where the model does not say how long its motions were."""

EVERY_MS = 50.0
"""A motion is named at most this often: in between, windows show hardly anything new."""

LOOK_AHEAD_MS = max(AHEAD_MS)
"""A window is named this long after its end where phases count: they depend on what follows."""

SCALES = (0.35, 0.5, 0.7, 1.0, 1.4, 1.9)
"""Lengths of the windows that are named, in lengths of the median motion in training."""


def longest_ms(model: GestureModel) -> float:
    """How far back the longest window of a model of motions begins."""
    ahead = 0.0 if model.phases_ is None else LOOK_AHEAD_MS
    return max(SCALES) * (model.window_ms or DEFAULT_WINDOW_MS) + ahead


class Window:
    """The last moments of one hand, or of both.

    Parameters
    ----------
    model : GestureModel of motions
        Fitted.
    window_ms : float
        How far it looks back.
    follow : HandLandmark
        Which landmark a model for tracks of one point looks at, in units of the image's height.
    """

    def __init__(
        self,
        model: GestureModel,
        window_ms: float,
        follow: HandLandmark = HandLandmark.INDEX_FINGER_TIP,
    ):
        features = model.features_
        self._whole, self._two = features.n_points_ == N_LANDMARKS, features.n_hands_ == 2
        self._window_ms, self._follow = window_ms, follow
        self._frames: deque[tuple[float, Landmarks]] = deque()

    def add(self, hands: Landmarks, timestamp_ms: float) -> None:
        """Take the hands of the next frame; none where they were not found."""
        self._frames.append((timestamp_ms, hands))
        while self._frames[0][0] < timestamp_ms - self._window_ms - ROUNDING_MS:
            self._frames.popleft()

    @property
    def is_empty(self) -> bool:
        """Whether no frame of the window shows a hand."""
        return not any(len(hands) for _, hands in self._frames)

    def motion(self) -> Motion | None:
        """The window as a motion; None where it shows no hand."""
        if self.is_empty or len(self._frames) < 2:
            return None
        times, hands = zip(*self._frames, strict=True)
        motion = Motion.from_frames(hands, times) if self._two else _of_one(hands, times)
        return motion if self._whole else motion.follow(self._follow, unit=self._image_height())

    def _image_height(self) -> float:
        height = max(int(hands.image_size[:, 1].max(initial=0)) for _, hands in self._frames)
        if not height:
            raise LandmarksError(
                "a model for tracks of one point needs image_size, which is unknown for these hands"
            )
        return float(height)


def firsts_before(motion: Motion, window_ms: float, last: int) -> list[int]:
    """First frames of the windows of `SCALES` that end with a frame.

    Only of those where a hand is seen over half of the window.
    """
    times = motion.timestamps_ms[: last + 1]
    seen: NDArray[np.bool_] = np.any(motion.seen[: last + 1], axis=1)
    found = []
    for scale in SCALES:
        length = scale * window_ms
        first = int(np.searchsorted(times, times[-1] - length - ROUNDING_MS))
        shown = times[first:][seen[first:]]
        if len(shown) >= MIN_SEEN and shown[-1] - shown[0] >= length / 2:
            found.append(first)
    return found


def _of_one(frames: Iterable[Landmarks], times: Iterable[float]) -> Motion:
    """The motion of one hand from frames of 0 or 1 hand, without checking each of them again."""
    frames = list(frames)
    points = np.full((len(frames), N_LANDMARKS, 3), np.nan, np.float32)
    sides: Counter[str] = Counter()
    for row, hand in zip(points, frames, strict=True):
        if len(hand):
            row[:] = hand.points[0]
            sides[str(hand.handedness[0])] += 1
    return Motion(points, list(times), sides.most_common(1)[0][0])
