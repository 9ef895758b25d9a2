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
    found, right, counts = reliability(probabilities, truth, labels, bins)
    if not len(counts):
        return float("nan")
    return float((counts * np.abs(right - found)).sum() / counts.sum())


def reliability(
    probabilities: NDArray[np.float64],
    truth: NDArray[np.str_],
    labels: Sequence[str],
    bins: int = 15,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Scores beside the shares that are right.

    Parameters
    ----------
    probabilities, truth, labels, bins
        As of `expected_calibration_error`.

    Returns
    -------
    scores, right : ndarray of float
        Mean score, and share that is right, of each bin that is not empty.
    counts : ndarray of int
        Rows in it.
    """
    found = ~np.isnan(probabilities).any(1)
    if not found.any():
        return np.empty(0), np.empty(0), np.empty(0, np.int64)
    best = probabilities[found].argmax(1)
    scores = probabilities[found].max(1)
    right = np.asarray(labels, dtype=str)[best] == np.asarray(truth, dtype=str)[found]
    bin_of = np.minimum((scores * bins).astype(int), bins - 1)
    counts = np.bincount(bin_of, minlength=bins)
    sums = (np.bincount(bin_of, values, minlength=bins) for values in (scores, right))
    mean, share = (of_all[counts > 0] / counts[counts > 0] for of_all in sums)
    return mean, share, counts[counts > 0]
