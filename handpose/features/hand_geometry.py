"""`HandGeometry`: sizes of a hand's bones, which tell people apart rather than gestures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Literal, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from typing_extensions import Self

from handpose.containers.landmarks import Landmarks
from handpose.containers.skeletons import FINGERS, HAND, HAND_CONNECTIONS
from handpose.errors import LandmarksError, UnknownNameError
from handpose.features.hand_transformer import HandTransformer
from handpose.features.landmark_features import as_landmarks

Frames: TypeAlias = "Landmarks | ArrayLike | Sequence[Landmarks]"

_STARTS, _ENDS = np.array(HAND_CONNECTIONS).T.copy()
_OF_FINGER = {
    finger: [bone for bone, (a, b) in enumerate(HAND_CONNECTIONS) if a in joints and b in joints]
    for finger, joints in FINGERS.items()
}
"""The three bones of each finger, as rows of `HAND_CONNECTIONS`."""
_PAIRS = tuple(combinations(FINGERS, 2))
_ACROSS = [HAND_CONNECTIONS.index(edge) for edge in ((5, 9), (9, 13), (13, 17))]
_ALONG = [HAND_CONNECTIONS.index(edge) for edge in ((0, 5), (0, 17))]
_SPACES = ("world", "image")
_BLOCKS = ("lengths", "ratios", "all")
_SHORTEST = 1e-6
"""Of the hand's mean bone: a bone seen from its end still has a logarithm."""


class HandGeometry(HandTransformer):
    """Turn hands into the logarithms of the lengths of their bones, and of ratios of these.

    Several pictures of one hand become one vector: each bone's length is the mean over the
    pictures, in which each counts as much as its two ends are sure (`Landmarks.point_scores`).

    Parameters
    ----------
    blocks : {"lengths", "ratios", "all"}, default="ratios"
        ``"lengths"``: of the 21 edges of the hand, in metres (pixels). ``"ratios"``: each edge to
        the mean one, each finger to each other, the palm's width to its length; these do not depend
        on how far the camera was.
    space : {"world", "image"}, default="world"
        Which landmarks are measured: `Landmarks.world`, or `Landmarks.points` without depth, in
        which a bone that points to the camera is short.

    Attributes
    ----------
    n_features_out_ : int

    Notes
    -----
    How long a bone is says whose hand it is, not what it shows; how long it *seems* depends on the
    pose, on the network and on the camera. See `handpose.evaluate_people` for how far it tells
    people apart, and ``docs/doors.md`` for why that opens no door.

    Examples
    --------
    >>> import handpose as hp
    >>> hands = hp.load_dataset("rendered_hands").X
    >>> HandGeometry(space="image").fit_transform([hands[:5], hands[5:10]]).shape
    (2, 32)
    """

    def __init__(
        self,
        blocks: Literal["lengths", "ratios", "all"] = "ratios",
        *,
        space: Literal["world", "image"] = "world",
    ):
        self.blocks = blocks
        self.space = space

    def fit(self, X: Frames, y: Any = None) -> Self:
        """Check the parameters; there is nothing to learn.

        Parameters
        ----------
        X : Landmarks, array_like of shape (n, 21, 2 or 3), or sequence of Landmarks
        y : ignored

        Raises
        ------
        UnknownNameError
            If there is no such block or space.
        LandmarksError
            If X does not hold hands.
        """
        self.n_features_out_ = len(self._names())
        _frames(X)
        return self

    def transform(self, X: Frames) -> NDArray[np.float32]:
        """Measure hands.

        Parameters
        ----------
        X : Landmarks, array_like of shape (n, 21, 2 or 3), or sequence of Landmarks
            One picture of each hand, or several.

        Returns
        -------
        ndarray of float32, shape (n, d)
            Natural logarithms. A row of NaN where no picture of a hand has landmarks in the space
            that is measured.
        """
        check_is_fitted(self)
        hands, owners, n = _frames(X)
        lengths, weights = self._bones(hands)
        return self._features(_means(lengths, weights, owners, n)).astype(np.float32)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the features, in the order of the columns of `transform`."""
        return np.array(self._names(), dtype=object)

    def _bones(self, hands: Landmarks) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lengths of the 21 edges of each hand, and how much each counts, shape (n, 21)."""
        points = hands.world if self.space == "world" else hands.points[..., :2]
        edges = points[:, _ENDS].astype(np.float64) - points[:, _STARTS]
        lengths = np.sqrt(np.square(edges).sum(-1))
        sure = np.nan_to_num(hands.point_scores, nan=1.0).astype(np.float64)
        weights = np.maximum(sure[:, _STARTS] * sure[:, _ENDS], _SHORTEST)
        return lengths, np.where(np.isnan(lengths), 0.0, weights)

    def _features(self, lengths: NDArray[np.float64]) -> NDArray[np.float64]:
        mean = lengths.mean(1, keepdims=True)
        lengths = np.maximum(lengths, _SHORTEST * mean)
        blocks = []
        if self.blocks in ("lengths", "all"):
            blocks.append(lengths)
        if self.blocks in ("ratios", "all"):
            fingers = {name: lengths[:, rows].sum(1) for name, rows in _OF_FINGER.items()}
            between = [fingers[one] / fingers[other] for one, other in _PAIRS]
            palm = lengths[:, _ACROSS].sum(1) / lengths[:, _ALONG].mean(1)
            blocks += [lengths / mean, np.column_stack([*between, palm])]
        return np.log(np.concatenate(blocks, axis=1))

    def _names(self) -> list[str]:
        if self.blocks not in _BLOCKS:
            raise UnknownNameError("block", self.blocks, _BLOCKS)
        if self.space not in _SPACES:
            raise UnknownNameError("space", self.space, _SPACES)
        edges = [f"{HAND.landmarks[a]}_{HAND.landmarks[b]}".lower() for a, b in HAND_CONNECTIONS]
        names = [f"length_{edge}" for edge in edges] if self.blocks != "ratios" else []
        if self.blocks != "lengths":
            names += [f"ratio_{edge}" for edge in edges]
            names += [f"ratio_{one}_{other}" for one, other in _PAIRS] + ["ratio_palm"]
        return names


def _frames(X: Frames) -> tuple[Landmarks, NDArray[np.intp], int]:
    """All pictures, the number of the hand that each shows, and how many hands there are."""
    if isinstance(X, (list, tuple)) and any(isinstance(part, Landmarks) for part in X):
        if not all(isinstance(part, Landmarks) for part in X):
            raise LandmarksError("a sequence of hands must hold Landmarks, one for each hand")
        owners = np.repeat(np.arange(len(X)), [len(part) for part in X])
        return Landmarks.concat(X), owners, len(X)
    hands = as_landmarks(cast(Any, X))
    return hands, np.arange(len(hands)), len(hands)


def _means(
    lengths: NDArray[np.float64], weights: NDArray[np.float64], owners: NDArray[np.intp], n: int
) -> NDArray[np.float64]:
    """Weighted mean length of each bone of each hand, shape (n, bones); NaN where none was seen."""
    sums, totals = np.zeros((2, n, lengths.shape[1]))
    np.add.at(sums, owners, weights * np.nan_to_num(lengths))
    np.add.at(totals, owners, weights)
    with np.errstate(invalid="ignore"):
        return sums / totals
