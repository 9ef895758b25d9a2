"""A small multi-layer perceptron: trained with torch, run with numpy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import GroupShuffleSplit
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
)

_DEEPEST = 16
"""Layers that a file may hold."""


class MLP(ArrayClassifier):
    """Fully connected network with ReLU, dropout and early stopping.

    Fitting needs torch (``pip install "handpose[torch]"``); predicting does not.

    Parameters
    ----------
    hidden : tuple of int, default=(128, 64)
        Width of each hidden layer.
    learning_rate : float, default=3e-3
        Peak of a one-cycle schedule for AdamW.
    weight_decay : float, default=1e-3
    dropout : float, default=0.1
    batch_size : int, default=128
    max_epochs : int, default=60
    patience : int, default=15
        Epochs without a better validation loss after which training ends.
    validation_fraction : float, default=0.1
        Share of the groups held out for early stopping; 0 trains for `max_epochs`.
    class_weight : dict, "balanced" or None, default="balanced"
    random_state : int, RandomState or None, default=0
        The same value gives the same network on the same machine.

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
    """

    _DTYPE: ClassVar[Any] = np.float32

    def __init__(
        self,
        hidden: tuple[int, ...] = (128, 64),
        *,
        learning_rate: float = 3e-3,
        weight_decay: float = 1e-3,
        dropout: float = 0.1,
        batch_size: int = 128,
        max_epochs: int = 60,
        patience: int = 15,
        validation_fraction: float = 0.1,
        class_weight: Any = "balanced",
        random_state: Any = 0,
    ):
        self.hidden = hidden
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.class_weight = class_weight
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
        groups : array_like of shape (n,), optional
            Early stopping holds out whole groups (people, say).

        Raises
        ------
        MissingExtraError
            If torch is not installed.
        """
        from handpose.classifiers.mlp_training import train_network

        features, labels = validate_data(self, X, y, dtype=np.float32)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        rng = check_random_state(self.random_state)
        self.mean_ = features.mean(0)
        scale = features.std(0)
        self.scale_ = np.where(scale > 1e-6, scale, np.float32(1)).astype(np.float32)
        train, held_out = self._split(codes, groups, rng)
        self.weights_, self.biases_, self.n_iter_ = train_network(
            self._standardize(features),
            codes,
            train=train,
            held_out=held_out,
            class_weights=self._class_weights(labels[train]),
            seed=int(rng.randint(2**31 - 1)),
            settings=self.get_params(),
        )
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
        """Rows to train on and rows to hold out; none are held out where a class would vanish."""
        rows = np.arange(len(codes))
        groups = rows if groups is None else np.asarray(groups)
        everything = rows, rows[:0]
        if self.validation_fraction == 0 or len(set(groups.tolist())) < 10:
            return everything
        splitter = GroupShuffleSplit(1, test_size=self.validation_fraction, random_state=rng)
        train, held_out = next(splitter.split(rows, codes, groups))
        whole = len(np.unique(codes[train])) == len(self.classes_)
        return (train, held_out) if whole else everything


def _names(layer: int) -> tuple[str, str]:
    return f"weight_{layer}", f"bias_{layer}"
