"""Trees as arrays, stored level by level and traversed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.arrays import Arrays, Spec, Vectors

DEEPEST = 2000
"""Most levels of a tree in a file. Forests of ten thousand hands have about forty."""

_AT_ONCE = 2**16
"""Steps taken together: many enough for numpy, few enough for the cache."""


class Nodes(NamedTuple):
    """Nodes of one tree. Arrays of one length, the root first.

    ``left`` and ``right`` are positions, ignored for leaves. ``value`` has a row for each node.
    """

    is_leaf: NDArray[np.bool_]
    left: NDArray[np.integer]
    right: NDArray[np.integer]
    feature: NDArray[np.integer]
    threshold: NDArray[np.floating]
    value: NDArray[np.floating]


def tree_specs(n_values: str | int) -> dict[str, Spec]:
    """The specs of the arrays of trees.

    ``feature`` has an entry for each node, level by level, with all roots first; -1 is a leaf. The
    children of the inner nodes of a level follow in the same order, left before right.
    ``threshold`` has an entry for each inner node, ``value`` a row for each leaf.
    """
    return {
        "feature": Spec(("nodes",), "i", -1, "features"),
        "threshold": Spec(("inner",), low=-np.inf, high=np.inf),
        "value": Spec(("leaves", n_values)),
        "n_trees": Spec((), "i", 1),
    }


def stored_by_level(trees: Sequence[Nodes]) -> Arrays:
    """The arrays of trees, see `tree_specs`; ValueError if a branch does not lead to a new node."""
    for tree in trees:
        _check_branches(tree)
    starts = np.cumsum([0, *(len(tree.value) for tree in trees[:-1])])
    shift = np.repeat(starts, [len(tree.value) for tree in trees])
    nodes = Nodes(*(np.concatenate(parts) for parts in zip(*trees, strict=True)))
    left, right = nodes.left + shift, nodes.right + shift
    levels = [starts]
    while True:
        inner = levels[-1][~nodes.is_leaf[levels[-1]]]
        if not len(inner):
            break
        levels.append(np.stack([left[inner], right[inner]], axis=1).ravel())
    order = np.concatenate(levels)
    is_leaf = nodes.is_leaf[order]
    return {
        "feature": np.where(is_leaf, -1, nodes.feature[order]).astype(np.int32),
        "threshold": nodes.threshold[order][~is_leaf].astype(np.float64),
        "value": nodes.value[order][is_leaf].astype(np.float64),
        "n_trees": np.array(len(trees)),
    }


def check_trees(arrays: Mapping[str, NDArray[Any]]) -> None:
    """Raise ValueError if arrays that `tree_specs` allows are not trees."""
    feature, n_trees = arrays["feature"], int(arrays["n_trees"])
    inner = feature >= 0
    n_inner = int(inner.sum())
    for name, expected in (("threshold", n_inner), ("value", len(feature) - n_inner)):
        if len(arrays[name]) != expected:
            raise ValueError(f"{name} must have {expected} entries, not {len(arrays[name])}")
    start, end, depth = 0, n_trees, 0
    while start < end <= len(feature):
        start, end = end, end + 2 * int(inner[start:end].sum())
        depth += 1
        if depth > DEEPEST:
            raise ValueError(f"a tree has more than {DEEPEST} levels")
    if end != len(feature):
        raise ValueError(f"{n_trees} trees do not have {len(feature)} nodes")


class Walk:
    """Trees ready to traverse. A leaf is its own child, so that all nodes take the same steps."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]):
        feature, self.n_trees = arrays["feature"], int(arrays["n_trees"])
        inner = feature >= 0
        itself = np.arange(len(feature))
        self._left = np.where(inner, self.n_trees + 2 * (np.cumsum(inner) - 1), itself)
        self._feature = np.where(inner, feature, 0).astype(np.intp)
        self._threshold = np.full(len(feature), np.inf)
        self._threshold[inner] = arrays["threshold"]
        self._leaf = np.cumsum(~inner) - 1
        self._roots = itself[: self.n_trees]
        self._depth = depth_of(inner, self.n_trees)

    @property
    def rows(self) -> int:
        """Most vectors to traverse together."""
        return max(1, _AT_ONCE // self.n_trees)

    def leaves(self, X: Vectors) -> NDArray[np.intp]:
        """The leaf that each vector reaches in each tree, shape (n, n_trees)."""
        if len(X) == 1:
            return self._leaf.take(self._walked(X[0], self._roots))[None]
        starts = np.repeat(np.arange(0, X.size, X.shape[1]), self.n_trees)
        node = self._walked(np.ascontiguousarray(X).ravel(), np.tile(self._roots, len(X)), starts)
        return self._leaf.take(node).reshape(len(X), self.n_trees)

    def _walked(
        self, values: Vectors, node: NDArray[np.intp], starts: NDArray[np.intp] | None = None
    ) -> NDArray[np.intp]:
        """The last node of each walk; `starts` is where its vector begins in `values`."""
        for _ in range(self._depth):
            place = self._feature.take(node)
            if starts is not None:
                place += starts
            goes_right = values.take(place) > self._threshold.take(node)
            node = self._left.take(node)
            node += goes_right
        return node


def depth_of(inner: NDArray[np.bool_], n_trees: int) -> int:
    """Steps from the roots to the deepest leaf."""
    start, end, depth = 0, n_trees, -1
    while start < end:
        start, end = end, end + 2 * int(inner[start:end].sum())
        depth += 1
    return depth


def _check_branches(tree: Nodes) -> None:
    inner = np.flatnonzero(~tree.is_leaf)
    children = np.concatenate([tree.left[inner], tree.right[inner]]).astype(np.int64)
    if not len(tree.value):
        raise ValueError("a tree has no nodes")
    if (children <= np.tile(inner, 2)).any() or (children >= len(tree.value)).any():
        raise ValueError("a tree has a branch that leads nowhere")
    if len(np.unique(children)) < len(children):
        raise ValueError("a tree has a branch that two nodes share")
