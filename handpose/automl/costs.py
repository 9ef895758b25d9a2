"""How long something will take, judged by how long its like has taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from handpose.automl.candidates import Candidate

CALIBRATION = 5.0
"""Times as long a support vector machine takes with its calibration as without it: 4.2 to 6.2 on
sign_language_digits and hagrid_landmarks."""
MARGIN = 1.25
"""The machine may be busier later."""

_GUESSES = {
    "logistic": 0.0,
    "svm": 0.2,
    "knn": 0.2,
    "gbdt": 1.0,
    "mlp": 6.0,
    "random_forest": 3.0,
    "searched": 6.0,
}
"""Seconds for a thousand hands on one core of a busy machine, torch's start included."""

_PER_TREE = ("n_estimators", "max_iter", "epochs")
_QUADRATIC = ("svm",)


class Timed(Protocol):
    """Something that was fitted on a fold, and the seconds that it took."""

    @property
    def candidate(self) -> Candidate:
        """What was fitted."""

    @property
    def fold_seconds(self) -> float:
        """To fit and score one fold, on average."""


def work(candidate: Candidate) -> float:
    """Size of a candidate's training, comparable among candidates of one classifier."""
    rows = 1 + (candidate.augmentation.copies if candidate.augmentation else 0)
    trees = next((candidate.params[n] for n in _PER_TREE if n in candidate.params), 1)
    return float(rows ** _power(candidate) * trees)


def expected_fold_seconds(candidate: Candidate, seen: Iterable[Timed], rows: int) -> float:
    """Seconds to fit and score a candidate on one fold, by the slowest of its kind so far.

    Until one of its kind was fitted, it is a guess from the number of training hands.
    """
    rates = [
        other.fold_seconds / work(other.candidate)
        for other in seen
        if other.candidate.classifier == candidate.classifier
    ]
    if rates:
        return max(rates) * work(candidate)
    return _GUESSES.get(candidate.classifier, 1.0) * max(1.0, rows / 1000)


def finishing_seconds(timed: Timed, fold_rows: int, seen_rows: int, all_rows: int) -> float:
    """Seconds to fit the candidate on the people of the search, then on everyone."""
    power = _power(timed.candidate)
    last = CALIBRATION if timed.candidate.classifier in _QUADRATIC else 1.0
    times = (seen_rows / fold_rows) ** power + last * (all_rows / fold_rows) ** power
    return MARGIN * timed.fold_seconds * times


def _power(candidate: Candidate) -> int:
    return 2 if candidate.classifier in _QUADRATIC else 1
