"""The motion of one hand in a video, named frame by frame."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from sklearn.utils.validation import check_is_fitted

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.containers.motion import ROUNDING_MS, Motion
from handpose.containers.skeletons import HandLandmark
from handpose.containers.timestamps import check_growing
from handpose.errors import LandmarksError


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
    """Names the motion of one hand in a video, frame by frame, from its last moments.

    Parameters
    ----------
    model : GestureModel of motions
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
        model: Any,
        *,
        window_ms: float = 500.0,
        follow: HandLandmark = HandLandmark.INDEX_FINGER_TIP,
        min_score: float = 0.0,
    ):
        check_is_fitted(model)
        if not window_ms > 0:
            raise ValueError(f"window_ms must be above 0, but got {window_ms}")
        if not 0 <= min_score <= 1:
            raise ValueError(f"min_score must be between 0 and 1, but got {min_score}")
        self.model = model
        self.window_ms = window_ms
        self.follow = follow
        self.min_score = min_score
        self._frames: deque[tuple[float, Landmarks]] = deque()

    def reset(self) -> None:
        """Forget the hand; timestamps may start anew."""
        self._frames.clear()

    def update(self, hand: Landmarks, timestamp_ms: float) -> RecognizedMotion:
        """Take the hand of the next frame, and say what it has been doing.

        Parameters
        ----------
        hand : Landmarks of length 0 or 1
            0 where it was not found. With several hands in view, one recogniser each.
        timestamp_ms : float
            Must grow from call to call.

        Raises
        ------
        LandmarksError
            If there are several hands, or time does not grow.
        """
        if len(hand) > 1:
            raise LandmarksError(f"a motion is that of one hand, but got {len(hand)}")
        last = self._frames[-1][0] if self._frames else None
        check_growing(timestamp_ms, last, "reset() begins another video")
        self._frames.append((timestamp_ms, hand if len(hand) else Landmarks.missing((0, 0))))
        while self._frames[0][0] < timestamp_ms - self.window_ms - ROUNDING_MS:
            self._frames.popleft()
        motion = self._recent()
        return RecognizedMotion(None, float("nan")) if motion is None else self._name(motion)

    def _recent(self) -> Motion | None:
        """The window as a motion, if the hand was seen over at least half of it."""
        if len(self._frames) < 2:
            return None
        times, hands = zip(*self._frames, strict=True)
        motion = Motion.from_landmarks(Landmarks.concat(hands), times)
        seen = motion.timestamps_ms[motion.seen.any(1)]
        if not len(seen) or seen[-1] - seen[0] < self.window_ms / 2:
            return None
        if self.model.named_steps["features"].n_points_ == N_LANDMARKS:
            return motion
        return motion.follow(self.follow, unit=self._image_height())

    def _image_height(self) -> float:
        height = max(int(hand.image_size[0, 1]) for _, hand in self._frames)
        if not height:
            raise LandmarksError(
                "a model for tracks of one point needs image_size, which is unknown for these hands"
            )
        return float(height)

    def _name(self, motion: Motion) -> RecognizedMotion:
        if not self.model.named_steps["features"].usable([motion]).all():
            return RecognizedMotion(None, float("nan"))
        probabilities = self.model.predict_proba([motion])[0]
        best = int(probabilities.argmax())
        score = float(probabilities[best])
        label = str(self.model.classes_[best]) if score >= self.min_score else None
        return RecognizedMotion(label, score)
