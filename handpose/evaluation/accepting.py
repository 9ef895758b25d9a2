"""What a score lets in: true accepts at a rate of false ones, over people and over gestures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DRAWS = 500
_SHARES = (1.0, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05)
"""Of the wanted rate, that a threshold is tried for."""

_NONE_SHOWN = 3.0
"""Of 3 / n, the largest rate at which none in n has a chance of 5 % (Hanley & Lippman-Hand, "If
nothing goes wrong, is everything all right?", JAMA 1983)."""


@dataclass(frozen=True)
class Hands:
    """Scores of hands that were asked about, all known or all foreign.

    Attributes
    ----------
    scores : ndarray of float, shape (n,)
        Of the gesture that each is most probably.
    counted : ndarray of bool, shape (n,)
        Of known hands: whether that gesture is the right one. Of foreign hands: True.
    groups : ndarray of str, shape (n,)
        Whose hand; ``""`` where unknown.
    truth, named : ndarray of str, shape (n,)
        What each shows, and what it would be taken for.
    kinds : ndarray of str, shape (n,)
        Of foreign hands: where they come from.
    """

    scores: Floats
    counted: NDArray[np.bool_]
    groups: NDArray[np.str_]
    truth: NDArray[np.str_]
    named: NDArray[np.str_]
    kinds: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, rows: NDArray[np.bool_]) -> Hands:
        return Hands(**{name: values[rows] for name, values in self.__dict__.items()})

    @classmethod
    def concat(cls, parts: list[Hands]) -> Hands:
        """All hands of several."""
        return cls(
            **{
                name: np.concatenate([getattr(part, name) for part in parts])
                for name in cls.__dataclass_fields__
            }
        )


def threshold_for(rate: float, foreign: Floats) -> float:
    """The least score above which at most this share of the foreign hands lies.

    With fewer than ``1 / rate`` of them, it lies above them all.
    """
    ordered = np.sort(foreign)[::-1]
    allowed = int(np.floor(rate * len(ordered) + 1e-9))
    if allowed >= len(ordered):
        return 0.0
    return float(np.nextafter(ordered[allowed], np.inf))


def rates_of_new_gestures(rate: float, foreign: Hands) -> dict[str, float]:
    """Share of each foreign gesture that is named, with the threshold that the others choose.

    What the rate is for gestures that were not among those which chose the threshold.
    """
    found = {}
    for shown in np.unique(foreign.truth):
        own = foreign.truth == shown
        if not own.all():
            limit = threshold_for(rate, foreign.scores[~own])
            found[str(shown)] = float((foreign.scores[own] >= limit).mean())
    return found


def promised_rate(limit: float, foreign: Hands) -> float:
    """What a threshold promises of a gesture that is like the foreign ones, but new.

    With n foreign gestures of which the shares r are named, the mean share of a new one is at most
    ``(sum(r) + 1) / (n + 1)``, whatever its scores are, if it might as well have been among them:
    the new one counts as always named. So n gestures promise no less than ``1 / (n + 1)``
    (Angelopoulos et al., "Conformal Risk Control", ICLR 2024).
    """
    gestures = np.unique(foreign.truth)
    named = foreign.scores >= limit
    shares = [named[foreign.truth == gesture].mean() for gesture in gestures]
    return float((sum(shares) + 1) / (len(gestures) + 1))


def careful_threshold(rate: float, foreign: Hands) -> float:
    """The least threshold whose rate holds for gestures that did not choose it, on average.

    Else that above all foreign hands.
    """
    for share in _SHARES:
        found = rates_of_new_gestures(rate * share, foreign)
        if not found or np.mean(list(found.values())) <= rate:
            return threshold_for(rate * share, foreign.scores)
    return threshold_for(0.0, foreign.scores)


def highest_rate(accepted: int, n: int) -> float:
    """The largest rate of false accepts that so many of n hands do not refute (rule of three)."""
    if not n:
        return 1.0
    if not accepted:
        return min(1.0, _NONE_SHOWN / n)
    from scipy.stats import beta

    return float(beta.ppf(0.95, accepted + 1, n - accepted)) if accepted < n else 1.0


