"""Compact forms of ensembles of trees: all trees are walked down at once, one level at a time."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)

from handpose.classifiers.compact.form import Compact, Vector, as_they_are, of_both, softmax


class Nodes(NamedTuple):
    """Nodes of one tree, or of several in a row. Arrays of one length.

    ``left`` and ``right`` are positions within the tree; a leaf's are not looked at.
    """

    is_leaf: NDArray[np.bool_]
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float64]
    value: NDArray[np.float64]


class Trees:
    """Trees whose nodes are stored level by level, all trees together.

    A right child stands next to its left sibling, and a leaf is its own child, so one step down is
    the same for every node of every tree.
    """

    def __init__(self, trees: list[Nodes]):
        starts = np.cumsum([0, *(len(tree.value) for tree in trees[:-1])])
        shift = np.repeat(starts, [len(tree.value) for tree in trees])
        nodes = Nodes(*(np.concatenate(parts) for parts in zip(*trees, strict=True)))
        nodes = nodes._replace(left=nodes.left + shift, right=nodes.right + shift)
        levels = _levels(nodes, starts)
        order = np.concatenate(levels)
        inner = ~nodes.is_leaf[order]
        itself = np.arange(len(order))
        left_child = len(starts) + 2 * (np.cumsum(inner) - 1)
        self._roots = itself[: len(starts)]
        self._depth = len(levels) - 1
        self._left = np.where(inner, left_child, itself)
        self._feature = np.where(inner, nodes.feature[order], 0)
        self._threshold = np.where(inner, nodes.threshold[order], np.inf)
        self._leaf = np.cumsum(~inner) - 1
        self._values = nodes.value[order[~inner]]

    def values(self, vector: Vector) -> Vector:
        """Values of the leaves that a vector reaches, one a tree."""
        node = self._roots
        for _ in range(self._depth):
            goes_right = vector[self._feature[node]] > self._threshold[node]
            node = self._left[node] + goes_right
        return self._values[self._leaf[node]]


def compact_forest(forest: RandomForestClassifier | ExtraTreesClassifier) -> Compact | None:
    """The mean of what the trees' leaves say."""
    if forest.n_outputs_ != 1:
        return None
    trees, n_trees = Trees([_forest_nodes(tree.tree_) for tree in forest.estimators_]), len(forest)

    def scores(vector: Vector) -> Vector:
        return np.add.reduce(trees.values(vector)) / n_trees

    return Compact(forest.classes_, forest.n_features_in_, scores, as_they_are)


def compact_boosting(model: HistGradientBoostingClassifier) -> Compact | None:
    """The sum over all rounds of each class's tree; two classes share one tree a round."""
    predictors = [predictor for round_ in model._predictors for predictor in round_]
    if not predictors or any(p.nodes["is_categorical"].any() for p in predictors):
        return None
    trees, baseline = (
        Trees([_boosted_nodes(p.nodes) for p in predictors]),
        model._baseline_prediction,
    )

    def scores(vector: Vector) -> Vector:
        rounds = trees.values(vector).reshape(-1, baseline.size)
        found = np.add.reduce(np.concatenate([baseline, rounds]))
        return of_both(found) if len(found) == 1 else found

    return Compact(model.classes_, model.n_features_in_, scores, softmax)


def _levels(nodes: Nodes, roots: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Positions of all trees' nodes at each depth, siblings side by side."""
    levels = [roots]
    while True:
        inner = levels[-1][~nodes.is_leaf[levels[-1]]]
        if not len(inner):
            return levels
        levels.append(np.stack([nodes.left[inner], nodes.right[inner]], axis=1).ravel())


def _forest_nodes(tree: Any) -> Nodes:
    is_leaf = tree.children_left == -1
    return Nodes(
        is_leaf,
        tree.children_left,
        tree.children_right,
        tree.feature,
        tree.threshold,
        tree.value[:, 0],
    )


def _boosted_nodes(nodes: NDArray[Any]) -> Nodes:
    return Nodes(
        nodes["is_leaf"].astype(bool),
        nodes["left"].astype(np.intp),
        nodes["right"].astype(np.intp),
        nodes["feature_idx"],
        nodes["num_threshold"],
        nodes["value"],
    )
