"""Trees as files have them: thresholds in float32, nodes tree by tree, or steps of a walk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.trees import depth_of

Array = NDArray[Any]
Arrays = Mapping[str, Array]
"""See `handpose.classifiers.trees.tree_specs`."""


_LAST_BITS = 5e-7
"""By how much features are rounded differently, relative to the larger of them and 1."""


class Steps(NamedTuple):
    """What a walk needs: arrays with an entry for each node, and the nodes where it starts.

    The next node is ``left + (number > threshold)``; a leaf leads to itself.
    """

    feature: Array
    threshold: NDArray[np.float32]
    left: Array
    leaf: Array
    roots: Array
    depth: int


def tree_steps(arrays: Arrays) -> Steps:
    """The walk through all trees at once."""
    inner, n_trees = arrays["feature"] >= 0, int(arrays["n_trees"])
    itself = np.arange(len(inner))
    threshold = np.full(len(inner), np.finfo(np.float32).max, np.float32)
    threshold[inner] = limits(arrays["threshold"])
    return Steps(
        feature=np.where(inner, arrays["feature"], 0),
        threshold=threshold,
        left=np.where(inner, _left(inner, n_trees), itself),
        leaf=np.cumsum(~inner) - 1,
        roots=itself[:n_trees],
        depth=depth_of(inner, n_trees),
    )


def node_trees(arrays: Arrays) -> NDArray[np.intp]:
    """The tree of each node."""
    inner, n_trees = arrays["feature"] >= 0, int(arrays["n_trees"])
    trees = np.arange(len(inner))
    start, end = 0, n_trees
    while start < end:
        parents = trees[start:end][inner[start:end]]
        start, end = end, end + 2 * len(parents)
        trees[start:end] = np.repeat(parents, 2)
    return trees


def leaf_trees(arrays: Arrays) -> NDArray[np.intp]:
    """The tree of each leaf, in the order of the leaves."""
    return node_trees(arrays)[arrays["feature"] < 0]


def ensemble(arrays: Arrays, values: Array) -> dict[str, Any]:
    """Attributes of ONNX's ``TreeEnsembleRegressor``: the nodes of one tree after the other.

    Parameters
    ----------
    arrays : mapping
    values : ndarray of shape (leaves, k)
    """
    feature, n_trees = arrays["feature"], int(arrays["n_trees"])
    inner = feature >= 0
    trees = node_trees(arrays)
    order = np.argsort(trees, kind="stable")
    counts = np.bincount(trees, minlength=n_trees)
    number = np.empty(len(feature), np.int64)
    number[order] = np.arange(len(feature)) - np.repeat(np.cumsum(counts) - counts, counts)
    left = np.where(inner, _left(inner, n_trees), 0)
    thresholds = np.zeros(len(feature), np.float32)
    thresholds[inner] = limits(arrays["threshold"])
    yes, no = (np.where(inner, number[np.where(inner, left + i, 0)], 0)[order] for i in (0, 1))
    leaf, target = np.nonzero(values)
    leaves = np.flatnonzero(~inner)[leaf]
    return {
        "nodes_treeids": trees[order].tolist(),
        "nodes_nodeids": number[order].tolist(),
        "nodes_featureids": np.where(inner, feature, 0)[order].tolist(),
        "nodes_values": thresholds[order].tolist(),
        "nodes_modes": np.where(inner[order], "BRANCH_LEQ", "LEAF").tolist(),
        "nodes_truenodeids": yes.tolist(),
        "nodes_falsenodeids": no.tolist(),
        "target_treeids": trees[leaves].tolist(),
        "target_nodeids": number[leaves].tolist(),
        "target_ids": target.tolist(),
        "target_weights": values[leaf, target].astype(float).tolist(),
        "n_targets": values.shape[1],
        "aggregate_function": "SUM",
        "post_transform": "NONE",
    }


def limits(thresholds: NDArray[np.floating]) -> NDArray[np.float32]:
    """Thresholds a little higher: trees take many from hands, which must not fall beyond them.

    The last bits of features differ from one runtime to another.
    """
    return down32(thresholds + _LAST_BITS * np.maximum(np.abs(thresholds), 1.0))


def down32(thresholds: NDArray[np.floating]) -> NDArray[np.float32]:
    """The largest float32 that is not above: ``x <= t`` stays the same for each float32 x."""
    wide = thresholds.astype(np.float64)
    most = float(np.finfo(np.float32).max)
    near = np.clip(wide, -most, most).astype(np.float32)
    with np.errstate(over="ignore"):
        lower = np.maximum(np.nextafter(near, np.float32(-np.inf)), np.float32(-most))
    return np.where(near > wide, lower, near)


def _left(inner: NDArray[np.bool_], n_trees: int) -> NDArray[np.intp]:
    """The left child of each inner node; the right one follows it."""
    return n_trees + 2 * (np.cumsum(inner) - 1)
