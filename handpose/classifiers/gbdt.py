"""Gradient boosted trees: scikit-learn fits them, they are kept as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data
from typing_extensions import Self

from handpose.classifiers.arrays import ArrayClassifier, Prepared, Spec, Vectors, binary_scores
from handpose.classifiers.trees import Nodes, Walk, check_trees, stored_by_level, tree_specs

_LEAVES_OF_FEW = 8
"""Leaves that few samples must be able to fill; the default of a tree."""

_DAMPING = 0.05
"""Share of a class's samples. Values from 0.01 to 0.2 made no difference in
benchmarks/classifier_grid.py; with 0, 32 signs of a few signers fell from 0.89 to 0.28."""


class GBDT(ArrayClassifier):
    """Histogram-based gradient boosting of small trees.

    Parameters
    ----------
    max_iter : int, default=60
        Rounds, with one tree for each class; for two classes, one tree.
    learning_rate : float, default=0.2
    max_leaf_nodes : int or None, default=8
    max_depth : int or None, default=None
    min_samples_leaf : int, default=20
        At most an eighth of the samples, so that few samples can be split.
    l2_regularization : float or None, default=None
        Damping of a leaf's step; None means a twentieth of the samples of an average class, at
        least 1. Without damping, confident errors make unbounded steps, and with 30 classes the
        rounds diverge.
    max_features : float, default=0.1
        Share of the features that a split may choose from.
    max_bins : int, default=64
    class_weight : dict, "balanced" or None, default=None
    random_state : int, RandomState or None, default=None

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    baseline_ : ndarray of shape (n_classes,), or (1,) for two classes
        Scores before the first round.
    feature_, threshold_, value_, n_trees_
        See `handpose.classifiers.trees.tree_specs`. Trees are ordered by round, then by class.
    n_iter_ : int
        Number of rounds.
    n_features_in_ : int

    See Also
    --------
    sklearn.ensemble.HistGradientBoostingClassifier : Fits the trees.
    """

    _ARRAYS: ClassVar[dict[str, Spec]] = {**tree_specs(1), "baseline": Spec(("trees a round",))}

    def __init__(
        self,
        max_iter: int = 60,
        *,
        learning_rate: float = 0.2,
        max_leaf_nodes: int | None = 8,
        max_depth: int | None = None,
        min_samples_leaf: int = 20,
        l2_regularization: float | None = None,
        max_features: float = 0.1,
        max_bins: int = 64,
        class_weight: Any = None,
        random_state: Any = None,
    ):
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.max_features = max_features
        self.max_bins = max_bins
        self.class_weight = class_weight
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
        sample_weight : array_like of shape (n,), optional
        """
        features, labels = validate_data(self, X, y, dtype=self._DTYPE)
        check_classification_targets(labels)
        grower = HistGradientBoostingClassifier(
            early_stopping=False, **self.get_params() | self._sized(labels, sample_weight)
        )
        return self._keep(grower.fit(features, labels, sample_weight))

    def _sized(self, labels: NDArray[Any], weights: ArrayLike | None) -> dict[str, float]:
        """Parameters that depend on the number of samples."""
        leaf = min(self.min_samples_leaf, max(len(labels) // _LEAVES_OF_FEW, 1))
        l2 = self.l2_regularization
        if l2 is None:
            total = len(labels) if weights is None else float(np.asarray(weights).sum())
            l2 = max(1.0, _DAMPING * total / len(np.unique(labels)))
        return {"min_samples_leaf": leaf, "l2_regularization": l2}

    @classmethod
    def from_sklearn(cls, boosted: HistGradientBoostingClassifier) -> Self:
        """A classifier that predicts what scikit-learn's does for vectors without NaN.

        Raises
        ------
        ValueError
            If a tree splits by category.
        """
        known = boosted.get_params()
        model = cls(**{name: known[name] for name in cls().get_params()})
        model.n_features_in_ = boosted.n_features_in_
        return model._keep(boosted)

    def _keep(self, boosted: HistGradientBoostingClassifier) -> Self:
        self.classes_ = boosted.classes_
        self.n_iter_ = boosted.n_iter_
        self.baseline_ = boosted._baseline_prediction.ravel()
        grown = [predictor.nodes for round_ in boosted._predictors for predictor in round_]
        self._set(stored_by_level([boosted_nodes(nodes) for nodes in grown]))
        return self

    def _set(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        super()._restore(arrays)

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        check_trees(arrays)
        n_trees, a_round = int(arrays["n_trees"]), len(arrays["baseline"])
        if a_round != (len(self.classes_) if len(self.classes_) > 2 else 1) or n_trees % a_round:
            raise ValueError(f"{n_trees} trees do not make rounds of {len(self.classes_)} classes")
        self._set(arrays)
        self.n_iter_ = n_trees // a_round

    def _prepare(self) -> Prepared:
        walk, value = Walk(self.to_arrays()), self.value_.ravel().astype(np.float64, copy=False)
        baseline = self.baseline_.astype(np.float64, copy=False)
        a_round = len(baseline)

        def scores(X: Vectors) -> NDArray[np.float64]:
            steps = value.take(walk.leaves(X)).reshape(len(X), -1, a_round)
            if len(X) == 1:
                total = np.add.reduce(np.concatenate([baseline[None, None], steps], axis=1), axis=1)
            else:
                total = np.tile(baseline, (len(X), 1))
                for step in np.moveaxis(steps, 1, 0):
                    total += step
            return binary_scores(total) if a_round == 1 else total

        return Prepared(scores, walk.rows)


def boosted_nodes(nodes: NDArray[Any]) -> Nodes:
    """Nodes of a tree of scikit-learn's gradient boosting.

    Raises
    ------
    ValueError
        If it splits by category.
    """
    if nodes["is_categorical"].any():
        raise ValueError("a tree splits by category; landmark features have none")
    return Nodes(
        nodes["is_leaf"].astype(bool),
        nodes["left"].astype(np.int64),
        nodes["right"].astype(np.int64),
        nodes["feature_idx"],
        nodes["num_threshold"],
        nodes["value"][:, None],
    )
