"""`Searched`: a classifier whose architecture is searched for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from typing_extensions import Self

from handpose.classifiers.arrays import (
    SMALLEST_SCALE,
    ArrayClassifier,
    Arrays,
    Prepared,
    Spec,
    Vectors,
    standardization,
)
from handpose.classifiers.searched.forward import parameter_shapes, trained_network
from handpose.classifiers.searched.graph import fixed_weights, graph_codes, graph_of_codes
from handpose.containers.skeletons import HAND
from handpose.splits import hold_out
from handpose.system.parameter_rules import POSITIVE, check_rules, whole
from handpose.training.backend import borrowed_torch

RULES = {
    "width": whole(1),
    "search_epochs": whole(1),
    "epochs": whole(1),
    "learning_rate": POSITIVE,
}
"""Allowed values of the parameters."""

_PURPOSE = "training a searched network"
_THREADS = 1
"""Faster for networks this small, and the sums do not depend on the machine's cores."""


class Searched(ArrayClassifier):
    """A small network whose architecture is searched for before it is trained.

    A linear layer maps the features to channels on the 21 landmarks of a hand. The operations that
    follow, among them a graph convolution over the skeleton and attention over the fingers, are
    found by gradient. Fitting needs torch (``pip install "handpose[torch]"``); predicting does not.

    Parameters
    ----------
    graph : sequence of str, optional
        A known architecture, as in `graph_`. By default one is searched for in `fit`.
    width : int, default=16
        Channels of each landmark.
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

    _DTYPE: ClassVar[Any] = np.float32

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
        """Search for an architecture unless one is given, then train it.

        Parameters
        ----------
        X : array_like of shape (n, n_features)
        y : array_like of shape (n,)
        groups : array_like of shape (n,), optional
            The two halves of the search share no group.

        Raises
        ------
        MissingExtraError
            If torch is not installed.
        UnknownNameError
            If `graph` is invalid.
        ValueError
            If a parameter is invalid, or `groups` has another length.
        HandposeError
            If training diverges.
        """
        rng = check_random_state(self.random_state)
        vectors, codes = self._read(X, y)
        with borrowed_torch(_PURPOSE, _THREADS):
            from handpose.classifiers.searched.training import train_graph

            self.graph_ = (
                self._search(vectors, codes, groups, rng, lambda: True)
                if self.graph is None
                else tuple(self.graph)
            )
            self.parameters_ = train_graph(
                vectors,
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
        """Search for an architecture; the classifier itself is not changed.

        Parameters
        ----------
        X, y, groups
            As for `fit`.
        go_on : callable, optional
            Called before every epoch; False ends the search with the best so far.

        Returns
        -------
        tuple of str
            For `graph`.
        """
        vectors, codes = clone(self)._read(X, y)
        with borrowed_torch(_PURPOSE, _THREADS):
            rng = check_random_state(self.random_state)
            return self._search(vectors, codes, groups, rng, go_on)

    def to_arrays(self) -> Arrays:
        """As of `ArrayClassifier`: the parameters, and the graph as numbers."""
        check_is_fitted(self)
        known = {"mean": self.mean_, "scale": self.scale_, "graph": graph_codes(self.graph_)}
        return known | self.parameters_

    def _specs(self, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Spec]:
        specs = {
            "mean": Spec(("features",)),
            "scale": Spec(("features",), low=SMALLEST_SCALE),
            "graph": Spec(("edges", 3), "i", 0),
        }
        if "graph" not in arrays:
            return specs
        specs["graph"].check("graph", arrays["graph"], {})
        weights = fixed_weights(graph_of_codes(arrays["graph"]))
        width = np.size(arrays.get("stem.bias", ())) // len(HAND)
        shapes = parameter_shapes(weights, self.n_features_in_, width, len(self.classes_))
        return specs | {name: Spec(shape) for name, shape in shapes.items()}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        named = {name: arrays[name].astype(np.float32) for name in arrays if name != "graph"}
        self.mean_, self.scale_ = named.pop("mean"), named.pop("scale")
        self.graph_, self.parameters_ = graph_of_codes(arrays["graph"]), named

    def _prepare(self) -> Prepared:
        """Standardisation in float32, everything after it in float64."""
        network = trained_network(self.graph_, self.parameters_)

        def scores(X: Vectors) -> NDArray[np.float64]:
            return network(self._standard(X))

        return Prepared(scores)

    def _read(self, X: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        check_rules(self.get_params(), RULES)
        features, labels = validate_data(self, X, y, dtype=np.float32, ensure_min_samples=2)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        self.mean_, self.scale_ = standardization(features)
        return self._standard(features), codes

    def _standard(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        return (X - self.mean_) / self.scale_

    def _search(
        self,
        vectors: NDArray[np.float32],
        codes: NDArray[np.intp],
        groups: ArrayLike | None,
        rng: np.random.RandomState,
        go_on: Callable[[], bool],
    ) -> tuple[str, ...]:
        from handpose.classifiers.searched.training import find_graph

        several = groups is not None and len(np.unique(np.asarray(groups))) > 1
        return find_graph(
            vectors,
            codes,
            hold_out(len(codes), None, groups if several else None, 0.5, rng),
            width=self.width,
            epochs=self.search_epochs,
            learning_rate=self.learning_rate,
            rng=rng,
            go_on=go_on,
        )
