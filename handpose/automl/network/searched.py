"""`Searched`: a classifier whose network was found by machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from typing_extensions import Self

from handpose.automl.network.forward import forward
from handpose.automl.network.graph import parse_graph
from handpose.automl.network.operations import Numpy
from handpose.errors import LandmarksError
from handpose.skeletons import HAND

_POINTS = len(HAND) - 1
"""Landmarks of the ``"coordinates"`` block: all but the wrist, which is the origin."""


class Searched(ClassifierMixin, BaseEstimator):
    """A small network for landmarks that is searched for, then trained.

    It takes the ``"coordinates"`` block. Fitting needs torch (``pip install "handpose[torch]"``);
    predicting does not.

    Parameters
    ----------
    graph : sequence of str, optional
        A network that was found before, as in `graph_`. None searches for one while fitting.
    width : int, default=16
        Channels of a landmark.
    search_epochs : int, default=15
        Epochs of the search.
    epochs : int, default=30
        Epochs of training.
    learning_rate : float, default=5e-3
    random_state : int, RandomState or None, default=0

    Attributes
    ----------
    graph_ : tuple of str
        Edges of the network, such as ``"hand -> a: attention"``.
    parameters_ : dict of ndarray
    classes_ : ndarray of shape (n_classes,)
    mean_, scale_ : ndarray of float32, shape (n_features,)
        Standardisation of the input.
    n_features_in_ : int
    """

    def __init__(
        self,
        graph: Sequence[str] | None = None,
        *,
        width: int = 16,
        search_epochs: int = 15,
        epochs: int = 30,
        learning_rate: float = 5e-3,
        random_state: Any = 0,
    ):
        self.graph = graph
        self.width = width
        self.search_epochs = search_epochs
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Search for a network where none is given; train it.

        Parameters
        ----------
        X : array_like of shape (n, 40) or (n, 60)
            Coordinates of 20 landmarks, two or three each.
        y : array_like of shape (n,)
        groups : array_like of shape (n,), optional
            The halves of the search share none of them.

        Raises
        ------
        LandmarksError
            If X does not hold 20 landmarks.
        MissingExtraError
            If torch is not installed.
        UnknownNameError
            If `graph` is none.
        """
        from handpose.automl.network.training import train_graph

        rng = check_random_state(self.random_state)
        points, codes = self._prepare(X, y)
        self.graph_ = (
            self._search(points, codes, groups, rng, lambda: True)
            if self.graph is None
            else tuple(self.graph)
        )
        self.parameters_ = train_graph(
            points,
            codes,
            self.graph_,
            width=self.width,
            epochs=self.epochs,
            learning_rate=self.learning_rate,
            rng=rng,
        )
        return self

    def find(
        self,
        X: ArrayLike,
        y: ArrayLike,
        groups: ArrayLike | None = None,
        go_on: Callable[[], bool] = lambda: True,
    ) -> tuple[str, ...]:
        """Only search.

        Parameters
        ----------
        X, y, groups
            As for `fit`.
        go_on : callable, optional
            Asked before every epoch; where it says False, the best so far is given.

        Returns
        -------
        tuple of str
            For `graph`.
        """
        points, codes = self._prepare(X, y)
        return self._search(points, codes, groups, check_random_state(self.random_state), go_on)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Probability of each class, shape (n, n_classes)."""
        return softmax(self.logits(X), axis=1)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of each row, shape (n,)."""
        best = self.logits(X).argmax(1)
        return self.classes_[best]

    def logits(self, X: ArrayLike) -> NDArray[np.float64]:
        """One number a class, shape (n, n_classes)."""
        check_is_fitted(self)
        points = self._points(validate_data(self, X, reset=False, dtype=np.float32))
        weights = {edge: {operation: 1.0} for edge, operation in parse_graph(self.graph_)}
        wide = {name: value.astype(np.float64) for name, value in self.parameters_.items()}
        return forward(points.astype(np.float64), wide, weights, Numpy())

    def _prepare(self, X: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        features, labels = validate_data(self, X, y, dtype=np.float32)
        if features.shape[1] not in (2 * _POINTS, 3 * _POINTS):
            raise LandmarksError(
                f"a searched network needs coordinates ({2 * _POINTS} or {3 * _POINTS} numbers a "
                f'hand), but got {features.shape[1]}; use features="coordinates"'
            )
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        self.mean_ = features.mean(0)
        scale = features.std(0)
        self.scale_ = np.where(scale > 1e-6, scale, np.float32(1)).astype(np.float32)
        return self._points(features), codes

    def _points(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Standardised, with the wrist at the origin, shape (n, 21, axes)."""
        standard = (X - self.mean_) / self.scale_
        return np.pad(standard.reshape(len(X), _POINTS, -1), ((0, 0), (1, 0), (0, 0)))

    def _search(
        self,
        points: NDArray[np.float32],
        codes: NDArray[np.intp],
        groups: ArrayLike | None,
        rng: np.random.RandomState,
        go_on: Callable[[], bool],
    ) -> tuple[str, ...]:
        from handpose.automl.network.training import find_graph

        people = np.arange(len(codes)) if groups is None else np.asarray(groups)
        names = rng.permutation(np.unique(people))
        first = np.isin(people, names[: len(names) // 2])
        return find_graph(
            points,
            codes,
            (np.flatnonzero(first), np.flatnonzero(~first)),
            width=self.width,
            epochs=self.search_epochs,
            learning_rate=self.learning_rate,
            rng=rng,
            go_on=go_on,
        )
