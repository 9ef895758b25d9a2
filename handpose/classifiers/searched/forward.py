"""From vectors through a graph to logits, the same in numpy and in torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.searched.graph import EDGES, NODES, Edge, fixed_weights
from handpose.classifiers.searched.operations import MATRICES, OPERATIONS, VECTORS, Array
from handpose.containers.skeletons import HAND

Weights = Mapping[Edge, Mapping[str, Array]]
"""Weight of each operation on each edge."""


def initial_parameters(
    weights: Weights, features: int, width: int, classes: int, rng: np.random.RandomState
) -> dict[str, NDArray[np.float32]]:
    """Random matrices and zero biases for `parameter_shapes`."""

    def start(*shape: int) -> NDArray[np.float32]:
        if len(shape) == 1:
            return np.zeros(shape, np.float32)
        return (rng.standard_normal(shape) * np.sqrt(1 / shape[0])).astype(np.float32)

    shapes = parameter_shapes(weights, features, width, classes)
    return {name: start(*shape) for name, shape in shapes.items()}


def parameter_shapes(
    weights: Weights, features: int, width: int, classes: int
) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the parameters; `width` is the number of channels of a landmark."""
    shapes: dict[str, tuple[int, ...]] = {
        "stem.weight": (features, len(HAND) * width),
        "stem.bias": (len(HAND) * width,),
        "head.weight": (len(HAND) * width, classes),
        "head.bias": (classes,),
    }
    for edge, operations in weights.items():
        for operation in operations:
            shapes |= {_key(edge, operation, n): (width, width) for n in MATRICES[operation]}
            shapes |= {_key(edge, operation, n): (width,) for n in VECTORS[operation]}
    return shapes


def make_network(
    parameters: Mapping[str, Array], weights: Weights, xp: ModuleType
) -> Callable[[Array], Array]:
    """The function from standardised vectors (n, features) to logits (n, classes).

    Parameters
    ----------
    parameters : dict of array
        As from `initial_parameters`.
    weights : dict of dict
        Of every operation on every edge.
    xp : module
        numpy or torch.
    """
    arriving = [
        [
            (edge[0], OPERATIONS[operation], own_parameters(parameters, edge, operation), weight)
            for edge in EDGES
            if edge[1] == node and edge in weights
            for operation, weight in weights[edge].items()
        ]
        for node in range(1, len(NODES))
    ]
    stem, stem_bias = parameters["stem.weight"], parameters["stem.bias"]
    head, head_bias = parameters["head.weight"], parameters["head.bias"]

    def forward(x: Array) -> Array:
        states = [_normalized((x @ stem + stem_bias).reshape(len(x), len(HAND), -1))]
        for edges in arriving:
            taken = [weight * do(states[source], own, xp) for source, do, own, weight in edges]
            states.append(_normalized(sum(taken)))
        read: Array = sum(states[1:])
        return read.reshape(len(x), -1) @ head + head_bias

    return forward


def trained_network(
    graph: Sequence[str], parameters: Mapping[str, NDArray[np.float32]]
) -> Callable[[NDArray[np.float32]], NDArray[np.float64]]:
    """`make_network` of a graph in float64, so that no rounding depends on the batch."""
    wide = {name: np.array(value, np.float64, order="C") for name, value in parameters.items()}
    forward = make_network(wide, fixed_weights(graph), np)
    return lambda x: forward(x.astype(np.float64))


def _normalized(x: Array) -> Array:
    centred = x - x.mean(-1, keepdims=True)
    return centred / ((centred * centred).mean(-1, keepdims=True) + 1e-5) ** 0.5


def own_parameters(parameters: Mapping[str, Array], edge: Edge, operation: str) -> dict[str, Array]:
    names = (*MATRICES[operation], *VECTORS[operation])
    return {name: parameters[_key(edge, operation, name)] for name in names}


def _key(edge: Edge, operation: str, name: str) -> str:
    return f"{NODES[edge[0]]}-{NODES[edge[1]]}.{operation}.{name}"
