"""Beam search for crossings of features, as in AutoCross.

Luo et al., "AutoCross: Automatic Feature Crossing for Tabular Data in Real-World Applications",
KDD 2019. A state is a set of crossings; the best few states grow by one crossing at a time. Which
of the 97,000 crossings are tried depends on how well each explains the residuals of a linear model
on the features so far; a trial fits a linear model with it and scores it on held-out people.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from handpose.containers.landmarks import Landmarks
from handpose.evaluation.validation import Split
from handpose.features import LandmarkFeatures, normalize
from handpose.features.crossings import (
    N_DISTANCES,
    OPERATIONS,
    base_names,
    base_values,
    cross,
    crossed,
    crossing_name,
)
from handpose.system.threads import one_blas_thread

Crossing = tuple[int, str, int]

_CHUNK = 1024
"""Crossings rated together."""


@dataclass(frozen=True)
class KeptCrossing:
    """A crossing that was found.

    Attributes
    ----------
    name : str
        For `GeneratedFeatures`.
    log_loss, accuracy : float
        Of a linear model on the base features and all crossings up to this one, on held-out
        people.
    """

    name: str
    log_loss: float
    accuracy: float


@dataclass(frozen=True)
class FoundCrossings:
    """What a beam search found.

    Attributes
    ----------
    base_log_loss, base_accuracy : float
        Of the linear model on the base features alone.
    kept : tuple of KeptCrossing
        In the order in which they were added.
    """

    base_log_loss: float
    base_accuracy: float
    kept: tuple[KeptCrossing, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the crossings."""
        return tuple(crossing.name for crossing in self.kept)

    def to_dict(self) -> dict[str, Any]:
        """This result as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> FoundCrossings:
        """What `to_dict` wrote."""
        kept = tuple(KeptCrossing(**crossing) for crossing in document["kept"])
        return cls(document["base_log_loss"], document["base_accuracy"], kept)


@dataclass(frozen=True)
class _State:
    crossings: tuple[Crossing, ...]
    log_loss: float
    accuracy: float
    residual: NDArray[np.float32]
    history: tuple[tuple[float, float], ...] = ()


def find_crossings(
    hands: Landmarks,
    labels: NDArray[np.str_],
    folds: Sequence[Split],
    *,
    base: str = "geometry",
    beam: int = 2,
    tried: int = 6,
    most: int = 8,
    gain: float = 1e-3,
    go_on: Callable[[], bool] = lambda: True,
) -> FoundCrossings:
    """Search for crossings that improve a linear model on held-out people.

    Parameters
    ----------
    hands : Landmarks of length n
        Missed hands are left out.
    labels : ndarray of str, shape (n,)
    folds : sequence of (train, test)
        Rows of `hands`.
    base : str, default="geometry"
        Features to which crossings are added.
    beam : int, default=2
        Number of states that grow at a time.
    tried : int, default=6
        Number of crossings tried with each state.
    most : int, default=8
        Most crossings to keep.
    gain : float, default=1e-3
        The search ends when a crossing lowers the log loss by less than this share.
    go_on : callable, optional
        Called before every trial; False ends the search with the result so far.
    """
    table = _Table(hands, labels, folds, base)
    states = [start] = [table.state((), ())]
    best = start
    while len(best.crossings) < most:
        grown: dict[frozenset[Crossing], _State] = {}
        for state in states:
            for crossing in table.promising(state, tried):
                if not go_on():
                    return _found(start, _better(best, grown.values(), gain))
                key = frozenset((*state.crossings, crossing))
                if key not in grown and crossing not in state.crossings:
                    grown[key] = table.state((*state.crossings, crossing), state.history)
        after = _better(best, grown.values(), gain)
        if after is best:
            break
        best = after
        states = sorted(grown.values(), key=lambda state: state.log_loss)[:beam]
    return _found(start, best)


def _better(best: _State, grown: Any, gain: float) -> _State:
    first = min(grown, key=lambda state: state.log_loss, default=best)
    return first if first.log_loss < best.log_loss * (1 - gain) else best


def _found(start: _State, best: _State) -> FoundCrossings:
    kept = (
        KeptCrossing(crossing_name(*crossing), *scores)
        for crossing, scores in zip(best.crossings, best.history, strict=True)
    )
    return FoundCrossings(start.log_loss, start.accuracy, tuple(kept))


class _Table:
    """Base features, the measurements to cross, and the linear model."""

    def __init__(
        self, hands: Landmarks, labels: NDArray[np.str_], folds: Sequence[Split], base: str
    ):
        detected = hands.detected
        self._features = LandmarkFeatures(base).fit_transform(hands)
        self._measured = base_values(normalize(hands.points[..., :2], hands.handedness))
        self._names, self._codes = np.unique(labels, return_inverse=True)
        self._folds = [(train[detected[train]], test[detected[test]]) for train, test in folds]
        self._rows = np.concatenate([test for _, test in self._folds])

    def state(
        self, crossings: tuple[Crossing, ...], history: tuple[tuple[float, float], ...]
    ) -> _State:
        """Score the linear model with some crossings in cross-validation."""
        columns = np.concatenate([self._features, crossed(self._measured, crossings)], axis=1)
        truth = np.eye(len(self._names), dtype=np.float32)[self._codes]
        chances = np.full_like(truth, 0)
        for train, test in self._folds:
            model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=100))
            with warnings.catch_warnings(), one_blas_thread():
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(columns[train], self._codes[train])
            chances[np.ix_(test, model.classes_)] = model.predict_proba(columns[test])
        right = np.maximum(chances[self._rows, self._codes[self._rows]], 1e-7)
        log_loss = float(-np.log(right).mean())
        hits = chances[self._rows].argmax(1) == self._codes[self._rows]
        scores = (log_loss, float(hits.mean()))
        residual = (truth - chances)[self._rows]
        return _State(crossings, *scores, residual, (*history, scores) if crossings else ())

    def promising(self, state: _State, n: int) -> list[Crossing]:
        """The crossings that best explain the residuals, no two with a common measurement."""
        measured = self._measured[self._rows]
        residual = state.residual - state.residual.mean(0)
        pairs = _all_crossings()
        ratings = np.concatenate([_ratings(measured, *group, residual) for group in _groups(pairs)])
        chosen: list[Crossing] = []
        taken = {column for left, _, right in state.crossings for column in (left, right)}
        for k in np.argsort(-ratings, kind="stable"):
            left, _, right = pairs[k]
            if left in taken or right in taken:
                continue
            chosen.append(pairs[k])
            taken |= {left, right}
            if len(chosen) == n:
                break
        return chosen


def _ratings(
    measured: NDArray[np.float32],
    left: NDArray[np.intp],
    operation: str,
    right: NDArray[np.intp],
    residual: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Squared correlation of each crossing with the residuals, summed over the labels."""
    values = cross(measured[:, left], operation, measured[:, right])
    values -= values.mean(0)
    spread = np.maximum(np.sqrt(np.square(values).sum(0)), np.float32(1e-6))
    return np.square((values.T @ residual) / spread[:, None]).sum(1)


@cache
def _all_crossings() -> tuple[Crossing, ...]:
    """Every pair of measurements under every operation, operation by operation.

    Angles are no divisors, since they may be 0; a distance and an angle are not subtracted.
    """
    n = len(base_names())
    return tuple(
        (left, operation, right)
        for operation in OPERATIONS
        for left in range(n)
        for right in range(n)
        if (left != right and right < N_DISTANCES if operation == "/" else left < right)
        and not (operation == "-" and (left < N_DISTANCES) != (right < N_DISTANCES))
    )


def _groups(
    crossings: Sequence[Crossing],
) -> Iterator[tuple[NDArray[np.intp], str, NDArray[np.intp]]]:
    """Crossings of one operation in chunks: left, operation, right."""
    for operation, group in groupby(crossings, key=lambda crossing: crossing[1]):
        left, right = np.array([(first, second) for first, _, second in group]).T
        for start in range(0, len(left), _CHUNK):
            part = slice(start, start + _CHUNK)
            yield left[part], operation, right[part]
