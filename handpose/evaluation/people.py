"""`evaluate_people`: whether vectors of hands tell people apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.errors import DatasetError
from handpose.system.words import counted

_DRAWS = 200


@dataclass(frozen=True, eq=False)
class PeopleEvaluation:
    """Distances of pairs of samples, of one person and of two.

    Attributes
    ----------
    same : ndarray of float, shape (n_same,)
        Distances of pairs of one person.
    same_people : ndarray of int, shape (n_same,)
        Whose.
    other : ndarray of float, shape (n_other,)
        Distances of pairs of two people.
    other_people : ndarray of int, shape (n_other, 2)
    n_people : int
    across_sessions : bool
        Whether the samples of a pair are of different sessions. If not, the error says nothing
        about a door: a camera, a light and a way to hold the hand are alike within a session.
    """

    same: NDArray[np.float64]
    same_people: NDArray[np.intp]
    other: NDArray[np.float64]
    other_people: NDArray[np.intp]
    n_people: int
    across_sessions: bool

    @property
    def equal_error_rate(self) -> float:
        """Where as many pairs of one person are refused as pairs of two are accepted."""
        return _equal_error(_ordered(self), np.ones(len(self.same)), np.ones(len(self.other)))

    @property
    def auroc(self) -> float:
        """Chance that a pair of one person is nearer than one of two."""
        order = np.sort(self.other)
        sides = np.searchsorted(order, self.same, "left") + np.searchsorted(
            order, self.same, "right"
        )
        return 1 - float(sides.mean() / 2 / len(order))

    def interval(self, *, level: float = 0.95, random_state: int = 0) -> tuple[float, float]:
        """Interval of the equal error rate, from resampling whole people with replacement."""
        rng = np.random.default_rng(random_state)
        ordered = _ordered(self)
        rates: list[float] = []
        while len(rates) < _DRAWS:
            counts = np.bincount(rng.integers(self.n_people, size=self.n_people))
            counts = np.pad(counts, (0, self.n_people - len(counts))).astype(float)
            same = counts[self.same_people]
            other = counts[self.other_people].prod(1)
            if same.sum() and other.sum():
                rates.append(_equal_error(ordered, same, other))
        tail = (1 - level) / 2
        low, high = np.quantile(rates, [tail, 1 - tail])
        return float(low), float(high)

    def false_rejects(self, false_accepts: float) -> float:
        """Share of pairs of one person that are refused where so many of two are accepted."""
        return float((self.same > np.quantile(self.other, false_accepts, method="lower")).mean())

    def summary(self) -> str:
        """The error in a line, and what it is worth."""
        low, high = self.interval()
        worth = "" if self.across_sessions else "; within one session: worthless for a door"
        return (
            f"equal error rate {self.equal_error_rate:.1%} ({low:.1%} to {high:.1%}), "
            f"{counted(self.n_people, 'person', 'people')}, {len(self.same)} pairs of one, "
            f"{len(self.other)} of two{worth}"
        )


def evaluate_people(
    vectors: ArrayLike, groups: ArrayLike, sessions: ArrayLike | None = None
) -> PeopleEvaluation:
    """Ask of each two samples whether they are of one person.

    Two samples count as the more alike, the nearer their vectors are (Euclidean distance): scale
    the vectors, or project them, with what was learnt from other people.

    Parameters
    ----------
    vectors : array_like of shape (n, d)
        Such as those of `HandGeometry`. Rows of NaN are left out.
    groups : array_like of n str
        Whose hand each is.
    sessions : array_like of n str, optional
        When each was taken. Then pairs of one person are of two sessions.

    Returns
    -------
    PeopleEvaluation

    Raises
    ------
    DatasetError
        If there are no two samples of one person (of two sessions), or no two people.

    Examples
    --------
    >>> found = evaluate_people([[0.0], [0.1], [3.0], [3.2]], ["ann", "ann", "bob", "bob"])
    >>> found.equal_error_rate, found.n_people
    (0.0, 2)
    """
    X, names = np.asarray(vectors, float), np.asarray(groups, str)
    moments = None if sessions is None else np.asarray(sessions, str)
    for name, given in (("groups", names), ("sessions", moments)):
        if X.ndim != 2 or (given is not None and given.shape != (len(X),)):
            raise DatasetError(
                f"vectors must have shape (n, d) and {name} one entry a row, but they have shapes "
                f"{X.shape} and {None if given is None else given.shape}"
            )
    usable = np.isfinite(X).all(1) & (names != "")
    X, names = X[usable], names[usable]
    people, codes = np.unique(names, return_inverse=True)
    first, second = np.triu_indices(len(X), 1)
    same = codes[first] == codes[second]
    counts = ~same
    if moments is None:
        counts |= same
    else:
        moments = moments[usable]
        counts |= moments[first] != moments[second]
    first, second, same = first[counts], second[counts], same[counts]
    if not same.any() or same.all():
        raise DatasetError(
            "samples of two people, and two of one person"
            f"{' in different sessions' if moments is not None else ''}, are needed"
        )
    apart = _distances(X, first, second)
    return PeopleEvaluation(
        apart[same],
        codes[first[same]],
        apart[~same],
        np.column_stack([codes[first[~same]], codes[second[~same]]]),
        len(people),
        moments is not None,
    )


def _distances(
    X: NDArray[np.float64], first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.float64]:
    squares = np.zeros(len(first))
    for column in X.T:  # pair by pair would take d times the memory
        squares += np.square(column[first] - column[second])
    return np.sqrt(squares)


def _ordered(pairs: PeopleEvaluation) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Order of all pairs by distance, those of one person first, and where a distance ends."""
    apart = np.concatenate([pairs.same, pairs.other])
    order = np.argsort(apart, kind="stable")
    ends = np.append(np.diff(apart[order]) > 0, True)
    return order, ends


def _equal_error(ordered: tuple[Any, Any], same: Any, other: Any) -> float:
    """The equal error rate of weighted pairs."""
    order, ends = ordered
    kept = np.cumsum(np.concatenate([same, np.zeros(len(other))])[order])[ends]
    accepted = np.cumsum(np.concatenate([np.zeros(len(same)), other])[order])[ends]
    misses, accepts = 1 - kept / same.sum(), accepted / other.sum()
    nearest = int(np.abs(misses - accepts).argmin())
    return float((misses[nearest] + accepts[nearest]) / 2)
