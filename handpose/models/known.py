"""How near hands are to those that a model was taught: what tells "none" from a gesture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from handpose.classifiers.arrays import Arrays, Spec, check_arrays
from handpose.classifiers.few_shot.embedding import (
    Embedding,
    embed,
    embedding_arrays,
    embedding_from,
    embedding_specs,
    known_networks,
    shipped_embedding,
)
from handpose.errors import UnknownNameError
from handpose.models.nearness import (
    LINEAR_SLOPE,
    NETWORKS_SLOPE,
    sigmoid_of_known,
    usual_logs,
)
from handpose.models.one_hand import OneHand

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

AUTO = "auto"
NONE_METHODS = (AUTO, "neighbors")
"""Ways of telling gestures that nobody taught; None is another."""

NEAREST = 3
"""Hands of a gesture whose mean squared distance counts."""

MOST_OF_ONE, MOST = 100, 4000
"""Training hands that are kept, of one gesture and in all."""

_USUAL = np.log(3.0)
"""Logarithm of the squared distance of two hands of one gesture in the shipped networks."""

TOWARDS_ROUND = 0.3
"""Without networks: how far the covariance within gestures is shrunk towards the identity."""

_ROUND_ROWS, _VARIANCE = 20.0, 0.1
"""The variance within gestures, as a share of that of all hands, before anything is known of it;
that counts as much as so many hands."""

_ROUNDING = 1e-6
"""A column whose spread is below this share of the usual one holds rounding errors."""

TINY = 1e-9
"""Added to a mean squared distance before its logarithm."""
_LARGEST = 6e4


class KnownHands:
    """Training hands in an embedding, and how far hands of a gesture usually are from each other.

    A hand that a classifier takes for a gesture is known if it is about as near to the training
    hands of that gesture as these are to those of other people. Distances are taken in the networks
    of `few_shot`, and where they cannot read the features, in axes that make the covariance within
    gestures round (Mahalanobis distances). What counts is the mean squared distance to the three
    nearest hands of the gesture, over what is usual in that gesture.

    The logarithm of that ratio becomes a probability by a sigmoid. It is fitted on the training
    hands: known are those beside the hands of other people, foreign are those whose own gesture is
    left away. Foreign hands are expected as often as those of one gesture.

    Attributes
    ----------
    embedding : list of ndarray
        Networks or a linear map, see `handpose.classifiers.few_shot.embedding`.
    places : ndarray of float32, shape (m, k)
        Embedded training hands, sorted by gesture; rounded to eleven bits.
    starts : ndarray of int, shape (n_classes,)
        The first of each gesture.
    usual : ndarray of shape (n_classes,)
        Logarithm of the usual distance.
    sigmoid : ndarray of shape (2,)
        Slope and offset.
    """

    def __init__(
        self,
        embedding: Embedding,
        places: NDArray[np.float32],
        starts: Codes,
        usual: Floats,
        sigmoid: Floats,
    ):
        self.embedding = embedding
        self.places, self.starts = places, starts
        self.usual, self.sigmoid = usual, sigmoid
        ends = [*starts[1:].tolist(), len(places)]
        wide = places.astype(np.float64)
        self._of = [wide[a:b] for a, b in zip(starts.tolist(), ends, strict=True)]
        self._squares = [np.square(hands).sum(1) for hands in self._of]
        self._one = OneHand(embedding, self._of, self._squares, NEAREST)

    @classmethod
    def fit(
        cls,
        vectors: NDArray[Any],
        codes: Codes,
        groups: NDArray[Any],
        *,
        nothing: NDArray[np.bool_],
        names: Sequence[str] | None = None,
        copies: NDArray[Any] | None = None,
        random_state: int = 0,
    ) -> KnownHands:
        """Fit on training hands alone.

        Parameters
        ----------
        vectors : ndarray of shape (n, d)
            What the classifier is fitted on, without changed copies.
        codes : ndarray of int, shape (n,)
            Class of each, from 0.
        groups : ndarray of shape (n,)
            Whose hand.
        nothing : ndarray of bool, shape (n_classes,)
            Which classes mean that there is no gesture.
        names : sequence of d str, optional
            Of the columns.
        copies : ndarray of shape (n, d), optional
            Of a changed copy of each hand, as another camera may have seen it. It is known too.
        random_state : int, default=0
            Decides which hands are kept, where there are many.
        """
        kept = _some(codes, len(nothing), random_state)
        rows, codes, groups = np.asarray(vectors, np.float64)[kept], codes[kept], groups[kept]
        embedding, usual = _embedding(rows, codes, names)
        placed = np.clip(embed(embedding, rows), -_LARGEST, _LARGEST)
        places = placed.astype(np.float16).astype(np.float32)
        starts = np.searchsorted(codes, np.arange(len(nothing)))
        known = cls(embedding, places, starts, np.zeros(len(nothing)), np.zeros(2))
        logs = known._log_distances_to_others(known.places.astype(np.float64), codes, groups)
        known.usual = usual_logs(logs, codes, usual)
        near = known.usual - logs
        of_own = near[np.arange(len(codes)), codes]
        if copies is not None:
            placed = embed(embedding, np.asarray(copies, np.float64)[kept])
            changed = known.usual - known._log_distances_to_others(placed, codes, groups)
            of_own = np.stack([of_own, changed[np.arange(len(codes)), codes]])
        slope = LINEAR_SLOPE if len(embedding) == 1 else NETWORKS_SLOPE
        known.sigmoid = sigmoid_of_known(of_own, near, codes, nothing, slope)
        return known

    def chances(self, vectors: NDArray[Any], codes: Codes) -> Floats:
        """Probability that each hand shows a gesture that was taught, shape (n,).

        Parameters
        ----------
        vectors : ndarray of shape (n, d)
        codes : ndarray of int, shape (n,)
            The class that each is taken for.
        """
        slope, offset = self.sigmoid
        return expit(slope * self.nearness(vectors, codes) + offset)

    def nearness(self, vectors: NDArray[Any], codes: Codes) -> Floats:
        """Logarithm of the usual distance over that of each hand: 0 is usual, shape (n,)."""
        if len(vectors) == 1:
            return self.usual[codes] - log(self._one.distance(vectors[0], int(codes[0])) + TINY)
        places = embed(self.embedding, vectors)
        logs = np.empty(len(places))
        for code in np.unique(codes):
            rows = codes == code
            logs[rows] = self._logs(places[rows], int(code))
        return self.usual[codes] - logs

    def to_arrays(self) -> Arrays:
        """Named arrays, for `from_arrays`."""
        return embedding_arrays(self.embedding) | {
            "places": self.places,
            "starts": np.asarray(self.starts),
            "usual": self.usual,
            "sigmoid": self.sigmoid,
        }

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[Any]], *, n_features: int, n_classes: int
    ) -> KnownHands:
        """The inverse of `to_arrays`.

        Raises
        ------
        ValueError
            If arrays are missing or contradict each other.
        """
        specs = embedding_specs(arrays) | _SPECS
        check_arrays(arrays, specs, {"features": n_features, "classes": n_classes, "two": 2})
        embedding, starts = embedding_from(arrays), arrays["starts"]
        if starts[0] != 0 or (np.diff(starts) < 1).any() or starts[-1] >= len(arrays["places"]):
            raise ValueError("starts must begin with 0 and grow")
        width = embed(embedding, np.zeros((1, n_features))).shape[1]
        if arrays["places"].shape[1] != width:
            raise ValueError("places have another number of axes than the embedding")
        return cls(
            embedding,
            arrays["places"],
            starts,
            arrays["usual"],
            arrays["sigmoid"],
        )

    def _logs(self, places: Floats, code: int) -> Floats:
        """Log mean squared distance to the nearest hands of one class."""
        return _log_means(self._distances(places, code))

    def _distances(self, places: Floats, code: int) -> Floats:
        known = self._of[code]
        distances = np.square(places).sum(1)[:, None] + self._squares[code]
        distances -= 2 * (places @ known.T)
        return np.maximum(distances, 0)

    def _log_distances_to_others(
        self, places: Floats, codes: Codes, groups: NDArray[Any]
    ) -> Floats:
        """Of each kept hand to the hands of other people, shape (m, n_classes); NaN: no others."""
        logs = []
        for code in range(len(self._of)):
            distances = self._distances(places, code)
            distances[groups[:, None] == groups[codes == code]] = np.nan
            logs.append(_log_means(distances))
        return np.stack(logs, axis=1)


_SPECS = {
    "places": Spec(("rows", "axes")),
    "starts": Spec(("classes",), "i", 0, "rows"),
    "usual": Spec(("classes",), "f", -100, 100),
    "sigmoid": Spec(("two",), "f", -1e6, 1e6),
}


def check_none(none: str | None) -> None:
    """Refuse an unknown way of telling gestures that were not taught.

    Raises
    ------
    UnknownNameError
    """
    if none is not None and none not in NONE_METHODS:
        raise UnknownNameError("way of telling none", none, NONE_METHODS)


def _embedding(rows: Floats, codes: Codes, names: Sequence[str] | None) -> tuple[Embedding, float]:
    """Networks that can read the columns, else a linear map; and the usual log distance in it."""
    key = None if names is None else known_networks(names)
    if key is not None and names is not None:
        return shipped_embedding(key, names), _USUAL
    spread = rows.std(0)
    says = spread > _ROUNDING * np.median(spread)
    spread[~says] = np.inf
    return [_rounding(rows / spread, codes) / spread[:, None]], np.log(2.0 * max(says.sum(), 1))


def _some(codes: Codes, n_classes: int, random_state: int) -> Codes:
    """Rows that are kept, sorted by class."""
    most = max(NEAREST, min(MOST_OF_ONE, MOST // n_classes))
    rng = np.random.default_rng(random_state)
    rows = [np.flatnonzero(codes == code) for code in range(n_classes)]
    return np.concatenate([np.sort(rng.permutation(of_one)[:most]) for of_one in rows])


def _rounding(places: Floats, codes: Codes) -> Floats:
    """Axes in which the covariance within classes is the identity, nearly.

    It is shrunk towards a multiple of the identity, wholly where a class has but one hand.
    """
    n, d = places.shape
    means = np.stack([places[codes == code].mean(0) for code in np.unique(codes)])
    residuals = places - means[np.unique(codes, return_inverse=True)[1]]
    free = n - len(means)
    covariance = residuals.T @ residuals / max(free, 1)
    usual = (free * np.trace(covariance) / d + _ROUND_ROWS * _VARIANCE) / (free + _ROUND_ROWS)
    share = (free * TOWARDS_ROUND + _ROUND_ROWS) / (free + _ROUND_ROWS)
    shrunk = (1 - share) * covariance + share * usual * np.eye(d)
    variances, axes = np.linalg.eigh(shrunk)
    return axes / np.sqrt(np.maximum(variances, TINY * usual))


def _log_means(distances: Floats) -> Floats:
    """Logarithm of the mean of the three least of each row; NaN are not counted."""
    few = min(NEAREST, distances.shape[1])
    nearest = np.partition(distances, few - 1, axis=1)[:, :few]
    if not np.isnan(nearest).any():
        return np.log(nearest.mean(1) + TINY)
    counts = np.isfinite(nearest).sum(1)
    sums = np.nansum(nearest, axis=1)
    return np.where(counts > 0, np.log(sums / np.maximum(counts, 1) + TINY), np.nan)
