"""The last moments of a hand, or of both: what a model of motions is asked to name."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import NO_GESTURE_LABELS
from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.containers.motion import MIN_SEEN, ROUNDING_MS, Motion
from handpose.containers.skeletons import HandLandmark
from handpose.errors import LandmarksError
from handpose.models.gestures import GestureModel
from handpose.temporal import FrameClock, Look, Segmenter
from handpose.temporal.segmentation import SETTLE_MS

DEFAULT_WINDOW_MS = 500.0
"""How far to look back where the model does not say how long its motions were."""

EVERY_MS = 50.0
"""A motion is named at most this often: in between, windows show hardly anything new."""

SCALES = (0.35, 0.5, 0.7, 1.0, 1.4, 1.9)
"""Lengths of the windows that are named, in lengths of the median motion in training."""

SETTLE = 0.14
"""For how long no window must be surer, in lengths of the median motion; never less than
`SETTLE_MS`. Chosen on people of SHREC'17: see benchmarks/streams."""


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


def windows_before_end(motion: Motion, window_ms: float) -> list[Motion]:
    """The windows of `SCALES` that end with a motion, where a hand is seen over half of them."""
    times = motion.timestamps_ms
    seen: NDArray[np.bool_] = np.any(motion.seen, axis=1)
    found = []
    for scale in SCALES:
        length = scale * window_ms
        first = int(np.searchsorted(times, times[-1] - length - ROUNDING_MS))
        shown = times[first:][seen[first:]]
        if len(shown) >= MIN_SEEN and shown[-1] - shown[0] >= length / 2:
            found.append(motion[first:])
    return found


def segmenter_for(
    track_id: int | None,
    window_ms: float,
    *,
    min_score: float,
    hold_ms: float,
    clock: FrameClock | None = None,
) -> Segmenter:
    """A segmenter for what `windows_before_end` gives of one hand, or (None) of both."""
    settle_ms = max(SETTLE * window_ms, SETTLE_MS)
    return Segmenter(
        track_id,
        enter=min_score,
        hold_ms=hold_ms,
        settle_ms=settle_ms,
        exit_hold_ms=max(settle_ms, hold_ms),
        rejecting=NO_GESTURE_LABELS,
        clock=clock,
    )


def looks_of(model: GestureModel, windows: Sequence[Motion]) -> list[Look]:
    """What each window shows."""
    labels = [str(label) for label in model.classes_]
    chances = model.gesture_scores(list(windows)) if windows else ()
    return [
        Look(_first_seen_ms(window), dict(zip(labels, row.tolist(), strict=True)))
        for window, row in zip(windows, np.asarray(chances), strict=True)
    ]


def _first_seen_ms(motion: Motion) -> float:
    return float(motion.timestamps_ms[int(motion.seen.any(axis=1).argmax())])


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
