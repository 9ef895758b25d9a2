"""What was recognised: in an image, in a frame of a video, of a hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handpose.containers.landmarks import Landmarks
from handpose.containers.skeletons import HAND
from handpose.drawing import Shown, annotate, draw_live_view
from handpose.errors import HandposeError
from handpose.images import Frame, ImageLike, to_rgb
from handpose.system.extras import require
from handpose.temporal import GestureEvent

_PREVIEW_SIDE = 800
"""Longer side in pixels of the picture that a notebook shows."""


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
    motion : str or None
        In a video, the motion that the hand is making; it does not flicker either.
    motion_score : float or None
        Probability of the most probable motion in the last moments. NaN where the hand was not seen
        for long enough, None without a model of motions.
    """

    gesture: str | None
    score: float
    landmarks: Landmarks
    track_id: int | None = None
    steady_gesture: str | None = None
    rejected: str | None = None
    runner_up: str | None = None
    runner_up_score: float | None = None
    motion: str | None = None
    motion_score: float | None = None

    @property
    def handedness(self) -> str:
        """``"Left"``, ``"Right"`` or ``""``: the person's own hand."""
        return str(self.landmarks.handedness[0])

    @property
    def handedness_score(self) -> float:
        """Confidence in `handedness`."""
        return float(self.landmarks.handedness_score[0])

    @property
    def caption(self) -> str:
        """What `Recognition.annotate` writes at the hand: gesture and score, or ``"?"``."""
        return f"{self.gesture}  {self.score:.2f}" if self.gesture else "?"

    def to_dict(self) -> dict[str, Any]:
        """The hand as JSON: the attributes by their names, landmarks as lists of x, y and z.

        ``point_scores`` says how sure each of them is, see `Landmarks`. What is unknown is None.
        `track_id` and `steady_gesture` are there in a video only, `motion` and `motion_score` with
        a model of motions only.
        """
        in_video: dict[str, Any] = {}
        if self.track_id is not None:
            in_video = {"track_id": self.track_id, "steady_gesture": self.steady_gesture}
        if self.motion_score is not None:
            in_video |= {"motion": self.motion, "motion_score": _rounded(self.motion_score)}
        return {
            "gesture": self.gesture,
            "score": _rounded(self.score),
            "rejected": self.rejected,
            "runner_up": self.runner_up,
            "runner_up_score": _rounded(self.runner_up_score),
            "handedness": self.handedness,
            "handedness_score": _rounded(self.handedness_score),
            **in_video,
            "landmarks": [[round(float(v), 2) for v in p] for p in self.landmarks.points[0]],
            "point_scores": self._point_scores(),
        }

    def _point_scores(self) -> list[float | None] | None:
        scores = self.landmarks.point_scores[0].tolist()
        return None if np.isnan(scores).all() else [_rounded(score) for score in scores]


def _rounded(score: float | None) -> float | None:
    return None if score is None or np.isnan(score) else round(score, 4)