def auroc(known: Floats, foreign: Floats) -> float:
    """Chance that a known hand has the higher score of two; equal scores count half."""
    if not len(known) or not len(foreign):
        return float("nan")
    ordered = np.sort(foreign)
    below = np.searchsorted(ordered, known, "left") + np.searchsorted(ordered, known, "right")
    return float(below.mean() / 2 / len(foreign))


def error_tradeoff(known: Hands, foreign: Hands) -> tuple[Floats, Floats, Floats]:
    """Thresholds (falling), rates of false accepts and rates of misses at each.

    A known hand is missed that is not named right: its score is too low, or the name is wrong.
    """
    thresholds = np.unique(np.concatenate([known.scores, foreign.scores]))[::-1]
    right = np.sort(known.scores[known.counted])
    false = np.sort(foreign.scores)
    accepted = len(false) - np.searchsorted(false, thresholds, "left")
    named = len(right) - np.searchsorted(right, thresholds, "left")
    return thresholds, accepted / max(len(false), 1), 1 - named / max(len(known), 1)


def equal_error_rate(known: Hands, foreign: Hands) -> float:
    """The rate at which false accepts and misses are equally frequent."""
    if not len(known) or not len(foreign):
        return float("nan")
    _, accepts, misses = error_tradeoff(known, foreign)
    nearest = int(np.abs(accepts - misses).argmin())
    return float((accepts[nearest] + misses[nearest]) / 2)


def true_accepts(
    rate: float, known: Hands, foreign: Hands, weights: tuple[Floats, Floats] | None = None
) -> float:
    """Share of the known hands that are named right where this share of the foreign ones is named.

    Parameters
    ----------
    rate : float
    known, foreign : Hands
    weights : (ndarray, ndarray), optional
        How often each known and each foreign hand counts.
    """
    if not len(known) or not len(foreign):
        return float("nan")
    ours, theirs = weights or (np.ones(len(known)), np.ones(len(foreign)))
    order = np.argsort(-foreign.scores, kind="stable")
    passed = np.cumsum(theirs[order])
    first = int(np.searchsorted(passed, rate * passed[-1] + 1e-9, "right"))
    limit = foreign.scores[order[first]] if first < len(order) else -np.inf
    accepted = known.counted & (known.scores > limit)
    return float((ours * accepted).sum() / max(ours.sum(), 1e-12))


def accepts_interval(
    rate: float,
    known: Hands,
    foreign: Hands,
    *,
    people: bool = True,
    gestures: bool = True,
    level: float = 0.95,
    random_state: int = 0,
) -> tuple[float, float] | None:
    """Interval of `true_accepts`, from resampling whole people, whole foreign gestures, or both.

    None where there are fewer than two of what is resampled.
    """
    rng = np.random.default_rng(random_state)
    owners = np.concatenate([_units(known.groups, "known"), _units(foreign.groups, "foreign")])
    names, owner = np.unique(owners, return_inverse=True)
    shapes = np.char.add(np.char.add(foreign.kinds, " "), foreign.truth)
    shown, shape = np.unique(shapes, return_inverse=True)
    if (people and len(names) < 2) or (gestures and len(shown) < 2):
        return None
    found = []
    for _ in range(_DRAWS):
        both = _counts(rng, len(names))[owner] if people else np.ones(len(owner))
        ours, theirs = both[: len(known)], both[len(known) :]
        if gestures:
            theirs = theirs * _counts(rng, len(shown))[shape]
        if ours.sum() and theirs.sum():
            found.append(true_accepts(rate, known, foreign, (ours, theirs)))
    tail = (1 - level) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    return float(low), float(high)


def _units(groups: NDArray[np.str_], kind: str) -> NDArray[np.str_]:
    """Whose hands; each hand whose owner is unknown stands for itself."""
    rows = np.char.add(f"{kind} ", np.arange(len(groups)).astype(str))
    return np.where(groups == "", rows, groups)


def _counts(rng: np.random.Generator, n: int) -> Floats:
    """How often each of n is drawn in n draws."""
    return np.bincount(rng.integers(n, size=n), minlength=n).astype(np.float64)
