"""What was recognised: in an image, in a frame of a video, of a hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.images import Frame
from handpose.landmarks import Landmarks
from handpose.temporal import GestureEvent

NO_GESTURE = "no_gesture"
"""A model that was trained with this label rejects a hand by choosing it."""


@dataclass(frozen=True)
class RecognizedHand:
    """One hand of a `Recognition`.

    Attributes
    ----------
    gesture : str or None
        None where the model rejects the hand.
    score : float
        Probability of the most probable gesture, also when it was too low.
    landmarks : Landmarks of length 1
    track_id : int or None
        In a video, the number that the hand keeps from frame to frame.
    steady_gesture : str or None
        In a video, the gesture that does not flicker: see `handpose.temporal.Debouncer`.
    """

    gesture: str | None
    score: float
    landmarks: Landmarks
    track_id: int | None = None
    steady_gesture: str | None = None

    @property
    def handedness(self) -> str:
        """``"Left"``, ``"Right"`` or ``""``: the person's own hand."""
        return str(self.landmarks.handedness[0])

    @property
    def handedness_score(self) -> float:
        """Confidence in `handedness`."""
        return float(self.landmarks.handedness_score[0])

    def to_dict(self) -> dict[str, Any]:
        """The hand as JSON: gesture, score, handedness, handedness_score, landmarks.

        In a video also track_id and steady_gesture.
        """
        sure = self.handedness_score
        followed = {"track_id": self.track_id, "steady_gesture": self.steady_gesture}
        return {
            "gesture": self.gesture,
            "score": round(self.score, 4),
            "handedness": self.handedness,
            "handedness_score": None if np.isnan(sure) else round(sure, 4),
            **(followed if self.track_id is not None else {}),
            "landmarks": [[round(float(v), 2) for v in p] for p in self.landmarks.points[0]],
        }


@dataclass(frozen=True)
class Recognition:
    """What was recognised in one image. Iterate over it for its hands.

    Attributes
    ----------
    hands : Landmarks of length n
        n = 0 where no hand was found.
    gestures : tuple of n (str or None)
    scores : ndarray of shape (n,)
    probabilities : ndarray of shape (n, n_labels)
    """

    hands: Landmarks
    gestures: tuple[str | None, ...]
    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.hands)

    def __getitem__(self, index: int) -> RecognizedHand:
        if not -len(self) <= index < len(self):
            raise IndexError(f"hand {index} of {len(self)}")
        return RecognizedHand(self.gestures[index], float(self.scores[index]), self.hands[index])

    def __iter__(self) -> Iterator[RecognizedHand]:
        return (self[i] for i in range(len(self)))

    def to_dict(self) -> dict[str, Any]:
        """The hands as JSON."""
        return {"hands": [hand.to_dict() for hand in self]}


@dataclass(frozen=True)
class VideoRecognition(Recognition):
    """What was recognised in one frame of a video.

    `hands` are smoothed in time; `gestures` are those of this frame alone.

    Attributes
    ----------
    track_ids : ndarray of int, shape (n,)
        The number that each hand keeps from frame to frame.
    steady_gestures : tuple of n (str or None)
        Gestures that do not flicker.
    events : tuple of GestureEvent
        Gestures that began or ended with this frame.
    frame : Frame
    """

    track_ids: NDArray[np.intp]
    steady_gestures: tuple[str | None, ...]
    events: tuple[GestureEvent, ...]
    frame: Frame

    def __getitem__(self, index: int) -> RecognizedHand:
        hand = super().__getitem__(index)
        return replace(
            hand,
            track_id=int(self.track_ids[index]),
            steady_gesture=self.steady_gestures[index],
        )