@dataclass(frozen=True, eq=False)
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
    image : path, PIL image, ndarray or None
        What `GestureRecognizer.recognize` was given. A path is read again by `annotate`.
    """

    hands: Landmarks
    gestures: tuple[str | None, ...]
    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    labels: tuple[str, ...] = field(default=(), kw_only=True)
    min_score: float | None = field(default=None, kw_only=True)
    image_size: tuple[int, int] | None = field(default=None, kw_only=True)
    image: ImageLike | None = field(default=None, kw_only=True)

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

    def __repr__(self) -> str:
        hands = (" ".join(f"{hand.handedness} {hand.caption}".split()) for hand in self)
        return f"{type(self).__name__}({', '.join(hands) or 'no hand'})"

    def to_dict(self) -> dict[str, Any]:
        """The image's size (None where it is unknown), the threshold and the hands, as JSON."""
        width, height = self.image_size or (None, None)
        return {
            "width": width,
            "height": height,
            "min_score": self.min_score,
            "hands": [hand.to_dict() for hand in self],
        }

    def to_pandas(self) -> Any:
        """The hands as a pandas table, one row a hand.

        Returns
        -------
        pandas.DataFrame
            The columns of `RecognizedHand.to_dict`; each landmark is three columns in pixels, such
            as ``WRIST_x``, and how sure it is another one, ``WRIST_score``. In a video, ``frame``
            and ``timestamp_ms`` come first. No row where no hand was found; ``pandas.concat`` joins
            the tables of several images.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        require("pandas", "to_pandas()", "pandas")
        import pandas as pd

        rows = [self._row(hand) for hand in self]
        nothing = self._row(self._no_hand())
        # a table without rows has types too, which pandas asks for where it joins tables
        table = pd.DataFrame(rows or [nothing], columns=list(nothing)).iloc[: len(rows)]
        return table.astype({name: float for name in nothing if name.endswith("score")})

    def annotate(self, image: ImageLike | None = None) -> NDArray[np.uint8]:
        """Draw the hands and their gestures.

        Parameters
        ----------
        image : path, PIL image or ndarray, optional
            What to draw on; by default the image that was recognised.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3)
            A new RGB image, see `handpose.annotate`.

        Raises
        ------
        HandposeError
            If there is no image: hands that `classify` named come without one.
        """
        image = self.image if image is None else image
        if image is None:
            raise HandposeError("there is no image to draw on; use annotate(image)")
        return annotate(to_rgb(image), self.hands, [hand.caption for hand in self])

    def _repr_jpeg_(self) -> bytes | None:
        """The annotated image, for notebooks."""
        try:
            picture = Image.fromarray(self.annotate())
        except HandposeError:
            return None
        picture.thumbnail((_PREVIEW_SIDE, _PREVIEW_SIDE))
        buffer = BytesIO()
        picture.save(buffer, "jpeg", quality=85)
        return buffer.getvalue()

    def _row(self, hand: RecognizedHand) -> dict[str, Any]:
        row = hand.to_dict()
        names = [f"{name}_{axis}" for name in HAND.landmarks for axis in "xyz"]
        values = [value for point in row.pop("landmarks") for value in point]
        scores = row.pop("point_scores") or [None] * len(HAND)
        named = zip(HAND.landmarks, scores, strict=True)
        return (
            row
            | dict(zip(names, values, strict=True))
            | {f"{name}_score": score for name, score in named}
        )

    def _no_hand(self) -> RecognizedHand:
        return RecognizedHand(None, np.nan, Landmarks.missing([(0, 0)]))

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


@dataclass(frozen=True, eq=False, repr=False)
class VideoRecognition(Recognition):
    """What was recognised in one frame of a video.

    `hands` are smoothed in time, and their `handedness` is what all frames of the track say, so
    that no hand becomes the other one for a frame; `gestures` are those of this frame alone.

    Attributes
    ----------
    track_ids : ndarray of int, shape (n,)
        The number that each hand keeps from frame to frame.
    steady_gestures : tuple of n (str or None)
        Gestures that do not flicker.
    events : tuple of GestureEvent
        Gestures and motions that began or ended with this frame.
    frame : Frame
    motions : tuple of n (str or None)
        The motion that each hand is making; all None without a model of motions. A motion of both
        hands is that of each.
    motion_scores : ndarray of shape (n,), or None
        Probability of the most probable motion of each hand; NaN where it was not seen for long
        enough. None without a model of motions.
    """

    track_ids: NDArray[np.intp]
    steady_gestures: tuple[str | None, ...]
    events: tuple[GestureEvent, ...]
    frame: Frame
    motions: tuple[str | None, ...] = ()
    motion_scores: NDArray[np.float64] | None = None

    def __getitem__(self, index: int) -> RecognizedHand:
        scores = self.motion_scores
        return replace(
            super().__getitem__(index),
            track_id=int(self.track_ids[index]),
            steady_gesture=self.steady_gestures[index],
            motion=self.motions[index] if self.motions else None,
            motion_score=None if scores is None else float(scores[index]),
        )

    def shown(self) -> list[Shown]:
        """What `annotate` draws of each hand."""
        return [
            Shown(
                points=hand.landmarks.points[0, :, :2],
                point_scores=hand.landmarks.point_scores[0],
                gesture=hand.steady_gesture,
                motion=hand.motion,
                title=f"{hand.handedness.lower()} hand".strip(),
                scores=dict(zip(self.labels, row.tolist(), strict=True)),
            )
            for hand, row in zip(self, self.probabilities, strict=True)
        ]

    def annotate(
        self,
        image: ImageLike | None = None,
        *,
        status: str = "",
        hint: str = "",
        banner: str = "",
        mirror: bool = False,
    ) -> NDArray[np.uint8]:
        """Draw the frame with its hands, steady gestures, motions and score bars.

        Parameters
        ----------
        image : path, PIL image or ndarray, optional
            What to draw on; by default the frame.
        status : str, optional
            Top left, such as the frame rate.
        hint : str, optional
            Top right, such as the keys.
        banner : str, optional
            Large, in the middle of the lower edge.
        mirror : bool, default=False
            Whether to show the picture as a mirror does; letters stay readable.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3)
            A new RGB image, its longer side at least 480 pixels.
        """
        rgb = self.frame.rgb if image is None else to_rgb(image)
        return draw_live_view(
            rgb, self.shown(), status=status, hint=hint, banner=banner, mirror=mirror
        )

    def _row(self, hand: RecognizedHand) -> dict[str, Any]:
        times = {"frame": self.frame.index, "timestamp_ms": self.frame.timestamp_ms}
        return times | super()._row(hand)

    def _no_hand(self) -> RecognizedHand:
        score = None if self.motion_scores is None else np.nan
        return replace(super()._no_hand(), track_id=-1, motion_score=score)
