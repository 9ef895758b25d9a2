"""`LandmarkFeatures`: the transformer from hands to vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from typing_extensions import Self

from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions
from handpose.errors import LandmarksError, UnknownNameError
from handpose.features.blocks import BLOCKS
from handpose.features.hand_transformer import HandTransformer
from handpose.features.normalize import normalize

PRESETS: dict[str, tuple[str, ...]] = {
    "coordinates": ("coordinates",),
    "geometry": ("distances", "angles", "fingertips"),
    "all": ("coordinates", "distances", "angles", "fingertips"),
}

_TURNED = ("_x", "_y", "_z")
"""How names of features end that change when a hand is turned."""

_CHUNK = 512
"""Hands that are computed together: enough for numpy, few enough for the processor's cache."""


class LandmarkFeatures(HandTransformer):
    """Turn hands into vectors that do not depend on where, how large and which hand it is.

    Parameters
    ----------
    blocks : str or sequence of str, default="geometry"
        A preset (``"coordinates"``, ``"geometry"``, ``"all"``), a block (``"coordinates"``,
        ``"distances"``, ``"angles"``, ``"fingertips"``) or several blocks, as a sequence or joined
        by ``+``.
    rotate : bool, default=False
        Turn each hand upright first. Then a tilted hand is the same as a straight one, and
        gestures that differ by nothing else become one.
    depth : bool, default=False
        Use z too. It is a guess of the network, noisier than x and y.

    Attributes
    ----------
    n_features_out_ : int
        Length of a feature vector.

    Examples
    --------
    >>> import numpy as np
    >>> hand = np.random.default_rng(0).uniform(0, 100, (1, 21, 3))
    >>> LandmarkFeatures("angles").fit_transform(hand).shape
    (1, 20)
    """

    def __init__(
        self, blocks: str | Sequence[str] = "geometry", *, rotate: bool = False, depth: bool = False
    ):
        self.blocks = blocks
        self.rotate = rotate
        self.depth = depth

    def fit(self, X: Landmarks | ArrayLike, y: Any = None) -> Self:
        """Check the parameters; there is nothing to learn.

        Parameters
        ----------
        X : Landmarks, or array_like of shape (n, 21, 2 or 3)
            An array is taken as hands of unknown handedness.
        y : ignored

        Raises
        ------
        UnknownNameError
            If a block or preset does not exist.
        LandmarksError
            If X does not hold hands.
        """
        as_landmarks(X)
        self.n_features_out_ = len(self._names())
        return self

    def transform(self, X: Landmarks | ArrayLike) -> NDArray[np.float32]:
        """Compute the features.

        Parameters
        ----------
        X : Landmarks, or array_like of shape (n, 21, 2 or 3)

        Returns
        -------
        ndarray of float32, shape (n, d)
            A hand that was not detected is a row of NaN.
        """
        check_is_fitted(self)
        hands = as_landmarks(X)
        features = np.empty((len(hands), self.n_features_out_), np.float32)
        for rows in _chunks(len(hands)):
            features[rows] = self._compute(hands.points[rows], hands.handedness[rows])
        return features

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the features, in the order of the columns of `transform`.

        What depends on ``rotate`` or ``depth`` is named by it: ``"upright_pinky_tip_x"``,
        ``"distance_xyz_wrist_pinky_tip"``.
        """
        return np.array(self._names(), dtype=object)

    def _compute(
        self, points: NDArray[np.float32], handedness: NDArray[np.str_]
    ) -> NDArray[np.float32]:
        hands = normalize(points[..., : len(self._axes())], handedness, rotate=self.rotate)
        return np.concatenate([BLOCKS[name].compute(hands) for name in self._blocks()], axis=1)

    def _blocks(self) -> tuple[str, ...]:
        if isinstance(self.blocks, str) and self.blocks in PRESETS:
            return PRESETS[self.blocks]
        names = tuple(self.blocks.split("+") if isinstance(self.blocks, str) else self.blocks)
        for name in names:
            if name not in BLOCKS:
                raise UnknownNameError("feature block or preset", name, {*PRESETS, *BLOCKS})
        if not names:
            raise UnknownNameError("feature block or preset", "", {*PRESETS, *BLOCKS})
        return names

    def _axes(self) -> str:
        return "xyz" if self.depth else "xy"

    def _names(self) -> list[str]:
        names = [name for block in self._blocks() for name in BLOCKS[block].names(self._axes())]
        if self.rotate:
            return [f"upright_{name}" if name.endswith(_TURNED) else name for name in names]
        return names


def as_landmarks(X: Landmarks | ArrayLike) -> Landmarks:
    """`X` itself, or an array of points as hands of unknown handedness."""
    if isinstance(X, Motions):
        raise LandmarksError('expected hands, but got motions; they need features="motion"')
    return X if isinstance(X, Landmarks) else Landmarks(np.asarray(X))


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, start + _CHUNK) for start in range(0, n, _CHUNK))
