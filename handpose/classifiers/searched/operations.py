"""What may stand on an edge: from (n, 21, c) to (n, 21, c), the same in numpy and in torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from handpose.containers.skeletons import FINGERS, HAND

Array = Any
"""An ndarray or a tensor."""

Parameters = dict[str, Array]


class Library(Protocol):
    """The functions that numpy and torch name differently."""

    def constant(self, array: NDArray[np.float32]) -> Array:
        """An array of the library's own."""

    def relu(self, x: Array) -> Array:
        """What is positive, else 0."""

    def sigmoid(self, x: Array) -> Array:
        """Logistic function."""

    def softmax(self, x: Array) -> Array:
        """Shares of the last axis."""


class Numpy:
    """`Library` for prediction."""

    def constant(self, array: NDArray[np.float32]) -> Array:
        """The array itself."""
        return array

    def relu(self, x: Array) -> Array:
        """What is positive, else 0."""
        return np.maximum(x, 0)

    def sigmoid(self, x: Array) -> Array:
        """Logistic function."""
        return expit(x)

    def softmax(self, x: Array) -> Array:
        """Shares of the last axis."""
        return softmax(x, axis=-1)


def _adjacency() -> NDArray[np.float32]:
    """Symmetrically normalised, with loops (Kipf & Welling, ICLR 2017), shape (21, 21)."""
    matrix = np.eye(len(HAND), dtype=np.float32)
    for i, j in HAND.edges:
        matrix[i, j] = matrix[j, i] = 1
    degree = np.sqrt(matrix.sum(1))
    return (matrix / degree / degree[:, None]).astype(np.float32)


def _membership() -> NDArray[np.float32]:
    """Which landmark is part of which finger, shape (21, 5); the wrist is a fifth of each."""
    matrix = np.zeros((len(HAND), len(FINGERS)), np.float32)
    for column, joints in enumerate(FINGERS.values()):
        matrix[list(joints), column] = 1
    matrix[0] = 1 / len(FINGERS)
    return matrix


ADJACENCY = _adjacency()
SPREAD = _membership()
POOL = np.ascontiguousarray((SPREAD / SPREAD.sum(0)).T)


def skip(x: Array, p: Parameters, lib: Library) -> Array:
    """Nothing is done."""
    return x


def dense(x: Array, p: Parameters, lib: Library) -> Array:
    """Each landmark by itself through one layer."""
    return lib.relu(x @ p["weight"] + p["bias"])


def gated(x: Array, p: Parameters, lib: Library) -> Array:
    """A layer whose outputs another one opens or shuts."""
    return (x @ p["weight"] + p["bias"]) * lib.sigmoid(x @ p["gate"] + p["gate_bias"])


def graph(x: Array, p: Parameters, lib: Library) -> Array:
    """Each landmark with its neighbours on the skeleton, through one layer."""
    return lib.relu(lib.constant(ADJACENCY) @ x @ p["weight"] + p["bias"])


def attention(x: Array, p: Parameters, lib: Library) -> Array:
    """Every finger looks at every other; what it finds goes to its landmarks."""
    fingers = lib.constant(POOL) @ x
    query, key, value = (fingers @ p[name] for name in ("query", "key", "value"))
    looks = lib.softmax(query @ key.swapaxes(-1, -2) / key.shape[-1] ** 0.5)
    return lib.constant(SPREAD) @ (looks @ value)


OPERATIONS: dict[str, Callable[[Array, Parameters, Library], Array]] = {
    "dense": dense,
    "gated": gated,
    "graph": graph,
    "attention": attention,
    "skip": skip,
}

MATRICES: dict[str, tuple[str, ...]] = {
    "dense": ("weight",),
    "gated": ("weight", "gate"),
    "graph": ("weight",),
    "attention": ("query", "key", "value"),
    "skip": (),
}
"""Parameters of shape (c, c)."""

VECTORS: dict[str, tuple[str, ...]] = {
    "dense": ("bias",),
    "gated": ("bias", "gate_bias"),
    "graph": ("bias",),
    "attention": (),
    "skip": (),
}
"""Parameters of shape (c,)."""
