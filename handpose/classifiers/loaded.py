"""Checks of classifiers that were read from a file.

The compiled parts of scikit-learn follow the indices in their arrays without looking. Here they are
looked at, so that a file cannot make them read where they should not. A searched network must have
the numbers that its graph needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.svm import SVC
from sklearn.tree._tree import Tree

from handpose.classifiers.searched import Searched
from handpose.classifiers.searched.checks import check_searched


def check_indices(estimator: Any, n_features: int) -> None:
    """Raise if an index in an estimator leads out of its arrays, or a network lacks numbers.

    Parameters
    ----------
    estimator : object
        Fitted; trees, support vector machines and searched networks are looked for in all of its
        attributes.
    n_features : int
        Length of the vectors that it will be given.

    Raises
    ------
    ValueError
        If one does, with what is wrong.
    """
    for part in _parts(estimator, seen=set()):
        if isinstance(part, Tree):
            _check_tree(part.__getstate__()["nodes"], n_features)
        elif isinstance(part, TreePredictor):
            _check_predictor(part.nodes, n_features)
        elif isinstance(part, Searched):
            check_searched(part)
        else:
            _check_svc(part, n_features)


def _parts(value: Any, seen: set[int]) -> Iterator[Tree | TreePredictor | SVC | Searched]:
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, (Tree, TreePredictor, SVC, Searched)):
        yield value
        return
    children: list[Any] = []
    if isinstance(value, dict):
        children = list(value.values())
    elif isinstance(value, (list, tuple, set)) or (
        isinstance(value, np.ndarray) and value.dtype == object
    ):
        children = list(value.flat if isinstance(value, np.ndarray) else value)
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        children = list(vars(value).values())
    for child in children:
        yield from _parts(child, seen)


def _check_tree(nodes: NDArray[Any], n_features: int) -> None:
    inner = np.flatnonzero(nodes["left_child"] != -1)
    _check_nodes(nodes, inner, ("left_child", "right_child"), "feature", n_features)


def _check_predictor(nodes: NDArray[Any], n_features: int) -> None:
    inner = np.flatnonzero(nodes["is_leaf"] == 0)
    _check_nodes(nodes, inner, ("left", "right"), "feature_idx", n_features)
    if nodes["is_categorical"].any():
        raise ValueError("a tree splits by category, which no landmark feature has")


def _check_nodes(
    nodes: NDArray[Any],
    inner: NDArray[np.intp],
    children: tuple[str, str],
    feature: str,
    n_features: int,
) -> None:
    if not len(nodes):
        raise ValueError("a tree has no nodes")
    for side in children:
        child = nodes[side][inner].astype(np.int64)
        if (child <= inner).any() or (child >= len(nodes)).any():
            raise ValueError("a tree has a branch that leads nowhere")
    reached = np.concatenate([nodes[side][inner] for side in children])
    if len(np.unique(reached)) < len(reached):
        raise ValueError("a tree has a branch that two nodes share")
    index = nodes[feature][inner].astype(np.int64)
    if (index < 0).any() or (index >= n_features).any():
        raise ValueError(f"a tree asks for a feature beyond the {n_features} that there are")


def _check_svc(svc: SVC, n_features: int) -> None:
    k = len(svc.classes_)
    n = int(np.sum(svc._n_support))
    expected = {
        "support_": (n,),
        "support_vectors_": (n, n_features),
        "_n_support": (k,),
        "_dual_coef_": (k - 1, n),
        "_intercept_": (k * (k - 1) // 2,),
    }
    for name, shape in expected.items():
        if np.shape(getattr(svc, name)) != shape:
            raise ValueError(f"a support vector machine's {name} does not have shape {shape}")
    if (np.asarray(svc._n_support) < 0).any() or svc.kernel not in ("rbf", "linear", "poly"):
        raise ValueError("a support vector machine contradicts itself")
