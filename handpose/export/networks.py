"""Searched networks in a description: the operations of `handpose.classifiers.searched`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.searched.forward import own_parameters
from handpose.classifiers.searched.graph import NODES, fixed_weights
from handpose.classifiers.searched.operations import ADJACENCY, POOL, SPREAD
from handpose.containers.skeletons import HAND
from handpose.export.graph import Value

Parameters = Mapping[str, NDArray[Any]]


def searched_network(x: Value, graph: Sequence[str], parameters: Parameters) -> Value:
    """From standardised vectors (n, features) to logits (n, classes)."""
    landmarks = (x @ parameters["stem.weight"] + parameters["stem.bias"]).reshape(len(HAND), -1)
    states = [_normalized(landmarks)]
    edges = sorted(fixed_weights(graph).items())
    for node in range(1, len(NODES)):
        taken = [
            _OPERATIONS[operation](states[edge[0]], own_parameters(parameters, edge, operation))
            for edge, operations in edges
            for operation in operations
            if edge[1] == node
        ]
        states.append(_normalized(_sum(taken)))
    return _sum(states[1:]).reshape(-1) @ parameters["head.weight"] + parameters["head.bias"]


def _sum(values: Sequence[Value]) -> Value:
    found = values[0]
    for value in values[1:]:
        found = found + value
    return found


def _normalized(x: Value) -> Value:
    count = float(x.shape[2])
    centred = x - x.sum(2, keepdims=True) / count
    return centred / ((centred * centred).sum(2, keepdims=True) / count + 1e-5).sqrt()


def _over(matrix: NDArray[np.float32], x: Value) -> Value:
    """Sums over landmarks (or fingers), weighted by the rows of a matrix."""
    return (x.transpose(0, 2, 1) @ matrix.T).transpose(0, 2, 1)


def _skip(x: Value, p: Parameters) -> Value:
    return x


def _dense(x: Value, p: Parameters) -> Value:
    return (x @ p["weight"] + p["bias"]).relu()


def _gated(x: Value, p: Parameters) -> Value:
    return (x @ p["weight"] + p["bias"]) * (x @ p["gate"] + p["gate_bias"]).sigmoid()


def _graph(x: Value, p: Parameters) -> Value:
    return (_over(ADJACENCY, x) @ p["weight"] + p["bias"]).relu()


def _attention(x: Value, p: Parameters) -> Value:
    fingers = _over(POOL, x)
    width = x.shape[2]
    query, key, value = (fingers @ p[name] for name in ("query", "key", "value"))
    scores = query @ key.transpose(0, 2, 1) * (1 / np.sqrt(width))
    return _over(SPREAD, scores.softmax() @ value)


_OPERATIONS: dict[str, Callable[[Value, Parameters], Value]] = {
    "dense": _dense,
    "gated": _gated,
    "graph": _graph,
    "attention": _attention,
    "skip": _skip,
}
