"""`MotionNet`: a small network over time, trained with torch, run with numpy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_sample_weight
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
from handpose.classifiers.motion_net.channels import channel_count
from handpose.classifiers.motion_net.forward import HEADS, LAYERS, logits
from handpose.errors import DatasetError
from handpose.features.motion_sequences import SequenceForm
from handpose.splits import hold_out
from handpose.system.parameter_rules import POSITIVE, check_rules, or_none, whole
from handpose.training.backend import borrowed_torch

RULES = {
    "networks": whole(1),
    "width": whole(4),
    "epochs": or_none(whole(1)),
    "batch_size": whole(2),
    "learning_rate": POSITIVE,
    "patience": whole(1),
}
"""Allowed values of the parameters."""

_EPOCHS, _FEWEST_EPOCHS = 40, 10
_SHOWN = 210_000
"""Motions that are shown, times and all: windows of streams (`handpose.with_nothing`) are many and
alike. Sixteen epochs of 13,000 did on people of SHREC'17, see benchmarks/streams."""

_PURPOSE = "training a motion_net"
_THREADS = 1
"""Faster for networks this small, and the sums do not depend on the machine's cores."""
_FEWEST_GROUPS = 5
"""With fewer people none is held out."""
_FEWEST_BATCHES = 4
"""Steps of an epoch, at least."""


def epochs_for(n: int) -> int:
    """How many epochs are trained on so many motions."""
    return min(_EPOCHS, max(_FEWEST_EPOCHS, _SHOWN // n))


class MotionNet(ArrayClassifier):
    """Convolutions and attention over time, for motions of one or two hands.

    It reads what `handpose.features.motion_sequences.MotionSequences` gives:
    ``make_model("motion_net", features="motion")``. Fitting needs torch
    (``pip install "handpose[torch]"``); predicting does not.

    Parameters
    ----------
    networks : int, default=5
        Trained side by side; their log probabilities are averaged.
    width : int, default=48
        Channels of the first layers; the later ones have twice as many. A multiple of 4.
    epochs : int, optional
        By default 40, and fewer for more than 5,000 motions, but at least 10: see `epochs_for`.
    batch_size : int, default=64
        At most a quarter of the rows.
    learning_rate : float, default=3e-3
        Of AdamW at its highest.
    patience : int, default=40
        Training stops after this many epochs without a lower loss of the people held out.
    validation_fraction : float, default=0.0
        Share of the rows held out, by whole groups, to choose the best epoch; none with fewer than
        five groups. By default all people are learnt from, for all epochs.
    dropout : float, default=0.3
    label_smoothing : float, default=0.1
    class_weight : dict, "balanced" or None, default=None
    random_state : int, RandomState or None, default=0

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    arrays_ : dict of ndarray of float32
        Weights of the layers: see `handpose.classifiers.motion_net.forward.logits`.
    n_iter_ : int
        Epochs that were trained.
    n_features_in_ : int
    """

    _DTYPE: ClassVar[Any] = np.float32

    def __init__(
        self,
        networks: int = 5,
        *,
        width: int = 48,
        epochs: int | None = None,
        batch_size: int = 64,
        learning_rate: float = 3e-3,
        patience: int = 40,
        validation_fraction: float = 0.0,
        dropout: float = 0.3,
        label_smoothing: float = 0.1,
        class_weight: Any = None,
        random_state: Any = 0,
    ):
        self.networks = networks
        self.width = width
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.dropout = dropout
        self.label_smoothing = label_smoothing
        self.class_weight = class_weight
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array_like of shape (n, n_features)
            Sequences, as `MotionSequences` gives them.
        y : array_like of shape (n,)
        groups : array_like of shape (n,), optional
            Whose motion it is: whole groups are held out.

        Raises
        ------
        MissingExtraError
            If torch is not installed.
        ValueError
            If a parameter or the number of features is not allowed.
        HandposeError
            If training diverges.
        """
        check_rules(self.get_params(), RULES)
        sequences, labels = validate_data(self, X, y, dtype=np.float32, ensure_min_samples=2)
        check_classification_targets(labels)
        SequenceForm.of(sequences.shape[1])
        if self.width % 4:
            raise ValueError(f"width must be a multiple of 4, but is {self.width}")
        self.classes_, codes = np.unique(labels, return_inverse=True)
        rng = check_random_state(self.random_state)
        train, held_out = self._split(codes, groups, rng)
        weights = compute_sample_weight(self.class_weight, labels).astype(np.float32)
        with borrowed_torch(_PURPOSE, _THREADS):
            from handpose.classifiers.motion_net.augmentation import MotionAugmentation
            from handpose.classifiers.motion_net.training import train_network

            self.arrays_, self.n_iter_ = train_network(
                sequences,
                codes,
                weights,
                (train, held_out),
                classes=len(self.classes_),
                networks=self.networks,
                width=self.width,
                epochs=self.epochs or epochs_for(len(train)),
                batch_size=min(self.batch_size, max(len(train) // _FEWEST_BATCHES, 2)),
                learning_rate=self.learning_rate,
                patience=self.patience,
                dropout=self.dropout,
                label_smoothing=self.label_smoothing,
                augmentation=MotionAugmentation(),
                seed=int(rng.randint(2**31 - 1)),
            )
        return self

    def to_arrays(self) -> Arrays:
        """As of `ArrayClassifier`: the weights of the layers."""
        check_is_fitted(self)
        return {**self.arrays_, "n_iter": np.array(self.n_iter_)}

    def _specs(self, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Spec]:
        read = channel_count(SequenceForm.of(self.n_features_in_))
        shape = np.shape(arrays.get("stem_bias", ()))
        networks, wide = shape if len(shape) == 2 else (0, 0)
        if not networks or wide < 4 or wide % 4:
            raise ValueError("the width of the layers is not a multiple of 4")
        specs = {
            "mean": Spec((read,)),
            "scale": Spec((read,), low=SMALLEST_SCALE),
            "n_iter": Spec((), "i", 0),
            "attention_weight": Spec((networks, 2 * wide, HEADS)),
            "attention_bias": Spec((networks, HEADS)),
            "head_weight": Spec((networks, 4 * wide, "classes")),
            "head_bias": Spec((networks, "classes")),
        }
        for layer in LAYERS:
            outputs = layer.outputs * wide
            weight = (networks, layer.kernel, layer.inputs * wide or read, outputs)
            specs[f"{layer.name}_weight"] = Spec(weight)
            specs[f"{layer.name}_bias"] = Spec((networks, outputs))
        return specs

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        named = {name: np.asarray(array) for name, array in arrays.items()}
        self.n_iter_ = int(named.pop("n_iter"))
        self.arrays_ = {name: array.astype(np.float32) for name, array in named.items()}

    def _prepare(self) -> Prepared:
        form, arrays = SequenceForm.of(self.n_features_in_), self.arrays_

        def scores(X: Vectors) -> NDArray[np.float64]:
            return logits(X.astype(np.float32, copy=False), form, arrays).astype(np.float64)

        return Prepared(scores, rows=256)

    def _split(
        self, codes: NDArray[np.intp], groups: ArrayLike | None, rng: np.random.RandomState
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows to train on and rows to hold out: none if there are few groups."""
        rows = np.arange(len(codes))
        if groups is None or len(np.unique(np.asarray(groups))) < _FEWEST_GROUPS:
            return rows, rows[:0]
        try:
            return hold_out(len(rows), codes, groups, self.validation_fraction, rng)
        except DatasetError:  # each group is the only one that shows some class
            return rows, rows[:0]
