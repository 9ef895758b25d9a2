"""`MotionFeatures`: the transformer from motions of any length and frame rate to vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Self

from handpose.containers.motion import MIN_SEEN, Motions
from handpose.containers.skeletons import HAND
from handpose.containers.skeletons import HandLandmark as H
from handpose.errors import LandmarksError, UnknownNameError
from handpose.features.motion_blocks import (
    MOTION_BLOCKS,
    PAIR_BLOCKS,
    SCALES,
    SIDES,
    EvenMotions,
    Form,
)
from handpose.features.motion_frames import MotionFrames
from handpose.features.motion_kinds import MotionTransformer
from handpose.features.normalize import normalize
from handpose.features.resampling import resample

__all__ = ["MOTION", "MotionFeatures", "resample"]

SMALLEST_EXTENT = {1: np.float32(0.03), len(HAND): np.float32(0.4)}
"""Image heights of a track, palm sizes of a hand: some 2 cm either way, as a webcam on a desk sees
them. In the first halves of point_history's recordings a finger at rest moves by less than 0.02,
and any motion by more than 0.05 (99 % of the windows: benchmarks/motion)."""

MOTION = "motion"
"""The preset of all blocks."""

_MOST_FRAMES = 1000
_MOST_BLOCKS = 16


class MotionFeatures(MotionTransformer):
    """Turn motions into vectors that do not depend on where, how large and how finely filmed.

    A motion is resampled to `n_frames`, from the first frame that shows a hand to the last. Paths
    of a whole hand are those of its palm and of the tip of its index finger. How long a motion
    takes shows in its speeds only: windows of one length would make it a constant. Of two hands
    each has these features (zeros where it is not seen); then follow when each is seen, and where
    the other hand is as the leading one sees it.

    Parameters
    ----------
    blocks : str or sequence of str, default="motion"
        ``"motion"`` for all, or some of ``"path"``, ``"statistics"``, ``"hand"``, ``"geometry"``
        and ``"place"``, as a sequence or joined by ``+``; the last three are empty for tracks.
    scale : {"extent", "hand"}, default="extent"
        The unit of paths. ``"extent"``: the larger side of the box around a motion's paths, whose
        logarithm (of palm sizes; of a track's own unit) is one feature of the statistics, so that
        a motion larger than any that was trained on is still known by its shape. ``"hand"``: palm
        sizes; a track of one point keeps its own unit.
    n_frames : int, default=16
        At least 3.
    max_gap_ms : float, default=300.0
        A hand that is not seen for longer counts as not seen in between.
    mirror_left : bool or None, default=None
        Mirror motions of two hands that the left one leads, and single left hands, so that both
        move towards the thumb alike. None mirrors motions of two hands: left-handed people sign so.
        Give False where left and right mean different things. What a single hand looks like is
        that of a right hand in any case.
    depth : bool or None, default=None
        Whether the third coordinate is looked at. None: where it is a camera's own, as wrists that
        differ in it tell. Landmarks of pictures have depth relative to the wrist.

    Attributes
    ----------
    n_hands_ : int
        Hands of each motion: 1 or 2.
    n_points_ : int
        Points of each hand: 1 or 21.
    depth_ : bool
    n_features_out_ : int

    Examples
    --------
    >>> import numpy as np
    >>> track = Motion(np.random.default_rng(0).uniform(0, 1, (20, 2)), np.arange(20) * 33)
    >>> MotionFeatures(("statistics",)).fit_transform([track]).shape
    (1, 12)
    """

    _KINDS: ClassVar[dict[str, tuple[type, ...]]] = MotionTransformer._KINDS | {
        "blocks": (str, list, tuple),
        "scale": (str,),
        "n_frames": (int,),
    }

    def __init__(
        self,
        blocks: str | Sequence[str] = MOTION,
        *,
        scale: str = "extent",
        n_frames: int = 16,
        max_gap_ms: float = 300.0,
        mirror_left: bool | None = None,
        depth: bool | None = None,
    ):
        super().__init__(max_gap_ms=max_gap_ms, mirror_left=mirror_left, depth=depth)
        self.blocks = blocks
        self.scale = scale
        self.n_frames = n_frames

    def _vectors(self, motions: Motions) -> NDArray[np.float32]:
        frames = self._frames(motions, self.n_frames)
        parts = [self._of_hand(frames, slot) for slot in range(self.n_hands_)]
        if self.n_hands_ == 2:
            parts += [block.compute(frames) for block in PAIR_BLOCKS]
        return np.concatenate(parts, axis=1)

    def _feature_names(self) -> list[str]:
        form = Form(self.n_points_, self.n_frames, 3 if self.depth_ else 2, self.scale)
        names = [name for block in self.block_names for name in MOTION_BLOCKS[block].names(form)]
        if self.n_hands_ == 1:
            return names
        pair = [name for block in PAIR_BLOCKS for name in block.names(form)]
        return [*(f"{side}_{name}" for side in SIDES for name in names), *pair]

    def _know(self, n_hands: int, n_points: int, depth: bool, motions: Motions) -> Self:
        super()._know(n_hands, n_points, depth, motions)
        form = Form(n_points, self.n_frames, 2, self.scale)
        if not any(MOTION_BLOCKS[name].names(form) for name in self.block_names):
            names = " and ".join(f'"{name}"' for name in self.block_names)
            raise LandmarksError(
                f"of tracks of one point there is nothing in {names}: that needs whole hands"
            )
        return self

    @property
    def block_names(self) -> tuple[str, ...]:
        """Names of the blocks, in the order of their features."""
        if self.blocks == MOTION:
            return tuple(MOTION_BLOCKS)
        return tuple(self.blocks.split("+") if isinstance(self.blocks, str) else self.blocks)

    def _of_hand(self, frames: MotionFrames, slot: int) -> NDArray[np.float32]:
        """Features of one hand, shape (n, k); zeros where it is never seen."""
        even = self._even(frames, slot)
        features = np.concatenate(
            [MOTION_BLOCKS[name].compute(even) for name in self.block_names], axis=1
        )
        features[~frames.seen[:, :, slot].any(1)] = 0
        return features

    def _even(self, frames: MotionFrames, slot: int) -> EvenMotions:
        points, palms = frames.points[:, :, slot], frames.palms[:, :, slot]
        paths, hands = points, None
        if self.n_points_ == len(HAND):
            centres = frames.centres[:, :, slot]
            paths = np.stack([centres, points[:, :, H.INDEX_FINGER_TIP]], axis=2)
            points = frames.as_right_hands[:, :, slot]
            flat = points.reshape(-1, *points.shape[2:])
            side = "Left" if slot else "Right"
            hands = normalize(flat, np.full(len(flat), side)).reshape(points.shape)
        extents = None
        if self.scale == "extent":
            extents = np.ptp(paths, axis=1).max(axis=(1, 2))
            extents = np.maximum(extents, SMALLEST_EXTENT[self.n_points_])
            paths = paths / extents[:, None, None, None]
        return EvenMotions(
            paths=paths,
            seconds=frames.seconds,
            seen=frames.seen[:, :, slot],
            extents=extents,
            hands=hands,
            palms=palms,
            points=points,
            body=frames.body,
        )

    def _check_parameters(self) -> None:
        super()._check_parameters()
        names = self.block_names
        if len(names) > _MOST_BLOCKS:
            raise ValueError(f"there are more than {_MOST_BLOCKS} blocks")
        for name in names or ("",):
            if name not in MOTION_BLOCKS:
                raise UnknownNameError("motion block", name, {MOTION, *MOTION_BLOCKS})
        if self.scale not in SCALES:
            raise UnknownNameError("scale of motions", self.scale, SCALES)
        if not MIN_SEEN <= self.n_frames <= _MOST_FRAMES:
            raise LandmarksError(
                f"n_frames must be from {MIN_SEEN} to {_MOST_FRAMES}, but got {self.n_frames}"
            )
