"""Scores of gesture predictions in which a missed hand is an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, f1_score

from handpose.containers.labels import MISSED


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


def expected_calibration_error(
    probabilities: NDArray[np.float64],
    truth: NDArray[np.str_],
    labels: Sequence[str],
    bins: int = 15,
) -> float:
    """How far scores are from the shares that are right, on average.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_labels)
        Rows of NaN (no hand was found) are left out.
    truth : ndarray of n str
    labels : sequence of n_labels str
        Of the columns.
    bins : int, default=15
        Of equal width, into which the highest probabilities are sorted.

    Returns
    -------
    float
        Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3. NaN where
        there are no rows.
    """
    found = ~np.isnan(probabilities).any(1)
    if not found.any():
        return float("nan")
    best = probabilities[found].argmax(1)
    scores = probabilities[found].max(1)
    right = np.asarray(labels, dtype=str)[best] == np.asarray(truth, dtype=str)[found]
    bin_of = np.minimum((scores * bins).astype(int), bins - 1)
    gaps = np.bincount(bin_of, right, minlength=bins) - np.bincount(bin_of, scores, minlength=bins)
    return float(np.abs(gaps).sum() / found.sum())
