"""`MotionTransformer`: what all transformers of motions share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from typing_extensions import Self

from handpose.containers.motion import MIN_SEEN, Motion, Motions, as_motions
from handpose.containers.skeletons import HAND
from handpose.containers.skeletons import HandLandmark as H
from handpose.errors import LandmarksError
from handpose.features.motion_frames import MotionFrames, motion_frames, usable_hands

KINDS = (1, len(HAND))
"""Points that each hand of a motion may have."""

_LEARNT = ("n_hands", "n_points", "depth")
_OWN_DEPTH = 1e-3
"""Share of the spread of points in the image by which wrists must differ in depth."""


class MotionTransformer(TransformerMixin, BaseEstimator):
    """Base of transformers from motions to vectors.

    A subclass has the parameters `max_gap_ms`, `mirror_left` and `depth`, and the methods
    `_vectors` and `_feature_names`.

    Attributes
    ----------
    n_hands_ : int
        Hands of each motion: 1 or 2.
    n_points_ : int
        Points of each hand: 1 or 21.
    depth_ : bool
        Whether depth is looked at.
    n_features_out_ : int
    """

    takes_motions = True

    max_gap_ms: float
    mirror_left: bool | None
    depth: bool | None

    _KINDS: ClassVar[dict[str, tuple[type, ...]]] = {
        "max_gap_ms": (int, float),
        "mirror_left": (bool, type(None)),
        "depth": (bool, type(None)),
    }
    """Types of the parameters in a file."""

    def __init__(
        self,
        *,
        max_gap_ms: float = 300.0,
        mirror_left: bool | None = None,
        depth: bool | None = None,
    ):
        self.max_gap_ms = max_gap_ms
        self.mirror_left = mirror_left
        self.depth = depth

    @property
    def axes_(self) -> int:
        """Coordinates of a point that are looked at: 2 or 3."""
        return 3 if self.depth_ else 2

    @property
    def mirrors_(self) -> bool:
        """Whether left hands that lead, or are alone, are mirrored."""
        return self.n_hands_ == 2 if self.mirror_left is None else self.mirror_left

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
        depth = _has_depth(motions) if self.depth is None else self.depth
        return self._know(first.n_hands, first.n_points, depth, motions)

    def transform(self, X: Motions | Sequence[Motion]) -> NDArray[np.float32]:
        """Compute the vectors.

        Parameters
        ----------
        X : Motions, or sequence of Motion

        Returns
        -------
        ndarray of float32, shape (n, d)
            A row of NaN where `usable` says no.
        """
        check_is_fitted(self)
        motions = as_motions(X)
        self._check_points(motions)
        usable = self.usable(motions)
        if usable.all() and len(motions):
            return self._vectors(motions)
        vectors = np.full((len(motions), self.n_features_out_), np.nan, np.float32)
        if usable.any():
            vectors[usable] = self._vectors(motions[usable])
        return vectors

    def usable(self, X: Motions | Sequence[Motion]) -> NDArray[np.bool_]:
        """Which motions show a hand in three frames or more, shape (n,)."""
        return np.array([usable_hands(motion).any() for motion in as_motions(X)], bool)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the features, in the order of the columns of `transform`."""
        check_is_fitted(self, "n_points_")
        return np.array(self._feature_names(), dtype=object)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What was learnt in `fit`, for `from_arrays`."""
        check_is_fitted(self)
        return {name: np.array(int(getattr(self, f"{name}_"))) for name in _LEARNT}

    @classmethod
    def from_arrays(cls, params: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Fitted features from parameters and what `to_arrays` gave, checked.

        Raises
        ------
        ValueError
            If anything is not as this class has it.
        """
        features = cls(**params)
        for name, kinds in cls._KINDS.items():
            if type(params.get(name)) not in kinds:
                raise ValueError(f"{name} of the features has another type")
        features._check_parameters()
        learnt = {}
        for name, allowed in zip(_LEARNT, ((1, 2), KINDS, (0, 1)), strict=True):
            value = arrays[name]
            if value.shape or value.dtype.kind not in "iu" or value not in allowed:
                raise ValueError(f"{name} of the features must be one of {allowed}")
            learnt[name] = int(value)
        if len(arrays) > len(learnt):
            raise ValueError("the features hold an unknown array")
        hands, points, depth = learnt.values()
        return features._know(hands, points, bool(depth), Motions([]))

    def _vectors(self, motions: Motions) -> NDArray[np.float32]:
        """Vectors of one or more usable motions."""
        raise NotImplementedError

    def _feature_names(self) -> list[str]:
        raise NotImplementedError

    def _frames(self, motions: Motions, n_frames: int) -> MotionFrames:
        return motion_frames(
            motions, n_frames, max_gap_ms=self.max_gap_ms, axes=self.axes_, mirror=self.mirrors_
        )

    def _know(self, n_hands: int, n_points: int, depth: bool, motions: Motions) -> Self:
        self.n_hands_, self.n_points_, self.depth_ = n_hands, n_points, depth
        self._check_points(motions)
        self.n_features_out_ = len(self._feature_names())
        return self

    def _check_parameters(self) -> None:
        if not self.max_gap_ms > 0:
            raise LandmarksError(f"max_gap_ms must be above 0, but got {self.max_gap_ms}")

    def _check_points(self, motions: Iterable[Motion]) -> None:
        counts = sorted({motion.n_points for motion in motions} | {self.n_points_})
        if len(counts) > 1 or counts[0] not in KINDS:
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


def _has_depth(motions: Motions) -> bool:
    """Whether wrists (or single points) differ in depth: a camera's own, not relative to them."""
    for motion in motions:
        if motion.points.shape[-1] == 3 and motion.seen.sum(0).max() >= MIN_SEEN:
            wrists = motion.points[:, :, H.WRIST][motion.seen]
            sides = np.ptp(motion.points[motion.seen].reshape(-1, 3), axis=0)
            if np.ptp(wrists[:, 2]) > _OWN_DEPTH * sides[:2].max():
                return True
    return False
