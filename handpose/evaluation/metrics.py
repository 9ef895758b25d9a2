"""Scores of gesture predictions in which a missed hand is an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, f1_score

MISSED = ""
"""Stands for the prediction where no hand was found."""


def accuracy(correct: NDArray[np.bool_]) -> float:
    """Share of True; NaN where there is nothing to share."""
    return float(correct.mean()) if len(correct) else float("nan")


def macro_f1(truth: NDArray[np.str_], predicted: NDArray[np.str_]) -> float:
    """Mean F1 over the labels that occur in `truth`. A miss is a prediction of no label."""
    labels = np.unique(truth)
    return float(f1_score(truth, predicted, labels=labels, average="macro", zero_division=0))


def confusion(
    truth: NDArray[np.str_], predicted: NDArray[np.str_], labels: Sequence[str]
) -> NDArray[np.int64]:
    """Counts, shape (n_labels, n_labels + 1): rows are the truth, the last column the misses."""
    everything = [*labels, MISSED]
    return confusion_matrix(truth, predicted, labels=everything)[: len(labels)]


@dataclass(frozen=True)
class SubjectScores:
    """Accuracy of each subject, end to end.

    Attributes
    ----------
    names : list of str
        Sorted by accuracy, the worst first.
    accuracies : ndarray of shape (n_subjects,)
    counts : ndarray of shape (n_subjects,)
        Pictures of each.
    """

    names: list[str]
    accuracies: NDArray[np.float64]
    counts: NDArray[np.int64]


def subject_scores(correct: NDArray[np.bool_], subjects: NDArray[np.str_]) -> SubjectScores:
    """Accuracy of each subject."""
    names, index = np.unique(subjects, return_inverse=True)
    counts = np.bincount(index, minlength=len(names))
    accuracies = np.bincount(index, correct, minlength=len(names)) / np.maximum(counts, 1)
    order = np.lexsort((names, -counts, accuracies))
    return SubjectScores([str(n) for n in names[order]], accuracies[order], counts[order])


def bootstrap_interval(
    correct: NDArray[np.bool_],
    groups: NDArray[np.str_],
    *,
    draws: int = 2000,
    level: float = 0.95,
    random_state: int = 0,
) -> tuple[float, float]:
    """Confidence interval of the accuracy, from resampling whole groups with replacement.

    Parameters
    ----------
    correct : ndarray of bool, shape (n,)
    groups : ndarray of str, shape (n,)
        Subjects. Pictures of one person are alike, so that resampling pictures would promise too
        much.
    draws : int, default=2000
    level : float, default=0.95
    random_state : int, default=0

    Returns
    -------
    low, high : float
        Percentiles (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13).
    """
    _, index = np.unique(groups, return_inverse=True)
    counts = np.bincount(index)
    hits = np.bincount(index, correct)
    rng = np.random.default_rng(random_state)
    drawn = rng.integers(0, len(counts), (draws, len(counts)))
    accuracies = hits[drawn].sum(1) / counts[drawn].sum(1)
    tail = (1 - level) / 2
    low, high = np.quantile(accuracies, [tail, 1 - tail])
    return float(low), float(high)
