"""The operations on edges: from (n, 21, c) to (n, 21, c), the same in numpy and in torch."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import FINGERS, HAND

Array: TypeAlias = Any
"""An ndarray or a tensor."""

Parameters = dict[str, Array]


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


def skip(x: Array, p: Parameters, xp: ModuleType) -> Array:
    """Identity."""
    return x


def dense(x: Array, p: Parameters, xp: ModuleType) -> Array:
    """One layer on each landmark."""
    return (x @ p["weight"] + p["bias"]).clip(0)


def gated(x: Array, p: Parameters, xp: ModuleType) -> Array:
    """Gated linear unit on each landmark."""
    gate = 0.5 + 0.5 * xp.tanh(0.5 * (x @ p["gate"] + p["gate_bias"]))  # the logistic function
    return (x @ p["weight"] + p["bias"]) * gate


def graph(x: Array, p: Parameters, xp: ModuleType) -> Array:
    """Graph convolution over the skeleton."""
    return (xp.asarray(ADJACENCY) @ x @ p["weight"] + p["bias"]).clip(0)


def attention(x: Array, p: Parameters, xp: ModuleType) -> Array:
    """Self-attention over the five fingers."""
    fingers = xp.asarray(POOL) @ x
    query, key, value = (fingers @ p[name] for name in ("query", "key", "value"))
    scores = query @ key.swapaxes(-1, -2) / key.shape[-1] ** 0.5
    likely = xp.exp(scores - xp.amax(scores, -1, keepdims=True))
    return xp.asarray(SPREAD) @ (likely / likely.sum(-1, keepdims=True) @ value)


OPERATIONS: dict[str, Callable[[Array, Parameters, ModuleType], Array]] = {
    "dense": dense,
    "gated": gated,
    "graph": graph,
    "attention": attention,
    "skip": skip,
}
"""By name; the last argument is numpy or torch."""

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
