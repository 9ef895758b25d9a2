"""Forests: scikit-learn fits them, their trees are kept as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data
from typing_extensions import Self

from handpose.classifiers.arrays import ArrayClassifier, Prepared, Spec, Vectors
from handpose.classifiers.trees import Nodes, Walk, check_trees, stored_by_level, tree_specs

_ROUNDING = 1e-6


class Forest(ArrayClassifier):
    """Base of `RandomForest` and `ExtraTrees`: the mean of the leaves that a vector reaches.

    Parameters
    ----------
    n_estimators : int, default=200
        Trees.
    criterion, max_depth, min_samples_split, min_samples_leaf, min_weight_fraction_leaf, \
max_features, max_leaf_nodes, class_weight, n_jobs, random_state
        As in `sklearn.ensemble.RandomForestClassifier`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    feature_, threshold_, value_, n_trees_
        See `handpose.classifiers.trees.tree_specs`.
    n_features_in_ : int
    """

    _ARRAYS: ClassVar[dict[str, Spec]] = {
        **tree_specs("classes"),
        "value": Spec(("leaves", "classes"), low=0, high=1 + _ROUNDING),
    }
    _DTYPE: ClassVar[Any] = np.float32
    _GROWER: ClassVar[type]

    def __init__(
        self,
        n_estimators: int = 200,
        *,
        criterion: str = "gini",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: int | float | str | None = "sqrt",
        max_leaf_nodes: int | None = None,
        class_weight: Any = None,
        n_jobs: int | None = None,
        random_state: Any = None,
    ):
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.max_leaf_nodes = max_leaf_nodes
        self.class_weight = class_weight
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
        sample_weight : array_like of shape (n,), optional
        """
        features, labels = validate_data(self, X, y, dtype=np.float32)
        check_classification_targets(labels)
        grown = self._GROWER(**self.get_params()).fit(features, labels, sample_weight)
        return self._keep(grown)

    @classmethod
    def from_sklearn(cls, forest: RandomForestClassifier | ExtraTreesClassifier) -> Self:
        """A classifier that predicts what a forest of scikit-learn does.

        Raises
        ------
        ValueError
            If it has more than one target.
        """
        if forest.n_outputs_ != 1:
            raise ValueError("the forest has more than one target")
        known = forest.get_params()
        model = cls(**{name: known[name] for name in cls().get_params()})
        model.n_features_in_ = forest.n_features_in_
        return model._keep(forest)

    def _keep(self, forest: Any) -> Self:
        self.classes_ = forest.classes_
        grown = (estimator.tree_ for estimator in forest.estimators_)
        super()._restore(
            stored_by_level(
                [
                    Nodes(
                        tree.children_left == -1,
                        tree.children_left,
                        tree.children_right,
                        tree.feature,
                        tree.threshold,
                        tree.value[:, 0],
                    )
                    for tree in grown
                ]
            )
        )
        return self

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        check_trees(arrays)
        if np.abs(arrays["value"].sum(1) - 1).max() > _ROUNDING:
            raise ValueError("value must add up to 1 in every leaf")
        super()._restore(arrays)

    def _prepare(self) -> Prepared:
        walk, value = Walk(self.to_arrays()), self.value_.astype(np.float64, copy=False)

        def scores(X: Vectors) -> NDArray[np.float64]:
            leaves = walk.leaves(X)
            if len(X) == 1:
                return np.add.reduce(value.take(leaves[0], axis=0), keepdims=True) / walk.n_trees
            total = np.zeros((len(X), value.shape[1]))
            for leaf in leaves.T:
                total += value.take(leaf, axis=0)
            return total / walk.n_trees

        return Prepared(scores, walk.rows)

    def _probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        return scores


class RandomForest(Forest):
    """`sklearn.ensemble.RandomForestClassifier`, kept as arrays."""

    _GROWER = RandomForestClassifier


class ExtraTrees(Forest):
    """`sklearn.ensemble.ExtraTreesClassifier`, kept as arrays."""

    _GROWER = ExtraTreesClassifier
