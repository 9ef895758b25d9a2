"""`MotionFeatures`: the transformer from motions of any length and frame rate to vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from typing_extensions import Self

from handpose.containers.motion import Motion
from handpose.containers.skeletons import HAND
from handpose.containers.skeletons import HandLandmark as H
from handpose.errors import LandmarksError, UnknownNameError
from handpose.features.motion_blocks import FOLLOWED, MOTION_BLOCKS, SCALES, EvenMotions
from handpose.features.normalize import is_mirror_image, normalize, palm_size

_PALM = [H.WRIST, H.INDEX_FINGER_MCP, H.PINKY_MCP]

_SMALLEST_EXTENT = {1: np.float32(0.03), len(HAND): np.float32(0.4)}
"""Image heights of a track, palm sizes of a hand: some 2 cm either way, as a webcam on a desk sees
them. In the first halves of point_history's recordings a finger at rest moves by less than 0.02,
and any motion by more than 0.05 (99 % of the windows: benchmarks/motion.py)."""

MIN_SEEN = 3
"""Frames in which a hand must be seen: with fewer there is no turning."""


def resample(
    points: ArrayLike,
    timestamps_ms: ArrayLike,
    n_frames: int,
    *,
    max_gap_ms: float = 300.0,
) -> NDArray[np.float32]:
    """Points at equal steps of time, from the first frame that shows them to the last.

    Parameters
    ----------
    points : array_like of shape (t, k, 2 or 3)
        NaN in frames that do not show them; those between two that do are bridged.
    timestamps_ms : array_like of shape (t,)
        Milliseconds, growing.
    n_frames : int
        At least 2.
    max_gap_ms : float, default=300.0
        Longest time between two frames that is bridged, by a straight line.

    Returns
    -------
    ndarray of float32, shape (n_frames, k, 2 or 3)

    Raises
    ------
    LandmarksError
        If fewer than three frames show the points, or a gap is longer than `max_gap_ms`.
    """
    motion = Motion(points, timestamps_ms)
    if n_frames < 2:
        raise LandmarksError(f"n_frames must be at least 2, but got {n_frames}")
    trouble = _why_unusable(motion, max_gap_ms)
    if trouble:
        raise LandmarksError(trouble)
    return _resampled(motion, n_frames)[0]


class MotionFeatures(TransformerMixin, BaseEstimator):
    """Turn motions into vectors that do not depend on where, how large and how finely filmed.

    A motion is resampled to `n_frames`. Paths of a whole hand are those of its palm and of the tip
    of its index finger. How long a motion takes shows in its speeds only: windows of one length
    would make it a constant.

    Parameters
    ----------
    blocks : sequence of str, default=("path", "statistics", "hand")
        Any of ``"path"``, ``"statistics"`` and ``"hand"``; the last is empty for tracks.
    scale : {"extent", "hand"}, default="extent"
        The unit of paths. ``"extent"``: the larger side of the box around a motion's paths, whose
        logarithm (of palm sizes; of a track's own unit) is one feature of the statistics, so that
        a motion larger than any that was trained on is still known by its shape. ``"hand"``: palm
        sizes; a track of one point keeps its own unit.
    n_frames : int, default=16
        At least 3.
    max_gap_ms : float, default=300.0
        See `resample`.
    mirror_left : bool, default=False
        Mirror the paths of left hands, so that both hands move towards the thumb alike. The block
        ``"hand"`` is that of a right hand in any case.

    Attributes
    ----------
    n_points_ : int
        Points of each motion: 1 or 21.
    n_features_out_ : int

    Examples
    --------
    >>> import numpy as np
    >>> track = Motion(np.random.default_rng(0).uniform(0, 1, (20, 2)), np.arange(20) * 33)
    >>> MotionFeatures(("statistics",)).fit_transform([track]).shape
    (1, 12)
    """

    def __init__(
        self,
        blocks: Sequence[str] = ("path", "statistics", "hand"),
        *,
        scale: str = "extent",
        n_frames: int = 16,
        max_gap_ms: float = 300.0,
        mirror_left: bool = False,
    ):
        self.blocks = blocks
        self.scale = scale
        self.n_frames = n_frames
        self.max_gap_ms = max_gap_ms
        self.mirror_left = mirror_left

    def fit(self, X: Sequence[Motion], y: Any = None) -> Self:
        """Check the parameters, and learn how many points a motion has.

        Parameters
        ----------
        X : sequence of Motion
        y : ignored

        Raises
        ------
        UnknownNameError
            If a block does not exist.
        LandmarksError
            If X holds no motions, or motions of different numbers of points.
        """
        self._check_parameters()
        motions = as_motions(X)
        if not motions:
            raise LandmarksError("no motions to learn the number of points from")
        self.n_points_ = motions[0].n_points
        self._check_points(motions)
        self.n_features_out_ = len(self.get_feature_names_out())
        if not self.n_features_out_:
            raise LandmarksError('the block "hand" needs whole hands, but got tracks of one point')
        return self

    def transform(self, X: Sequence[Motion]) -> NDArray[np.float32]:
        """Compute the features.

        Parameters
        ----------
        X : sequence of Motion

        Returns
        -------
        ndarray of float32, shape (n, n_features_out_)
            A row of NaN where `usable` says no.
        """
        check_is_fitted(self)
        motions = as_motions(X)
        self._check_points(motions)
        features = np.full((len(motions), self.n_features_out_), np.nan, np.float32)
        usable = self.usable(motions)
        if usable.any():
            even = self._even([m for m, ok in zip(motions, usable, strict=True) if ok])
            parts = [MOTION_BLOCKS[name].compute(even) for name in self.blocks]
            features[usable] = np.concatenate(parts, axis=1)
        return features

    def usable(self, X: Sequence[Motion]) -> NDArray[np.bool_]:
        """Which motions show the hand in three frames or more and without too long a gap."""
        return np.array([not _why_unusable(m, self.max_gap_ms) for m in as_motions(X)], bool)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the features, in the order of the columns of `transform`."""
        check_is_fitted(self, "n_points_")
        form = (self.n_points_, self.n_frames, self.scale)
        names = [name for block in self.blocks for name in MOTION_BLOCKS[block].names(*form)]
        return np.array(names, dtype=object)

    def _even(self, motions: list[Motion]) -> EvenMotions:
        resampled = [_resampled(motion, self.n_frames) for motion in motions]
        points = np.stack([points[..., :2] for points, _ in resampled])
        seconds = np.array([seconds for _, seconds in resampled], np.float32)
        sides = np.array([motion.handedness for motion in motions])
        paths, hands, palms = (points, None, None)
        if self.n_points_ == len(HAND):
            paths, hands, palms = _in_palms(points, sides)
        flip = np.ones((len(motions), 1, 1, 2), np.float32)
        flip[(sides == "Left") & self.mirror_left, ..., 0] = -1
        paths = paths * flip
        if self.scale == "hand":
            return EvenMotions(paths, seconds, None, hands, palms)
        extents = np.ptp(paths, axis=1).max(axis=(1, 2))
        extents = np.maximum(extents, _SMALLEST_EXTENT[self.n_points_])
        return EvenMotions(paths / extents[:, None, None, None], seconds, extents, hands, palms)

    def _check_parameters(self) -> None:
        if isinstance(self.blocks, str) or not self.blocks:
            raise UnknownNameError("sequence of motion blocks", self.blocks, MOTION_BLOCKS)
        for name in self.blocks:
            if name not in MOTION_BLOCKS:
                raise UnknownNameError("motion block", name, MOTION_BLOCKS)
        if self.scale not in SCALES:
            raise UnknownNameError("scale of motions", self.scale, SCALES)
        if self.n_frames < MIN_SEEN:
            raise LandmarksError(f"n_frames must be at least {MIN_SEEN}, but got {self.n_frames}")

    def _check_points(self, motions: list[Motion]) -> None:
        counts = sorted({motion.n_points for motion in motions} | {self.n_points_})
        if len(counts) > 1 or counts[0] not in FOLLOWED:
            raise LandmarksError(
                f"motions must all have 1 point or all have {len(HAND)}, but got {counts}; "
                "Motion.follow takes one point of a hand"
            )

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_out_")


def as_motions(X: Sequence[Motion]) -> list[Motion]:
    """`X` as a list, once everything in it is known to be a motion."""
    if isinstance(X, Motion):
        raise LandmarksError("motions must be a sequence of Motion, but got a single one: [motion]")
    motions = list(X) if isinstance(X, Iterable) else [X]
    for motion in motions:
        if not isinstance(motion, Motion):
            raise LandmarksError(
                f"motions must be a sequence of Motion, but got {type(motion).__name__}"
            )
    return motions


def _why_unusable(motion: Motion, max_gap_ms: float) -> str:
    """What keeps a motion from being resampled; ``""`` if nothing does."""
    times = motion.timestamps_ms[motion.seen]
    if len(times) < MIN_SEEN:
        return f"{len(times)} of {len(motion)} frames show the hand; a motion needs {MIN_SEEN}"
    gap = np.diff(times).max()
    if gap > max_gap_ms:
        return (
            f"the hand is not seen for {gap:.0f} ms, longer than the {max_gap_ms:.0f} ms that are "
            "bridged; cut the motion there, or raise max_gap_ms"
        )
    return ""


def _resampled(motion: Motion, n_frames: int) -> tuple[NDArray[np.float32], float]:
    """Points at equal steps of time, and the seconds that they span."""
    times, points = motion.timestamps_ms[motion.seen], motion.points[motion.seen]
    even = np.linspace(times[0], times[-1], n_frames)
    after = np.clip(np.searchsorted(times, even), 1, len(times) - 1)
    share = (even - times[after - 1]) / (times[after] - times[after - 1])
    start, end = points[after - 1], points[after]
    resampled = start + share[:, None, None].astype(np.float32) * (end - start)
    return resampled, float(times[-1] - times[0]) / 1000


def _in_palms(
    points: NDArray[np.float32], sides: NDArray[np.str_]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Paths in palm sizes, hands as right hands, and palm sizes, of whole hands (n, frames, 21, 2).

    A hand of which nobody said which it is has one side throughout: that of most frames.
    """
    n, frames = points.shape[:2]
    flat = points.reshape(n * frames, len(HAND), 2)
    palms = palm_size(flat).reshape(n, frames)
    unit = np.maximum(np.median(palms, axis=1, keepdims=True), 1e-6).astype(np.float32)
    paths = np.stack([points[:, :, _PALM].mean(axis=2), points[:, :, H.INDEX_FINGER_TIP]], axis=2)
    left = is_mirror_image(flat, np.repeat(sides, frames)).reshape(n, frames).mean(axis=1) > 0.5
    hands = normalize(flat, np.repeat(np.where(left, "Left", "Right"), frames))
    paths = (paths / unit[..., None, None]).astype(np.float32, copy=False)
    return paths, hands.reshape(n, frames, len(HAND), 2), palms
