"""Estimates of how long a fit takes, from earlier fits of the same classifier."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from handpose.automl.candidates import Candidate

if TYPE_CHECKING:
    from handpose.automl.racing import Entry

CALIBRATION = 5.0
"""Time of a support vector machine with calibration, relative to without: 4.2 to 6.2 on
sign_language_digits and hagrid_landmarks."""
MARGIN = 1.25
"""Safety factor, since the machine may be busier later."""

_GUESSES = {
    "logistic": 0.0,
    "svm": 0.2,
    "knn": 0.2,
    "gbdt": 1.0,
    "mlp": 2.0,
    "random_forest": 3.0,
    "searched": 6.0,
}
"""Seconds for a thousand hands on one core of a busy machine, including the import of torch."""

_PER_TREE = ("n_estimators", "max_iter", "epochs")
_QUADRATIC = ("svm",)


def work(candidate: Candidate) -> float:
    """Relative cost of fitting a candidate, comparable between candidates of one classifier."""
    rows = 1 + (candidate.augmentation.copies if candidate.augmentation else 0)
    trees = next((candidate.params[n] for n in _PER_TREE if n in candidate.params), 1)
    return float(rows ** _power(candidate) * trees)


def expected_fold_seconds(candidate: Candidate, seen: Iterable[Entry], rows: int) -> float:
    """Seconds to fit and score a candidate on one fold, by the slowest of its classifier so far.

    Before the first one, it is a guess from the number of training hands.
    """
    rates = [
        other.fold_seconds / work(other.candidate)
        for other in seen
        if other.candidate.classifier == candidate.classifier
    ]
    if rates:
        return max(rates) * work(candidate)
    return _GUESSES.get(candidate.classifier, 1.0) * max(1.0, rows / 1000)


def finishing_seconds(entry: Entry, fold_rows: int, seen_rows: int, all_rows: int) -> float:
    """Seconds to fit the candidate on the people of the search, then on all data."""
    power = _power(entry.candidate)
    last = CALIBRATION if entry.candidate.classifier in _QUADRATIC else 1.0
    times = (seen_rows / fold_rows) ** power + last * (all_rows / fold_rows) ** power
    return MARGIN * entry.fold_seconds * times


def _power(candidate: Candidate) -> int:
    return 2 if candidate.classifier in _QUADRATIC else 1
