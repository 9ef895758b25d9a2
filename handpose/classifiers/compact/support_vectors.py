"""Compact form of the support vector machine: its kernel, its pairs and their coupling."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit

from handpose.classifiers.compact.form import Compact, Vector, softmax
from handpose.classifiers.svm import STEEPNESS, SVM


def compact_svm(svm: SVM) -> Compact:
    """One product with the support vectors, one with the machine of each pair of classes."""
    svc, n_classes = svm.svc_, len(svm.classes_)
    vectors, gamma = svc.support_vectors_, svc._gamma
    norms = np.square(vectors).sum(1)
    pairs = list(combinations(range(n_classes), 2))
    machines = STEEPNESS * _pair_machines(svc._dual_coef_, svc._n_support, pairs)
    intercepts = STEEPNESS * svc._intercept_
    wins, losses = np.eye(n_classes)[np.array(pairs).T] / svm.temperature_

    def scores(vector: Vector) -> Vector:
        vector = vector.astype(np.float64)
        distances = norms - 2 * (vectors @ vector) + vector @ vector
        margins = machines @ np.exp(-gamma * distances) + intercepts
        return log_expit(margins) @ wins + log_expit(-margins) @ losses

    return Compact(svm.classes_, svm.n_features_in_, scores, softmax)


def _pair_machines(
    coefficients: NDArray[np.float64], n_support: NDArray[np.int32], pairs: list[tuple[int, int]]
) -> NDArray[np.float64]:
    """Weight of each support vector in each pair's machine, shape (n_pairs, n_vectors).

    libsvm stores them as ``(n_classes - 1, n_vectors)``: one weight for each class but the
    vector's own, in their order.
    """
    machines = np.zeros((len(pairs), coefficients.shape[1]))
    ends = np.cumsum(n_support)
    rows_of = [slice(end - n, end) for end, n in zip(ends, n_support, strict=True)]
    for machine, (first, second) in zip(machines, pairs, strict=True):
        machine[rows_of[first]] = coefficients[second - 1, rows_of[first]]
        machine[rows_of[second]] = coefficients[first, rows_of[second]]
    return machines
