"""Motions in a video: each hand's last moments, named frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motion
from handpose.containers.skeletons import HandLandmark
from handpose.containers.timestamps import check_growing
from handpose.errors import LandmarksError
from handpose.models.gestures import GestureModel
from handpose.recognition.motion_finders import MotionFinder, chances_of, finder_for
from handpose.recognition.windows import DEFAULT_WINDOW_MS, EVERY_MS, Window, longest_ms
from handpose.system.deprecation import warn_renamed
from handpose.temporal import FrameClock, GestureEvent

_BOTH = -1
"""Key of a motion of both hands, where others have the number of a hand."""


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
        self._both = model.features_.n_hands_ == 2
        self._longest_ms = longest_ms(model)
        self._clock = FrameClock()
        self._last_ms = -np.inf
        self._windows: dict[int, Window] = {}
        self._finders: dict[int, MotionFinder] = {}
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
            window = self._windows.setdefault(key, Window(self._model, self._longest_ms))
            window.add(found.get(key, Landmarks.empty()), timestamp_ms)
            if window.is_empty:
                events += self._forget(key)
        if timestamp_ms - self._last_ms >= EVERY_MS:
            self._last_ms = timestamp_ms
            self._clock.tick(timestamp_ms)
            events += self._named(timestamp_ms)
        scores = np.array([self._scores.get(key, np.nan) for key in keys])
        return tuple(self._motion(key) for key in keys), scores, events

    def end(self) -> list[GestureEvent]:
        """End what is still being shown."""
        return [event for key in list(self._windows) for event in self._forget(key)]

    def _named(self, timestamp_ms: int) -> list[GestureEvent]:
        """Name the windows of every hand."""
        lately = {key: window.motion() for key, window in self._windows.items()}
        asked = {key: self._finder(key).windows(motion) for key, motion in lately.items()}
        windows = [window for several in asked.values() for window in several]
        chances = iter(chances_of(self._model, windows))
        self._scores = {}
        events: list[GestureEvent] = []
        for key, motion in lately.items():
            own = [next(chances) for _ in asked[key]]
            score, told = self._finder(key).update(own, timestamp_ms, motion)
            events += told
            if score is not None:
                self._scores[key] = score
        return events

    def _motion(self, key: int) -> str | None:
        return self._finders[key].gesture if key in self._finders else None

    def _finder(self, key: int) -> MotionFinder:
        if key not in self._finders:
            self._finders[key] = finder_for(
                self._model,
                None if key == _BOTH else key,
                min_score=self._min_score,
                hold_ms=self._hold_ms,
                clock=self._clock,
            )
        return self._finders[key]

    def _forget(self, key: int) -> list[GestureEvent]:
        self._windows.pop(key, None)
        self._scores.pop(key, None)
        known = self._finders.pop(key, None)
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
        if motion is None or not self._shows_enough(motion):
            return RecognizedMotion(None, float("nan"))
        probabilities = self.model.window_scores([motion])[0]
        best = int(probabilities.argmax())
        score = float(probabilities[best])
        label = str(self.model.classes_[best]) if score >= self.min_score else None
        return RecognizedMotion(label, score)

    def _shows_enough(self, motion: Motion) -> bool:
        """Whether a hand was seen over at least half of the window."""
        times = motion.timestamps_ms[motion.seen.any(1)]
        usable = self.model.features_.usable([motion]).all()
        return bool(usable and times[-1] - times[0] >= self.window_ms / 2)
