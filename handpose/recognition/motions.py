"""Motions in a video: each hand's last moments, named frame by frame."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from handpose.containers.labels import NO_GESTURE_LABELS
from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.containers.motion import ROUNDING_MS, Motion
from handpose.containers.skeletons import HandLandmark
from handpose.containers.timestamps import check_growing
from handpose.errors import LandmarksError
from handpose.models.gestures import GestureModel
from handpose.system.deprecation import warn_renamed
from handpose.temporal import Debouncer, FrameClock, GestureEvent

DEFAULT_WINDOW_MS = 500.0
"""How far to look back where the model does not say how long its motions were."""

_EVERY_MS = 25.0
"""A motion is named at most this often: faster videos show nothing new in between."""
_BOTH = -1
"""Key of a motion of both hands, where others have the number of a hand."""


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
        """The window as a motion, if a hand was seen over at least half of it."""
        seen = [time for time, hands in self._frames if len(hands)]
        if not seen or len(self._frames) < 2 or seen[-1] - seen[0] < self._window_ms / 2:
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


class VideoMotions:
    """The motions of the hands of one video.

    Parameters
    ----------
    model : GestureModel of motions
        Fitted. One for two hands looks at the surest left and right hand together.
    min_score : float
        From which probability on a motion is named.
    hold_ms : float
        How long a motion is surely shown before it begins.
    """

    def __init__(self, model: GestureModel, min_score: float, hold_ms: float):
        self._model, self._min_score, self._hold_ms = model, min_score, hold_ms
        self._window_ms = model.window_ms or DEFAULT_WINDOW_MS
        self._both = model.features_.n_hands_ == 2
        self._clock = FrameClock()
        self._last_ms = -np.inf
        self._windows: dict[int, Window] = {}
        self._debouncers: dict[int, Debouncer] = {}
        self._scores: dict[int, float] = {}

    def update(
        self, hands: Landmarks, track_ids: NDArray[np.intp], timestamp_ms: int
    ) -> tuple[tuple[str | None, ...], NDArray[np.float64], list[GestureEvent]]:
        """Take the hands of the next frame.

        Parameters
        ----------
        hands : Landmarks of length n
            As they were found, not smoothed.
        track_ids : ndarray of int, shape (n,)
        timestamp_ms : int
            Must grow from call to call.

        Returns
        -------
        motions : tuple of n (str or None)
            The motion that each hand is making.
        scores : ndarray of shape (n,)
            Probability of the most probable one; NaN where a hand was not seen for long enough.
        events : list of GestureEvent
        """
        keys = [_BOTH] * len(hands) if self._both else track_ids.tolist()
        found = {_BOTH: hands} if self._both else dict(zip(keys, hands, strict=True))
        events: list[GestureEvent] = []
        for key in {**self._windows, **found}:
            window = self._windows.setdefault(key, Window(self._model, self._window_ms))
            window.add(found.get(key, Landmarks.empty()), timestamp_ms)
            if window.is_empty:
                events += self._forget(key)
        if timestamp_ms - self._last_ms >= _EVERY_MS:
            self._last_ms = timestamp_ms
            self._clock.tick(timestamp_ms)
            events += self._named(timestamp_ms)
        scores = np.array([self._scores.get(key, np.nan) for key in keys])
        return tuple(self._motion(key) for key in keys), scores, events

    def end(self) -> list[GestureEvent]:
        """End what is still being shown."""
        return [event for key in list(self._windows) for event in self._forget(key)]

    def _named(self, timestamp_ms: int) -> list[GestureEvent]:
        """Name every window that shows enough."""
        motions = {key: window.motion() for key, window in self._windows.items()}
        shown = {key: motion for key, motion in motions.items() if motion is not None}
        usable = self._usable(list(shown.values()))
        shown = {key: shown[key] for key, ok in zip(shown, usable, strict=True) if ok}
        labels = [str(label) for label in self._model.classes_]
        chances = self._model.gesture_scores(list(shown.values())) if shown else ()
        self._scores = {}
        events: list[GestureEvent] = []
        for key, row in zip(shown, np.asarray(chances), strict=True):
            self._scores[key] = float(row.max())
            scores = dict(zip(labels, row.tolist(), strict=True))
            side = shown[key].handedness
            events += self._debouncer(key).update(scores, timestamp_ms, side)
        return events

    def _usable(self, motions: list[Motion]) -> list[bool]:
        if not motions:
            return []
        return list(self._model.features_.usable(motions))

    def _motion(self, key: int) -> str | None:
        return self._debouncers[key].gesture if key in self._debouncers else None

    def _debouncer(self, key: int) -> Debouncer:
        if key not in self._debouncers:
            self._debouncers[key] = Debouncer(
                None if key == _BOTH else key,
                enter=self._min_score,
                hold_ms=self._hold_ms,
                # Windows overlap: what is lost for less than half of one is the same motion.
                exit_hold_ms=max(self._window_ms / 2, self._hold_ms),
                rejecting=NO_GESTURE_LABELS,
                clock=self._clock,
                kind="motion",
            )
        return self._debouncers[key]

    def _forget(self, key: int) -> list[GestureEvent]:
        self._windows.pop(key, None)
        self._scores.pop(key, None)
        known = self._debouncers.pop(key, None)
        return known.end() if known else []


@dataclass(frozen=True)
class RecognizedMotion:
    """What a hand has been doing lately.

    Attributes
    ----------
    motion : str or None
        None where the model is not sure enough, or the hand was not seen for long enough.
    score : float
        Probability of the most probable motion; NaN where the hand was not seen for long enough.
    """

    motion: str | None
    score: float


class MotionRecognizer:
    """Names the motion of one hand in a video, frame by frame. Use ``GestureRecognizer(motions=)``.

    Parameters
    ----------
    model : GestureModel of motions of one hand
        Fitted.
    window_ms : float, default=500.0
        How far it looks back: as long as the motions that the model was trained on.
    follow : HandLandmark, default=HandLandmark.INDEX_FINGER_TIP
        Which landmark a model for tracks of one point looks at, in units of the image's height.
    min_score : float, default=0.0
        A motion that is less probable is None.
    """

    def __init__(
        self,
        model: GestureModel,
        *,
        window_ms: float = DEFAULT_WINDOW_MS,
        follow: HandLandmark = HandLandmark.INDEX_FINGER_TIP,
        min_score: float = 0.0,
    ):
        warn_renamed("MotionRecognizer", "GestureRecognizer(..., motions=model)")
        check_is_fitted(model)
        if not window_ms > 0:
            raise ValueError(f"window_ms must be above 0, but got {window_ms}")
        if not 0 <= min_score <= 1:
            raise ValueError(f"min_score must be between 0 and 1, but got {min_score}")
        self.model, self.window_ms, self.follow = model, window_ms, follow
        self.min_score = min_score
        self.reset()

    def reset(self) -> None:
        """Forget the hand; timestamps may start again."""
        self._window = Window(self.model, self.window_ms, self.follow)
        self._last: float | None = None

    def update(self, hand: Landmarks, timestamp_ms: float) -> RecognizedMotion:
        """Take the hand of the next frame, and name what it has been doing.

        Parameters
        ----------
        hand : Landmarks of length 0 or 1
            0 where it was not found.
        timestamp_ms : float
            Must grow from call to call.

        Raises
        ------
        LandmarksError
            If there are several hands, or time does not grow.
        """
        if len(hand) > 1:
            raise LandmarksError(f"a motion is that of one hand, but got {len(hand)}")
        check_growing(timestamp_ms, self._last, "reset() begins another video")
        self._last = timestamp_ms
        self._window.add(hand, timestamp_ms)
        motion = self._window.motion()
        if motion is None or not self.model.features_.usable([motion]).all():
            return RecognizedMotion(None, float("nan"))
        probabilities = self.model.gesture_scores([motion])[0]
        best = int(probabilities.argmax())
        score = float(probabilities[best])
        label = str(self.model.classes_[best]) if score >= self.min_score else None
        return RecognizedMotion(label, score)
