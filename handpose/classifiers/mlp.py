"""A small multi-layer perceptron: trained with torch, run with numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GroupShuffleSplit
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from typing_extensions import Self


class MLP(ClassifierMixin, BaseEstimator):
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
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Probability of each class, shape (n, n_classes)."""
        return softmax(self._logits(X), axis=1)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of each row, shape (n,)."""
        best = self._logits(X).argmax(1)
        return self.classes_[best]

    def _logits(self, X: ArrayLike) -> NDArray[np.float64]:
        check_is_fitted(self)
        features = validate_data(self, X, reset=False, dtype=np.float32)
        hidden = self._standardize(features).astype(
            np.float64
        )  # no rounding that depends on the batch
        for weight, bias in zip(self.weights_[:-1], self.biases_[:-1], strict=True):
            hidden = np.maximum(hidden @ weight + bias, 0)
        return hidden @ self.weights_[-1] + self.biases_[-1]

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
