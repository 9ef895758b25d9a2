"""What every compact form is: scores for one vector, and what makes them probabilities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[Any]
"""A few numbers in a row: one hand's features, or one score a class."""


@dataclass(frozen=True)
class Compact:
    """A fitted classifier as a few arrays and what to do with them, one vector at a time.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
    n_features : int
        Length of a vector.
    scores : callable
        float32 vector -> n_classes scores; the class with the largest is predicted.
    probabilities : callable
        Scores -> probabilities.
    """

    classes: NDArray[Any]
    n_features: int
    scores: Callable[[Vector], Vector]
    probabilities: Callable[[Vector], Vector]

    def accepts(self, X: NDArray[np.float32]) -> bool:
        """Whether these are vectors of the right length without NaN or infinity."""
        return X.shape[1] == self.n_features and bool(np.isfinite(X).all())

    def predict(self, X: NDArray[np.float32]) -> NDArray[Any]:
        """The class of each row, shape (n,)."""
        return self.classes.take([self.scores(x).argmax() for x in X])

    def predict_proba(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability of each class, shape (n, n_classes)."""
        return np.array([self.probabilities(self.scores(x)) for x in X], np.float64)


def softmax(scores: Vector) -> Vector:
    """Probabilities in proportion to the exponentials of the scores."""
    likely = np.exp(scores - scores.max())
    likely /= np.add.reduce(likely)
    return likely


def as_they_are(scores: Vector) -> Vector:
    """Scores that are probabilities already."""
    return scores


def of_both(score: Vector) -> Vector:
    """Scores of two classes from one score, shape (1,), for the second."""
    return np.concatenate([np.zeros_like(score), score])
