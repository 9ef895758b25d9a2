"""A small multi-layer perceptron: scikit-learn trains it, it is kept as arrays."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.neural_network import MLPClassifier
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight
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
from handpose.errors import DatasetError
from handpose.splits import hold_out
from handpose.system.threads import one_blas_thread

Layers = tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]
"""Weights (inputs, outputs) and biases of each layer."""

_DEEPEST = 16
"""Most layers that a file may hold."""

_FEWEST_BATCHES = 8
"""Steps of an epoch, at least."""

_FEWEST_GROUPS = 10
"""With fewer groups none is held out."""


class MLP(ArrayClassifier):
    """Fully connected network with ReLU and early stopping on people that are held out.

    Parameters
    ----------
    hidden : tuple of int, default=(128, 64)
        Width of each hidden layer.
    learning_rate : float, default=2e-3
        Of Adam.
    weight_decay : float, default=0.1
        Strength of the L2 penalty (``alpha`` of `sklearn.neural_network.MLPClassifier`).
    batch_size : int, default=128
        At most an eighth of the rows.
    max_epochs : int, default=60
    patience : int, default=10
        Training stops after this many epochs without a lower held-out loss.
    validation_fraction : float, default=0.1
        Share of the rows held out, by whole groups, for early stopping; 0 trains for `max_epochs`.
    class_weight : dict, "balanced" or None, default="balanced"
    random_state : int, RandomState or None, default=0
        The same value gives the same network on the same machine.
    dropout : float, optional
        Deprecated, has no effect.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    mean_, scale_ : ndarray of float32, shape (n_features,)
        Standardisation of the input.
    weights_, biases_ : list of ndarray of float32
        One for each layer; weights have shape (inputs, outputs).
    n_iter_ : int
        Epochs that were trained.
    n_features_in_ : int

    See Also
    --------
    sklearn.neural_network.MLPClassifier : Trains the network, an epoch at a time.
    """

    _DTYPE: ClassVar[Any] = np.float32

    def __init__(
        self,
        hidden: tuple[int, ...] = (128, 64),
        *,
        learning_rate: float = 2e-3,
        weight_decay: float = 0.1,
        batch_size: int = 128,
        max_epochs: int = 60,
        patience: int = 10,
        validation_fraction: float = 0.1,
        class_weight: Any = "balanced",
        random_state: Any = 0,
        dropout: float | None = None,
    ):
        self.hidden = hidden
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.class_weight = class_weight
        self.random_state = random_state
        self.dropout = dropout

    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
        groups : array_like of shape (n,), optional
            Early stopping holds out whole groups (people, say).
        """
        if self.dropout is not None:
            message = "MLP(dropout=...) has no effect and will be removed in handpose 0.3"
            warnings.warn(message, DeprecationWarning, stacklevel=2)
        features, labels = validate_data(self, X, y, dtype=np.float32)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        rng = check_random_state(self.random_state)
        self.mean_, self.scale_ = standardization(features)
        train, held_out = self._split(codes, groups, rng)
        weights = self._class_weights(labels[train])[codes]
        with one_blas_thread():  # as fast for networks this small, and always the same sums
            self._train(self._standardize(features), codes, weights, train, held_out, rng)
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Logits, shape (n, n_classes); for two classes their difference, shape (n,)."""
        logits = self._scores(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def to_arrays(self) -> Arrays:
        """As of `ArrayClassifier`; ``weight_0`` and ``bias_0`` are those of the first layer."""
        check_is_fitted(self)
        arrays = {"mean": self.mean_, "scale": self.scale_, "n_iter": np.array(self.n_iter_)}
        for i, layer in enumerate(zip(self.weights_, self.biases_, strict=True)):
            arrays |= dict(zip(_names(i), layer, strict=True))
        return arrays

    @classmethod
    def from_arrays(
        cls,
        params: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        *,
        classes: NDArray[Any],
        n_features: int,
    ) -> Self:
        """As of `ArrayClassifier`; the ``dropout`` of earlier files is ignored."""
        known = {name: value for name, value in params.items() if name != "dropout"}
        return super().from_arrays(known, arrays, classes=classes, n_features=n_features)

    def _specs(self, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Spec]:
        depth = min(sum(name.startswith("weight_") for name in arrays), _DEEPEST)
        widths = ["features", *(f"layer {i}" for i in range(depth - 1)), "classes"]
        specs = {
            "mean": Spec(("features",)),
            "scale": Spec(("features",), low=SMALLEST_SCALE),
            "n_iter": Spec((), "i", 0),
        }
        for i in range(max(depth, 1)):
            weight, bias = _names(i)
            specs |= {weight: Spec((widths[i], widths[i + 1])), bias: Spec((widths[i + 1],))}
        return specs

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.mean_, self.scale_ = (arrays[name].astype(np.float32) for name in ("mean", "scale"))
        depth = len(arrays) // 2 - 1
        self.weights_ = [arrays[_names(i)[0]] for i in range(depth)]
        self.biases_ = [arrays[_names(i)[1]] for i in range(depth)]
        self.n_iter_ = int(arrays["n_iter"])

    def _prepare(self) -> Prepared:
        """Standardisation in float32, then float64: no rounding that depends on the batch."""
        *hidden, (last, last_bias) = [
            (np.array(weight, np.float64, order="C"), bias.astype(np.float64))
            for weight, bias in zip(self.weights_, self.biases_, strict=True)
        ]

        def scores(X: Vectors) -> NDArray[np.float64]:
            signal = self._standardize(X).astype(np.float64)
            for weight, bias in hidden:
                signal = np.maximum(signal @ weight + bias, 0)
            return signal @ last + last_bias

        return Prepared(scores)

    def _standardize(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        return (X - self.mean_) / self.scale_

    def _class_weights(self, y: NDArray[Any]) -> NDArray[np.float32]:
        seen = np.isin(self.classes_, y)
        weights = np.zeros(len(self.classes_), np.float32)
        weights[seen] = compute_class_weight(self.class_weight, classes=self.classes_[seen], y=y)
        return weights

    def _split(
        self, codes: NDArray[np.intp], groups: ArrayLike | None, rng: np.random.RandomState
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows to train on and rows to hold out: none if there are few groups."""
        rows = np.arange(len(codes))
        if len(np.unique(rows if groups is None else np.asarray(groups))) < _FEWEST_GROUPS:
            return rows, rows[:0]
        try:
            return hold_out(len(rows), codes, groups, self.validation_fraction, rng)
        except DatasetError:  # each group is the only one that shows some class
            return rows, rows[:0]

    def _train(
        self,
        X: NDArray[np.float32],
        codes: NDArray[np.intp],
        weights: NDArray[np.float32],
        train: NDArray[np.intp],
        held_out: NDArray[np.intp],
        rng: np.random.RandomState,
    ) -> None:
        """Train epoch by epoch; the layers of the lowest held-out loss, or the last, are kept."""
        network = MLPClassifier(
            self.hidden,
            alpha=self.weight_decay,
            batch_size=min(self.batch_size, max(len(train) // _FEWEST_BATCHES, 1)),
            learning_rate_init=self.learning_rate,
            random_state=rng,
        )
        lowest, waited = np.inf, 0
        for epoch in range(1, self.max_epochs + 1):
            network.partial_fit(
                X[train], codes[train], weights[train], classes=np.arange(len(self.classes_))
            )
            self.n_iter_ = epoch
            if len(held_out):
                likely = network.predict_proba(X[held_out])
                right = likely[np.arange(len(held_out)), codes[held_out]]
                losses = -np.log(np.maximum(right, np.finfo(np.float32).tiny))
                loss = float(np.average(losses, weights=weights[held_out]))
                waited = 0 if loss < lowest else waited + 1
                if waited == 0:
                    lowest, (self.weights_, self.biases_) = loss, _layers(network)
                elif waited == self.patience:
                    return
        if not len(held_out):
            self.weights_, self.biases_ = _layers(network)


def _layers(network: MLPClassifier) -> Layers:
    """Copies of the layers, whose last one has an output for each class."""
    weights, biases = ([x.copy() for x in xs] for xs in (network.coefs_, network.intercepts_))
    if weights[-1].shape[1] == 1:  # of two classes scikit-learn has one output, for the second
        weights[-1] = np.hstack([np.zeros_like(weights[-1]), weights[-1]])
        biases[-1] = np.hstack([np.zeros_like(biases[-1]), biases[-1]])
    return weights, biases


def _names(layer: int) -> tuple[str, str]:
    return f"weight_{layer}", f"bias_{layer}"
