"""`MotionSequences`: the transformer from motions to the sequences that ``motion_net`` reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.motion import Motions
from handpose.features.motion_frames import MotionFrames
from handpose.features.motion_kinds import MotionTransformer

N_FRAMES = 32
"""Frames of a sequence."""

BODY_NAMES = ("chest_x", "chest_y", "shoulder_width", "nose_x", "nose_y", "body_known")
"""What is told of a body, the places as the points are; zeros where the shoulders are not known."""

SMALLEST_TRACK = np.float32(0.03)
"""Extent of a track in image heights, at least: see `handpose.features.motion`."""

SMALLEST_WIDTH = np.float32(1.0)
"""Of the shoulders, in palm sizes: seen from the side they are a point."""


@dataclass(frozen=True)
class SequenceForm:
    """How the numbers of a sequence are ordered.

    The points of the first frame, hand by hand, each as its coordinates; whether each hand is seen
    in it (1 or 0); then the next frame. `BODY_NAMES` come last.

    Attributes
    ----------
    hands, points, axes : int
    """

    hands: int
    points: int
    axes: int

    @property
    def coordinates(self) -> int:
        """Of a frame."""
        return self.hands * self.points * self.axes

    @property
    def width(self) -> int:
        """Numbers of a frame."""
        return self.coordinates + self.hands

    @property
    def size(self) -> int:
        """Numbers of a sequence."""
        return N_FRAMES * self.width + len(BODY_NAMES)

    @cached_property
    def names(self) -> list[str]:
        """Of the numbers of a sequence."""
        sides = ("lead", "other")[: self.hands]
        points = range(self.points)
        each = [f"{s}_{p}_{axis}" for s in sides for p in points for axis in "xyz"[: self.axes]]
        each += [f"{side}_seen" for side in sides]
        return [*(f"{name}_{t}" for t in range(N_FRAMES) for name in each), *BODY_NAMES]

    @classmethod
    def of(cls, size: int) -> SequenceForm:
        """The form of sequences of so many numbers.

        Raises
        ------
        ValueError
            If sequences do not have so many.
        """
        for form in _FORMS:
            if form.size == size:
                return form
        raise ValueError(
            f"sequences of motions have {', '.join(str(form.size) for form in _FORMS)} numbers, "
            f"not {size}"
        )


_FORMS = [SequenceForm(h, k, axes) for k in (1, 21) for h in (1, 2) for axes in (2, 3)]


class MotionSequences(MotionTransformer):
    """Turn motions into sequences of equally many frames.

    Points are in palm sizes, seen from the middle of the path of the leading hand: see
    `MotionFrames`. Tracks of one point are in units of their extent. A single left hand that is not
    mirrored looks as a right hand does where it is.

    Parameters
    ----------
    max_gap_ms : float, default=300.0
        A hand that is not seen for longer counts as not seen in between.
    mirror_left : bool or None, default=None
        See `MotionFeatures`.
    depth : bool or None, default=None
        See `MotionFeatures`.

    Attributes
    ----------
    n_hands_, n_points_, depth_ : int, int, bool
        Hands of each motion, points of each hand, and whether depth counts.
    n_features_out_ : int
    """

    blocks = "motion"

    @property
    def form_(self) -> SequenceForm:
        """How the numbers of a sequence are ordered."""
        return SequenceForm(self.n_hands_, self.n_points_, 3 if self.depth_ else 2)

    def _vectors(self, motions: Motions) -> NDArray[np.float32]:
        frames = self._frames(motions, N_FRAMES)
        n = len(frames)
        points = frames.as_right_hands
        if self.n_points_ == 1:  # of unknown unit
            sides = np.ptp(points, axis=1).max(axis=(1, 2, 3))
            points = points / np.maximum(sides, SMALLEST_TRACK)[:, None, None, None, None]
        points = points.reshape(n, N_FRAMES, -1)
        each = np.concatenate([points, frames.seen.astype(np.float32)], axis=2)
        return np.concatenate([each.reshape(n, -1), body_numbers(frames)], axis=1)

    def _feature_names(self) -> list[str]:
        return self.form_.names


def body_numbers(frames: MotionFrames) -> NDArray[np.float32]:
    """What `BODY_NAMES` name, shape (n, 6)."""
    nose, left, right = np.moveaxis(frames.body, 1, 0)
    chest, width = (left + right) / 2, np.linalg.norm(left - right, axis=1, keepdims=True)
    known = np.isfinite(width)
    nose = np.where(np.isfinite(nose).all(1, keepdims=True), nose, chest)
    numbers = [chest, np.maximum(width, SMALLEST_WIDTH), nose, known]
    found: Any = np.concatenate(numbers, axis=1)
    return np.where(known, found, 0).astype(np.float32)
