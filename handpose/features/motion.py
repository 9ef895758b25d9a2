"""`MotionFeatures`: the transformer from motions of any length and frame rate to vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from typing_extensions import Self

from handpose.containers.motion import MIN_SEEN, SLOTS, Motion, Motions, as_motions
from handpose.containers.skeletons import HAND, PALM_TRIANGLE
from handpose.containers.skeletons import HandLandmark as H
from handpose.errors import LandmarksError, UnknownNameError
from handpose.features.motion_blocks import FOLLOWED, MOTION_BLOCKS, SCALES, EvenMotions, change
from handpose.features.normalize import is_mirror_image, normalize, palm_size, smallest_palm

_SMALLEST_EXTENT = {1: np.float32(0.03), len(HAND): np.float32(0.4)}
"""Image heights of a track, palm sizes of a hand: some 2 cm either way, as a webcam on a desk sees
them. In the first halves of point_history's recordings a finger at rest moves by less than 0.02,
and any motion by more than 0.05 (99 % of the windows: benchmarks/motion)."""

MOTION = "motion"
"""The preset of all blocks."""

_MOST_FRAMES = 1000
_MOST_BLOCKS = 16
_KINDS: dict[str, tuple[type, ...]] = {
    "blocks": (str, list, tuple),
    "scale": (str,),
    "n_frames": (int,),
    "max_gap_ms": (int, float),
    "mirror_left": (bool,),
}
"""Types of the parameters in a file."""

_APART = (
    *("apart_x", "apart_y", "change_apart_x", "change_apart_y"),
    *("distance_apart", "change_distance_apart", "range_distance_apart"),
)


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
    if motion.n_hands > 1:
        raise LandmarksError(f"points must be those of one hand, but got {motion.n_hands}")
    if n_frames < 2:
        raise LandmarksError(f"n_frames must be at least 2, but got {n_frames}")
    times, seen = _seen(motion, 0)
    trouble = _why_unusable(times, len(motion), max_gap_ms)
    if trouble:
        raise LandmarksError(trouble)
    return _resampled(times, seen, n_frames)


class MotionFeatures(TransformerMixin, BaseEstimator):
    """Turn motions into vectors that do not depend on where, how large and how finely filmed.

    A motion is resampled to `n_frames`. Paths of a whole hand are those of its palm and of the tip
    of its index finger. How long a motion takes shows in its speeds only: windows of one length
    would make it a constant. Of two hands, each has these features (zeros where it is not seen),
    whether it is seen, and where the right palm is as the left one sees it, in palm sizes.

    Parameters
    ----------
    blocks : str or sequence of str, default="motion"
        ``"motion"`` for all, or some of ``"path"``, ``"statistics"`` and ``"hand"``, as a sequence
        or joined by ``+``; the last is empty for tracks.
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
    n_hands_ : int
        Hands of each motion: 1 or 2.
    n_points_ : int
        Points of each hand: 1 or 21.
    n_features_out_ : int

    Examples
    --------
    >>> import numpy as np
    >>> track = Motion(np.random.default_rng(0).uniform(0, 1, (20, 2)), np.arange(20) * 33)
    >>> MotionFeatures(("statistics",)).fit_transform([track]).shape
    (1, 12)
    """

    takes_motions = True

    def __init__(
        self,
        blocks: str | Sequence[str] = MOTION,
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

    def fit(self, X: Motions | Sequence[Motion], y: Any = None) -> Self:
        """Check the parameters, and learn how many hands and points a motion has.

        Parameters
        ----------
        X : Motions, or sequence of Motion
        y : ignored

        Raises
        ------
        UnknownNameError
            If a block does not exist.
        LandmarksError
            If X holds no motions, or motions of different numbers of hands or points.
        """
        self._check_parameters()
        motions = as_motions(X)
        if not len(motions):
            raise LandmarksError("no motions to learn the number of points from")
        first = next(iter(motions))
        return self._know(first.n_hands, first.n_points, motions)

    def transform(self, X: Motions | Sequence[Motion]) -> NDArray[np.float32]:
        """Compute the features.

        Parameters
        ----------
        X : Motions, or sequence of Motion

        Returns
        -------
        ndarray of float32, shape (n, n_features_out_)
            A row of NaN where `usable` says no.
        """
        check_is_fitted(self)
        motions = as_motions(X)
        self._check_points(motions)
        seen = np.array([self._usable_hands(motion) for motion in motions], bool)
        seen = seen.reshape(len(motions), self.n_hands_)
        parts = [self._of_hand(motions, slot, seen[:, slot]) for slot in range(self.n_hands_)]
        if self.n_hands_ == 2:
            parts += [seen.astype(np.float32), self._apart(motions)]
        features = np.concatenate(parts, axis=1)
        features[~seen.any(1)] = np.nan
        return features

    def usable(self, X: Motions | Sequence[Motion]) -> NDArray[np.bool_]:
        """Which motions show a hand in three frames or more and without too long a gap."""
        return np.array([any(self._usable_hands(motion)) for motion in as_motions(X)], bool)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the features, in the order of the columns of `transform`."""
        check_is_fitted(self, "n_points_")
        names = self._hand_names()
        if self.n_hands_ == 2:
            sides = [side.lower() for side in SLOTS]
            names = [f"{side}_{name}" for side in sides for name in names]
            names += [*(f"{side}_seen" for side in sides), *_APART]
        return np.array(names, dtype=object)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What was learnt in `fit`, for `from_arrays`."""
        check_is_fitted(self)
        return {"n_hands": np.array(self.n_hands_), "n_points": np.array(self.n_points_)}

    @classmethod
    def from_arrays(cls, params: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Fitted features from parameters and what `to_arrays` gave, checked.

        Raises
        ------
        ValueError
            If anything is not as this class has it.
        """
        features = cls(**params)
        for name, kinds in _KINDS.items():
            if type(params.get(name)) not in kinds:
                raise ValueError(f"{name} of the features has another type")
        if len(features._blocks()) > _MOST_BLOCKS:
            raise ValueError(f"there are more than {_MOST_BLOCKS} blocks")
        features._check_parameters()
        learnt = {}
        for name, allowed in (("n_hands", (1, 2)), ("n_points", tuple(FOLLOWED))):
            value = arrays[name]
            if value.shape or value.dtype.kind not in "iu" or value not in allowed:
                raise ValueError(f"{name} of the features must be one of {allowed}")
            learnt[name] = int(value)
        if len(arrays) > len(learnt):
            raise ValueError("the features hold an unknown array")
        return features._know(learnt["n_hands"], learnt["n_points"], Motions([]))

    def _know(self, n_hands: int, n_points: int, motions: Motions) -> Self:
        self.n_hands_, self.n_points_ = n_hands, n_points
        self._check_points(motions)
        if not self._hand_names():
            raise LandmarksError('the block "hand" needs whole hands, but got tracks of one point')
        self.n_features_out_ = len(self.get_feature_names_out())
        return self

    def _blocks(self) -> tuple[str, ...]:
        if self.blocks == MOTION:
            return tuple(MOTION_BLOCKS)
        return tuple(self.blocks.split("+") if isinstance(self.blocks, str) else self.blocks)

    def _hand_names(self) -> list[str]:
        form = (self.n_points_, self.n_frames, self.scale)
        return [name for block in self._blocks() for name in MOTION_BLOCKS[block].names(*form)]

    def _usable_hands(self, motion: Motion) -> list[bool]:
        """Which hands are seen well enough."""
        times, n = motion.timestamps_ms, len(motion)
        return [not _why_unusable(times[seen], n, self.max_gap_ms) for seen in motion.seen.T]

    def _of_hand(
        self, motions: Motions, slot: int, usable: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """Features of one hand, shape (n, k); zeros where it is not usable."""
        features = np.zeros((len(motions), len(self._hand_names())), np.float32)
        if usable.any():
            even = self._even(motions[usable], slot)
            parts = [MOTION_BLOCKS[name].compute(even) for name in self._blocks()]
            features[usable] = np.concatenate(parts, axis=1)
        return features

    def _even(self, motions: Motions, slot: int) -> EvenMotions:
        seen = [_seen(motion, slot) for motion in motions]
        points = np.stack([_resampled(*one, self.n_frames)[..., :2] for one in seen])
        seconds = np.array([(times[-1] - times[0]) / 1000 for times, _ in seen], np.float32)
        sides = np.array([motion.sides[slot] for motion in motions])
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

    def _apart(self, motions: Motions) -> NDArray[np.float32]:
        """Where the right hand is, seen from the left one, shape (n, 7).

        Mean, change from the first third to the last, and range; zeros where the two are not seen
        together in `MIN_SEEN` frames.
        """
        features = np.zeros((len(motions), len(_APART)), np.float32)
        for row, motion in zip(features, motions, strict=True):
            both = motion.seen.all(1)
            if both.sum() >= MIN_SEEN:
                between = _between_hands(motion.points[both][..., :2])
                even = _resampled(motion.timestamps_ms[both], between, self.n_frames)[None, :, 0]
                far = np.linalg.norm(even, axis=-1, keepdims=True)
                row[:] = np.concatenate(
                    [even.mean(1), change(even), far.mean(1), change(far), np.ptp(far, axis=1)], 1
                )
        return features

    def _check_parameters(self) -> None:
        names = self._blocks()
        for name in names or ("",):
            if name not in MOTION_BLOCKS:
                raise UnknownNameError("motion block", name, {MOTION, *MOTION_BLOCKS})
        if self.scale not in SCALES:
            raise UnknownNameError("scale of motions", self.scale, SCALES)
        if not MIN_SEEN <= self.n_frames <= _MOST_FRAMES:
            raise LandmarksError(
                f"n_frames must be from {MIN_SEEN} to {_MOST_FRAMES}, but got {self.n_frames}"
            )
        if not self.max_gap_ms > 0:
            raise LandmarksError(f"max_gap_ms must be above 0, but got {self.max_gap_ms}")

    def _check_points(self, motions: Motions) -> None:
        counts = sorted({motion.n_points for motion in motions} | {self.n_points_})
        if len(counts) > 1 or counts[0] not in FOLLOWED:
            raise LandmarksError(
                f"motions must all have 1 point or all have {len(HAND)}, but got {counts}; "
                "Motion.follow takes one point of a hand"
            )
        hands = sorted({motion.n_hands for motion in motions} | {self.n_hands_})
        if len(hands) > 1:
            raise LandmarksError(
                f"motions must all be of one hand or all of two, but got {hands}; "
                "Motion.from_frames makes those of two, also where one hand is seen"
            )

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_out_")


def _seen(motion: Motion, slot: int) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Times of the frames that show a hand, and its points in them."""
    seen = motion.seen[:, slot]
    return motion.timestamps_ms[seen], motion.points[seen, slot]


def _why_unusable(times: NDArray[np.float64], n_frames: int, max_gap_ms: float) -> str:
    """What keeps the frames that show a hand from being resampled; ``""`` if nothing does."""
    if len(times) < MIN_SEEN:
        return f"{len(times)} of {n_frames} frames show the hand; a motion needs {MIN_SEEN}"
    gap = np.diff(times).max()
    if gap > max_gap_ms:
        return (
            f"the hand is not seen for {gap:.0f} ms, longer than the {max_gap_ms:.0f} ms that are "
            "bridged; cut the motion there, or raise max_gap_ms"
        )
    return ""


def _resampled(
    times: NDArray[np.float64], points: NDArray[np.float32], n_frames: int
) -> NDArray[np.float32]:
    """Points at equal steps of time."""
    even = np.linspace(times[0], times[-1], n_frames)
    after = np.clip(np.searchsorted(times, even), 1, len(times) - 1)
    share = (even - times[after - 1]) / (times[after] - times[after - 1])
    start, end = points[after - 1], points[after]
    return start + share[:, None, None].astype(np.float32) * (end - start)


def _in_palms(
    points: NDArray[np.float32], sides: NDArray[np.str_]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Paths in palm sizes, hands as right hands, and palm sizes, of whole hands (n, frames, 21, 2).

    A hand of unknown side has one side throughout: that of most frames.
    """
    n, frames = points.shape[:2]
    flat = points.reshape(n * frames, len(HAND), 2)
    palms = _palm_sizes(flat).reshape(n, frames)
    unit = np.median(palms, axis=1, keepdims=True).astype(np.float32)
    paths = np.stack([_palm_centres(points), points[:, :, H.INDEX_FINGER_TIP]], axis=2)
    left = is_mirror_image(flat, np.repeat(sides, frames)).reshape(n, frames).mean(axis=1) > 0.5
    hands = normalize(flat, np.repeat(np.where(left, "Left", "Right"), frames))
    paths = (paths / unit[..., None, None]).astype(np.float32, copy=False)
    return paths, hands.reshape(n, frames, len(HAND), 2), palms


def _palm_sizes(hands: NDArray[np.float32]) -> NDArray[np.float32]:
    """Palm sizes of hands (n, 21, 2), none of them 0."""
    return np.maximum(palm_size(hands), smallest_palm((hands - hands[:, :1]).T))


def _palm_centres(points: NDArray[np.float32]) -> NDArray[np.float32]:
    return points[..., PALM_TRIANGLE, :].mean(axis=-2)


def _between_hands(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """From the left hand to the right one, shape (t, 1, 2).

    Parameters
    ----------
    points : ndarray of float32, shape (t, 2, k, 2)
        In palm sizes where these are hands; else in the unit of the tracks.
    """
    if points.shape[2] != len(HAND):
        return points[:, 1] - points[:, 0]
    palms = _palm_sizes(points.reshape(-1, len(HAND), 2))
    centres = _palm_centres(points)
    return ((centres[:, 1] - centres[:, 0]) / np.median(palms))[:, None].astype(np.float32)
