"""k nearest neighbours."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data
from typing_extensions import Self

from handpose.classifiers.arrays import ArrayClassifier, Prepared, Spec, Vectors
from handpose.classifiers.neighbors import Search

_WEIGHTS = ("uniform", "distance")


class KNN(ArrayClassifier):
    """k nearest neighbours by Euclidean distance.

    Parameters
    ----------
    n_neighbors : int, default=5
        At most the number of samples.
    weights : {"distance", "uniform"}, default="distance"
        Whether neighbours are weighted by their inverse distance.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    rows_ : ndarray of shape (n, n_features)
        The training samples.
    codes_ : ndarray of int, shape (n,)
        Position of each sample's class in `classes_`.
    n_features_in_ : int
    """

    _ARRAYS: ClassVar[dict[str, Spec]] = {
        "rows": Spec(("rows", "features")),
        "codes": Spec(("rows",), "i", 0, "classes"),
    }

    def __init__(self, n_neighbors: int = 5, *, weights: str = "distance"):
        self.n_neighbors = n_neighbors
        self.weights = weights

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Store the samples.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
        """
        self._check_params()
        rows, labels = validate_data(self, X, y, dtype=self._DTYPE, copy=True)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        self.rows_, self.codes_ = rows, codes.astype(np.int32)
        return self

    @classmethod
    def from_sklearn(cls, knn: KNeighborsClassifier) -> Self:
        """What scikit-learn's classifier predicts, as arrays.

        Raises
        ------
        ValueError
            If its distance is not Euclidean, or its weights are a function.
        """
        if knn.effective_metric_ != "euclidean" or knn.outputs_2d_:
            raise ValueError("only neighbours by Euclidean distance can be kept as arrays")
        model = cls(knn.n_neighbors, weights=knn.weights)
        model._check_params()
        model.classes_, model.n_features_in_ = knn.classes_, knn.n_features_in_
        model.rows_, model.codes_ = np.asarray(knn._fit_X), knn._y.astype(np.int32)
        return model

    def _check_params(self) -> None:
        if self.weights not in _WEIGHTS:
            raise ValueError(f"weights must be one of {_WEIGHTS}, but got {self.weights!r}")
        if not isinstance(self.n_neighbors, (int, np.integer)) or self.n_neighbors < 1:
            raise ValueError(f"n_neighbors must be 1 or more, but got {self.n_neighbors!r}")

    def _restore(self, arrays: Any) -> None:
        self._check_params()
        if not len(arrays["rows"]):
            raise ValueError("rows must hold at least one sample")
        super()._restore(arrays)

    def _prepare(self) -> Prepared:
        codes, n_classes, by_distance = self.codes_, len(self.classes_), self.weights == "distance"
        nearest = Search(self.rows_, min(self.n_neighbors, len(self.rows_)))

        def scores(X: Vectors) -> NDArray[np.float64]:
            counts = np.empty((len(X), n_classes))
            for vector, row in zip(X, counts, strict=True):
                neighbors, distances = nearest(vector)
                votes = _closeness(distances) if by_distance else None
                row[:] = np.bincount(codes.take(neighbors), votes, n_classes)
            return counts / np.add.reduce(counts, axis=1, keepdims=True)

        return Prepared(scores)

    def _probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        return scores


def _closeness(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse distances; if some are 0, only these count."""
    same = distances == 0
    return same.astype(float) if same.any() else 1 / distances
