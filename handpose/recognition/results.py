"""What was recognised: in an image, in a frame of a video, of a hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.images import Frame
from handpose.temporal import GestureEvent


@dataclass(frozen=True)
class RecognizedHand:
    """One hand of a `Recognition`.

    Attributes
    ----------
    gesture : str or None
        None where the model rejects the hand.
    score : float
        Probability of the most probable label, also when it was too low. NaN where no hand was
        detected.
    landmarks : Landmarks of length 1
    rejected : str or None
        The most probable label, where it was not named: too improbable, or one that stands for no
        gesture.
    runner_up : str or None
        The label after the most probable one.
    runner_up_score : float or None
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
    rejected: str | None = None
    runner_up: str | None = None
    runner_up_score: float | None = None

    @property
    def handedness(self) -> str:
        """``"Left"``, ``"Right"`` or ``""``: the person's own hand."""
        return str(self.landmarks.handedness[0])

    @property
    def handedness_score(self) -> float:
        """Confidence in `handedness`."""
        return float(self.landmarks.handedness_score[0])

    def to_dict(self) -> dict[str, Any]:
        """The hand as JSON: the attributes by their names, landmarks as lists of x, y and z.

        What is unknown is None. `track_id` and `steady_gesture` are there in a video only.
        """
        followed = {"track_id": self.track_id, "steady_gesture": self.steady_gesture}
        return {
            "gesture": self.gesture,
            "score": _rounded(self.score),
            "rejected": self.rejected,
            "runner_up": self.runner_up,
            "runner_up_score": _rounded(self.runner_up_score),
            "handedness": self.handedness,
            "handedness_score": _rounded(self.handedness_score),
            **(followed if self.track_id is not None else {}),
            "landmarks": [[round(float(v), 2) for v in p] for p in self.landmarks.points[0]],
        }


def _rounded(score: float | None) -> float | None:
    return None if score is None or np.isnan(score) else round(score, 4)


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
    labels : tuple of n_labels str
        What the columns of `probabilities` stand for.
    min_score : float or None
        The threshold below which a hand was rejected.
    image_size : tuple of int, or None
        Width and height of the image in pixels, where it is known.
    """

    hands: Landmarks
    gestures: tuple[str | None, ...]
    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    labels: tuple[str, ...] = field(default=(), kw_only=True)
    min_score: float | None = field(default=None, kw_only=True)
    image_size: tuple[int, int] | None = field(default=None, kw_only=True)

    def __len__(self) -> int:
        return len(self.hands)

    def __getitem__(self, index: int) -> RecognizedHand:
        if not -len(self) <= index < len(self):
            raise IndexError(f"hand {index} of {len(self)}")
        best, runner_up, second = self._ranked(index)
        return RecognizedHand(
            self.gestures[index],
            float(self.scores[index]),
            self.hands[index],
            rejected=best if self.gestures[index] is None else None,
            runner_up=runner_up,
            runner_up_score=second,
        )

    def __iter__(self) -> Iterator[RecognizedHand]:
        return (self[i] for i in range(len(self)))

    def to_dict(self) -> dict[str, Any]:
        """The image's size (None where it is unknown), the threshold and the hands, as JSON."""
        width, height = self.image_size or (None, None)
        return {
            "width": width,
            "height": height,
            "min_score": self.min_score,
            "hands": [hand.to_dict() for hand in self],
        }

    def _ranked(self, index: int) -> tuple[str | None, str | None, float | None]:
        """The most probable label, the one after it, and the score of that."""
        row = self.probabilities[index]
        if not len(self.labels) or np.isnan(row).any():
            return None, None, None
        order = np.argsort(-row, kind="stable")[:2].tolist()
        best = self.labels[order[0]]
        if len(order) < 2:
            return best, None, None
        return best, self.labels[order[1]], float(row[order[1]])


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
